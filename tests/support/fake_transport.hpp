#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "heymilo/transport.hpp"

namespace heymilo::test {

/// A Transport that a test makes from a function; it remembers the requests.
class FakeTransport final : public Transport {
 public:
  using Function = std::function<HttpResponse(const HttpRequest&, const CancellationToken&)>;

  explicit FakeTransport(Function function) : function_(std::move(function)) {}

  HttpResponse send(const HttpRequest& request, const CancellationToken& cancellation) override {
    {
      const std::lock_guard<std::mutex> guard(mutex_);
      requests_.push_back(request);
    }
    return function_(request, cancellation);
  }

  std::vector<HttpRequest> requests() const {
    const std::lock_guard<std::mutex> guard(mutex_);
    return requests_;
  }

 private:
  Function function_;
  mutable std::mutex mutex_;
  std::vector<HttpRequest> requests_;
};

inline HttpResponse jsonAnswer(int status, std::string body, Headers headers = {}) {
  headers.set("Content-Type", "application/json");
  return {status, std::move(headers), std::move(body)};
}

/// Answers the n-th request with the n-th step, and every later one with the last.
inline std::shared_ptr<FakeTransport> scripted(std::vector<std::function<HttpResponse()>> steps) {
  auto next = std::make_shared<std::size_t>(0);
  return std::make_shared<FakeTransport>(
      [steps = std::move(steps), next](const HttpRequest&, const CancellationToken&) {
        const std::size_t step = *next < steps.size() ? (*next)++ : steps.size() - 1;
        return steps[step]();
      });
}

}  // namespace heymilo::test
