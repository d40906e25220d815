#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>

#include "call/call.hpp"
#include "call/call_queue.hpp"
#include "call/pacing.hpp"
#include "curl/curl_loop.hpp"
#include "heymilo/cancellation.hpp"
#include "heymilo/pending_call.hpp"
#include "heymilo/transport.hpp"

namespace heymilo {

/// One call that holds up no thread: its steps are taken on a loop's thread when their time has
/// come. It keeps itself until it has ended.
class NonBlockingCall : public std::enable_shared_from_this<NonBlockingCall> {
 public:
  /// Sends one attempt; called on the loop's thread, and need not call back there.
  using Send = std::function<void(std::shared_ptr<const HttpRequest>, const CancellationToken&,
                                  NonBlockingTransport::Completion)>;

  struct Environment {
    std::shared_ptr<const CallContext> context;
    std::shared_ptr<CurlLoop> loop;
    std::shared_ptr<CallQueue> queue;
    Send send;
  };

  /// What a call is to do, and whom it notifies of its end: on `run_on` or, where that is empty, on
  /// the loop's thread. `done` has either a call that has succeeded or the error, and must not
  /// throw.
  struct Job {
    const Operation& operation;
    CallRequest request;
    RequestOptions options;
    CompletionExecutor run_on;
    std::function<void(Call&, std::exception_ptr)> done;
  };

  /// Its time starts now.
  NonBlockingCall(Environment environment, Job job);

  /// Begins, on any thread. Where it is refused, `done` is called before this returns.
  void begin();

 private:
  using State = CallSteps::State;

  void start();
  void stop();
  bool unwanted() const;
  void take(const Step& step);
  void askForTurn();
  void tryForTurn();
  void seekPlace();
  bool takePlace();
  void attemptEnded(HttpResponse response, const std::exception_ptr& error);
  void pause(Clock::TimePoint end);
  void waited() { take(call_.waited()); }
  void deadlinePassed() { take(call_.deadlinePassed()); }
  void end(const Step& last);
  void deliver(std::exception_ptr error);
  void setTimer(Clock::TimePoint moment, void (NonBlockingCall::*step)());
  void clearTimer();
  /// A task that takes the step on the loop's thread, unless the call has gone.
  std::function<void()> laterOnLoop(void (NonBlockingCall::*step)());

  const Environment environment_;
  const CompletionExecutor run_on_;
  std::function<void(Call&, std::exception_ptr)> done_;
  const std::string_view operation_id_;
  Call call_;
  std::exception_ptr error_;

  std::shared_ptr<NonBlockingCall> self_;  // until it has ended
  std::optional<Pacer::Place> place_in_queue_;
  std::optional<std::chrono::milliseconds> told_wait_;  // since the wait for the turn began
  std::optional<CurlLoop::Timer> timer_;
  std::optional<CurlLoop::Work> work_;
  CancellationSource stop_;
  std::optional<CancellationCallback> on_cancel_;
  std::optional<CancellationCallback> on_close_;
};

}  // namespace heymilo
