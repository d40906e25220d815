#include "types/cancellation.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

namespace heymilo {
namespace {

TEST(Cancellation, TheDefaultTokenIsNeverCancelled) {
  const CancellationToken token;
  bool ran = false;
  {
    const CancellationCallback callback(token, [&] { ran = true; });
  }
  EXPECT_FALSE(token.cancelled());
  EXPECT_FALSE(ran);
}

TEST(Cancellation, CopiesShareOneState) {
  const CancellationSource source;
  const CancellationSource copy = source;
  const CancellationToken token = source.token();
  EXPECT_FALSE(token.cancelled());
  copy.cancel();
  EXPECT_TRUE(source.cancelled());
  EXPECT_TRUE(token.cancelled());
  EXPECT_TRUE(source.token().cancelled());
}

TEST(Cancellation, ATokenOutlivesItsSource) {
  std::optional<CancellationSource> source(std::in_place);
  const CancellationToken token = source->token();
  source.reset();
  EXPECT_FALSE(token.cancelled());
  const CancellationCallback callback(token, [] {});
}

TEST(Cancellation, AMovedFromSourceDoesNothing) {
  CancellationSource source;
  const CancellationSource other = std::move(source);
  source.cancel();  // NOLINT(bugprone-use-after-move)
  EXPECT_FALSE(source.cancelled());
  EXPECT_FALSE(source.token().cancelled());
  EXPECT_FALSE(other.cancelled());
}

TEST(Cancellation, CallbacksRunOnceOnTheCancellingThread) {
  const CancellationSource source;
  std::vector<std::thread::id> runs;
  const CancellationCallback first(source.token(),
                                   [&] { runs.push_back(std::this_thread::get_id()); });
  const CancellationCallback second(source.token(),
                                    [&] { runs.push_back(std::this_thread::get_id()); });
  std::thread canceller([&] { source.cancel(); });
  const std::thread::id expected = canceller.get_id();
  canceller.join();
  source.cancel();
  EXPECT_EQ(runs, (std::vector<std::thread::id>{expected, expected}));
}

TEST(Cancellation, ACallbackSeesThatItIsCancelled) {
  const CancellationSource source;
  bool seen = false;
  const CancellationCallback callback(source.token(), [&] { seen = source.cancelled(); });
  source.cancel();
  EXPECT_TRUE(seen);
}

TEST(Cancellation, ACallbackThatIsGoneDoesNotRun) {
  const CancellationSource source;
  int runs = 0;
  {
    const CancellationCallback gone(source.token(), [&] { runs += 1; });
    const CancellationCallback also_gone(source.token(), [&] { runs += 10; });
  }
  const CancellationCallback kept(source.token(), [&] { runs += 100; });
  source.cancel();
  EXPECT_EQ(runs, 100);
}

TEST(Cancellation, AfterTheCancellationACallbackRunsInItsConstructor) {
  const CancellationSource source;
  source.cancel();
  std::thread::id ran_on;
  const CancellationCallback callback(source.token(), [&] { ran_on = std::this_thread::get_id(); });
  EXPECT_EQ(ran_on, std::this_thread::get_id());
}

TEST(Cancellation, WhatACallbackThrowsIsSwallowed) {
  const CancellationSource source;
  bool ran = false;
  const CancellationCallback thrower(source.token(), [] { throw std::runtime_error("thrown"); });
  const CancellationCallback other(source.token(), [&] { ran = true; });
  const CancellationCallback empty(source.token(), nullptr);
  source.cancel();
  EXPECT_TRUE(ran);
  const CancellationCallback late(source.token(), [] { throw std::runtime_error("thrown"); });
}

TEST(Cancellation, ACallbackMayDestroyItselfAndOthers) {
  const CancellationSource source;
  std::unique_ptr<CancellationCallback> self;
  std::unique_ptr<CancellationCallback> other;
  const auto held = std::make_shared<int>(1);
  bool other_ran = false;
  self = std::make_unique<CancellationCallback>(source.token(), [&, held] {
    self.reset();
    other.reset();
    EXPECT_EQ(*held, 1);  // the function lives on while it runs
  });
  other = std::make_unique<CancellationCallback>(source.token(), [&] { other_ran = true; });
  source.cancel();
  EXPECT_FALSE(self);
  EXPECT_FALSE(other_ran);
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Cancellation, ACallbackMayDestroyTheSource) {
  auto source = std::make_unique<CancellationSource>();
  const CancellationToken token = source->token();
  const CancellationCallback callback(token, [&] { source.reset(); });
  source->cancel();
  EXPECT_FALSE(source);
  EXPECT_TRUE(token.cancelled());
}

TEST(Cancellation, ACallbackMayRegisterAnother) {
  const CancellationSource source;
  bool inner_ran = false;
  const CancellationCallback callback(source.token(), [&] {
    const CancellationCallback inner(source.token(), [&] { inner_ran = true; });
    source.cancel();
  });
  source.cancel();
  EXPECT_TRUE(inner_ran);
}

TEST(Cancellation, TheDestructorWaitsForACallbackThatRunsElsewhere) {
  const CancellationSource source;
  std::promise<void> begun;
  std::promise<void> may_end;
  std::atomic<bool> ended{false};
  auto callback = std::make_unique<CancellationCallback>(source.token(), [&] {
    begun.set_value();
    may_end.get_future().wait();
    ended = true;
  });
  std::thread canceller([&] { source.cancel(); });
  begun.get_future().wait();
  std::promise<void> destroying;
  std::thread destroyer([&] {
    destroying.set_value();
    callback.reset();
    EXPECT_TRUE(ended);
  });
  destroying.get_future().wait();
  may_end.set_value();
  destroyer.join();
  canceller.join();
}

TEST(Cancellation, TheDestructorDoesNotWaitForOtherCallbacks) {
  const CancellationSource source;
  std::promise<void> begun;
  std::promise<void> may_end;
  auto waiting = std::make_unique<CancellationCallback>(source.token(), [] {});
  const CancellationCallback blocked(source.token(), [&] {
    begun.set_value();
    may_end.get_future().wait();
  });
  auto behind = std::make_unique<CancellationCallback>(source.token(), [] { FAIL(); });
  std::thread canceller([&] { source.cancel(); });
  begun.get_future().wait();
  waiting.reset();
  behind.reset();
  may_end.set_value();
  canceller.join();
}

TEST(Cancellation, WhatTheFunctionHoldsDiesWithTheCallback) {
  const CancellationSource source;
  const auto held = std::make_shared<int>(1);
  {
    const CancellationCallback callback(source.token(), [held] {});
    EXPECT_EQ(held.use_count(), 2);
    source.cancel();
    EXPECT_EQ(held.use_count(), 2);
  }
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Cancellation, RacesEndWithEachCallbackRunOrTakenBack) {
  for (int round = 0; round < 300; ++round) {
    const CancellationSource source;
    std::atomic<bool> go{false};
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] {
        while (!go) {
          std::this_thread::yield();
        }
        int runs = 0;  // a callback that ran after its destructor would write to a dead frame
        for (int n = 0; n < 20; ++n) {
          const CancellationCallback callback(source.token(), [&] { ++runs; });
        }
        EXPECT_LE(runs, 20);
      });
    }
    go = true;
    source.cancel();
    for (std::thread& thread : threads) {
      thread.join();
    }
  }
}

TEST(Cancellation, OfEitherOfTwo) {
  for (const bool first : {true, false}) {
    CancellationSource a, b;
    const CancellationToken either = eitherOf(a.token(), b.token());
    int runs = 0;
    const CancellationCallback callback(either, [&] { ++runs; });
    EXPECT_FALSE(either.cancelled());
    (first ? a : b).cancel();
    EXPECT_TRUE(either.cancelled());
    EXPECT_EQ(runs, 1);
    EXPECT_NE(a.cancelled(), b.cancelled());
    (first ? b : a).cancel();
    EXPECT_EQ(runs, 1);
  }
}

TEST(Cancellation, OfEitherMayHaveComeAlready) {
  const CancellationSource cancelled, other;
  cancelled.cancel();
  EXPECT_TRUE(eitherOf(cancelled.token(), other.token()).cancelled());
  EXPECT_TRUE(eitherOf(other.token(), cancelled.token()).cancelled());
  EXPECT_TRUE(eitherOf({}, cancelled.token()).cancelled());
  EXPECT_TRUE(eitherOf(cancelled.token(), {}).cancelled());
  EXPECT_FALSE(eitherOf({}, other.token()).cancelled());
  EXPECT_FALSE(eitherOf({}, {}).cancelled());
}

TEST(Cancellation, OfEitherNeedsNobodyElse) {
  std::optional<CancellationSource> first(std::in_place);
  const CancellationSource second, third;
  const CancellationToken three = eitherOf(eitherOf(first->token(), second.token()), third.token());
  first.reset();
  EXPECT_FALSE(three.cancelled());
  second.cancel();
  EXPECT_TRUE(three.cancelled());

  std::optional<CancellationToken> token = eitherOf(third.token(), CancellationSource().token());
  token.reset();
  third.cancel();  // which has nobody to tell
}

TEST(Cancellation, OfEitherMayGoWhileItIsCancelled) {
  for (int i = 0; i < 200; ++i) {
    const CancellationSource a, b;
    std::optional<CancellationToken> either = eitherOf(a.token(), b.token());
    std::thread one([&] { a.cancel(); });
    std::thread other([&] { b.cancel(); });
    either.reset();
    one.join();
    other.join();
  }
}

}  // namespace
}  // namespace heymilo
