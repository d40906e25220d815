#include "testing/server/state/logical_clock.hpp"

#include <cstdint>
#include <stdexcept>
#include <utility>

namespace heymilo::testing::detail {

LogicalClock::LogicalClock(Timestamp start, double scale, std::shared_ptr<Clock> clock)
    : scale_(scale), clock_(std::move(clock)), started_(clock_->now()), start_(start) {}

Timestamp LogicalClock::now() const {
  using Microseconds = std::chrono::duration<double, std::micro>;
  std::chrono::microseconds passed{0};
  if (scale_ > 0) {
    const Microseconds since = clock_->now() - started_;
    passed = std::chrono::microseconds{static_cast<std::int64_t>(since.count() * scale_)};
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
