#include "heymilo/testing/manual_clock.hpp"

#include <functional>
#include <stdexcept>
#include <utility>

namespace heymilo::testing {

namespace {

// How long a wait lets other threads run before it checks the clock again. They can't notify it of
// the time: its condition belongs to the waiter, and may be destroyed.
constexpr std::chrono::milliseconds kLook{1};

}  // namespace

ManualClock::ManualClock(Mode mode) : mode_(mode), now_(std::chrono::hours{1000}) {}

Clock::TimePoint ManualClock::now() {
  const std::lock_guard guard(mutex_);
  return now_;
}

bool ManualClock::wait(std::unique_lock<std::mutex>& lock, std::condition_variable& condition,
                       TimePoint until, const std::function<bool()>& done) {
  if (until == (TimePoint::max)()) {
    condition.wait(lock, std::cref(done));
    return true;
  }
  if (done()) {
    return true;
  }
  std::unique_lock guard(mutex_);
  if (until <= now_) {
    return false;
  }
  const auto span = std::chrono::ceil<std::chrono::milliseconds>(until - now_);
  waits_.push_back(span);
  const auto end = ends_.insert(until);
  const auto on_wait = on_wait_;
  begun_.notify_all();
  guard.unlock();
  if (on_wait) {
    lock.unlock();
    on_wait(span);
    lock.lock();
  }
  // The return value of wait_for() is ignored: it does not report a notification at the moment of
  // its timeout.
  bool over = done();
  while (!over && !hasCome(until)) {
    condition.wait_for(lock, kLook);
    over = done();
  }
  guard.lock();
  ends_.erase(end);
  return over;
}

/// Whether a wait until then, which is in ends_, has ended.
bool ManualClock::hasCome(TimePoint until) {
  const std::lock_guard guard(mutex_);
  if (mode_ == Mode::automatic && now_ < until && *ends_.begin() == until) {
    now_ = until;
  }
  return now_ >= until;
}

void ManualClock::advance(std::chrono::nanoseconds time) {
  if (time < std::chrono::nanoseconds::zero()) {
    throw std::invalid_argument("time must not be negative");
  }
  const std::lock_guard guard(mutex_);
  now_ += std::chrono::duration_cast<TimePoint::duration>(time);
}

std::vector<std::chrono::milliseconds> ManualClock::waits() const {
  const std::lock_guard guard(mutex_);
  return waits_;
}

void ManualClock::onWait(std::function<void(std::chrono::milliseconds)> callback) {
  const std::lock_guard guard(mutex_);
  on_wait_ = std::move(callback);
}

bool ManualClock::awaitWaits(std::size_t count, std::chrono::milliseconds limit) const {
  std::unique_lock guard(mutex_);
  return begun_.wait_for(guard, limit, [&] { return waits_.size() >= count; });
}

}  // namespace heymilo::testing
