#include "base/http_date.hpp"

#include <gtest/gtest.h>

#include <string>

#include "heymilo/models/timestamp.hpp"

namespace heymilo {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::system_clock;

system_clock::time_point moment(std::string_view iso8601) { return parseTimestamp(iso8601); }

std::string parsed(std::string_view text, std::string_view now = "2026-03-13") {
  const auto date = parseHttpDate(text, moment(now));
  return date ? formatTimestamp(*date) : "refused";
}

TEST(HttpDate, EachFormIsRead) {
  EXPECT_EQ(parsed("Sun, 06 Nov 1994 08:49:37 GMT"), "1994-11-06T08:49:37Z");
  EXPECT_EQ(parsed("Sunday, 06-Nov-94 08:49:37 GMT"), "1994-11-06T08:49:37Z");
  EXPECT_EQ(parsed("Sun Nov  6 08:49:37 1994"), "1994-11-06T08:49:37Z");
  EXPECT_EQ(parsed("Wed Nov 16 08:49:37 1994"), "1994-11-16T08:49:37Z");
}

TEST(HttpDate, EachMonthAndDayOfTheWeek) {
  const char* months[] = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  const char* long_days[] = {
      "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
  for (int month = 0; month < 12; ++month) {
    const int day = month % 7;
    const std::string name = months[month];
    const auto number = std::to_string(month + 101).substr(1);
    const std::string expected = "2026-" + number + "-05T00:00:00Z";
    EXPECT_EQ(parsed(std::string(days[day]) + ", 05 " + name + " 2026 00:00:00 GMT"), expected);
    EXPECT_EQ(parsed(std::string(long_days[day]) + ", 05-" + name + "-26 00:00:00 GMT"), expected);
    EXPECT_EQ(parsed(std::string(days[day]) + " " + name + "  5 00:00:00 2026"), expected);
  }
}

TEST(HttpDate, ALeapSecondIsTheFirstOfTheNextMinute) {
  EXPECT_EQ(parsed("Sat, 31 Dec 2016 23:59:60 GMT"), "2017-01-01T00:00:00Z");
  EXPECT_EQ(parsed("Sat, 31 Dec 2016 22:59:60 GMT"), "refused");
  EXPECT_EQ(parsed("Sat, 31 Dec 2016 23:59:61 GMT"), "refused");
}

TEST(HttpDate, TwoDigitsOfAYearReachFiftyYearsAhead) {
  const auto year = [](const char* two_digits, const char* now) {
    return parsed("Friday, 13-Mar-" + std::string(two_digits) + " 12:00:00 GMT", now).substr(0, 4);
  };
  EXPECT_EQ(year("26", "2026-03-13"), "2026");
  EXPECT_EQ(year("25", "2026-03-13"), "2025");
  EXPECT_EQ(year("27", "2026-03-13"), "2027");
  EXPECT_EQ(year("75", "2026-03-13"), "2075");
  EXPECT_EQ(year("77", "2026-03-13"), "1977");
  EXPECT_EQ(year("76", "2026-03-13T11:59:59Z"), "1976");
  EXPECT_EQ(year("76", "2026-03-13T12:00:00Z"), "2076");
  EXPECT_EQ(year("05", "2099-03-13"), "2105");
  EXPECT_EQ(year("99", "2100-03-13"), "2099");
  EXPECT_EQ(year("00", "2026-03-13"), "2000");
  EXPECT_EQ(parsed("Tuesday, 29-Feb-00 00:00:00 GMT"), "2000-02-29T00:00:00Z");
  EXPECT_EQ(parsed("Tuesday, 29-Feb-01 00:00:00 GMT"), "refused");
}

TEST(HttpDate, FitsTheClock) {
  const auto now = moment("2026-03-13");
  const system_clock::time_point last = *parseHttpDate("Fri, 31 Dec 9999 23:59:59 GMT", now);
  EXPECT_GT(last, moment("2262-01-01"));
  const system_clock::time_point first = *parseHttpDate("Mon, 01 Jan 0001 00:00:00 GMT", now);
  EXPECT_LT(first, moment("1678-01-01"));
}

TEST(HttpDate, AnythingElseIsRefused) {
  for (const std::string text : {
           "",
           "0",
           "-1",
           "Sun",
           "Sun, ",
           "Sun, 06 Nov 1994",
           "Sun, 06 Nov 1994 08:49:37",
           "Sun, 06 Nov 1994 08:49:37 UTC",
           "Sun, 06 Nov 1994 08:49:37 +0000",
           "Sun, 06 Nov 1994 08:49:37 gmt",
           "sun, 06 Nov 1994 08:49:37 GMT",
           "SUN, 06 NOV 1994 08:49:37 GMT",
           "Sunday, 06 Nov 1994 08:49:37 GMT",
           "Son, 06 Nov 1994 08:49:37 GMT",
           "Sun 06 Nov 1994 08:49:37 GMT",
           "Sun,06 Nov 1994 08:49:37 GMT",
           "Sun, 6 Nov 1994 08:49:37 GMT",
           "Sun, 06  Nov 1994 08:49:37 GMT",
           "Sun, 06 Nov 94 08:49:37 GMT",
           "Sun, 06 Nov 1994 8:49:37 GMT",
           "Sun, 06 Nov 1994 08:49 GMT",
           "Sun, 06 Nov 1994 08:49:37 GMT ",
           " Sun, 06 Nov 1994 08:49:37 GMT",
           "Sun, 06 Nov 1994 24:00:00 GMT",
           "Sun, 06 Nov 1994 08:60:37 GMT",
           "Sun, 31 Nov 1994 08:49:37 GMT",
           "Sun, 00 Nov 1994 08:49:37 GMT",
           "Sun, 06 Nov 0000 08:49:37 GMT",
           "Sun, 06-Nov-94 08:49:37 GMT",
           "Sunday, 06-Nov-1994 08:49:37 GMT",
           "Sunday, 06 Nov 94 08:49:37 GMT",
           "Sun Nov 6 08:49:37 1994",
           "Sun Nov   6 08:49:37 1994",
           "Sun Nov 06 08:49:37 94",
           "Sun Nov  6 08:49:37 1994 GMT",
           "1994-11-06T08:49:37Z",
       }) {
    EXPECT_EQ(parsed(text), "refused") << text;
  }
}

TEST(RetryAfter, ANumberOfSeconds) {
  const auto now = moment("2026-03-13");
  EXPECT_EQ(parseRetryAfter("0", now), milliseconds(0));
  EXPECT_EQ(parseRetryAfter("1", now), milliseconds(1000));
  EXPECT_EQ(parseRetryAfter("007", now), milliseconds(7000));
  EXPECT_EQ(parseRetryAfter("2147483648", now), seconds(2147483648));
}

TEST(RetryAfter, ANumberBeyondReasonIsTheLargest) {
  const auto now = moment("2026-03-13");
  const seconds largest(2147483648);
  EXPECT_EQ(parseRetryAfter("2147483649", now), largest);
  EXPECT_EQ(parseRetryAfter("18446744073709551617", now), largest);
  EXPECT_EQ(parseRetryAfter(std::string(100'000, '9'), now), largest);
  EXPECT_EQ(parseRetryAfter("Fri, 31 Dec 9999 23:59:59 GMT", now), largest);
}

TEST(RetryAfter, ADateIsRoundedUp) {
  const char* dates[] = {"Fri, 13 Mar 2026 00:00:10 GMT",
                         "Friday, 13-Mar-26 00:00:10 GMT",
                         "Fri Mar 13 00:00:10 2026"};
  for (const char* date : dates) {
    EXPECT_EQ(parseRetryAfter(date, moment("2026-03-13T00:00:00Z")), milliseconds(10'000));
    EXPECT_EQ(parseRetryAfter(date, moment("2026-03-13T00:00:00.0001Z")), milliseconds(10'000));
    EXPECT_EQ(parseRetryAfter(date, moment("2026-03-13T00:00:00.001Z")), milliseconds(9'999));
    EXPECT_EQ(parseRetryAfter(date, moment("2026-03-13T00:00:09.9999Z")), milliseconds(1));
    EXPECT_EQ(parseRetryAfter(date, moment("2026-03-13T00:00:10Z")), milliseconds(0));
    EXPECT_EQ(parseRetryAfter(date, moment("2026-03-13T00:00:10.5Z")), milliseconds(0));
    EXPECT_EQ(parseRetryAfter(date, moment("2027-01-01")), milliseconds(0));
  }
}

TEST(RetryAfter, AnyClockWillDo) {
  for (const auto now : {(system_clock::time_point::max)(), (system_clock::time_point::min)()}) {
    EXPECT_EQ(parseRetryAfter("5", now), seconds(5));
    EXPECT_TRUE(parseRetryAfter("Fri, 31 Dec 9999 23:59:59 GMT", now));
    EXPECT_TRUE(parseRetryAfter("Mon, 01 Jan 0001 00:00:00 GMT", now));
    EXPECT_TRUE(parseRetryAfter("Sunday, 06-Nov-94 08:49:37 GMT", now));
  }
}

TEST(RetryAfter, AnythingElseIsRefused) {
  const auto now = moment("2026-03-13");
  for (const std::string text :
       {"", " ", "-1", "+1", "1.5", "1s", " 1", "1 ", "0x10", "1e3", "soon", "1, 2"}) {
    EXPECT_FALSE(parseRetryAfter(text, now)) << text;
  }
  EXPECT_FALSE(parseRetryAfter(std::string_view("1\0", 2), now));
}

TEST(HttpDate, IsWrittenAsAnImfFixdate) {
  const auto written = [](std::string_view iso8601) {
    return formatHttpDate(std::chrono::floor<seconds>(parseTimestamp(iso8601)));
  };
  EXPECT_EQ(written("1994-11-06T08:49:37Z"), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(written("0001-01-01"), "Mon, 01 Jan 0001 00:00:00 GMT");
  EXPECT_EQ(written("9999-12-31T23:59:59Z"), "Fri, 31 Dec 9999 23:59:59 GMT");
  EXPECT_EQ(formatHttpDate(kLastMoment + seconds(1)), std::nullopt);
}

TEST(HttpDate, IsReadAsItIsWritten) {
  const auto now = moment("2026-03-13");
  for (UnixSeconds date{seconds(0)}; date < moment("2200-01-01"); date += seconds(3'456'789)) {
    EXPECT_EQ(parseHttpDate(formatHttpDate(date).value(), now), date);
  }
}

}  // namespace
}  // namespace heymilo
