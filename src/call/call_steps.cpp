#include "call/call_steps.hpp"

#include <algorithm>
#include <utility>

namespace heymilo {

namespace {

constexpr std::string_view kDeadlinePassed = "the deadline has passed";

/// The smaller of two limits, of which 0 is none.
std::chrono::milliseconds tighter(std::chrono::milliseconds a, std::chrono::milliseconds b) {
  return a.count() == 0 ? b : b.count() == 0 ? a : (std::min)(a, b);
}

std::chrono::microseconds since(Clock::TimePoint start, Clock::TimePoint now) {
  return std::chrono::duration_cast<std::chrono::microseconds>(now - start);
}

}  // namespace

Step CallSteps::begin() { return askForTurn(); }

Step CallSteps::askForTurn() {
  events_.clear();
  state_ = State::waiting_for_turn;
  Step step;
  step.kind = Step::Kind::ask_for_turn;
  return step;
}

Step CallSteps::granted() {
  events_.clear();
  state_ = State::waiting_for_place;
  Step step;
  step.kind = Step::Kind::take_place;
  return step;
}

Step CallSteps::placed(Clock::TimePoint now) {
  events_.clear();
  if (now >= plan_.deadline) {
    return end(Step::Kind::time_out, kDeadlinePassed);
  }
  state_ = State::preparing;
  Step step;
  step.kind = Step::Kind::prepare;
  return step;
}

Step CallSteps::prepared(Clock::TimePoint now) {
  events_.clear();
  Step step;
  step.timeout = plan_.timeout;
  if (plan_.deadline != (Clock::TimePoint::max)()) {
    if (now >= plan_.deadline) {
      return end(Step::Kind::time_out, kDeadlinePassed);
    }
    step.timeout =
        tighter(plan_.timeout, std::chrono::ceil<std::chrono::milliseconds>(plan_.deadline - now));
  }
  state_ = State::sending;
  ++attempts_;
  attempt_started_ = now;
  step.kind = Step::Kind::send;
  report(EventKind::request);
  return step;
}

Step CallSteps::responded(Clock::TimePoint now, Responded response, double random) {
  events_.clear();
  Failure failure;
  failure.kind = Failure::Kind::status;
  failure.status = response.status;
  failure.retry_after = response.retry_after;
  if (Event* event = report(EventKind::response)) {
    event->status = response.status;
    event->elapsed = since(attempt_started_, now);
    event->bytes_received = response.bytes;
    event->request_id = std::move(response.request_id);
  }
  if (isSuccess(failure.status)) {
    state_ = State::ended;
    Step step;
    step.kind = Step::Kind::succeed;
    return step;
  }
  return endOrRetry(now, failure, random);
}

Step CallSteps::failed(Clock::TimePoint now, const Failure& failure, double random) {
  events_.clear();
  if (Event* event = report(EventKind::failure)) {
    event->elapsed = since(attempt_started_, now);
  }
  Step step = endOrRetry(now, failure, random);
  step.may_still_arrive = failure.outcome != Outcome::not_sent;
  return step;
}

Step CallSteps::endOrRetry(Clock::TimePoint now, const Failure& failure, double random) {
  Step step;
  if (failure.status == 429 && failure.retry_after) {
    step.hold_until = later(now, *failure.retry_after);
  }
  const auto wait =
      retryWait(plan_.retry, failure, plan_.operation.idempotent(), attempts_, random);
  if (!wait || plan_.deadline - now <= *wait) {
    state_ = State::ended;
    step.kind = Step::Kind::fail;
    return step;
  }
  if (Event* event = report(EventKind::retry)) {
    event->status = failure.status;
    event->wait = *wait;
  }
  state_ = State::pausing;
  step.kind = Step::Kind::wait;
  step.until = later(now, *wait);
  return step;
}

Step CallSteps::waited() { return askForTurn(); }

/// Nothing that was sent before a pause can have been carried out, or sending again would not be
/// allowed: a cancellation leaves the call as not sent.
Step CallSteps::cancelled() {
  events_.clear();
  switch (state_) {
    case State::waiting_for_turn:
      return askForTurn();  // the quota knows what the call was waiting for
    case State::waiting_for_place:
      return end(Step::Kind::cancel, "cancelled while waiting for a connection");
    case State::pausing:
      return end(Step::Kind::cancel, "cancelled while waiting to try again");
    case State::begun:
    case State::preparing:
    case State::sending:
    case State::ended:
      break;
  }
  return {};
}

Step CallSteps::deadlinePassed() {
  events_.clear();
  return state_ == State::waiting_for_place
             ? end(Step::Kind::time_out, "the deadline comes before a connection is free")
             : Step{};
}

Step CallSteps::refused() { return end(Step::Kind::fail); }

Step CallSteps::end(Step::Kind kind, std::string_view reason) {
  events_.clear();
  state_ = State::ended;
  Step step;
  step.kind = kind;
  step.reason = reason;
  return step;
}

void CallSteps::throttled(std::chrono::milliseconds wait) {
  events_.clear();
  if (Event* event = report(EventKind::throttled)) {
    event->wait = wait;
  }
}

Event* CallSteps::report(EventKind kind) {
  if (!plan_.reports) {
    return nullptr;
  }
  Event event;
  event.kind = kind;
  event.operation = plan_.operation.id;
  event.method = plan_.operation.method;
  event.route = plan_.operation.route;
  event.attempt = attempts_;
  event.bytes_sent = plan_.bytes_to_send;
  return &events_.add(std::move(event));
}

}  // namespace heymilo
