#include "base/calendar.hpp"

#include <gtest/gtest.h>

namespace heymilo {
namespace {

// Days and times of day are covered by timestamp_test; the remaining cases are here.

TEST(Calendar, KnowsTheDayOfTheWeek) {
  EXPECT_EQ(toCalendarTime(UnixSeconds(std::chrono::seconds(0)))->weekday, 4);
  EXPECT_EQ(toCalendarTime(UnixSeconds(std::chrono::seconds(-1)))->weekday, 3);
  EXPECT_EQ(toCalendarTime(UnixSeconds(std::chrono::seconds(784111777)))->weekday, 0);
  EXPECT_EQ(toCalendarTime(*toUnixTime({1, 1, 1, 0, 0, 0, 0}))->weekday, 1);
  EXPECT_EQ(toCalendarTime(*toUnixTime({9999, 12, 31, 0, 0, 0, 0}))->weekday, 5);
}

TEST(Calendar, EveryFieldHasItsRange) {
  EXPECT_TRUE(toUnixTime({2026, 3, 13, 23, 59, 59, 0}));
  EXPECT_FALSE(toUnixTime({0, 3, 13, 0, 0, 0, 0}));
  EXPECT_FALSE(toUnixTime({10000, 3, 13, 0, 0, 0, 0}));
  EXPECT_FALSE(toUnixTime({2026, 0, 13, 0, 0, 0, 0}));
  EXPECT_FALSE(toUnixTime({2026, 13, 13, 0, 0, 0, 0}));
  EXPECT_FALSE(toUnixTime({2026, 3, 0, 0, 0, 0, 0}));
  EXPECT_FALSE(toUnixTime({2026, 4, 31, 0, 0, 0, 0}));
  EXPECT_FALSE(toUnixTime({2026, 3, 13, 24, 0, 0, 0}));
  EXPECT_FALSE(toUnixTime({2026, 3, 13, -1, 0, 0, 0}));
  EXPECT_FALSE(toUnixTime({2026, 3, 13, 0, 60, 0, 0}));
  EXPECT_FALSE(toUnixTime({2026, 3, 13, 0, 0, 60, 0}));
}

TEST(Calendar, FarOffMomentsHaveNoDate) {
  EXPECT_FALSE(toCalendarTime((UnixSeconds::max)()));
  EXPECT_FALSE(toCalendarTime((UnixSeconds::min)()));
}

}  // namespace
}  // namespace heymilo
