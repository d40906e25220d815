#include "types/clock.hpp"

#include <functional>

namespace heymilo {

namespace {

class SteadyClock final : public Clock {
 public:
  TimePoint now() override { return std::chrono::steady_clock::now(); }
  bool wait(std::unique_lock<std::mutex>& lock, std::condition_variable& condition, TimePoint until,
            const std::function<bool()>& done) override {
    if (until == (TimePoint::max)()) {
      condition.wait(lock, std::cref(done));
      return true;
    }
    return condition.wait_until(lock, until, std::cref(done));
  }
};

}  // namespace

Clock::~Clock() = default;

bool waitUntil(Clock& clock, Clock::TimePoint end, const CancellationToken& cancellation) {
  std::mutex mutex;
  std::condition_variable condition;
  const CancellationCallback wake_up(cancellation, [&] {
    const std::lock_guard<std::mutex> guard(mutex);
    condition.notify_all();
  });
  std::unique_lock<std::mutex> lock(mutex);
  return !clock.wait(lock, condition, end, [&] { return cancellation.cancelled(); });
}

bool isSteady(const Clock& clock) noexcept {
  return dynamic_cast<const SteadyClock*>(&clock) != nullptr;
}

std::shared_ptr<Clock> Clock::steady() { return std::make_shared<SteadyClock>(); }

}  // namespace heymilo
