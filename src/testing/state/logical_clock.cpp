#include "testing/state/logical_clock.hpp"

#include <cstdint>
#include <stdexcept>

namespace heymilo::testing::detail {

LogicalClock::LogicalClock(Timestamp start, double scale) : scale_(scale), start_(start) {}

Timestamp LogicalClock::now() const {
  using Microseconds = std::chrono::duration<double, std::micro>;
  std::chrono::microseconds passed{0};
  if (scale_ > 0) {
    const Microseconds real = std::chrono::steady_clock::now() - started_;
    passed = std::chrono::microseconds{static_cast<std::int64_t>(real.count() * scale_)};
  }
  const std::lock_guard lock(mutex_);
  return start_ + passed;
}

void LogicalClock::advance(std::chrono::microseconds time) {
  if (time < std::chrono::microseconds::zero()) {
    throw std::invalid_argument("the mock server's clock does not go back");
  }
  const std::lock_guard lock(mutex_);
  start_ += time;
}

}  // namespace heymilo::testing::detail
