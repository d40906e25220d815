#include "heymilo/models/timestamp.hpp"

#include <cstdint>
#include <cstdio>

#include "base/calendar.hpp"
#include "base/text_cursor.hpp"
#include "heymilo/errors.hpp"

namespace heymilo {

namespace {

[[noreturn]] void refuseText(const char* reason) { throw InvalidArgumentError("iso8601", reason); }

constexpr const char* kNotADateTime =
    "is not an ISO-8601 date-time such as 2026-03-13T00:00:00Z or 2026-03-13";

int digits(TextCursor& text, int count) {
  const std::optional<int> value = text.digits(count);
  if (!value) {
    refuseText(kNotADateTime);
  }
  return *value;
}

void expect(TextCursor& text, char c) {
  if (!text.skip(c)) {
    refuseText(kNotADateTime);
  }
}

// The digits after the decimal point, as microseconds; digits after the sixth are ignored.
std::chrono::microseconds fraction(TextCursor& text) {
  std::int64_t microseconds = std::int64_t{digits(text, 1)} * 100'000;
  std::int64_t place = 10'000;
  for (std::optional<int> digit = text.digits(1); digit; digit = text.digits(1)) {
    microseconds += *digit * place;
    place /= 10;
  }
  return std::chrono::microseconds(microseconds);
}

// `Z`, `+02:00` or nothing, which is UTC: the offset of local time from UTC.
std::chrono::minutes offset(TextCursor& text) {
  if (text.atEnd() || text.skip('Z') || text.skip('z')) {
    return std::chrono::minutes(0);
  }
  const bool behind = text.skip('-');
  if (!behind) {
    expect(text, '+');
  }
  const int hours = digits(text, 2);
  expect(text, ':');
  const int minutes = digits(text, 2);
  if (hours > 23 || minutes > 59) {
    refuseText("invalid UTC offset: must be between 00:00 and 23:59");
  }
  const int total = hours * 60 + minutes;
  return std::chrono::minutes(behind ? -total : total);
}

}  // namespace

std::string formatTimestamp(Timestamp moment) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(moment);
  const std::optional<CalendarTime> time = toCalendarTime(seconds);
  if (!time) {
    throw InvalidArgumentError("moment", "year out of range: must be between 0001 and 9999");
  }
  char text[80];
  int length = std::snprintf(text,
                             sizeof text,
                             "%04d-%02d-%02dT%02d:%02d:%02d",
                             time->year,
                             time->month,
                             time->day,
                             time->hour,
                             time->minute,
                             time->second);
  const auto microseconds = static_cast<int>((moment - seconds).count());
  if (microseconds != 0) {
    length += std::snprintf(
        text + length, sizeof text - static_cast<std::size_t>(length), ".%06d", microseconds);
    while (text[length - 1] == '0') {
      --length;
    }
  }
  return std::string(text, static_cast<std::size_t>(length)) + 'Z';
}

Timestamp parseTimestamp(std::string_view iso8601) {
  TextCursor text(iso8601);
  CalendarTime time;
  std::chrono::microseconds microseconds(0);
  std::chrono::minutes ahead(0);
  time.year = digits(text, 4);
  expect(text, '-');
  time.month = digits(text, 2);
  expect(text, '-');
  time.day = digits(text, 2);
  if (!text.atEnd()) {
    if (!text.skip('T') && !text.skip('t')) {
      expect(text, ' ');
    }
    time.hour = digits(text, 2);
    expect(text, ':');
    time.minute = digits(text, 2);
    if (text.skip(':')) {
      time.second = digits(text, 2);
      if (text.skip('.')) {
        microseconds = fraction(text);
      }
    }
    ahead = offset(text);
  }
  if (!text.atEnd()) {
    refuseText(kNotADateTime);
  }
  if (time.second == 60) {
    refuseText("leap second (:60): Unix time cannot represent it");
  }
  const std::optional<UnixSeconds> local = toUnixTime(time);
  if (!local) {
    refuseText("invalid day or time of day");
  }
  const UnixSeconds utc = *local - ahead;
  if (!toCalendarTime(utc)) {
    refuseText("year in UTC out of range: must be between 0001 and 9999");
  }
  return utc + microseconds;
}

}  // namespace heymilo
