#include "call/call.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "call/redaction.hpp"
#include "call/status_error.hpp"
#include "heymilo/errors.hpp"
#include "json/codec.hpp"

namespace heymilo {

namespace {

Clock::TimePoint deadlineOf(const RequestOptions& options, Clock::TimePoint started) {
  const auto end =
      options.total_timeout ? later(started, *options.total_timeout) : (Clock::TimePoint::max)();
  return (std::min)(end, options.deadline.value_or(end));
}

StoreError notAllowed(bool slot_ended) {
  return StoreError(
      slot_ended ? "the quota's store could not be reached for too long: the request was not sent"
                 : "RequestOptions::may_send does not allow the request: it was not sent",
      Outcome::not_sent);
}

RetryPolicy retryPolicyOf(const ClientOptions& client, const RequestOptions& options) {
  RetryPolicy policy = client.retry;
  policy.max_retries = options.max_retries.value_or(policy.max_retries);
  return policy;
}

}  // namespace

Call::Call(const CallContext& context, const Operation& operation, CallRequest request,
           const RequestOptions& options, Clock::TimePoint started)
    : context_(context),
      operation_(operation),
      request_(std::move(request)),
      cancellation_(options.cancellation),
      slot_{options.priority.value_or(Priority::interactive),
            options.timeout.value_or(context.options().timeout)},
      may_send_(options.may_send),
      started_(started),
      steps_({operation,
              options.timeout.value_or(context.options().timeout),
              retryPolicyOf(context.options(), options),
              deadlineOf(options, started),
              request_.http.body.size(),
              context.options().on_event != nullptr}) {}

Step Call::granted(Pacer::Permit turn) {
  turn_.emplace(std::move(turn));
  handed_over_ = false;
  slot_ended_ = false;
  refused_ = false;
  return take(steps_.granted());
}

Step Call::placed() {
  placed_at_ = now();
  return take(steps_.placed(placed_at_));
}

Step Call::prepare() {
  const bool prepares = context_.preparesAttempts();
  try {
    if (prepares && !common_headers_) {
      common_headers_ = request_.http.headers;
    }
    if (prepares) {
      context_.prepareAttempt(request_.http, *common_headers_);
    }
    if ((context_.options().quota || may_send_) && !request_.http.may_send) {
      request_.http.may_send = [this] { return maySend(); };  // too small for an allocation
    }
    if (!maySend()) {
      throw notAllowed(slot_ended_);
    }
  } catch (...) {
    return refused(std::current_exception());
  }
  return take(steps_.prepared(prepares ? now() : placed_at_));  // no time has passed
}

Step Call::responded(HttpResponse response) {
  Responded responded;
  responded.status = response.status;
  responded.bytes = response.body.size();
  if (context_.options().on_event) {
    // A server's text like any other: it may quote what it was sent.
    const std::optional<std::string> id = response.headers.get("X-Request-Id");
    responded.request_id = id ? Redactor(request_).identifier(*id) : std::string();
  }
  const bool success = isSuccess(response.status);
  responded.retry_after = success ? std::nullopt : retryAfterOf(response);
  response_ = std::move(response);
  error_ = nullptr;
  return take(steps_.responded(now(), std::move(responded), success ? 0.0 : context_.random()));
}

Step Call::failed(std::exception_ptr error) {
  error_ = std::move(error);
  Failure failure = failureOf(error_);
  if ((slot_ended_ || refused_) && failure.outcome == Outcome::not_sent) {
    // The transport did as it was told.
    error_ = std::make_exception_ptr(notAllowed(slot_ended_));
    failure = failureOf(error_);
    turn_->unsent();
  }
  return take(steps_.failed(now(), failure, context_.random()));
}

Step Call::refused(std::exception_ptr error) {
  error_ = std::move(error);
  return take(steps_.refused());
}

bool Call::maySend() noexcept {
  if (!turn_->mayStillSend()) {
    slot_ended_ = true;
  } else if (may_send_ && !may_send_()) {
    refused_ = true;
  }
  return !slot_ended_ && !refused_;
}

void Call::throttled(std::chrono::milliseconds wait, bool held) {
  steps_.throttled(wait, held);
  report();
}

void Call::report() const {
  for (const Event& event : steps_.events()) {
    context_.emit(event);
  }
}

/// Does what belongs to the step apart from waiting and sending.
Step Call::take(const Step& step) {
  if (step.hold_until) {
    context_.pacer().holdUntil(*step.hold_until);
  }
  if (step.may_still_arrive) {
    turn_->unanswered();
  }
  report();
  if (step.kind == Step::Kind::send) {
    request_.http.timeout = step.timeout;
    handed_over_ = true;
  } else if (step.kind == Step::Kind::wait || step.ends()) {
    if (turn_ && !handed_over_) {
      turn_->unsent();
    }
    turn_.reset();
  }
  return step;
}

void Call::throwError(const Step& last) {
  const auto message = [&] {
    std::string text(operation_.id);
    text += ": ";
    return text += last.reason;
  };
  if (last.kind == Step::Kind::time_out) {
    throw TimeoutError(message(), Outcome::not_sent);
  }
  if (last.kind == Step::Kind::cancel) {
    throw CancelledError(message(), Outcome::not_sent);
  }
  if (error_) {
    std::rethrow_exception(std::exchange(error_, nullptr));
  }
  throwStatusError(operation_.id, std::move(response_), Redactor(request_));
}

void Call::decode(const detail::ObjectType& type, void* response, ResponseInfo& info) {
  ResponseInfo about = this->info();  // `info` is a part of the response, which the codec may reset
  std::string& body = response_.body;
  try {
    json::decode(type, body, response, body.capacity() - body.size());
  } catch (const json::Mismatch& mismatch) {
    std::string message(operation_.id);
    message += ": the response (" + std::to_string(about.status) +
               ") is not the documented JSON: " + mismatch.path.masked() +
               (mismatch.path.masked().empty() ? "" : ": ") + mismatch.problem;
    if (!about.request_id.empty()) {
      message += " (request id " + Redactor(request_).identifier(about.request_id) + ")";
    }
    throw DecodeError(message, mismatch.path.whole(), std::move(body), std::move(about));
  }
  info = std::move(about);
}

ResponseInfo Call::info() {
  ResponseInfo info;
  info.status = response_.status;
  info.headers = std::move(response_.headers);
  info.request_id = info.headers.get("X-Request-Id").value_or("");
  info.attempts = steps_.attempts();
  info.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(now() - started_);
  return info;
}

}  // namespace heymilo
