#include "heymilo/models/timestamp.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>

#include "heymilo/errors.hpp"

namespace heymilo {
namespace {

using ::testing::HasSubstr;

Timestamp at(std::int64_t seconds, std::int64_t microseconds = 0) {
  return Timestamp(std::chrono::microseconds(seconds * 1'000'000 + microseconds));
}

struct Spelling {
  Timestamp moment;
  const char* text;
};

// The seconds are the output of `date -u -d TEXT +%s`.
const Spelling kCanonical[] = {
    {at(0), "1970-01-01T00:00:00Z"},
    {at(1773360000), "2026-03-13T00:00:00Z"},
    {at(1773360000, 250'000), "2026-03-13T00:00:00.25Z"},
    {at(1773360000, 1), "2026-03-13T00:00:00.000001Z"},
    {at(1773360000, 100), "2026-03-13T00:00:00.0001Z"},
    {at(0, -1), "1969-12-31T23:59:59.999999Z"},
    {at(-1), "1969-12-31T23:59:59Z"},
    {at(-1, -500'000), "1969-12-31T23:59:58.5Z"},
    {at(951782400), "2000-02-29T00:00:00Z"},
    {at(951868799), "2000-02-29T23:59:59Z"},
    {at(951868800), "2000-03-01T00:00:00Z"},
    {at(946684799), "1999-12-31T23:59:59Z"},
    {at(946684800), "2000-01-01T00:00:00Z"},
    {at(4107542399), "2100-02-28T23:59:59Z"},
    {at(4107542400), "2100-03-01T00:00:00Z"},
    {at(2147483648), "2038-01-19T03:14:08Z"},
    {at(13569465600), "2400-01-01T00:00:00Z"},
    {at(-11676096000), "1600-01-01T00:00:00Z"},
    {at(-62135596800), "0001-01-01T00:00:00Z"},
    {at(253402300799, 999'999), "9999-12-31T23:59:59.999999Z"},
};

TEST(Timestamp, IsFormattedAsUtc) {
  for (const Spelling& spelling : kCanonical) {
    EXPECT_EQ(formatTimestamp(spelling.moment), spelling.text);
  }
}

TEST(Timestamp, ReadsWhatItFormats) {
  for (const Spelling& spelling : kCanonical) {
    EXPECT_EQ(parseTimestamp(spelling.text), spelling.moment) << spelling.text;
  }
}

TEST(Timestamp, EveryMomentSurvivesTheRoundTrip) {
  std::mt19937_64 random(20260313);
  std::uniform_int_distribution<std::int64_t> microseconds(-62'135'596'800'000'000,
                                                           253'402'300'799'999'999);
  for (int i = 0; i < 100'000; ++i) {
    const Timestamp moment{std::chrono::microseconds(microseconds(random))};
    ASSERT_EQ(parseTimestamp(formatTimestamp(moment)), moment) << formatTimestamp(moment);
  }
}

TEST(Timestamp, EveryDayOfTheCalendarIsReadAndFollowsTheOneBefore) {
  Timestamp day = parseTimestamp("0001-01-01");
  const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (int year = 1; year <= 9999; ++year) {
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    for (int month = 1; month <= 12; ++month) {
      const int length = lengths[month - 1] + (month == 2 && leap ? 1 : 0);
      char text[40];
      std::snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, 1);
      ASSERT_EQ(parseTimestamp(text), day) << text;
      std::snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, length);
      ASSERT_EQ(parseTimestamp(text), day + std::chrono::hours(24) * (length - 1)) << text;
      std::snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, length + 1);
      ASSERT_THROW(parseTimestamp(text), InvalidArgumentError) << text;
      day += std::chrono::hours(24) * length;
    }
  }
}

TEST(Timestamp, OtherSpellingsAreRead) {
  const Timestamp midnight = at(1773360000);
  const Spelling spellings[] = {
      {midnight, "2026-03-13"},
      {midnight, "2026-03-13T00:00"},
      {midnight, "2026-03-13 00:00"},
      {midnight, "2026-03-13 00:00:00"},
      {midnight, "2026-03-13t00:00:00z"},
      {midnight, "2026-03-13T00:00Z"},
      {midnight, "2026-03-13T00:00:00-00:00"},
      {midnight, "2026-03-13T02:00:00+02:00"},
      {midnight, "2026-03-12T18:30:00-05:30"},
      {midnight, "2026-03-13T23:59:00+23:59"},
      {midnight + std::chrono::milliseconds(500) - std::chrono::hours(2),
       "2026-03-13T00:00:00.5+02:00"},
      {midnight + std::chrono::microseconds(123456), "2026-03-13T00:00:00.1234569999999999999Z"},
      {at(-1, 999'999), "1969-12-31T23:59:59.9999999Z"},
  };
  for (const Spelling& spelling : spellings) {
    EXPECT_EQ(parseTimestamp(spelling.text), spelling.moment) << spelling.text;
  }
}

TEST(Timestamp, AnythingElseIsRefused) {
  for (const std::string text : {
           "",
           " ",
           "now",
           "1773360000",
           "2026",
           "2026-03",
           "2026-3-13",
           "26-03-13",
           "+2026-03-13",
           "-2026-03-13",
           "12026-03-13",
           "2026/03/13",
           "20260313",
           "2026-03-13Z",
           "2026-03-13T",
           "2026-03-13T00",
           "2026-03-13T00:00:",
           "2026-03-13T00:00:00.",
           "2026-03-13T00:00:00.Z",
           "2026-03-13T00:00:00,5Z",
           "2026-03-13T00:00.5Z",
           "2026-03-13T0:00:00Z",
           "2026-03-13T00:00:00ZZ",
           "2026-03-13T00:00:00 Z",
           "2026-03-13T00:00:00+02",
           "2026-03-13T00:00:00+0200",
           "2026-03-13T00:00:00+2:00",
           "2026-03-13T00:00:00+02:00Z",
           "2026-03-13  00:00:00",
           "2026-03-13T00:00:00Z ",
           " 2026-03-13T00:00:00Z",
           "2026-03-13T-1:00:00Z",
           "2026-03-13T+1:00:00Z",
           "2026-00-13",
           "2026-13-13",
           "2026-03-00",
           "2026-03-32",
           "2026-02-29",
           "2026-02-30",
           "2100-02-29",
           "2026-04-31",
           "0000-01-01",
           "2026-03-13T24:00:00Z",
           "2026-03-13T23:60:00Z",
           "2026-03-13T23:59:61Z",
           "2026-03-13T00:00:00+24:00",
           "2026-03-13T00:00:00+00:60",
           "2026-03-13T00:00:00-99:99",
           "0001-01-01T00:00:00+00:01",
           "9999-12-31T23:59:59-00:01",
           "\xd9\xa2\xd9\xa0\xd9\xa2\xd9\xa6-03-13",
       }) {
    EXPECT_THROW(parseTimestamp(text), InvalidArgumentError) << text;
  }
  EXPECT_THROW(parseTimestamp(std::string_view("2026-03-13\0", 11)), InvalidArgumentError);
}

TEST(Timestamp, TheRefusalSaysWhy) {
  const auto reason = [](std::string_view text) -> std::string {
    try {
      parseTimestamp(text);
    } catch (const InvalidArgumentError& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(reason("2016-12-31T23:59:60Z"), HasSubstr("leap second"));
  EXPECT_THAT(reason("2026-02-30"), HasSubstr("invalid day"));
  EXPECT_THAT(reason("2026-03-13T00:00:00+24:00"), HasSubstr("offset"));
  EXPECT_THAT(reason("0001-01-01T00:00:00+00:01"), HasSubstr("year"));
  EXPECT_THAT(reason("yesterday"), HasSubstr("ISO-8601"));
  EXPECT_THAT(reason("yesterday"), Not(HasSubstr("yesterday")));
}

TEST(Timestamp, IsCutFromAnyUnitOfTheSystemsClock) {
  const std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds> fine(
      std::chrono::nanoseconds(-1));
  EXPECT_EQ(toTimestamp(fine), at(-1, 999'999));
  EXPECT_EQ(toTimestamp(std::chrono::time_point<std::chrono::system_clock, std::chrono::hours>(
                std::chrono::hours(1))),
            at(3600));
  const Timestamp cut = toTimestamp(std::chrono::system_clock::now());
  EXPECT_LE(cut, std::chrono::system_clock::now());
}

TEST(Timestamp, AYearThatHasNoFourDigitsIsRefused) {
  for (const Timestamp moment :
       {at(-62135596800, -1), at(253402300800), (Timestamp::max)(), (Timestamp::min)()}) {
    EXPECT_THROW(formatTimestamp(moment), InvalidArgumentError);
  }
}

}  // namespace
}  // namespace heymilo
