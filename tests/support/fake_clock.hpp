#pragma once

#include <functional>
#include <vector>

#include "heymilo/clock.hpp"

namespace heymilo::test {

/// A clock for one thread: a wait lasts no time and moves it to the wait's end.
class FakeClock final : public Clock {
 public:
  TimePoint now() override { return now_; }
  void wait(std::unique_lock<std::mutex>& lock, std::condition_variable&,
            TimePoint until) override {
    waits.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(until - now_));
    if (on_wait) {
      lock.unlock();
      on_wait();
      lock.lock();
    }
    now_ = until;
  }
  void advance(std::chrono::milliseconds time) { now_ += time; }

  std::vector<std::chrono::milliseconds> waits;
  std::function<void()> on_wait;

 private:
  TimePoint now_{std::chrono::hours{1000}};
};

}  // namespace heymilo::test
