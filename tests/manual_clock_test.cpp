// The clock that tests move.

#include "heymilo/testing/manual_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

namespace {

using heymilo::Clock;
using heymilo::testing::ManualClock;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Waits as the library does: again, until the time has come.
void waitUntil(Clock& clock, Clock::TimePoint until) {
  std::mutex mutex;
  std::condition_variable condition;
  std::unique_lock lock(mutex);
  while (clock.now() < until) {
    clock.wait(lock, condition, until);
  }
}

TEST(ManualClock, StandsStillUntilItIsMoved) {
  ManualClock clock;
  const auto start = clock.now();
  EXPECT_EQ(clock.now(), start);
  clock.advance(milliseconds{1500});
  EXPECT_EQ(clock.now() - start, milliseconds{1500});
  EXPECT_THROW(clock.advance(milliseconds{-1}), std::invalid_argument);
}

TEST(ManualClock, AnHoursWaitMovesItByAnHour) {
  ManualClock clock;
  const auto start = clock.now();
  waitUntil(clock, start + hours{1});
  waitUntil(clock, start + hours{1});  // it has come: no wait
  waitUntil(clock, start + hours{3});
  EXPECT_EQ(clock.now() - start, hours{3});
  EXPECT_THAT(clock.waits(), ElementsAre(hours{1}, hours{2}));
}

TEST(ManualClock, TellsOfAWaitBeforeItMoves) {
  ManualClock clock;
  const auto start = clock.now();
  std::vector<milliseconds> told;
  clock.onWait([&](milliseconds wait) {
    EXPECT_EQ(clock.now(), start);
    told.push_back(wait);
  });
  waitUntil(clock, start + hours{1});
  EXPECT_THAT(told, ElementsAre(hours{1}));
  clock.onWait(nullptr);
  waitUntil(clock, start + hours{2});
  EXPECT_EQ(told.size(), 1u);
}

TEST(ManualClock, ByHandAWaitEndsWhenItIsMovedFarEnough) {
  ManualClock clock(ManualClock::Mode::by_hand);
  std::atomic<bool> over{false};
  std::thread waiter([&, until = clock.now() + hours{1}] {
    waitUntil(clock, until);
    over = true;
  });
  ASSERT_TRUE(clock.awaitWaits(1));
  clock.advance(hours{1} - milliseconds{1});
  EXPECT_FALSE(over);
  clock.advance(milliseconds{1});
  waiter.join();
  EXPECT_THAT(clock.waits(), ElementsAre(hours{1}));
}

TEST(ManualClock, SaysThatNobodyWaits) {
  const ManualClock clock;
  EXPECT_FALSE(clock.awaitWaits(1, milliseconds{1}));
  EXPECT_THAT(clock.waits(), IsEmpty());
}

// Whoever waits for less is served first, at the time that was asked for.
TEST(ManualClock, WaitsEndInTheOrderOfTheirTimes) {
  ManualClock clock;
  const auto start = clock.now();
  std::mutex mutex;
  std::condition_variable never;
  std::atomic<bool> begun{false};
  std::vector<int> order;
  // Many short waits beside a long one: the long one must not carry the clock past any of them.
  std::thread long_wait([&] {
    while (!begun) {
      std::this_thread::yield();
    }
    waitUntil(clock, start + hours{1});
    const std::lock_guard lock(mutex);
    order.push_back(2);
  });
  std::thread short_waits([&] {
    begun = true;
    for (int count = 1; count <= 100; ++count) {
      waitUntil(clock, start + count * seconds{1});
    }
    const std::lock_guard lock(mutex);
    order.push_back(1);
  });
  short_waits.join();
  long_wait.join();
  EXPECT_EQ(clock.now() - start, hours{1});
  EXPECT_EQ(order.size(), 2u);
}

TEST(ManualClock, ANotificationEndsAWaitThatHasNoEnd) {
  ManualClock clock;
  std::mutex mutex;
  std::condition_variable condition;
  bool waiting = false;
  bool told = false;
  std::thread waiter([&] {
    std::unique_lock lock(mutex);
    waiting = true;
    while (!told) {
      clock.wait(lock, condition, (Clock::TimePoint::max)());
    }
  });
  while (true) {
    const std::lock_guard lock(mutex);
    if (waiting) {
      told = true;
      condition.notify_all();
      break;
    }
  }
  waiter.join();
  EXPECT_THAT(clock.waits(), IsEmpty());
}

}  // namespace
