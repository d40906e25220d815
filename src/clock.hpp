#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace heymilo {

/// Where the library's waits take the time from, so that tests can wait an hour in no time.
class Clock {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  virtual ~Clock() = default;
  virtual TimePoint now() = 0;
  /// Waits, with `lock` released, until `until` has come or `condition` is notified; may return
  /// earlier. TimePoint::max() is no limit.
  virtual void wait(std::unique_lock<std::mutex>& lock, std::condition_variable& condition,
                    TimePoint until) = 0;
};

/// `start` plus `span`, where a span of years is for ever: it must not overflow.
inline Clock::TimePoint later(Clock::TimePoint start, std::chrono::milliseconds span) {
  constexpr std::chrono::hours kForEver{24 * 366 * 10};
  return span >= kForEver ? (Clock::TimePoint::max)() : start + span;
}

/// The machine's monotonic clock.
class SteadyClock final : public Clock {
 public:
  TimePoint now() override { return std::chrono::steady_clock::now(); }
  void wait(std::unique_lock<std::mutex>& lock, std::condition_variable& condition,
            TimePoint until) override {
    if (until == (TimePoint::max)()) {
      condition.wait(lock);
    } else {
      condition.wait_until(lock, until);
    }
  }
};

}  // namespace heymilo
