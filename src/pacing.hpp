#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <optional>

#include "clock.hpp"
#include "heymilo/cancellation.hpp"
#include "heymilo/options.hpp"

namespace heymilo {

/// Keeps a client within its quota: in no window of the limit's length, wherever it starts, does
/// the server see more requests than the limit allows, whatever the number of threads.
///
/// A request counts from when it is let through until one window after its answer came. That the
/// answer's time is taken, not the sending's, is what makes the promise hold at the server, whose
/// arrivals are late by a different time for each request; it costs as much throughput as an answer
/// takes, in relation to the window.
class Pacer {
 public:
  /// `patience`: being held back for longer than that ends a call.
  Pacer(std::optional<RateLimit> limit, std::chrono::milliseconds patience, Clock& clock)
      : limit_(limit), patience_(patience), clock_(clock) {}

  /// One request that was let through; its end starts its window.
  class Permit {
   public:
    explicit Permit(Pacer& pacer) : pacer_(&pacer) {}
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;
    ~Permit() { pacer_->finish(); }

   private:
    Pacer* pacer_;
  };

  /// Waits for its turn, in order of arrival. `on_wait` is told once how long that will be, as far
  /// as is known. Throws CancelledError, or TimeoutError as soon as it is clear that the deadline
  /// comes first or that the server has asked to be left alone for longer than `patience`; both
  /// not_sent.
  Permit acquire(const CancellationToken& cancellation, Clock::TimePoint deadline,
                 const std::function<void(std::chrono::milliseconds)>& on_wait);

  /// Lets nothing through before `until`: the server has asked for it.
  void holdUntil(Clock::TimePoint until);

 private:
  using Waiter = std::condition_variable;

  Clock::TimePoint nextSlot(Clock::TimePoint now);
  void finish();
  void leave(Waiter& self);
  void wakeFirst();

  const std::optional<RateLimit> limit_;
  const std::chrono::milliseconds patience_;
  Clock& clock_;

  std::mutex mutex_;
  std::list<Waiter*> queue_;               // guarded by mutex_, as all below
  std::deque<Clock::TimePoint> finished_;  // when the requests whose window is still open ended
  int in_flight_ = 0;
  Clock::TimePoint held_until_{};
};

}  // namespace heymilo
