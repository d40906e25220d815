#include <algorithm>
#include <fstream>
#include <list>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "heymilo/errors.hpp"
#include "heymilo/testing/recording.hpp"
#include "testing/recording/exchange.hpp"
#include "testing/recording/likeness.hpp"
#include "testing/server/in_process.hpp"

namespace heymilo::testing {

namespace {

std::list<detail::Ordered> read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string line;
  if (!std::getline(file, line) || line != detail::kFirstLine) {
    throw std::runtime_error(path + " is not a recording, or can't be read");
  }
  std::list<detail::Ordered> exchanges;
  while (std::getline(file, line)) {
    auto exchange = detail::Ordered::parse(line, nullptr, false);
    if (!exchange.is_object() || !exchange.contains("request") || !exchange.contains("answer")) {
      throw std::runtime_error(path + ": line " + std::to_string(exchanges.size() + 2) +
                               " is not a recorded request");
    }
    exchanges.push_back(std::move(exchange));
  }
  return exchanges;
}

}  // namespace

class Replayer::Impl {
 public:
  explicit Impl(const std::string& path) : exchanges_(read(path)) {}

  HttpResponse send(const HttpRequest& request, const CancellationToken& cancellation) {
    detail::requireNotCancelled(cancellation);
    detail::requireMaySend(request);
    const detail::Ordered real = detail::written(request, nullptr);
    const std::lock_guard lock(mutex_);
    for (auto exchange = exchanges_.begin(); exchange != exchanges_.end(); ++exchange) {
      detail::Likeness likeness = likeness_;
      if (likeness.fits(exchange->at("request"), real)) {
        likeness_ = std::move(likeness);
        const detail::Ordered answer = likeness_.restored(exchange->at("answer"));
        exchanges_.erase(exchange);
        return detail::readAnswer(answer);
      }
    }
    const auto operation = real.at("operation").get<std::string>();
    throw std::logic_error("no unused recorded request matches this one to " +
                           (operation.empty() ? "an unknown operation" : operation) +
                           "; recorded requests left: " + std::to_string(exchanges_.size()));
  }

  std::size_t left() const {
    const std::lock_guard lock(mutex_);
    return exchanges_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::list<detail::Ordered> exchanges_;
  detail::Likeness likeness_;
};

Replayer::Replayer(const std::string& path) : impl_(std::make_unique<Impl>(path)) {}

Replayer::~Replayer() = default;

HttpResponse Replayer::send(const HttpRequest& request, const CancellationToken& cancellation) {
  return impl_->send(request, cancellation);
}

std::size_t Replayer::left() const { return impl_->left(); }

}  // namespace heymilo::testing
