#include "heymilo/time_bound.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <ratio>
#include <type_traits>

#include "heymilo/options.hpp"

namespace heymilo {
namespace {

using std::chrono::hours;
using std::chrono::system_clock;

template <class Rep, class Period>
auto after1970(std::chrono::duration<Rep, Period> time) {
  return std::chrono::time_point<system_clock, std::chrono::duration<Rep, Period>>(time);
}

Timestamp micros(std::int64_t count) { return Timestamp(std::chrono::microseconds(count)); }

TEST(TimeBound, IsWhatTheSystemClockSays) {
  const auto now = system_clock::now();
  ListCandidatesParams params;
  params.created_after = now - hours{24};
  params.created_before = now;
  EXPECT_EQ(params.created_after->floor(), toTimestamp(now) - hours{24});
  EXPECT_GE(params.created_before->ceil(), now);
  params.created_after = std::chrono::time_point_cast<std::chrono::seconds>(now);
  params.created_after = std::chrono::floor<hours>(now);
  EXPECT_EQ(params.created_after->floor(), std::chrono::floor<hours>(now));
}

TEST(TimeBound, IsATimestamp) {
  const Timestamp moment = micros(1773360000250001);
  const TimeBound bound = moment;
  EXPECT_EQ(bound.floor(), moment);
  EXPECT_EQ(bound.ceil(), moment);
  EXPECT_EQ(bound, moment);
  EXPECT_NE(bound, moment + std::chrono::microseconds{1});
  std::optional<TimeBound> optional = std::optional<Timestamp>(moment);  // such as a created_at
  EXPECT_EQ(optional, bound);
  optional = std::optional<Timestamp>();
  EXPECT_FALSE(optional);
}

TEST(TimeBound, LeavesOutNobody) {
  using std::chrono::nanoseconds;
  for (const std::int64_t between : {1, 500, 999}) {
    const TimeBound late = after1970(nanoseconds{1773360000250001000 + between});
    EXPECT_EQ(late.floor(), micros(1773360000250001));
    EXPECT_EQ(late.ceil(), micros(1773360000250002));
    const TimeBound early = after1970(nanoseconds{-5000 - between});  // before 1970
    EXPECT_EQ(early.floor(), micros(-6));
    EXPECT_EQ(early.ceil(), micros(-5));
    EXPECT_NE(late, TimeBound(late.floor()));
  }
  const TimeBound third = after1970(std::chrono::duration<int, std::ratio<1, 3>>(4));
  EXPECT_EQ(third.floor(), micros(1'333'333));
  EXPECT_EQ(third.ceil(), micros(1'333'334));
  EXPECT_EQ(TimeBound(after1970(std::chrono::duration<double>(0.25))).ceil(), micros(250'000));
}

TEST(TimeBound, WhatIsTooFarStaysTooFar) {
  using Days = std::chrono::duration<std::int64_t, std::ratio<86400>>;
  const Timestamp last = (Timestamp::max)(), first = (Timestamp::min)();
  EXPECT_EQ(TimeBound(after1970((Days::max)())), last);
  EXPECT_EQ(TimeBound(after1970((Days::min)())), first);
  EXPECT_EQ(TimeBound(after1970(Days{1'000'000'000})), last);
  using Seconds = std::chrono::duration<double>;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(TimeBound(after1970(Seconds{kInfinity})), last);
  EXPECT_EQ(TimeBound(after1970(Seconds{-kInfinity})), first);
  EXPECT_EQ(TimeBound(after1970(Seconds{std::numeric_limits<double>::quiet_NaN()})), last);
  EXPECT_EQ(TimeBound((system_clock::time_point::max)()).floor(),
            toTimestamp((system_clock::time_point::max)()));
}

TEST(TimeBound, OnlyTheSystemClockHasThem) {
  EXPECT_FALSE((std::is_convertible_v<std::chrono::steady_clock::time_point, TimeBound>));
  EXPECT_FALSE((std::is_convertible_v<hours, TimeBound>));
  EXPECT_FALSE((std::is_convertible_v<int, TimeBound>));
  static_assert(TimeBound(Timestamp()).floor() == Timestamp());  // in a constant, too
}

}  // namespace
}  // namespace heymilo
