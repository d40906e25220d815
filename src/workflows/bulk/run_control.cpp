#include "workflows/bulk/run_control.hpp"

#include <algorithm>
#include <utility>

namespace heymilo::workflows {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{250};
constexpr milliseconds kLongestPause{30'000};
constexpr milliseconds kGrace{5'000};

milliseconds waitAfter(std::size_t failures) {
  milliseconds wait = kFirstPause;
  for (std::size_t i = 1; i < failures && wait < kLongestPause; ++i) {
    wait *= 2;
  }
  return std::min(wait, kLongestPause);
}

}  // namespace

RunControl::RunControl(Clock& clock, const CancellationToken& stop, std::size_t patience)
    : clock_(clock), patience_(patience), on_stop_(stop, [this] {
        const std::lock_guard lock(mutex_);
        stopped_at_ = std::chrono::steady_clock::now();
        changed_.notify_all();
      }) {}

bool RunControl::stopped() const {
  const std::lock_guard lock(mutex_);
  return stopped_at_.has_value();
}

bool RunControl::over() const {
  const std::lock_guard lock(mutex_);
  return endsWaits();
}

void RunControl::fail(std::exception_ptr reason) {
  const std::lock_guard lock(mutex_);
  if (!reason_) {
    reason_ = std::move(reason);
  }
  changed_.notify_all();
}

void RunControl::rethrow() const {
  std::unique_lock lock(mutex_);
  if (const std::exception_ptr reason = reason_) {
    lock.unlock();
    std::rethrow_exception(reason);
  }
}

void RunControl::succeeded() {
  const std::lock_guard lock(mutex_);
  failures_ = 0;
  changed_.notify_all();
}

void RunControl::failedForNow(milliseconds at_least) {
  const std::lock_guard lock(mutex_);
  if (++failures_ >= patience_ && !reason_) {
    reason_ = std::current_exception();
  }
  turn_ = std::max(turn_, clock_.now() + std::max(at_least, waitAfter(failures_)));
  changed_.notify_all();
}

void RunControl::waitForTurn() {
  std::unique_lock lock(mutex_);
  while (!endsWaits() && clock_.now() < turn_) {  // which may be put off meanwhile
    clock_.wait(lock, changed_, turn_, [this] { return endsWaits(); });
  }
}

milliseconds RunControl::untilTurn() const {
  const std::lock_guard lock(mutex_);
  return std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(turn_ - clock_.now()));
}

void RunControl::tick() {
  bool due = false;
  {
    const std::lock_guard lock(mutex_);
    due = stopped_at_ && std::chrono::steady_clock::now() >= *stopped_at_ + kGrace;
  }
  if (due) {
    abandon_.cancel();
  }
}

}  // namespace heymilo::workflows
