#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <utility>

#include "heymilo/cancellation.hpp"
#include "heymilo/options.hpp"
#include "types/clock.hpp"

namespace heymilo {

/// Keeps a client within its quota: in no window of the limit's length, wherever it starts, does
/// the server see more requests than the limit allows, whatever the number of threads.
///
/// A request counts from when it is let through until one window after its answer came. That the
/// answer's time is taken, not the sending's, is what makes the promise hold at the server, whose
/// arrivals are late by a different time for each request; it costs as much throughput as an answer
/// takes, in relation to the window. One without an answer may still arrive for as long as packets
/// are under way (kUnderWay) after its end, and counts until a window after that.
class Pacer {
 public:
  /// `patience`: being held back for longer than that ends a call.
  Pacer(std::optional<RateLimit> limit, std::chrono::milliseconds patience, Clock& clock)
      : limit_(limit), patience_(patience), clock_(clock) {}

  /// One request that was let through. With its end, its window starts: at once, or where it may
  /// still arrive, when it can no longer do so.
  class Permit {
   public:
    explicit Permit(Pacer& pacer) noexcept : pacer_(&pacer) {}
    Permit(Permit&& other) noexcept
        : pacer_(std::exchange(other.pacer_, nullptr)), unanswered_(other.unanswered_) {}
    Permit& operator=(Permit&&) = delete;
    ~Permit() {
      if (pacer_ != nullptr) {
        pacer_->finish(unanswered_);
      }
    }

    /// The request may have been sent, and ends without an answer.
    void unanswered() noexcept { unanswered_ = true; }

   private:
    Pacer* pacer_;
    bool unanswered_ = false;
  };

  /// Waits for its turn, in order of arrival. `on_wait` is told once how long that will be, as far
  /// as is known. Throws CancelledError, or TimeoutError as soon as it is clear that the deadline
  /// comes first or that the server has asked to be left alone for longer than `patience`; both
  /// not_sent.
  Permit acquire(const CancellationToken& cancellation, Clock::TimePoint deadline,
                 const std::function<void(std::chrono::milliseconds)>& on_wait);

  /// A place in the queue, of the same order as acquire()'s, for one who must not be held up.
  class Place {
   public:
    /// `wake` is called by any thread with the pacer locked, when asking again may help.
    explicit Place(std::function<void()> wake) : wake_(std::move(wake)) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    friend class Pacer;
    const std::function<void()> wake_;
    bool queued_ = false;
  };
  /// Either a permit, or when to ask again unless the place is woken before, and, where it is the
  /// quota that is waited for, how long that will be; 0 where only answers under way can tell.
  struct Turn {
    std::optional<Permit> permit{};
    Clock::TimePoint ask_again{};
    std::optional<std::chrono::milliseconds> wait{};
  };
  /// Asks for a turn, from the place in the queue that the first asking took. Throws as acquire().
  /// A permit and an error give the place up; otherwise it must be asked for again, or given up.
  Turn ask(Place& place, const CancellationToken& cancellation, Clock::TimePoint deadline);
  void giveUp(Place& place);

  /// Lets nothing through before `until`: the server has asked for it.
  void holdUntil(Clock::TimePoint until);

 private:
  Turn judge(Place& place, const CancellationToken& cancellation, Clock::TimePoint deadline);
  Clock::TimePoint nextSlot(Clock::TimePoint now);
  void finish(bool unanswered);
  void leave(Place& place);
  void wakeFirst();

  const std::optional<RateLimit> limit_;
  const std::chrono::milliseconds patience_;
  Clock& clock_;

  std::mutex mutex_;
  std::list<Place*> queue_;  // guarded by mutex_, as all below
  // From when on the requests whose window is still open can't arrive any more; the earliest first.
  std::deque<Clock::TimePoint> finished_;
  int in_flight_ = 0;
  Clock::TimePoint held_until_{};
};

}  // namespace heymilo
