#include "heymilo/testing/fake_transport.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "testing/server/in_process.hpp"
#include "testing/server/script.hpp"
#include "testing/server/sending_threads.hpp"

namespace heymilo::testing {

namespace {

/// The next response of the script; the last one repeats.
class EndlessScript {
 public:
  explicit EndlessScript(std::vector<ScriptedResponse> responses)
      : responses_(std::move(responses)) {
    if (responses_.empty()) {
      throw std::invalid_argument("a script needs at least one response");
    }
    for (const ScriptedResponse& response : responses_) {
      if (response.commit || response.raw_bytes) {
        throw std::invalid_argument(
            "asUsual(), afterCommit() and raw() need a server, not a FakeTransport");
      }
    }
  }

  ScriptedResponse next() {
    const std::lock_guard lock(mutex_);
    while (place_ + 1 < responses_.size() && responses_[place_].count == 0) {
      ++place_;
    }
    ScriptedResponse& response = responses_[place_];
    if (place_ + 1 < responses_.size()) {
      --response.count;
    }
    return response;
  }

 private:
  std::mutex mutex_;
  std::vector<ScriptedResponse> responses_;
  std::size_t place_ = 0;
};

}  // namespace

class FakeTransport::Impl {
 public:
  explicit Impl(Function function) : room(Clock::steady()), function_(std::move(function)) {}

  Impl(std::vector<ScriptedResponse> script, std::shared_ptr<Clock> clock)
      : room(clock ? std::move(clock) : Clock::steady()),
        function_([this, endless = std::make_shared<EndlessScript>(std::move(script))](
                      const HttpRequest& request, const CancellationToken& cancellation) {
          const std::uint64_t ticket = room.ticket();
          ScriptedResponse response = endless->next();
          const bool hold = response.hold;
          detail::Reply reply = detail::scriptedReply(std::move(response), {});
          if (hold) {
            reply.delivery.ticket = ticket;
          }
          return detail::deliver(request, std::move(reply), room, cancellation);
        }) {}

  HttpResponse send(const HttpRequest& request, const CancellationToken& cancellation) {
    detail::requireNotCancelled(cancellation);
    detail::requireMaySend(request);
    const std::size_t number = note(request);
    HttpResponse response = function_(request, cancellation);
    const std::lock_guard lock(mutex_);
    requests_[number].status = response.status;
    requests_[number].request_id = response.headers.get("X-Request-Id").value_or("");
    return response;
  }

  std::vector<RecordedRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

  detail::WaitingRoom room;

 private:
  std::size_t note(const HttpRequest& request) {
    RecordedRequest received = detail::receivedAs(request);
    const std::lock_guard lock(mutex_);
    received.received_at = room.clock().now();
    requests_.push_back(std::move(received));
    return requests_.size() - 1;
  }

  const Function function_;
  mutable std::mutex mutex_;
  std::vector<RecordedRequest> requests_;

 public:
  detail::SendingThreads threads;  // last: destroyed first
};

FakeTransport::FakeTransport(Function function)
    : impl_(std::make_unique<Impl>(std::move(function))) {}

FakeTransport::FakeTransport(std::vector<ScriptedResponse> script, std::shared_ptr<Clock> clock)
    : impl_(std::make_unique<Impl>(std::move(script), std::move(clock))) {}

FakeTransport::~FakeTransport() { impl_->room.close(); }

HttpResponse FakeTransport::send(const HttpRequest& request,
                                 const CancellationToken& cancellation) {
  return impl_->send(request, cancellation);
}

void FakeTransport::start(HttpRequest request, CancellationToken cancellation, Completion done) {
  impl_->threads.start(
      [impl = impl_.get(), request = std::move(request), cancellation = std::move(cancellation)] {
        return impl->send(request, cancellation);
      },
      std::move(done));
}

std::vector<RecordedRequest> FakeTransport::requests() const { return impl_->requests(); }

HttpResponse jsonAnswer(int status, std::string body, Headers headers) {
  headers.set("Content-Type", "application/json");
  return {status, std::move(headers), std::move(body)};
}

}  // namespace heymilo::testing
