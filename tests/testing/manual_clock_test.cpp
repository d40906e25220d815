// The manual clock.

#include "heymilo/testing/manual_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

namespace heymilo::testing {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A wait that only time ends.
void waitUntil(Clock& clock, Clock::TimePoint until) {
  std::mutex mutex;
  std::condition_variable condition;
  std::unique_lock lock(mutex);
  EXPECT_FALSE(clock.wait(lock, condition, until, [] { return false; }));
}

/// A wait until `until` that another thread ends by a notification, after holding the lock for this
/// long. Whether the notification ended it.
bool isEndedByNotification(Clock& clock, Clock::TimePoint until, milliseconds held_before) {
  std::mutex mutex;
  std::condition_variable condition;
  bool waiting = false;
  bool told = false;
  bool ended = false;
  std::thread waiter([&] {
    std::unique_lock lock(mutex);
    ended = clock.wait(lock, condition, until, [&] {
      waiting = true;
      return told;
    });
  });
  for (bool done = false; !done;) {
    const std::lock_guard lock(mutex);
    if (waiting) {
      std::this_thread::sleep_for(held_before);
      done = told = true;
      condition.notify_all();
    }
  }
  waiter.join();
  return ended;
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

// Shorter waits end first, at the requested time.
TEST(ManualClock, WaitsEndInTheOrderOfTheirTimes) {
  ManualClock clock;
  const auto start = clock.now();
  std::mutex mutex;
  std::condition_variable never;
  std::atomic<bool> begun{false};
  std::vector<int> order;
  // Many short waits during a long one: the long one must not move the clock past any of them.
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

TEST(ManualClock, ANotificationEndsAWait) {
  ManualClock clock(ManualClock::Mode::by_hand);
  EXPECT_TRUE(isEndedByNotification(clock, (Clock::TimePoint::max)(), milliseconds{0}));
  EXPECT_THAT(clock.waits(), IsEmpty());
  EXPECT_TRUE(isEndedByNotification(clock, clock.now() + hours{1}, milliseconds{0}));
  EXPECT_THAT(clock.waits(), ElementsAre(hours{1}));
}

// The clock polls each millisecond. A notification during a poll must not be lost.
TEST(ManualClock, ANotificationEndsAWaitThatLooksAtTheClock) {
  ManualClock clock(ManualClock::Mode::by_hand);
  EXPECT_TRUE(isEndedByNotification(clock, clock.now() + hours{1}, milliseconds{20}));
}

TEST(ManualClock, WhatHasHappenedAlreadyNeedsNoWait) {
  for (const auto mode : {ManualClock::Mode::by_hand, ManualClock::Mode::automatic}) {
    ManualClock clock(mode);
    const auto start = clock.now();
    std::mutex mutex;
    std::condition_variable condition;
    std::unique_lock lock(mutex);
    EXPECT_TRUE(clock.wait(lock, condition, start + hours{1}, [] { return true; }));
    EXPECT_THAT(clock.waits(), IsEmpty());
    EXPECT_EQ(clock.now(), start);
  }
}

// onWait() is called before the end of the wait.
TEST(ManualClock, WhatHappensMeanwhileEndsAWaitBeforeItsTime) {
  ManualClock clock;
  const auto start = clock.now();
  std::mutex mutex;
  std::condition_variable condition;
  bool told = false;
  clock.onWait([&](milliseconds) {
    const std::lock_guard lock(mutex);
    told = true;
    condition.notify_all();
  });
  std::unique_lock lock(mutex);
  EXPECT_TRUE(clock.wait(lock, condition, start + hours{1}, [&] { return told; }));
  EXPECT_EQ(clock.now(), start);
}

}  // namespace
}  // namespace heymilo::testing
