#include "base/calendar.hpp"

#include <gtest/gtest.h>

namespace heymilo {
namespace {

TEST(Calendar, KnowsTheDayOfTheWeek) {
  EXPECT_EQ(toCalendarTime(UnixSeconds(std::chrono::seconds(0)))->weekday, 4);
  EXPECT_EQ(toCalendarTime(UnixSeconds(std::chrono::seconds(-1)))->weekday, 3);
  EXPECT_EQ(toCalendarTime(UnixSeconds(std::chrono::seconds(784111777)))->weekday, 0);
  EXPECT_EQ(toCalendarTime(*toUnixTime({1, 1, 1, 0, 0, 0, 0}))->weekday, 1);
  EXPECT_EQ(toCalendarTime(*toUnixTime({9999, 12, 31, 0, 0, 0, 0}))->weekday, 5);
}

// By the rule that everybody knows, one day after the other.
TEST(Calendar, EveryDayFollowsTheOneBefore) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  CalendarTime expected{1, 1, 1, 23, 59, 58, 1};
  int wrong = 0;
  for (UnixSeconds moment = *toUnixTime(expected); moment <= kLastMoment;
       moment += std::chrono::hours(24)) {
    const std::optional<CalendarTime> time = toCalendarTime(moment);
    const bool same = time && time->year == expected.year && time->month == expected.month &&
                      time->day == expected.day && time->hour == 23 && time->minute == 59 &&
                      time->second == 58 && time->weekday == expected.weekday &&
                      toUnixTime(expected) == moment;
    wrong += same ? 0 : 1;
    const int year = expected.year;
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    expected.weekday = (expected.weekday + 1) % 7;
    if (++expected.day > kDays[expected.month - 1] + (leap && expected.month == 2 ? 1 : 0)) {
      expected.day = 1;
      if (++expected.month > 12) {
        expected.month = 1;
        ++expected.year;
      }
    }
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(expected.year, 10000);
}

TEST(Calendar, HasTheYears1To9999) {
  EXPECT_EQ(toUnixTime({1, 1, 1, 0, 0, 0, 0}), kFirstMoment);
  EXPECT_EQ(toUnixTime({9999, 12, 31, 23, 59, 59, 0}), kLastMoment);
  EXPECT_TRUE(toCalendarTime(kFirstMoment));
  EXPECT_TRUE(toCalendarTime(kLastMoment));
  EXPECT_FALSE(toCalendarTime(kFirstMoment - std::chrono::seconds(1)));
  EXPECT_FALSE(toCalendarTime(kLastMoment + std::chrono::seconds(1)));
}

TEST(Calendar, FebruaryHas29DaysInALeapYear) {
  for (const int year : {4, 2000, 2024, 9996}) {
    EXPECT_TRUE(toUnixTime({year, 2, 29, 0, 0, 0, 0})) << year;
    EXPECT_FALSE(toUnixTime({year, 2, 30, 0, 0, 0, 0})) << year;
  }
  for (const int year : {1, 1900, 2026, 2100}) {
    EXPECT_TRUE(toUnixTime({year, 2, 28, 0, 0, 0, 0})) << year;
    EXPECT_FALSE(toUnixTime({year, 2, 29, 0, 0, 0, 0})) << year;
  }
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
