// What a follower does next, and when: without a clock, an API or a mirror.

#include "workflows/mirror/follow_schedule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace heymilo_test {
namespace {

using heymilo::workflows::FollowSchedule;
using heymilo::workflows::FollowTask;
using heymilo::workflows::kOpenGroups;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;

using Moment = FollowSchedule::Moment;

constexpr Moment kStart{hours{1'000}};

FollowSchedule::Limits limits(int requests_per_minute = 60) {
  return {seconds{10}, minutes{5}, requests_per_minute, hours{24 * 7}};
}

/// Without a spread: exactly the times.
FollowSchedule exact(const FollowSchedule::Limits& of = limits()) {
  return {of, kStart, [] { return 0.5; }};
}

double secondsSince(Moment moment) {
  return std::chrono::duration<double>(moment - kStart).count();
}

/// Carries out what is next; a request takes no time.
FollowSchedule::Step carryOut(FollowSchedule& schedule, std::uint64_t requests, bool found = false,
                              bool over = true) {
  const FollowSchedule::Step step = schedule.next();
  schedule.done({step.task, step.group, step.when, step.when, requests, found, over});
  return step;
}

/// `task@seconds` of the first steps.
std::vector<std::string> steps(FollowSchedule& schedule, std::size_t count) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < count; ++i) {
    const auto step = carryOut(schedule, 0);
    all.push_back(std::string(toString(step.task)) +
                  (step.task == FollowTask::open ? std::to_string(step.group) : "") + '@' +
                  std::to_string(static_cast<int>(secondsSince(step.when))));
  }
  return all;
}

TEST(FollowSchedule, BeginsWithWhatIsNewAndNotWithEverything) {
  FollowSchedule schedule = exact();
  EXPECT_THAT(steps(schedule, 6),
              ElementsAre("news@0", "open0@5", "news@15", "deletions@30", "news@37", "open1@60"));
}

TEST(FollowSchedule, LooksForNewOnesMoreOftenWhereThereAreSome) {
  FollowSchedule schedule = exact();
  const auto intervals = [&](bool found, std::size_t count) {
    std::vector<double> all;
    Moment last{};
    while (all.size() <= count) {
      const auto step = carryOut(schedule, 0, found);
      if (step.task == FollowTask::news) {
        all.push_back(std::chrono::duration<double>(step.when - last).count());
        last = step.when;
      }
    }
    return std::vector<double>(all.begin() + 1, all.end());
  };
  EXPECT_THAT(intervals(false, 10),
              ElementsAre(15, 22.5, 33.75, 50.625, 75.937, 113.905, 170.857, 256.285, 300, 300));
  EXPECT_THAT(intervals(true, 7), ElementsAre(150, 75, 37.5, 18.75, 10, 10, 10));
}

TEST(FollowSchedule, ReadsOpenOnesTheLessOftenTheOlderTheyAre) {
  FollowSchedule schedule = exact();
  std::map<std::size_t, int> times;
  for (;;) {
    const auto step = carryOut(schedule, 1);
    if (step.when > kStart + hours{48}) {
      break;
    }
    times[step.task == FollowTask::open ? step.group : 10 + static_cast<std::size_t>(step.task)]++;
  }
  EXPECT_NEAR(times[0], 48 * 20, 10);
  EXPECT_NEAR(times[1], 48, 1);
  EXPECT_EQ(times[2], 8);
  EXPECT_EQ(times[3], 2);
  EXPECT_NEAR(times[10 + static_cast<std::size_t>(FollowTask::deletions)], 192, 4);
  EXPECT_NEAR(times[10 + static_cast<std::size_t>(FollowTask::news)], 48 * 12, 10);
}

// Whatever there is to be read.
TEST(FollowSchedule, KeepsToTheAverage) {
  for (const int per_minute : {1, 20, 60, 200}) {
    for (const std::uint64_t cost : {1U, 7U, 100U}) {
      SCOPED_TRACE(std::to_string(per_minute) + ' ' + std::to_string(cost));
      FollowSchedule schedule = exact(limits(per_minute));
      std::uint64_t requests = 0;
      Moment now{};
      while (now < kStart + hours{72}) {
        const auto step = carryOut(schedule, cost, true, false);
        now = step.when;
        requests += cost;
      }
      const double most = per_minute * 60 * 72;
      EXPECT_LE(static_cast<double>(requests), most * 1.05 + static_cast<double>(cost) * 3);
      if (per_minute <= 60) {
        EXPECT_GE(static_cast<double>(requests), most * 0.9);
      }
    }
  }
}

TEST(FollowSchedule, NewOnesDoNotWaitForAnExpensivePass) {
  FollowSchedule schedule = exact();
  schedule.readAllAt(kStart + seconds{1});
  carryOut(schedule, 1);
  const auto all = carryOut(schedule, 1'000);
  EXPECT_EQ(all.task, FollowTask::everything);
  Moment last = all.when;
  for (int i = 0; i < 3; ++i) {
    const auto step = carryOut(schedule, 1, true);
    EXPECT_EQ(step.task, FollowTask::news);
    EXPECT_LE(step.when - last, minutes{5});
    last = step.when;
  }
  while (schedule.next().task == FollowTask::news) {
    carryOut(schedule, 1, true);
  }
  EXPECT_GE(schedule.next().when, all.when + seconds{1'000});
}

// An unreadable candidate of long ago makes each such pass read everything since.
TEST(FollowSchedule, ExpensivePassesOverWhatIsNewAreRarer) {
  FollowSchedule schedule = exact();
  const auto first = carryOut(schedule, 1'200, true);
  EXPECT_EQ(first.task, FollowTask::news);
  while (schedule.next().task != FollowTask::news) {
    carryOut(schedule, 0);
  }
  EXPECT_GE(schedule.next().when, first.when + minutes{20});
}

TEST(FollowSchedule, NobodyStarves) {
  FollowSchedule schedule = exact();
  std::map<FollowTask, int> times;
  for (int i = 0; i < 4'000; ++i) {
    times[carryOut(schedule, 1, true, false).task]++;  // the open ones never come to an end
  }
  EXPECT_GE(times[FollowTask::news], 300);
  EXPECT_GE(times[FollowTask::deletions], 1);
}

TEST(FollowSchedule, AnExpensiveSearchIsRarer) {
  FollowSchedule schedule = exact();
  Moment last{};
  std::vector<long> apart;
  while (apart.size() < 3) {
    const auto step = schedule.next();
    carryOut(schedule, step.task == FollowTask::deletions ? 1'000 : 0);
    if (step.task == FollowTask::deletions) {
      apart.push_back(std::chrono::duration_cast<minutes>(step.when - last).count());
      last = step.when;
    }
  }
  EXPECT_EQ(apart[1], 166);
  EXPECT_EQ(apart[2], 166);
}

TEST(FollowSchedule, ReadsEverythingAgain) {
  FollowSchedule schedule = exact();
  schedule.readAllAt(kStart + hours{3});
  std::vector<double> at;
  while (at.size() < 2) {
    const auto step = carryOut(schedule, 1);
    if (step.task == FollowTask::everything) {
      at.push_back(secondsSince(step.when) / 3'600);
    }
  }
  EXPECT_NEAR(at[0], 3, 0.01);
  EXPECT_NEAR(at[1], 3 + 24 * 7, 0.01);

  FollowSchedule never = exact({seconds{10}, minutes{5}, 60, seconds{0}});
  never.readAllAt(kStart - seconds{1});  // the first time
  EXPECT_EQ(carryOut(never, 0).task, FollowTask::everything);
  for (int i = 0; i < 5'000; ++i) {
    EXPECT_NE(carryOut(never, 0).task, FollowTask::everything);
  }
}

TEST(FollowSchedule, FailuresAreWaitedOutLongerAndLonger) {
  FollowSchedule schedule{limits(), kStart, [] { return 1.0; }};
  std::vector<double> waits;
  for (int i = 0; i < 12; ++i) {
    waits.push_back(secondsSince(schedule.failed(kStart, milliseconds{0})));
  }
  EXPECT_THAT(waits, ElementsAre(1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300));
  schedule.recovered();
  EXPECT_EQ(schedule.failed(kStart, milliseconds{0}), kStart + seconds{1});
  EXPECT_EQ(schedule.failed(kStart, seconds{77}), kStart + seconds{77});
  FollowSchedule other{limits(), kStart, [] { return 0.0; }};
  EXPECT_EQ(other.failed(kStart, milliseconds{0}), kStart + milliseconds{500});
}

TEST(FollowSchedule, IsSpread) {
  const auto second = [](double random) {
    FollowSchedule schedule{limits(), kStart, [random] { return random; }};
    carryOut(schedule, 0);
    carryOut(schedule, 0);
    return secondsSince(schedule.next().when);
  };
  EXPECT_DOUBLE_EQ(second(0), 13.5);
  EXPECT_DOUBLE_EQ(second(1), 16.5);
}

}  // namespace
}  // namespace heymilo_test
