#pragma once

#include <exception>
#include <future>
#include <memory>
#include <utility>

#include "curl/curl_loop.hpp"
#include "curl/curl_options.hpp"
#include "curl/curl_transport.hpp"
#include "heymilo/clock.hpp"
#include "heymilo/transport.hpp"

namespace heymilo_test {

/// The loop of non-blocking calls, for a test that waits for each of them.
class LoopTransport final : public heymilo::Transport {
 public:
  explicit LoopTransport(heymilo::CurlOptions options) : options_(std::move(options)) {
    heymilo::initializeLibcurl();
  }
  ~LoopTransport() override { loop_->close(); }

  heymilo::HttpResponse send(const heymilo::HttpRequest& request,
                             const heymilo::CancellationToken& cancellation) override {
    const heymilo::CurlLoop::Work work(loop_);
    const auto promise = std::make_shared<std::promise<heymilo::HttpResponse>>();
    std::future<heymilo::HttpResponse> response = promise->get_future();
    loop_->post([this, promise, request, cancellation] {
      loop_->send(std::make_shared<heymilo::HttpRequest>(request),
                  options_,
                  cancellation,
                  [promise](heymilo::HttpResponse answer, const std::exception_ptr& error) {
                    if (error) {
                      promise->set_exception(error);
                    } else {
                      promise->set_value(std::move(answer));
                    }
                  });
    });
    return response.get();
  }

  heymilo::CurlLoop& loop() const noexcept { return *loop_; }

 private:
  const heymilo::CurlOptions options_;
  const std::shared_ptr<heymilo::CurlLoop> loop_ =
      std::make_shared<heymilo::CurlLoop>(heymilo::Clock::steady(), 8);
};

}  // namespace heymilo_test
