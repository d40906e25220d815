#include "heymilo/testing/manual_clock.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace heymilo::testing {

namespace {

// How long a wait leaves it to the others to run before it looks at the clock again. They can't
// notify it of the time: its condition belongs to the waiter, and may be gone.
constexpr std::chrono::milliseconds kLook{1};

}  // namespace

ManualClock::ManualClock(Mode mode) : mode_(mode), now_(std::chrono::hours{1000}) {}

Clock::TimePoint ManualClock::now() {
  const std::lock_guard guard(mutex_);
  return now_;
}

void ManualClock::wait(std::unique_lock<std::mutex>& lock, std::condition_variable& condition,
                       TimePoint until) {
  if (until == (TimePoint::max)()) {
    condition.wait(lock);
    return;
  }
  std::unique_lock guard(mutex_);
  if (until <= now_) {
    return;
  }
  waits_.push_back(std::chrono::ceil<std::chrono::milliseconds>(until - now_));
  const auto end = ends_.insert(until);
  begun_.notify_all();
  if (const auto told = told_) {
    const auto span = waits_.back();
    guard.unlock();
    lock.unlock();
    told(span);
    lock.lock();
    guard.lock();
  }
  bool notified = false;
  while (now_ < until && !notified) {
    if (mode_ == Mode::automatic && *ends_.begin() == until) {
      now_ = until;
      break;
    }
    guard.unlock();
    notified = condition.wait_for(lock, kLook) == std::cv_status::no_timeout;
    guard.lock();
  }
  ends_.erase(end);
}

void ManualClock::advance(std::chrono::nanoseconds time) {
  if (time < std::chrono::nanoseconds::zero()) {
    throw std::invalid_argument("a clock does not go back");
  }
  const std::lock_guard guard(mutex_);
  now_ += std::chrono::duration_cast<TimePoint::duration>(time);
}

std::vector<std::chrono::milliseconds> ManualClock::waits() const {
  const std::lock_guard guard(mutex_);
  return waits_;
}

void ManualClock::onWait(std::function<void(std::chrono::milliseconds)> told) {
  const std::lock_guard guard(mutex_);
  told_ = std::move(told);
}

bool ManualClock::awaitWaits(std::size_t count, std::chrono::milliseconds limit) const {
  std::unique_lock guard(mutex_);
  return begun_.wait_for(guard, limit, [&] { return waits_.size() >= count; });
}

}  // namespace heymilo::testing
