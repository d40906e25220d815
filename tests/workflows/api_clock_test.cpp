#include "workflows/api_clock.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

#include "heymilo/testing/manual_clock.hpp"
#include "support/namespaces.hpp"

namespace heymilo_test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr const char* kDate = "Tue, 14 Nov 2023 22:13:20 GMT";
const Timestamp kMoment{seconds{1'700'000'000}};

Headers dated(const std::string& date) { return {{"Date", date}}; }

TEST(DateOf, ReadsTheFormThatSendersMustUse) {
  EXPECT_EQ(dateOf(dated(kDate)), kMoment);
  EXPECT_EQ(dateOf({{"date", kDate}}), kMoment);
  EXPECT_EQ(dateOf(dated("Sun, 06 Nov 1994 08:49:37 GMT")), Timestamp(seconds{784'111'777}));
  EXPECT_EQ(dateOf(dated("Thu, 29 Feb 2024 00:00:00 GMT")), Timestamp(seconds{1'709'164'800}));
}

TEST(DateOf, ReadsTheObsoleteForms) {
  const Timestamp moment{seconds{784'111'777}};
  EXPECT_EQ(dateOf(dated("Sunday, 06-Nov-94 08:49:37 GMT")), moment);
  EXPECT_EQ(dateOf(dated("Sun Nov  6 08:49:37 1994")), moment);
}

TEST(DateOf, AnythingElseIsNone) {
  EXPECT_EQ(dateOf({}), std::nullopt);
  for (const char* date : {"",
                           "now",
                           "1700000000",
                           "2023-11-14T22:13:20Z",
                           "Tue, 14 Nov 2023 22:13:20 UTC",
                           "Tue, 14 Nov 2023 22:13:20 GMT ",
                           "Tue, 14 Xyz 2023 22:13:20 GMT",
                           "Tue, 31 Feb 2023 22:13:20 GMT",
                           "Tue, 14 Nov 2023 25:13:20 GMT",
                           "Tue, xx Nov 2023 22:13:20 GMT"}) {
    EXPECT_EQ(dateOf(dated(date)), std::nullopt) << date;
  }
}

class ApiClockTest : public ::testing::Test {
 protected:
  /// A response of the API whose Date is so far from kMoment.
  void hear(seconds after) {
    constexpr int kBase = 13 * 60 + 20;  // 22:13:20 is so long after 22:00
    const auto total = static_cast<int>(after.count()) + kBase;
    const std::string minute = std::to_string(100 + total / 60).substr(1);
    const std::string second = std::to_string(100 + total % 60).substr(1);
    api.hear(dated("Tue, 14 Nov 2023 22:" + minute + ':' + second + " GMT"));
  }

  ManualClock clock;
  ApiClock api{clock};
};

TEST_F(ApiClockTest, KnowsNothingBeforeAResponse) {
  EXPECT_EQ(api.now(), std::nullopt);
  EXPECT_FALSE(api.contradictory());
  api.hear({});
  api.hear(dated("now"));
  EXPECT_EQ(api.now(), std::nullopt);
  EXPECT_FALSE(api.contradictory());
}

TEST_F(ApiClockTest, GoesOnByAMonotonicClock) {
  const auto earlier = clock.now();
  clock.advance(hours{1});
  hear(seconds{0});
  EXPECT_EQ(api.now(), kMoment);
  clock.advance(hours{48});
  EXPECT_EQ(api.now(), kMoment + hours{48});
  EXPECT_EQ(api.at(earlier), kMoment - hours{1});  // before the first response too
}

TEST_F(ApiClockTest, IsNeverAheadOfWhatWasSaid) {
  hear(seconds{90});
  hear(seconds{0});  // a cache's, or one that took long
  EXPECT_EQ(api.now(), kMoment);
  hear(seconds{30});
  EXPECT_EQ(api.now(), kMoment);
}

TEST_F(ApiClockTest, MinutesApartAreAContradictionForGood) {
  hear(seconds{0});
  hear(seconds{120});
  EXPECT_FALSE(api.contradictory());
  EXPECT_EQ(api.now(), kMoment);
  hear(seconds{121});
  EXPECT_TRUE(api.contradictory());
  EXPECT_EQ(api.now(), std::nullopt);
  hear(seconds{60});
  EXPECT_TRUE(api.contradictory());
  EXPECT_EQ(api.now(), std::nullopt);
}

TEST_F(ApiClockTest, TimeThatPassesIsNoContradiction) {
  hear(seconds{0});
  clock.advance(seconds{600});
  hear(seconds{600});
  EXPECT_FALSE(api.contradictory());
  EXPECT_EQ(api.now(), kMoment + seconds{600});
}

}  // namespace
}  // namespace heymilo_test
