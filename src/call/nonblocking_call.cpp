#include "call/nonblocking_call.hpp"

#include <string>
#include <utility>

#include "heymilo/errors.hpp"

namespace heymilo {

NonBlockingCall::NonBlockingCall(Environment environment, Job job)
    : environment_(std::move(environment)), job_(std::move(job)) {}

void NonBlockingCall::begin() {
  const Executor& executor = *environment_.executor;
  call_.emplace(executor.begin(
      job_.operation, std::move(job_.request), job_.options, executor.environment().clock->now()));
  if (!environment_.queue->enter()) {
    deliver(std::make_exception_ptr(OverloadError(
        std::string(job_.operation.id) + ": the engine has max_pending calls to carry out")));
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
  place_in_queue_.emplace([post = laterOnLoop(&NonBlockingCall::askForTurn)] { post(); });
  on_cancel_.emplace(job_.options.cancellation, laterOnLoop(&NonBlockingCall::stop));
  on_close_.emplace(environment_.loop->closing(), laterOnLoop(&NonBlockingCall::stop));
  seekTurn();
}

/// Known a moment before stop() is told.
bool NonBlockingCall::unwanted() const {
  return job_.options.cancellation.cancelled() || environment_.loop->closing().cancelled();
}

/// The call is no longer wanted.
void NonBlockingCall::stop() {
  stop_.cancel();  // which ends what is being sent
  const auto cancelled = [this](const char* when) {
    end(std::make_exception_ptr(CancelledError(
        std::string(job_.operation.id) + ": cancelled while waiting " + when, Outcome::not_sent)));
  };
  switch (state_) {
    case State::waiting_for_turn:
      askForTurn();
      break;
    case State::waiting_for_place:
      permit_.reset();
      cancelled("for a connection");
      break;
    case State::pausing:
      cancelled("to try again");
      break;
    case State::new_call:
    case State::sending:
    case State::ended:
      break;
  }
}

void NonBlockingCall::seekTurn() {
  state_ = State::waiting_for_turn;
  told_of_wait_ = false;
  askForTurn();
}

void NonBlockingCall::askForTurn() {
  if (state_ != State::waiting_for_turn) {
    return;
  }
  const Executor& executor = *environment_.executor;
  clearTimer();
  if (unwanted()) {
    stop_.cancel();
  }
  std::exception_ptr error;
  try {
    Pacer::Turn turn =
        executor.pacer().ask(*place_in_queue_, stop_.token(), call_->deadline, call_->slot());
    if (turn.permit) {
      permit_.emplace(*std::move(turn.permit));
      seekPlace();
      return;
    }
    setTimer(turn.ask_again, &NonBlockingCall::askForTurn);
    if (turn.wait && !told_of_wait_) {
      told_of_wait_ = true;
      executor.throttled(*call_, *turn.wait, turn.held);
    }
    return;
  } catch (...) {
    error = std::current_exception();
  }
  end(std::move(error));
}

void NonBlockingCall::seekPlace() {
  state_ = State::waiting_for_place;
  setTimer(call_->deadline, &NonBlockingCall::deadlinePassed);
  environment_.queue->takePlace([weak = weak_from_this()] {
    const auto self = weak.lock();
    return self && self->takePlace();
  });
}

void NonBlockingCall::deadlinePassed() {
  if (state_ == State::waiting_for_place) {
    permit_.reset();
    end(std::make_exception_ptr(TimeoutError(
        std::string(job_.operation.id) + ": the deadline comes before a connection is free",
        Outcome::not_sent)));
  }
}

/// Sends, where that is still wanted. The place is given back when the attempt has ended.
bool NonBlockingCall::takePlace() {
  if (state_ == State::waiting_for_place && unwanted()) {
    stop();
  }
  if (state_ != State::waiting_for_place) {
    return false;
  }
  state_ = State::sending;
  sent_ = false;
  clearTimer();
  // Never here and now: a transport may be done at once, and so on with the next one.
  const auto done = [self = shared_from_this()](HttpResponse answer, std::exception_ptr error) {
    auto held = std::make_shared<HttpResponse>(std::move(answer));
    self->environment_.loop->post([self, held, error = std::move(error)] {
      self->environment_.queue->giveBack();
      self->attemptEnded(std::move(*held), error);
    });
  };
  try {
    permit_->check();
    environment_.executor->beginAttempt(*call_);
    sent_ = true;
    environment_.send(call_->request, stop_.token(), done);
  } catch (...) {
    done({}, std::current_exception());
  }
  return true;
}

void NonBlockingCall::attemptEnded(HttpResponse answer, std::exception_ptr error) {
  const Executor& executor = *environment_.executor;
  std::optional<std::chrono::milliseconds> wait;
  try {
    if (error) {
      if (sent_) {
        executor.failed(*call_, *permit_, error);
      }
      std::rethrow_exception(std::exchange(error, nullptr));
    }
    answer_ = executor.answered(*call_, std::move(answer));
  } catch (const Error& failure) {
    error = std::current_exception();
    wait = executor.waitAfter(*call_, failure);
  } catch (...) {
    error = std::current_exception();
  }
  permit_.reset();
  if (wait) {
    pause(*wait);
  } else {
    end(std::move(error));
  }
}

/// Nothing that was sent before a pause can have been carried out, or sending again would not be
/// allowed.
void NonBlockingCall::pause(std::chrono::milliseconds wait) {
  state_ = State::pausing;
  if (unwanted()) {
    stop();
    return;
  }
  setTimer(later(environment_.executor->environment().clock->now(), wait),
           &NonBlockingCall::seekTurn);
}

void NonBlockingCall::end(std::exception_ptr error) {
  const auto self = std::move(self_);
  state_ = State::ended;
  clearTimer();
  environment_.executor->pacer().giveUp(*place_in_queue_);
  on_cancel_.reset();
  on_close_.reset();
  deliver(std::move(error));
  environment_.queue->leave();
  work_.reset();
}

void NonBlockingCall::deliver(std::exception_ptr error) {
  error_ = std::move(error);
  const auto tell = [self = shared_from_this()]() noexcept {
    const auto done = std::move(self->job_.done);  // what it holds goes with it
    done(*self->call_, std::move(self->answer_), std::exchange(self->error_, nullptr));
  };
  if (!job_.run_on) {
    tell();
    return;
  }
  try {
    job_.run_on(tell);
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
