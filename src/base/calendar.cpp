#include "base/calendar.hpp"

#include <cstdint>
#include <ctime>

namespace heymilo {

namespace {

// The calendar repeats every 400 years, including the day of the week. The C library is only used
// for the cycle from 2000 on: Windows supports no time before 1970, and other systems differ in
// their range.
constexpr int kCycleYears = 400;
constexpr std::int64_t kCycleSeconds = std::int64_t{146'097} * 86'400;
constexpr int kCycleStartYear = 2000;
constexpr std::int64_t kCycleStart = 946'684'800;  // 2000-01-01T00:00:00Z

constexpr std::int64_t kFirstSecond = -62'135'596'800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t kLastSecond = 253'402'300'799;   // 9999-12-31T23:59:59Z

std::int64_t floorDivide(std::int64_t value, std::int64_t divisor) noexcept {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

std::time_t fromUtc(std::tm& parts) noexcept {
#ifdef _WIN32
  return _mkgmtime(&parts);
#else
  return timegm(&parts);
#endif
}

void toUtc(std::time_t seconds, std::tm& parts) noexcept {
#ifdef _WIN32
  gmtime_s(&parts, &seconds);
#else
  gmtime_r(&seconds, &parts);
#endif
}

bool within(int value, int low, int high) noexcept { return value >= low && value <= high; }

}  // namespace

std::optional<UnixSeconds> toUnixTime(const CalendarTime& time) noexcept {
  if (!within(time.year, 1, 9999) || !within(time.month, 1, 12) || !within(time.day, 1, 31) ||
      !within(time.hour, 0, 23) || !within(time.minute, 0, 59) || !within(time.second, 0, 59)) {
    return std::nullopt;
  }
  const std::int64_t cycle = floorDivide(time.year - kCycleStartYear, kCycleYears);
  std::tm parts{};
  parts.tm_year = time.year - static_cast<int>(cycle) * kCycleYears - 1900;
  parts.tm_mon = time.month - 1;
  parts.tm_mday = time.day;
  parts.tm_hour = time.hour;
  parts.tm_min = time.minute;
  parts.tm_sec = time.second;
  const std::int64_t seconds = fromUtc(parts);
  if (parts.tm_mday != time.day) {
    return std::nullopt;  // carried into the next month
  }
  return UnixSeconds(std::chrono::seconds(seconds + cycle * kCycleSeconds));
}

std::optional<CalendarTime> toCalendarTime(UnixSeconds moment) noexcept {
  const std::int64_t seconds = moment.time_since_epoch().count();
  if (seconds < kFirstSecond || seconds > kLastSecond) {
    return std::nullopt;
  }
  const std::int64_t cycle = floorDivide(seconds - kCycleStart, kCycleSeconds);
  std::tm parts{};
  toUtc(static_cast<std::time_t>(seconds - cycle * kCycleSeconds), parts);
  CalendarTime time;
  time.year = parts.tm_year + 1900 + static_cast<int>(cycle) * kCycleYears;
  time.month = parts.tm_mon + 1;
  time.day = parts.tm_mday;
  time.hour = parts.tm_hour;
  time.minute = parts.tm_min;
  time.second = parts.tm_sec;
  time.weekday = parts.tm_wday;
  return time;
}

}  // namespace heymilo
