#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

#include "heymilo/export.hpp"

namespace heymilo {

/// Where the waits of a Client take the time from: for the quota, before a retry, until a deadline.
/// Derive from it to let a test wait an hour in no time. What runs inside a Transport (the
/// `timeout` of one attempt) goes by the transport's own time. All functions may be called by any
/// number of threads at once.
class HEYMILO_EXPORT Clock {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;  ///< monotonic

  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock();

  /// Must never go back.
  virtual TimePoint now() = 0;
  /// Waits, with `lock` released, until `done` holds or `until` has come, and returns `done()`: as
  /// std::condition_variable::wait_until() with a predicate. `done` is called with `lock` held,
  /// before the wait and after each notification of `condition` at least, and must not throw.
  /// TimePoint::max() is no limit.
  virtual bool wait(std::unique_lock<std::mutex>& lock, std::condition_variable& condition,
                    TimePoint until, const std::function<bool()>& done) = 0;

  /// The machine's monotonic clock: what a Client goes by unless it is given another.
  static std::shared_ptr<Clock> steady();
};

}  // namespace heymilo
