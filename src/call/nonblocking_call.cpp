#include "call/nonblocking_call.hpp"

#include <string>
#include <utility>

#include "heymilo/errors.hpp"

namespace heymilo {

NonBlockingCall::NonBlockingCall(Environment environment, Job job)
    : environment_(std::move(environment)),
      run_on_(std::move(job.run_on)),
      done_(std::move(job.done)),
      operation_id_(job.operation.id),
      call_(*environment_.context, job.operation, std::move(job.request), job.options,
            environment_.context->clock()->now()) {}

void NonBlockingCall::begin() {
  if (!environment_.queue->enter()) {
    deliver(std::make_exception_ptr(OverloadError(
        std::string(operation_id_) + ": the engine has max_pending calls to carry out")));
    return;
  }
  std::exception_ptr error;
  try {
    work_.emplace(environment_.loop);
    environment_.loop->post([self = shared_from_this()] { self->start(); });
  } catch (...) {
    error = std::current_exception();
  }
  if (error) {
    work_.reset();
    environment_.queue->leave();
    deliver(std::move(error));
  }
}

void NonBlockingCall::start() {
  self_ = shared_from_this();
  place_in_queue_.emplace([post = laterOnLoop(&NonBlockingCall::tryForTurn)] { post(); });
  on_cancel_.emplace(call_.cancellation(), laterOnLoop(&NonBlockingCall::stop));
  on_close_.emplace(environment_.loop->closing(), laterOnLoop(&NonBlockingCall::stop));
  take(call_.begin());
}

/// Known a moment before stop() is called.
bool NonBlockingCall::unwanted() const {
  return call_.cancellation().cancelled() || environment_.loop->closing().cancelled();
}

/// The call is no longer wanted.
void NonBlockingCall::stop() {
  stop_.cancel();  // which ends what is being sent
  take(call_.cancelled());
}

void NonBlockingCall::take(const Step& step) {
  switch (step.kind) {
    case Step::Kind::ask_for_turn:
      askForTurn();
      break;
    case Step::Kind::take_place:
      seekPlace();
      break;
    case Step::Kind::wait:
      pause(step.until);
      break;
    case Step::Kind::prepare:
    case Step::Kind::send:
    case Step::Kind::nothing:
      break;  // takePlace() does these
    case Step::Kind::succeed:
    case Step::Kind::fail:
    case Step::Kind::time_out:
    case Step::Kind::cancel:
      end(step);
      break;
  }
}

void NonBlockingCall::askForTurn() {
  told_wait_.reset();
  tryForTurn();
}

void NonBlockingCall::tryForTurn() {
  if (call_.state() != State::waiting_for_turn) {
    return;
  }
  clearTimer();
  if (unwanted()) {
    stop_.cancel();
  }
  Step step;
  try {
    Pacer::Turn turn = environment_.context->pacer().ask(
        *place_in_queue_, stop_.token(), call_.deadline(), call_.slot());
    if (turn.permit) {
      step = call_.granted(*std::move(turn.permit));
    } else {
      setTimer(turn.ask_again, &NonBlockingCall::tryForTurn);
      if (turn.wait && environment_.context->pacer().isNews(*turn.wait, told_wait_)) {
        told_wait_ = turn.wait;
        call_.throttled(*turn.wait, turn.held);
      }
    }
  } catch (...) {
    step = call_.refused(std::current_exception());
  }
  take(step);
}

void NonBlockingCall::seekPlace() {
  setTimer(call_.deadline(), &NonBlockingCall::deadlinePassed);
  environment_.queue->takePlace([weak = weak_from_this()] {
    const auto self = weak.lock();
    return self && self->takePlace();
  });
}

/// Sends, where that is still wanted. The place is given back when the attempt has ended.
bool NonBlockingCall::takePlace() {
  if (call_.state() == State::waiting_for_place && unwanted()) {
    stop();
  }
  if (call_.state() != State::waiting_for_place) {
    return false;
  }
  clearTimer();
  Step step = call_.placed();
  if (step.kind == Step::Kind::prepare) {
    step = call_.prepare();
  }
  if (step.kind != Step::Kind::send) {
    take(step);
    return false;
  }
  // Never here and now: a transport may be done at once, and so on with the next one.
  const auto done = [self = shared_from_this()](HttpResponse response, std::exception_ptr error) {
    auto held = std::make_shared<HttpResponse>(std::move(response));
    self->environment_.loop->post([self, held, error = std::move(error)] {
      self->environment_.queue->giveBack();
      self->attemptEnded(std::move(*held), error);
    });
  };
  try {
    // A part of this call, which is kept as long as the request is in use.
    environment_.send({shared_from_this(), &call_.request()}, stop_.token(), done);
  } catch (...) {
    done({}, std::current_exception());
  }
  return true;
}

void NonBlockingCall::attemptEnded(HttpResponse response, const std::exception_ptr& error) {
  Step step;
  try {
    step = error ? call_.failed(error) : call_.responded(std::move(response));
  } catch (...) {  // out of memory
    step = call_.refused(std::current_exception());
  }
  take(step);
}

void NonBlockingCall::pause(Clock::TimePoint end) {
  if (unwanted()) {
    stop();
    return;
  }
  setTimer(end, &NonBlockingCall::waited);
}

void NonBlockingCall::end(const Step& last) {
  const auto self = std::move(self_);
  clearTimer();
  environment_.context->pacer().giveUp(*place_in_queue_);
  on_cancel_.reset();
  on_close_.reset();
  std::exception_ptr error;
  if (last.kind != Step::Kind::succeed) {
    try {
      call_.throwError(last);
    } catch (...) {
      error = std::current_exception();
    }
  }
  deliver(std::move(error));
  environment_.queue->leave();
  work_.reset();
}

void NonBlockingCall::deliver(std::exception_ptr error) {
  error_ = std::move(error);
  const auto tell = [self = shared_from_this()]() noexcept {
    const auto done = std::move(self->done_);  // what it holds goes with it
    done(self->call_, std::exchange(self->error_, nullptr));
  };
  if (!run_on_) {
    tell();
    return;
  }
  try {
    run_on_(tell);
  } catch (...) {  // nobody else would tell
    tell();
  }
}

void NonBlockingCall::setTimer(Clock::TimePoint moment, void (NonBlockingCall::*step)()) {
  clearTimer();
  if (moment != (Clock::TimePoint::max)()) {
    timer_ = environment_.loop->at(moment, [weak = weak_from_this(), step] {
      if (const auto self = weak.lock()) {
        self->timer_.reset();
        ((*self).*step)();
      }
    });
  }
}

void NonBlockingCall::clearTimer() {
  if (timer_) {
    environment_.loop->cancel(*timer_);
    timer_.reset();
  }
}

std::function<void()> NonBlockingCall::laterOnLoop(void (NonBlockingCall::*step)()) {
  return [weak = weak_from_this(), loop = environment_.loop, step] {
    loop->post([weak, step] {
      if (const auto self = weak.lock()) {
        ((*self).*step)();
      }
    });
  };
}

}  // namespace heymilo
