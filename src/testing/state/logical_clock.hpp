#pragma once

#include <chrono>
#include <mutex>

#include "heymilo/models/timestamp.hpp"

namespace heymilo::testing::detail {

/// The time of the API's world: moved by the test, and by real time as many times as fast as that
/// is asked for. It never goes back. Used by any thread.
class LogicalClock {
 public:
  /// `scale`: logical seconds in a second; 0: it stands still.
  LogicalClock(Timestamp start, double scale);

  Timestamp now() const;
  /// Throws std::invalid_argument for a negative time.
  void advance(std::chrono::microseconds time);

 private:
  const double scale_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  mutable std::mutex mutex_;
  Timestamp start_;
};

}  // namespace heymilo::testing::detail
