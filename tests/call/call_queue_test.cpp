#include "call/call_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

namespace heymilo {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(CallQueue, LetsInAsManyAsMayBePending) {
  CallQueue queue(2, 8);
  EXPECT_EQ(queue.pending(), 0u);
  EXPECT_TRUE(queue.enter());
  EXPECT_TRUE(queue.enter());
  EXPECT_FALSE(queue.enter());
  EXPECT_EQ(queue.pending(), 2u);  // the one that was refused does not count
  queue.leave();
  EXPECT_TRUE(queue.enter());
  EXPECT_FALSE(queue.enter());
  queue.leave();
  queue.leave();
  EXPECT_EQ(queue.pending(), 0u);
}

TEST(CallQueue, OfNoneNobodyIsLetIn) {
  CallQueue queue(0, 8);
  EXPECT_FALSE(queue.enter());
  queue.waitForNone();  // returns
}

TEST(CallQueue, CountsCallsOfAllThreads) {
  CallQueue queue(50, 8);
  std::atomic<int> entered{0}, refused{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < 1000; ++call) {
        ++(queue.enter() ? entered : refused);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(entered, 50);
  EXPECT_EQ(refused, 3950);
  EXPECT_EQ(queue.pending(), 50u);
}

TEST(CallQueue, WaitsUntilTheLastCallHasLeft) {
  CallQueue queue(8, 8);
  ASSERT_TRUE(queue.enter());
  ASSERT_TRUE(queue.enter());
  std::atomic<int> left{0};
  std::thread leaving([&] {
    ++left;
    queue.leave();
    std::this_thread::yield();
    ++left;
    queue.leave();
  });
  queue.waitForNone();
  EXPECT_EQ(left, 2);
  leaving.join();
}

/// Calls that note when they get their place.
class CallQueuePlaces : public ::testing::Test {
 protected:
  /// One that takes its place, or leaves it to the next.
  void arrive(int number, bool takes = true) {
    queue.takePlace([this, number, takes] {
      began.push_back(number);
      return takes;
    });
  }

  CallQueue queue{8, 2};
  std::vector<int> began;
};

TEST_F(CallQueuePlaces, AreGivenInOrderOfArrival) {
  for (int number = 1; number <= 5; ++number) {
    arrive(number);
  }
  EXPECT_THAT(began, ElementsAre(1, 2));
  queue.giveBack();
  EXPECT_THAT(began, ElementsAre(1, 2, 3));
  queue.giveBack();
  queue.giveBack();
  EXPECT_THAT(began, ElementsAre(1, 2, 3, 4, 5));
  queue.giveBack();
  queue.giveBack();
  arrive(6);
  EXPECT_THAT(began, ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST_F(CallQueuePlaces, ThatAreNotTakenGoToTheNext) {
  arrive(1);
  arrive(2);
  arrive(3, false);  // such as one that was cancelled while it waited
  arrive(4, false);
  arrive(5);
  arrive(6);
  queue.giveBack();
  EXPECT_THAT(began, ElementsAre(1, 2, 3, 4, 5));
  queue.giveBack();
  EXPECT_THAT(began, ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST_F(CallQueuePlaces, MayBeGivenBackWithinGo) {
  arrive(1);
  queue.takePlace([this] {
    began.push_back(2);
    queue.giveBack();  // its request has failed before it was under way
    return true;
  });
  arrive(3);
  EXPECT_THAT(began, ElementsAre(1, 2, 3));
  arrive(4);
  EXPECT_THAT(began, ElementsAre(1, 2, 3));  // two places, as before
}

TEST_F(CallQueuePlaces, GivenBackWithinGoGoToThoseWhoWait) {
  arrive(1);
  arrive(2);
  for (int number = 3; number <= 5; ++number) {
    queue.takePlace([this, number] {
      began.push_back(number);
      queue.giveBack();
      return true;
    });
  }
  arrive(6);
  arrive(7);
  EXPECT_THAT(began, ElementsAre(1, 2));
  queue.giveBack();
  EXPECT_THAT(began, ElementsAre(1, 2, 3, 4, 5, 6));
  queue.giveBack();
  EXPECT_THAT(began, ElementsAre(1, 2, 3, 4, 5, 6, 7));
}

TEST_F(CallQueuePlaces, OfArrivalsWithinGoComeAfterThoseWhoWait) {
  queue.takePlace([this] {
    began.push_back(1);
    arrive(4);
    return true;
  });
  EXPECT_THAT(began, ElementsAre(1, 4));
  arrive(5);
  EXPECT_THAT(began, ElementsAre(1, 4));
}

TEST(CallQueue, WithoutPlacesNobodyBegins) {
  CallQueue queue(8, 0);
  std::vector<int> began;
  queue.takePlace([&] {
    began.push_back(1);
    return true;
  });
  EXPECT_THAT(began, IsEmpty());
}

}  // namespace
}  // namespace heymilo
