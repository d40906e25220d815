#include "call/pacing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "heymilo/errors.hpp"
#include "heymilo/testing/manual_clock.hpp"

namespace heymilo {
namespace {

using heymilo::testing::ManualClock;
using std::chrono::milliseconds;

constexpr Clock::TimePoint kNever = (Clock::TimePoint::max)();
constexpr milliseconds kPatience{120'000};

TEST(Pacing, LetsNoMoreThanTheLimitIntoAnyWindow) {
  ManualClock clock;
  Pacer pacer(RateLimit{3, milliseconds{1000}}, kPatience, clock);
  std::vector<Clock::TimePoint> sent;
  std::vector<Clock::TimePoint> answered;
  for (int i = 0; i < 50; ++i) {
    const Pacer::Permit permit = pacer.acquire({}, kNever, {});
    sent.push_back(clock.now());
    clock.advance(milliseconds{i * 7 % 40});  // the answer takes its time
    answered.push_back(clock.now());
  }
  for (std::size_t i = 3; i < sent.size(); ++i) {
    // Request i-3 was at the server by answered[i-3] at the latest.
    EXPECT_GT(sent[i] - answered[i - 3], milliseconds{1000}) << i;
  }
  // And no slower than the limit, the time of the answers and the safety margin aside.
  EXPECT_LT(sent.back() - sent.front(), milliseconds{16 * 1000 + 16 * 45});
}

TEST(Pacing, UsesAtLeast97PercentOfTheDocumentedLimit) {
  ManualClock clock;
  constexpr RateLimit kLimit{300, std::chrono::seconds{60}};
  Pacer pacer(kLimit, kPatience, clock);
  const auto start = clock.now();
  constexpr int kWindows = 20;
  for (int i = 0; i < kWindows * kLimit.requests; ++i) {
    const Pacer::Permit permit = pacer.acquire({}, kNever, {});
    clock.advance(milliseconds{150});
  }
  pacer.acquire({}, kNever, {});  // the first of one more window
  EXPECT_LT((clock.now() - start) * 97, kWindows * kLimit.per * 100);
}

TEST(Pacing, WithoutALimitNothingWaits) {
  ManualClock clock;
  Pacer pacer(std::nullopt, kPatience, clock);
  for (int i = 0; i < 1000; ++i) {
    pacer.acquire({}, kNever, {});
  }
  EXPECT_TRUE(clock.waits().empty());
}

TEST(Pacing, ARequestInFlightCountsUntilItsAnswerHasAged) {
  ManualClock clock;
  Pacer pacer(RateLimit{1, milliseconds{1000}}, kPatience, clock);
  {
    const Pacer::Permit permit = pacer.acquire({}, kNever, {});
    clock.advance(milliseconds{5000});
  }
  pacer.acquire({}, kNever, {});
  ASSERT_EQ(clock.waits().size(), 1u);
  EXPECT_EQ(clock.waits()[0], milliseconds{1001});
}

/// A request that may have been sent, and ends at once without an answer.
void sendInVain(Pacer& pacer) {
  Pacer::Permit permit = pacer.acquire({}, kNever, {});
  permit.unanswered();
}

TEST(Pacing, ARequestWithoutAnAnswerCountsUntilItCanNoLongerArrive) {
  ManualClock clock;
  Pacer pacer(RateLimit{1, milliseconds{1000}}, kPatience, clock);
  sendInVain(pacer);
  pacer.acquire({}, kNever, {});
  EXPECT_EQ(clock.waits(), std::vector<milliseconds>{milliseconds{5000 + 1001}});
}

TEST(Pacing, AnAnsweredRequestDoesNotWaitForOneThatWasNot) {
  ManualClock clock;
  Pacer pacer(RateLimit{2, milliseconds{1000}}, kPatience, clock);
  const auto start = clock.now();
  const auto sentAt = [&] {
    const Pacer::Permit permit = pacer.acquire({}, kNever, {});
    return std::chrono::duration_cast<milliseconds>(clock.now() - start).count();
  };
  sendInVain(pacer);
  EXPECT_EQ(sentAt(), 0);
  for (const int expected : {1001, 2002, 3003, 4004, 5005}) {
    EXPECT_EQ(sentAt(), expected);
  }
  EXPECT_EQ(sentAt(), 6001);  // of which the first has only now left the window
  EXPECT_EQ(sentAt(), 6006);
}

TEST(Pacing, LetsNoMoreThanTheLimitIntoAnyWindowHoweverLateTheUnansweredArrive) {
  ManualClock clock;
  constexpr std::size_t kLimit = 3;
  Pacer pacer(RateLimit{kLimit, milliseconds{1000}}, kPatience, clock);
  std::vector<Clock::TimePoint> arrivals;
  for (int i = 0; i < 60; ++i) {
    Pacer::Permit permit = pacer.acquire({}, kNever, {});
    clock.advance(milliseconds{i * 7 % 40});
    arrivals.push_back(clock.now());
    if (i % 4 == 1) {
      permit.unanswered();
      arrivals.back() += std::chrono::seconds{i % 6};
    }
  }
  std::sort(arrivals.begin(), arrivals.end());
  for (std::size_t i = kLimit; i < arrivals.size(); ++i) {
    EXPECT_GT(arrivals[i] - arrivals[i - kLimit], milliseconds{1000}) << i;
  }
}

TEST(Pacing, TellsOnceHowLongTheWaitIs) {
  ManualClock clock;
  Pacer pacer(RateLimit{1, milliseconds{1000}}, kPatience, clock);
  pacer.acquire({}, kNever, {});
  std::vector<milliseconds> told;
  pacer.acquire({}, kNever, [&](milliseconds wait, bool) { told.push_back(wait); });
  EXPECT_EQ(told, std::vector<milliseconds>{milliseconds{1001}});
}

TEST(Pacing, HoldsEverythingBackUntilTheServerAllowsIt) {
  ManualClock clock;
  Pacer pacer(std::nullopt, kPatience, clock);
  const auto until = clock.now() + milliseconds{7000};
  pacer.holdUntil(until);
  pacer.holdUntil(until - milliseconds{3000});  // an earlier end takes nothing back
  pacer.acquire({}, kNever, {});
  EXPECT_EQ(clock.now(), until);
}

TEST(Pacing, EndsAtOnceWhereTheServerAsksForMorePatienceThanThereIs) {
  ManualClock clock;
  Pacer pacer(std::nullopt, milliseconds{1000}, clock);
  pacer.holdUntil(clock.now() + milliseconds{1001});
  EXPECT_THROW(pacer.acquire({}, kNever, {}), TimeoutError);
  EXPECT_TRUE(clock.waits().empty());
}

TEST(Pacing, EndsAtOnceWhereTheDeadlineComesFirst) {
  ManualClock clock;
  Pacer pacer(RateLimit{1, milliseconds{1000}}, kPatience, clock);
  pacer.acquire({}, kNever, {});
  try {
    pacer.acquire({}, clock.now() + milliseconds{500}, {});
    FAIL();
  } catch (const TimeoutError& error) {
    EXPECT_EQ(error.outcome(), Outcome::not_sent);
  }
  EXPECT_TRUE(clock.waits().empty());
  EXPECT_NO_THROW(pacer.acquire({}, clock.now() + milliseconds{1500}, {}));
}

TEST(Pacing, EndsWhenItIsCancelled) {
  ManualClock clock(ManualClock::Mode::by_hand);
  Pacer pacer(RateLimit{1, milliseconds{1000}}, kPatience, clock);
  pacer.acquire({}, kNever, {});
  CancellationSource source;
  std::thread canceller([&] {
    EXPECT_TRUE(clock.awaitWaits(1));
    source.cancel();
  });
  try {
    pacer.acquire(source.token(), kNever, {});
    FAIL();
  } catch (const CancelledError& error) {
    EXPECT_EQ(error.outcome(), Outcome::not_sent);
    EXPECT_STREQ(error.what(), "cancelled while waiting for the quota");
  }
  canceller.join();
  clock.advance(milliseconds{1001});
  EXPECT_NO_THROW(pacer.acquire({}, kNever, {}));  // the queue is as if it had never been there
}

TEST(Pacing, SaysOnlyWhereItIsSoThatTheQuotaWasWaitedFor) {
  ManualClock clock;
  Pacer limited(RateLimit{1, milliseconds{1000}}, kPatience, clock);
  Pacer unlimited(std::nullopt, kPatience, clock);
  CancellationSource source;
  source.cancel();
  const auto words = [&](Pacer& pacer) {
    try {
      pacer.acquire(source.token(), kNever, {});
    } catch (const CancelledError& error) {
      EXPECT_EQ(error.outcome(), Outcome::not_sent);
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(words(unlimited), "cancelled before it was sent");
  EXPECT_EQ(words(limited), "cancelled before it was sent");
  limited.acquire({}, kNever, {});
  EXPECT_EQ(words(limited), "cancelled while waiting for the quota");
  unlimited.holdUntil(clock.now() + milliseconds{1000});
  EXPECT_EQ(words(unlimited), "cancelled while waiting for the quota");
}

/// Waits until `condition` holds, for as long as the test may take.
template <class Condition>
void eventually(Condition condition) {
  while (!condition()) {
    std::this_thread::yield();
  }
}

TEST(Pacing, ServesInOrderOfArrivalAndLetsACancelledOneGo) {
  const auto steady = Clock::steady();
  Clock& clock = *steady;
  Pacer pacer(RateLimit{1, milliseconds{30}}, kPatience, clock);
  std::mutex mutex;
  std::vector<int> order;
  std::vector<std::thread> threads;
  CancellationSource cancelled;
  std::atomic<int> waiting{0};
  const auto start = [&](int i) {
    threads.emplace_back([&, i] {
      try {
        const Pacer::Permit permit = pacer.acquire(i == 3 ? cancelled.token() : CancellationToken(),
                                                   kNever,
                                                   [&](milliseconds, bool) { ++waiting; });
        const std::lock_guard<std::mutex> guard(mutex);
        order.push_back(i);
      } catch (const CancelledError&) {
        const std::lock_guard<std::mutex> guard(mutex);
        order.push_back(-i);
      }
    });
    eventually([&] { return waiting == i + 1; });  // it is in the queue before the next one comes
  };
  {
    const Pacer::Permit permit = pacer.acquire({}, kNever, {});
    for (int i = 0; i < 8; ++i) {
      start(i);
    }
    cancelled.cancel();
    eventually([&] {
      const std::lock_guard<std::mutex> guard(mutex);
      return order == std::vector<int>{-3};
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(order, (std::vector<int>{-3, 0, 1, 2, 4, 5, 6, 7}));
}

constexpr SlotRequest kBulk{Priority::bulk, {}};

TEST(Pacing, LetsInteractiveCallsGoBeforeBulkOnesEachInOrderOfArrival) {
  ManualClock clock;
  Pacer pacer(RateLimit{1, milliseconds{1000}}, kPatience, clock);
  pacer.acquire({}, kNever, {});
  struct Caller {
    explicit Caller(SlotRequest asked) : request(asked) {}
    Pacer::Place place{[] {}};
    SlotRequest request;
  };
  std::vector<std::unique_ptr<Caller>> callers;
  for (const Priority priority : {Priority::bulk,
                                  Priority::interactive,
                                  Priority::bulk,
                                  Priority::interactive,
                                  Priority::interactive}) {
    callers.push_back(std::make_unique<Caller>(SlotRequest{priority, {}}));
    EXPECT_FALSE(pacer.ask(callers.back()->place, {}, kNever, callers.back()->request).permit);
  }
  std::vector<std::size_t> order;
  while (order.size() < callers.size()) {
    clock.advance(milliseconds{1001});
    for (std::size_t i = 0; i < callers.size(); ++i) {
      if (callers[i] && pacer.ask(callers[i]->place, {}, kNever, callers[i]->request).permit) {
        order.push_back(i);
        callers[i].reset();
      }
    }
  }
  EXPECT_EQ(order, (std::vector<std::size_t>{1, 3, 4, 0, 2}));
}

TEST(Pacing, BulkCallsNeverTakeTheReserve) {
  ManualClock clock;
  Pacer pacer(RateLimit{10, milliseconds{1000}}, kPatience, clock, 3);
  const auto waitOf = [&](const SlotRequest& request) {
    Pacer::Place place([] {});
    const Pacer::Turn turn = pacer.ask(place, {}, kNever, request);
    pacer.giveUp(place);
    return turn.permit ? milliseconds{0} : turn.wait.value_or(milliseconds{-1});
  };
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(waitOf(kBulk), milliseconds{0}) << i;
  }
  clock.advance(milliseconds{100});
  EXPECT_EQ(waitOf({}), milliseconds{0});
  clock.advance(milliseconds{100});
  EXPECT_EQ(waitOf(kBulk), milliseconds{0});
  EXPECT_EQ(waitOf(kBulk), milliseconds{801});  // 7 are used
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(waitOf({}), milliseconds{0}) << i;
  }
  EXPECT_EQ(waitOf({}), milliseconds{801});
  EXPECT_EQ(waitOf(kBulk), milliseconds{801});
  clock.advance(milliseconds{801});  // the first five have rested
  EXPECT_EQ(waitOf(kBulk), milliseconds{0});
  EXPECT_EQ(waitOf(kBulk), milliseconds{0});
  EXPECT_EQ(waitOf(kBulk), milliseconds{100});
}

TEST(Pacing, ABulkCallThatWaitsForMoreThanTheReserveHoldsNoInteractiveOneUp) {
  ManualClock clock;
  Pacer pacer(RateLimit{4, milliseconds{1000}}, kPatience, clock, 2);
  pacer.acquire({}, kNever, {}, kBulk);
  pacer.acquire({}, kNever, {}, kBulk);
  Pacer::Place bulk([] {});
  EXPECT_FALSE(pacer.ask(bulk, {}, kNever, kBulk).permit);
  Pacer::Place interactive([] {});
  EXPECT_TRUE(pacer.ask(interactive, {}, kNever).permit);
  EXPECT_FALSE(pacer.ask(bulk, {}, kNever, kBulk).permit);
  pacer.giveUp(bulk);
}

TEST(Pacing, HoldsItsPromiseWithManyThreads) {
  const auto steady = Clock::steady();
  Clock& clock = *steady;
  constexpr int kLimit = 20;
  constexpr milliseconds kWindow{50};
  Pacer pacer(RateLimit{kLimit, kWindow}, kPatience, clock);
  std::mutex mutex;
  std::vector<Clock::TimePoint> arrivals;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 25; ++i) {
        const Pacer::Permit permit = pacer.acquire({}, kNever, {});
        const std::lock_guard<std::mutex> guard(mutex);
        arrivals.push_back(clock.now());
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  std::sort(arrivals.begin(), arrivals.end());
  for (std::size_t i = kLimit; i < arrivals.size(); ++i) {
    EXPECT_GT(arrivals[i] - arrivals[i - kLimit], kWindow) << i;
  }
}

}  // namespace
}  // namespace heymilo
