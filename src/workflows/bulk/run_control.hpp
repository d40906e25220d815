#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>

#include "heymilo/cancellation.hpp"
#include "heymilo/clock.hpp"

namespace heymilo::workflows {

/// Whether a run continues: it ends when it is stopped from outside, when something fails for good,
/// or when too much has failed in a row. All functions may be called by any thread.
class RunControl {
 public:
  /// Is stopped when `stop` is cancelled, and fails with the `patience`-th failure in a row. Waits
  /// for the API use `clock`. tick() and abandon() use the machine's clock, since what they wait
  /// for is in this process.
  RunControl(Clock& clock, const CancellationToken& stop, std::size_t patience);

  bool stopped() const;  ///< from outside
  bool over() const;     ///< stopped or failed

  /// Ends the run for this reason; the first one counts.
  void fail(std::exception_ptr reason);
  /// Throws what the run failed with, where it did.
  void rethrow() const;

  /// Something succeeded: the failures before it do not count any more.
  void succeeded();
  /// To be called in the handler of an exception whose request may succeed later, after `at_least`.
  /// The last failure that `patience` allows ends the run with that exception. After each one,
  /// requests wait: 250 ms, then twice as long each time, 30 s at most, and `at_least`.
  void failedForNow(std::chrono::milliseconds at_least = {});
  /// Waits until the next request may be made, or the run is over.
  void waitForTurn();
  /// How long it is until then: 0 where a request may be made.
  std::chrono::milliseconds untilTurn() const;
  /// Cancelled by tick() when the run was stopped 5 s ago: ends requests that take longer.
  CancellationToken abandon() const { return abandon_.token(); }
  /// Cancels abandon() when it is time: to be called once a second.
  void tick();

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
  CancellationCallback on_stop_;  // last: its callback may run immediately
};

}  // namespace heymilo::workflows
