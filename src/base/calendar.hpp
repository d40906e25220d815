#pragma once

#include <chrono>
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

/// Empty for a moment that does not exist: month 13, 30 February, hour 24, second 60.
std::optional<UnixSeconds> toUnixTime(const CalendarTime& time) noexcept;

/// Empty for a year outside 1 to 9999.
std::optional<CalendarTime> toCalendarTime(UnixSeconds moment) noexcept;

}  // namespace heymilo
