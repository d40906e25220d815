#include "json/number.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>

namespace heymilo::json {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::int64_t kMostSeconds = 9'223'372'036'853;  // of a Timestamp, less one

Timestamp microseconds(std::int64_t count) { return Timestamp(std::chrono::microseconds(count)); }

TEST(Number, IsWholeWhateverItsForm) {
  const double largest = std::ldexp(1.0, 53);
  for (const double value : {0.0, -0.0, 3.0, -3.0, 1e2, largest, -largest}) {
    std::int64_t whole = 7;
    EXPECT_EQ(wholeNumber(value, whole), Whole::yes) << value;
    EXPECT_EQ(static_cast<double>(whole), value);
  }
  for (const double value : {0.5, -1.9, 1e-300, std::ldexp(1.0, 52) - 0.5}) {
    std::int64_t whole = 7;
    EXPECT_EQ(wholeNumber(value, whole), Whole::no) << value;
    EXPECT_EQ(whole, 7);
  }
  for (const double value : {std::nextafter(largest, kInfinity),
                             1e300,
                             -1e300,
                             kInfinity,
                             -kInfinity,
                             std::numeric_limits<double>::quiet_NaN()}) {
    std::int64_t whole = 7;
    EXPECT_EQ(wholeNumber(value, whole), Whole::too_large) << value;
    EXPECT_EQ(whole, 7);
  }
}

TEST(Number, WholeSecondsAreTimestampsWithinTheirRange) {
  Timestamp moment;
  for (const std::int64_t seconds :
       {std::int64_t{0}, std::int64_t{1'700'000'000}, kMostSeconds, -kMostSeconds}) {
    ASSERT_TRUE(timestampFromSeconds(seconds, moment)) << seconds;
    EXPECT_EQ(moment, microseconds(seconds * 1'000'000));
  }
  for (const std::int64_t seconds : {kMostSeconds + 1,
                                     -kMostSeconds - 1,
                                     (std::numeric_limits<std::int64_t>::max)(),
                                     (std::numeric_limits<std::int64_t>::min)()}) {
    EXPECT_FALSE(timestampFromSeconds(seconds, moment)) << seconds;
  }
}

TEST(Number, FractionsAreRoundedToTheMicrosecond) {
  struct Case {
    double seconds;
    std::int64_t count;
  };
  for (const Case& one : {Case{1.5, 1'500'000},
                          Case{1.0000004, 1'000'000},
                          Case{1.0000006, 1'000'001},
                          Case{1.9999999, 2'000'000},
                          Case{-0.25, -250'000},
                          Case{-1.0000006, -1'000'001},
                          Case{1'700'000'000.123456, 1'700'000'000'123'456},
                          Case{1e-9, 0}}) {
    Timestamp moment;
    ASSERT_TRUE(timestampFromSeconds(one.seconds, moment)) << one.seconds;
    EXPECT_EQ(moment, microseconds(one.count)) << one.seconds;
  }
  Timestamp moment;
  for (const double seconds :
       {1e13, -1e13, 1e300, kInfinity, -kInfinity, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_FALSE(timestampFromSeconds(seconds, moment)) << seconds;
  }
}

TEST(Number, ATimestampComesBackFromItsSeconds) {
  for (std::int64_t count = -5'000'003; count < 5'000'000; count += 123'457) {
    Timestamp moment;
    ASSERT_TRUE(timestampFromSeconds(secondsFromTimestamp(microseconds(count)), moment));
    EXPECT_EQ(moment, microseconds(count));
  }
  for (std::int64_t count = 1'700'000'000'000'000; count < 1'700'000'000'001'000; count += 7) {
    Timestamp moment;
    ASSERT_TRUE(timestampFromSeconds(secondsFromTimestamp(microseconds(count)), moment));
    EXPECT_EQ(moment, microseconds(count));
  }
  EXPECT_EQ(secondsFromTimestamp(microseconds(1'500'000)), 1.5);
  EXPECT_EQ(secondsFromTimestamp(microseconds(9'007'199'254'740'993'000)),
            9'007'199'254'740.993);  // beyond 2^53 microseconds
}

}  // namespace
}  // namespace heymilo::json
