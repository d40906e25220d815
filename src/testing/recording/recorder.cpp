#include <exception>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "heymilo/errors.hpp"
#include "heymilo/testing/recording.hpp"
#include "testing/recording/exchange.hpp"

namespace heymilo::testing {

class Recorder::Impl {
 public:
  Impl(std::shared_ptr<Transport> real, const std::string& path)
      : real_(std::move(real)), file_(path, std::ios::binary | std::ios::trunc) {
    write(std::string(detail::kFirstLine));
  }

  HttpResponse send(const HttpRequest& request, const CancellationToken& cancellation) {
    HttpResponse answer;
    std::exception_ptr error;
    try {
      answer = real_->send(request, cancellation);
    } catch (const TransportError&) {
      error = std::current_exception();
    }
    {
      const std::lock_guard lock(mutex_);
      detail::Ordered line = detail::Ordered::object();
      line["request"] = detail::written(request, &pseudonyms_);
      line["answer"] = error ? detail::writtenFailure(error) : detail::written(answer, pseudonyms_);
      write(line.dump());
    }
    if (error) {
      std::rethrow_exception(error);
    }
    return answer;
  }

 private:
  void write(const std::string& line) {
    file_ << line << '\n' << std::flush;
    if (!file_) {
      throw std::runtime_error("can't write the recording");
    }
  }

  const std::shared_ptr<Transport> real_;
  std::mutex mutex_;
  std::ofstream file_;
  detail::Pseudonyms pseudonyms_;
};

Recorder::Recorder(std::shared_ptr<Transport> real, const std::string& path)
    : impl_(std::make_unique<Impl>(std::move(real), path)) {}

Recorder::~Recorder() = default;

HttpResponse Recorder::send(const HttpRequest& request, const CancellationToken& cancellation) {
  return impl_->send(request, cancellation);
}

}  // namespace heymilo::testing
