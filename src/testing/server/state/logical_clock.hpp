#pragma once

#include <chrono>
#include <memory>
#include <mutex>

#include "heymilo/clock.hpp"
#include "heymilo/models/timestamp.hpp"

namespace heymilo::testing::detail {

/// The time of the mock API: moved by the test, and by a clock at a multiple of its speed. It never
/// decreases. Thread-safe.
class LogicalClock {
 public:
  /// `scale`: logical seconds in a second of `clock`; 0: it stands still.
  LogicalClock(Timestamp start, double scale, std::shared_ptr<Clock> clock);

  Timestamp now() const;
  /// Throws std::invalid_argument for a negative time.
  void advance(std::chrono::microseconds time);

 private:
  const double scale_;
  const std::shared_ptr<Clock> clock_;
  const Clock::TimePoint started_;
  mutable std::mutex mutex_;
  Timestamp start_;
};

}  // namespace heymilo::testing::detail
