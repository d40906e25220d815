#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

#include "heymilo/export.hpp"

namespace heymilo {

/// The time source for a Client's waits: for the quota, before a retry, until a deadline. Derive
/// from it to let a test wait an hour in no time. The `timeout` of one attempt, inside a Transport,
/// uses the transport's own time. Thread-safe.
class HEYMILO_EXPORT Clock {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;  ///< monotonic

  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock();

  /// Must never decrease.
  virtual TimePoint now() = 0;
  /// Waits, with `lock` released, until `done` holds or `until` is reached, and returns `done()`:
  /// as std::condition_variable::wait_until() with a predicate. `done` is called with `lock` held,
  /// before the wait and at least after each notification of `condition`, and must not throw.
  /// TimePoint::max() means no limit.
  virtual bool wait(std::unique_lock<std::mutex>& lock, std::condition_variable& condition,
                    TimePoint until, const std::function<bool()>& done) = 0;

  /// The machine's monotonic clock, a Client's default.
  static std::shared_ptr<Clock> steady();
};

}  // namespace heymilo
