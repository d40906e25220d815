#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "call/operation.hpp"
#include "call/retry.hpp"
#include "heymilo/options.hpp"
#include "types/clock.hpp"

namespace heymilo {

/// What is to be done next for a call. Each kind names the inputs of CallSteps that may follow.
struct Step {
  enum class Kind {
    ask_for_turn,  ///< of the quota: throttled(), granted(), refused(), cancelled()
    take_place,    ///< among the requests that are sent in parallel: placed(), deadlinePassed(),
                   ///< cancelled()
    prepare,       ///< the attempt's header fields: prepared(), refused()
    send,          ///< the request, within `timeout`: responded(), failed()
    wait,          ///< until `until`: waited(), cancelled()
    nothing,       ///< what is under way goes on
    succeed,       ///< the end: the response is the call's
    fail,          ///< the end: the error or the response that was put in last is the call's
    time_out,      ///< the end: TimeoutError (not_sent), for `reason`
    cancel         ///< the end: CancelledError (not_sent), for `reason`
  };

  bool ends() const noexcept { return kind >= Kind::succeed; }

  Kind kind = Kind::nothing;
  std::chrono::milliseconds timeout{0};  ///< of the attempt; 0: none
  Clock::TimePoint until{};
  std::string_view reason{};  ///< a literal

  // To be done before, in this order; then the events are to be reported.
  std::optional<Clock::TimePoint> hold_until{};  ///< no call of the client is to send before
  bool may_still_arrive = false;                 ///< the request has no response, and may have left
};

/// What a response is, as far as the next step depends on it or an event tells it.
struct Responded {
  int status = 0;
  std::size_t bytes = 0;
  std::string request_id{};                                ///< fit to be shown
  std::optional<std::chrono::milliseconds> retry_after{};  ///< as the response asks
};

/// Whether the response of that status is a success.
constexpr bool isSuccess(int status) noexcept { return status >= 200 && status < 300; }

/// Decides what a call does next: the order of its steps, when it is retried and how it ends. It
/// has no clock, no thread and no socket: it is told the time, what came of the last step, and a
/// random number from 0 to 1, and gives the next step. An input that does not follow from the last
/// step has no meaning.
///
/// One decision to send is one request: `send` comes once for each turn that was granted.
class CallSteps {
 public:
  struct Plan {
    const Operation& operation;
    std::chrono::milliseconds timeout{0};  ///< of one attempt; 0: none
    RetryPolicy retry{};
    Clock::TimePoint deadline = (Clock::TimePoint::max)();
    std::size_t bytes_to_send = 0;  ///< of the body
    bool reports = true;            ///< there are events
  };
  enum class State {
    begun,
    waiting_for_turn,
    waiting_for_place,
    preparing,
    sending,
    pausing,
    ended
  };

  explicit CallSteps(const Plan& plan) : plan_(plan) {}

  Step begin();
  /// The quota has granted a turn.
  Step granted();
  /// There is a place among the requests that are sent in parallel.
  Step placed(Clock::TimePoint now);
  /// The attempt's header fields are made.
  Step prepared(Clock::TimePoint now);
  Step responded(Clock::TimePoint now, Responded response, double random);
  Step failed(Clock::TimePoint now, const Failure& failure, double random);
  /// The wait is over.
  Step waited();
  /// The caller, or the end of an engine, has cancelled the call.
  Step cancelled();
  /// The deadline has come while the call waits for a place.
  Step deadlinePassed();
  /// Nothing was sent, and the error that came says why the call ends.
  Step refused();

  /// The call waits for the quota, which is no step, but an event.
  void throttled(std::chrono::milliseconds wait);

  /// What happened with the last input, in this order.
  class Events {
   public:
    const Event* begin() const noexcept { return events_.data(); }
    const Event* end() const noexcept { return events_.data() + count_; }
    Event& add(Event event) {
      Event& added = events_.at(count_++);
      added = std::move(event);
      return added;
    }
    void clear() noexcept { count_ = 0; }

   private:
    std::array<Event, 2> events_{};
    std::size_t count_ = 0;
  };
  const Events& events() const noexcept { return events_; }

  State state() const noexcept { return state_; }
  int attempts() const noexcept { return attempts_; }
  Clock::TimePoint deadline() const noexcept { return plan_.deadline; }

 private:
  Step askForTurn();
  Step end(Step::Kind kind, std::string_view reason = {});
  Step endOrRetry(Clock::TimePoint now, const Failure& failure, double random);
  /// Null where nobody wants to know.
  Event* report(EventKind kind);

  const Plan plan_;
  State state_ = State::begun;
  int attempts_ = 0;
  Clock::TimePoint attempt_started_{};
  Events events_;
};

}  // namespace heymilo
