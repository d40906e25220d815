#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>

#include "heymilo/cancellation.hpp"
#include "heymilo/clock.hpp"

namespace heymilo::workflows {

/// Whether a run goes on: it ends when it is stopped from outside, when something fails that going
/// on does not help, or when too much has failed in a row. All functions may be called by any
/// thread.
class RunControl {
 public:
  /// Is stopped when `stop` is cancelled. `patience` failures in a row are one too many. What is
  /// waited for goes by `clock`; what this process does to itself, which is to tick and to give up
  /// on a request after a stop, by the machine's.
  RunControl(Clock& clock, const CancellationToken& stop, std::size_t patience);

  bool stopped() const;  ///< from outside
  bool over() const;     ///< stopped or failed

  /// Ends the run for this reason; the first one counts.
  void fail(std::exception_ptr reason);
  /// Throws what the run failed with, where it did.
  void rethrow() const;

  /// Something went well: what failed before it is forgotten.
  void succeeded();
  /// The exception in flight is of a request that may succeed later, after `at_least`. Ends the run
  /// with it where patience is at its end; otherwise requests wait, the longer the more have
  /// failed.
  void failedForNow(std::chrono::milliseconds at_least = {});
  /// Waits until the next request may be made, or the run is over.
  void waitForTurn();
  /// How long it is until then; 0 where a request may be made.
  std::chrono::milliseconds untilTurn() const;
  /// Waits for that long, or until the run is over. Calls `meanwhile` now and then.
  void wait(std::chrono::milliseconds time, const std::function<void()>& meanwhile);

  /// Cancelled some seconds after the run has been stopped, for requests that take longer.
  CancellationToken abandon() const { return abandon_.token(); }
  /// Waits up to a second for something to happen, and looks after abandon().
  void tick();
  void wake();

 private:
  bool endsWaits() const { return stopped_at_ || reason_; }  // with mutex_ held

  Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  const std::size_t patience_;
  std::size_t failures_ = 0;
  Clock::TimePoint turn_{};
  std::optional<std::chrono::steady_clock::time_point> stopped_at_;
  std::exception_ptr reason_;
  CancellationSource abandon_;
  CancellationCallback on_stop_;  // last: it may call at once
};

}  // namespace heymilo::workflows
