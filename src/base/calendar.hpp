#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace heymilo {

/// A moment in UTC on the proleptic Gregorian calendar, years 1 to 9999, without leap seconds.
struct CalendarTime {
  int year = 1970;
  int month = 1;  ///< 1 to 12
  int day = 1;    ///< 1 to 31
  int hour = 0;
  int minute = 0;
  int second = 0;
  int weekday = 4;  ///< 0 is Sunday; not read by toUnixTime()
};

using UnixSeconds = std::chrono::time_point<std::chrono::system_clock, std::chrono::seconds>;

constexpr UnixSeconds kFirstMoment{std::chrono::seconds{-62'135'596'800}};  ///< of the year 1
constexpr UnixSeconds kLastMoment{std::chrono::seconds{253'402'300'799}};   ///< of the year 9999

/// Empty where there is no such moment: month 13, 30 February, hour 24, second 60.
std::optional<UnixSeconds> toUnixTime(const CalendarTime& time) noexcept;

/// Empty for a year outside 1 to 9999.
std::optional<CalendarTime> toCalendarTime(UnixSeconds moment) noexcept;

}  // namespace heymilo
