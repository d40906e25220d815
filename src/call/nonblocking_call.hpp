#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>

#include "call/call_queue.hpp"
#include "call/executor.hpp"
#include "call/pacing.hpp"
#include "curl/curl_loop.hpp"
#include "heymilo/cancellation.hpp"
#include "heymilo/pending_call.hpp"
#include "heymilo/transport.hpp"

namespace heymilo {

/// One call that holds up no thread: the steps of Executor, taken on a loop's thread when their
/// time has come. It keeps itself until it has ended.
class NonBlockingCall : public std::enable_shared_from_this<NonBlockingCall> {
 public:
  /// Sends one attempt; called on the loop's thread, and need not call back there.
  using Send =
      std::function<void(HttpRequest, const CancellationToken&, NonBlockingTransport::Completion)>;

  struct Environment {
    std::shared_ptr<const Executor> executor;
    std::shared_ptr<CurlLoop> loop;
    std::shared_ptr<CallQueue> queue;
    Send send;
  };

  /// What a call is to do, and whom it tells of its end: on `run_on` or, where that is empty, on
  /// the loop's thread. `done` has either the 2xx answer or the error, and must not throw.
  struct Job {
    const Operation& operation;
    HttpRequest request;
    RequestOptions options;
    CompletionExecutor run_on;
    std::function<void(const Call&, HttpResponse, std::exception_ptr)> done;
  };

  NonBlockingCall(Environment environment, Job job);

  /// Begins, on any thread. Where it is refused, `done` is told before this returns.
  void begin();

 private:
  enum class State { new_call, waiting_for_turn, waiting_for_place, sending, pausing, ended };

  void start();
  void stop();
  bool unwanted() const;
  void seekTurn();
  void askForTurn();
  void seekPlace();
  bool takePlace();
  void attemptEnded(HttpResponse answer, std::exception_ptr error);
  void pause(std::chrono::milliseconds wait);
  void end(std::exception_ptr error);
  void deliver(std::exception_ptr error);
  void setTimer(Clock::TimePoint moment, void (NonBlockingCall::*step)());
  void clearTimer();
  /// A task that takes the step on the loop's thread, unless the call has gone.
  std::function<void()> laterOnLoop(void (NonBlockingCall::*step)());
  void deadlinePassed();

  const Environment environment_;
  Job job_;
  std::optional<Call> call_;
  HttpResponse answer_;
  std::exception_ptr error_;

  std::shared_ptr<NonBlockingCall> self_;  // until it has ended
  State state_ = State::new_call;
  bool sent_ = false;  // the latest attempt was handed to the transport
  std::optional<Pacer::Place> place_in_queue_;
  bool told_of_wait_ = false;
  std::optional<Pacer::Permit> permit_;
  std::optional<CurlLoop::Timer> timer_;
  std::optional<CurlLoop::Work> work_;
  CancellationSource stop_;
  std::optional<CancellationCallback> on_cancel_;
  std::optional<CancellationCallback> on_close_;
};

}  // namespace heymilo
