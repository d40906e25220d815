#include "base/http_date.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <tuple>

#include "base/text_cursor.hpp"

namespace heymilo {

namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> kLongDays = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

// RFC 9111, section 1.2.2, sets the same limit for a number of seconds that is too large.
constexpr std::chrono::seconds kLongestWait{std::int64_t{1} << 31};

template <std::size_t size>
bool skipOneOf(TextCursor& text, const std::array<std::string_view, size>& names) noexcept {
  return std::any_of(
      names.begin(), names.end(), [&](std::string_view name) { return text.skip(name); });
}

bool readNumber(TextCursor& text, int count, int& value) noexcept {
  const std::optional<int> digits = text.digits(count);
  value = digits.value_or(0);
  return digits.has_value();
}

bool readMonth(TextCursor& text, int& month) noexcept {
  const auto found = std::find_if(
      kMonths.begin(), kMonths.end(), [&](std::string_view name) { return text.skip(name); });
  month = static_cast<int>(found - kMonths.begin()) + 1;
  return found != kMonths.end();
}

bool readTimeOfDay(TextCursor& text, CalendarTime& time) noexcept {
  return readNumber(text, 2, time.hour) && text.skip(':') && readNumber(text, 2, time.minute) &&
         text.skip(':') && readNumber(text, 2, time.second);
}

/// The moment nearest to `time`, which may be a leap second, that the clock can hold.
std::optional<UnixSeconds> momentOf(CalendarTime time) noexcept {
  const bool leap_second = time.hour == 23 && time.minute == 59 && time.second == 60;
  if (leap_second) {
    time.second = 59;
  }
  const std::optional<UnixSeconds> moment = toUnixTime(time);
  if (!moment) {
    return std::nullopt;
  }
  using Clock = std::chrono::system_clock::time_point;
  constexpr auto kFirst = std::chrono::ceil<std::chrono::seconds>((Clock::min)());
  constexpr auto kLast = std::chrono::floor<std::chrono::seconds>((Clock::max)());
  return std::clamp(*moment + std::chrono::seconds(leap_second ? 1 : 0), kFirst, kLast);
}

std::optional<UnixSeconds> parseImfFixdate(TextCursor text) noexcept {
  CalendarTime time;
  const bool read = skipOneOf(text, kDays) && text.skip(", ") && readNumber(text, 2, time.day) &&
                    text.skip(' ') && readMonth(text, time.month) && text.skip(' ') &&
                    readNumber(text, 4, time.year) && text.skip(' ') && readTimeOfDay(text, time) &&
                    text.skip(" GMT") && text.atEnd();
  return read ? momentOf(time) : std::nullopt;
}

/// The latest year with these last two digits that puts `time` at most 50 years after `now`.
int fullYear(int two_digits, const CalendarTime& time, const CalendarTime& now) noexcept {
  const auto within_year = [](const CalendarTime& t) {
    return std::make_tuple(t.month, t.day, t.hour, t.minute, t.second);
  };
  const int last = now.year + 50;
  const int year = last - (last - two_digits) % 100;
  return year == last && within_year(time) > within_year(now) ? year - 100 : year;
}

std::optional<UnixSeconds> parseRfc850(TextCursor text,
                                       std::chrono::system_clock::time_point now) noexcept {
  CalendarTime time;
  int two_digits = 0;
  const bool read = skipOneOf(text, kLongDays) && text.skip(", ") &&
                    readNumber(text, 2, time.day) && text.skip('-') &&
                    readMonth(text, time.month) && text.skip('-') &&
                    readNumber(text, 2, two_digits) && text.skip(' ') &&
                    readTimeOfDay(text, time) && text.skip(" GMT") && text.atEnd();
  // A libc++ time point has a wider range of years than a calendar time.
  const auto today = toCalendarTime(std::clamp(
      UnixSeconds(std::chrono::floor<std::chrono::seconds>(now)), kFirstMoment, kLastMoment));
  if (!read || !today) {
    return std::nullopt;
  }
  time.year = fullYear(two_digits, time, *today);
  return momentOf(time);
}

std::optional<UnixSeconds> parseAsctime(TextCursor text) noexcept {
  CalendarTime time;
  const bool read =
      skipOneOf(text, kDays) && text.skip(' ') && readMonth(text, time.month) && text.skip(' ') &&
      (text.skip(' ') ? readNumber(text, 1, time.day) : readNumber(text, 2, time.day)) &&
      text.skip(' ') && readTimeOfDay(text, time) && text.skip(' ') &&
      readNumber(text, 4, time.year) && text.atEnd();
  return read ? momentOf(time) : std::nullopt;
}

std::optional<std::chrono::seconds> parseDelay(std::string_view text) noexcept {
  if (!ascii::isNumber(text)) {
    return std::nullopt;
  }
  std::chrono::seconds delay{0};
  for (const char c : text) {
    delay = (std::min)(delay * 10 + std::chrono::seconds(c - '0'), kLongestWait);
  }
  return delay;
}

}  // namespace

std::optional<UnixSeconds> parseHttpDate(std::string_view text,
                                         std::chrono::system_clock::time_point now) noexcept {
  const TextCursor start(text);
  if (const auto moment = parseImfFixdate(start)) {
    return moment;
  }
  if (const auto moment = parseRfc850(start, now)) {
    return moment;
  }
  return parseAsctime(start);
}

std::optional<std::string> formatHttpDate(UnixSeconds moment) {
  const std::optional<CalendarTime> time = toCalendarTime(moment);
  if (!time) {
    return std::nullopt;
  }
  char text[80];
  std::snprintf(text,
                sizeof text,
                "%s, %02d %s %04d %02d:%02d:%02d GMT",
                kDays.at(static_cast<std::size_t>(time->weekday)).data(),
                time->day,
                kMonths.at(static_cast<std::size_t>(time->month) - 1).data(),
                time->year,
                time->hour,
                time->minute,
                time->second);
  return std::string(text);
}

std::optional<std::chrono::milliseconds> parseRetryAfter(
    std::string_view text, std::chrono::system_clock::time_point now) noexcept {
  if (const auto delay = parseDelay(text)) {
    return delay;
  }
  const auto date = parseHttpDate(text, now);
  if (!date) {
    return std::nullopt;
  }
  // Whole seconds first: the difference of two moments may overflow the clock's own unit.
  const auto since_epoch = now.time_since_epoch();
  const auto whole =
      date->time_since_epoch() - std::chrono::duration_cast<std::chrono::seconds>(since_epoch);
  const auto wait =
      std::clamp(whole, -kLongestWait, kLongestWait) - since_epoch % std::chrono::seconds(1);
  return (std::max)(std::chrono::ceil<std::chrono::milliseconds>(wait),
                    std::chrono::milliseconds(0));
}

}  // namespace heymilo
