#include "testing/server/api/iso8601.hpp"

#include <cstdint>

namespace heymilo::testing::detail {

namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

bool isLeap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int daysIn(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && isLeap(year) ? 29 : kDays[month - 1];
}

// The time from 1970-01-01 to the date, counted year by year.
std::int64_t daysSinceEpoch(int year, int month, int day) {
  const auto leap_days_before = [](std::int64_t y) {
    return (y - 1) / 4 - (y - 1) / 100 + (y - 1) / 400;
  };
  std::int64_t days =
      365 * (std::int64_t{year} - 1970) + leap_days_before(year) - leap_days_before(1970);
  for (int earlier = 1; earlier < month; ++earlier) {
    days += daysIn(year, earlier);
  }
  return days + day - 1;
}

/// Reads a date-time from left to right; keeps the first error.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool skip(char c) {
    const bool there = !rest_.empty() && rest_.front() == c;
    rest_.remove_prefix(there ? 1 : 0);
    return there;
  }
  bool skipOneOf(std::string_view characters) {
    for (const char c : characters) {
      if (skip(c)) {
        return true;
      }
    }
    return false;
  }
  void expect(char c, const char* complaint) {
    if (!skip(c)) {
      complain(complaint);
    }
  }
  int number(std::size_t digits, int least, int most, const char* complaint) {
    int value = 0;
    if (rest_.size() < digits) {
      complain("input is too short");
      return least;
    }
    for (std::size_t place = 0; place < digits; ++place) {
      if (!isDigit(rest_[place])) {
        complain(complaint);
        return least;
      }
      value = value * 10 + (rest_[place] - '0');
    }
    rest_.remove_prefix(digits);
    if (value < least || value > most) {
      complain(complaint);
      return least;
    }
    return value;
  }
  microseconds fraction() {
    if (rest_.empty() || !isDigit(rest_.front())) {
      complain("second fraction value is missing");
    }
    std::int64_t value = 0;
    for (std::int64_t unit = 100'000; !rest_.empty() && isDigit(rest_.front()); unit /= 10) {
      value += unit * (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return microseconds{value};
  }

  void complain(const char* complaint) { complaint_ = complaint_ ? complaint_ : complaint; }
  const char* complaint() const { return complaint_; }
  bool atEnd() const { return rest_.empty(); }
  bool good() const { return complaint_ == nullptr; }

 private:
  static bool isDigit(char c) { return c >= '0' && c <= '9'; }

  std::string_view rest_;
  const char* complaint_ = nullptr;
};

std::int64_t readDate(Reader& reader) {
  const int year = reader.number(4, 1, 9999, "invalid character in year");
  reader.expect('-', "invalid date separator, expected `-`");
  const int month = reader.number(2, 1, 12, "month value is outside expected range of 1-12");
  reader.expect('-', "invalid date separator, expected `-`");
  const int day = reader.number(2, 1, daysIn(year, month), "day value is outside expected range");
  return daysSinceEpoch(year, month, day);
}

microseconds readTime(Reader& reader) {
  microseconds time =
      hours{reader.number(2, 0, 23, "hour value is outside expected range of 0-23")};
  reader.expect(':', "invalid time separator, expected `:`");
  time += minutes{reader.number(2, 0, 59, "minute value is outside expected range of 0-59")};
  if (reader.skip(':')) {
    time += seconds{reader.number(2, 0, 59, "second value is outside expected range of 0-59")};
    if (reader.skipOneOf(".,")) {
      time += reader.fraction();
    }
  }
  return time;
}

minutes readOffset(Reader& reader) {
  if (reader.atEnd() || reader.skipOneOf("Zz")) {
    return minutes{0};
  }
  const bool west = reader.skip('-');
  if (!west && !reader.skip('+')) {
    reader.complain("invalid timezone sign");
  }
  const int hour = reader.number(2, 0, 23, "timezone offset must be less than 24 hours");
  reader.skip(':');
  const int minute = reader.number(2, 0, 59, "timezone minute value is outside expected range");
  return minutes{(west ? -1 : 1) * (hour * 60 + minute)};
}

}  // namespace

std::variant<Timestamp, const char*> readIso8601(std::string_view text) {
  Reader reader(text);
  microseconds moment = hours{24 * readDate(reader)};
  if (reader.good() && !reader.atEnd()) {
    if (!reader.skipOneOf("Tt _")) {
      reader.complain("invalid datetime separator, expected `T`, `t`, `_` or space");
    }
    moment += readTime(reader);
    moment -= readOffset(reader);
  }
  if (!reader.atEnd()) {
    reader.complain("unexpected extra characters at the end of the input");
  }
  if (!reader.good()) {
    return reader.complaint();
  }
  return Timestamp{moment};
}

}  // namespace heymilo::testing::detail
