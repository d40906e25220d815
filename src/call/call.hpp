#pragma once

#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <type_traits>

#include "call/call_context.hpp"
#include "call/call_request.hpp"
#include "call/call_steps.hpp"
#include "call/pacing.hpp"
#include "heymilo/cancellation.hpp"
#include "heymilo/models/envelope.hpp"
#include "heymilo/models/schema.hpp"
#include "heymilo/quota.hpp"

namespace heymilo {

/// One call of an operation on its way: what it sends, what came of it, and its steps, in their
/// surroundings. A driver does what each step says and puts in what came of that: waiting and
/// sending is the driver's part, all else happens here. To be used by one thread at a time; its
/// address must not change once it has begun.
class Call {
 public:
  /// `operation` and `context` must outlive the call, whose time started at `started`.
  Call(const CallContext& context, const Operation& operation, CallRequest request,
       const RequestOptions& options, Clock::TimePoint started);

  // Inputs: see CallSteps.

  Step begin() { return take(steps_.begin()); }
  Step granted(Pacer::Permit turn);
  Step placed();
  /// Makes the header fields of the attempt, and checks that it may be sent.
  Step prepare();
  Step responded(HttpResponse response);
  Step failed(std::exception_ptr error);
  Step waited() { return take(steps_.waited()); }
  Step cancelled() { return take(steps_.cancelled()); }
  Step deadlinePassed() { return take(steps_.deadlinePassed()); }
  Step refused(std::exception_ptr error);
  void throttled(std::chrono::milliseconds wait, bool held);

  /// What it asks of the quota for an attempt.
  const SlotRequest& slot() const noexcept { return slot_; }

  CallSteps::State state() const noexcept { return steps_.state(); }
  Clock::TimePoint deadline() const noexcept { return steps_.deadline(); }
  const CancellationToken& cancellation() const noexcept { return cancellation_; }
  const HttpRequest& request() const noexcept { return request_.http; }
  const CallContext& context() const noexcept { return context_; }

  /// Throws what a call ends with whose last step is not `succeed`.
  [[noreturn]] void throwError(const Step& last);
  /// Fills the response of a call that has succeeded. Throws DecodeError.
  void decode(const detail::ObjectType& type, void* response, ResponseInfo& info);

  /// The same, as a value. ResponseInfo stands for a response whose body is not looked at.
  template <class Response>
  Response response() {
    Response response;
    if constexpr (std::is_same_v<Response, ResponseInfo>) {
      response = info();
    } else {
      decode(detail::objectType<Response>(), &response, response.http);
    }
    return response;
  }

 private:
  /// Whether the attempt may be sent, or still be sent. Called right before the transport has it
  /// and, with a shared quota or RequestOptions::may_send, by the transport right before the first
  /// byte: on any thread, in parallel with nothing that changes the call.
  bool maySend() noexcept;
  Step take(const Step& step);
  void report() const;
  ResponseInfo info();
  Clock::TimePoint now() const { return context_.clock()->now(); }

  const CallContext& context_;
  const Operation& operation_;
  CallRequest request_;
  const CancellationToken cancellation_;
  const SlotRequest slot_;
  const std::function<bool()> may_send_;  // RequestOptions::may_send
  const Clock::TimePoint started_;
  Clock::TimePoint placed_at_{};
  CallSteps steps_;
  std::optional<Headers> common_headers_;  // of all attempts, where each has some of its own
  std::optional<Pacer::Permit> turn_;
  bool handed_over_ = false;  // the attempt, to the transport
  // What maySend() found of the attempt.
  std::atomic<bool> slot_ended_{false}, refused_{false};
  HttpResponse response_;
  std::exception_ptr error_;
};

}  // namespace heymilo
