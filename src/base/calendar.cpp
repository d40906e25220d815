#include "base/calendar.hpp"

namespace heymilo {

namespace {

using Days = std::chrono::duration<std::int64_t, std::ratio<86'400>>;

// Years are counted from March, so that the leap day is the last one of its year. Then the days of
// the months before have a formula: 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31.
constexpr Days kMarchOfYear0{-719'468};         // 0000-03-01
constexpr std::int64_t kDaysOfCycle = 146'097;  // 400 years, after which the calendar repeats

constexpr std::int64_t daysBeforeMonth(std::int64_t from_march) noexcept {
  return (153 * from_march + 2) / 5;
}

constexpr std::int64_t daysBeforeYear(std::int64_t year) noexcept {
  return 365 * year + year / 4 - year / 100 + year / 400;
}

constexpr int daysIn(int year, int month) noexcept {
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2                                              ? (leap ? 29 : 28)
         : month == 4 || month == 6 || month == 9 || month == 11 ? 30
                                                                 : 31;
}

constexpr bool within(int value, int low, int high) noexcept {
  return value >= low && value <= high;
}

}  // namespace

std::optional<UnixSeconds> toUnixTime(const CalendarTime& time) noexcept {
  if (!within(time.year, 1, 9999) || !within(time.month, 1, 12) ||
      !within(time.day, 1, daysIn(time.year, time.month)) || !within(time.hour, 0, 23) ||
      !within(time.minute, 0, 59) || !within(time.second, 0, 59)) {
    return std::nullopt;
  }
  const int from_march = (time.month + 9) % 12;
  const int year = time.month > 2 ? time.year : time.year - 1;
  const Days days{daysBeforeYear(year) + daysBeforeMonth(from_march) + time.day - 1};
  return UnixSeconds(kMarchOfYear0 + days + std::chrono::hours(time.hour) +
                     std::chrono::minutes(time.minute) + std::chrono::seconds(time.second));
}

std::optional<CalendarTime> toCalendarTime(UnixSeconds moment) noexcept {
  if (moment < kFirstMoment || moment > kLastMoment) {
    return std::nullopt;
  }
  const Days since_epoch = std::chrono::floor<Days>(moment.time_since_epoch());
  const std::int64_t days = (since_epoch - kMarchOfYear0).count();
  const std::int64_t of_cycle = days % kDaysOfCycle;
  // The last day of 4, 100 and 400 years is taken off before the division by 365.
  const std::int64_t year_of_cycle =
      (of_cycle - of_cycle / 1'460 + of_cycle / 36'524 - of_cycle / 146'096) / 365;
  const std::int64_t of_year = of_cycle - daysBeforeYear(year_of_cycle);
  const std::int64_t from_march = (5 * of_year + 2) / 153;
  const std::int64_t second = (moment.time_since_epoch() - since_epoch).count();
  CalendarTime time;
  time.month = static_cast<int>(from_march < 10 ? from_march + 3 : from_march - 9);
  time.year =
      static_cast<int>(days / kDaysOfCycle * 400 + year_of_cycle) + (time.month > 2 ? 0 : 1);
  time.day = static_cast<int>(of_year - daysBeforeMonth(from_march)) + 1;
  time.hour = static_cast<int>(second / 3'600);
  time.minute = static_cast<int>(second / 60 % 60);
  time.second = static_cast<int>(second % 60);
  time.weekday = static_cast<int>((days + 3) % 7);  // 0000-03-01 was a Wednesday
  return time;
}

}  // namespace heymilo
