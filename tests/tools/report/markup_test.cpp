#include "report/markup.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace report {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Markup, NumbersHaveNarrowSpaces) {
  EXPECT_EQ(number(0), "0");
  EXPECT_EQ(number(999), "999");
  EXPECT_EQ(number(1'000), "1\u202F000");
  EXPECT_EQ(number(1'234'567), "1\u202F234\u202F567");
  EXPECT_EQ(counted(1, "candidate"), "1 candidate");
  EXPECT_EQ(counted(2, "candidate"), "2 candidates");
}

TEST(Markup, DecimalsHaveNoZerosAtTheEnd) {
  EXPECT_EQ(decimal(71.25, 1), "71.3");
  EXPECT_EQ(decimal(71.0, 2), "71");
  EXPECT_EQ(decimal(0.05, 2), "0.05");
  EXPECT_EQ(decimal(-0.5, 1), "-0.5");
  EXPECT_EQ(decimal(-0.01, 1), "0");
  EXPECT_EQ(decimal(99.96, 1), "100");
}

TEST(Markup, APartThatIsNeitherNothingNorAllDoesNotLookLikeIt) {
  EXPECT_EQ(percent(0, 1'000), "0%");
  EXPECT_EQ(percent(1, 1'000), "&lt;1%");
  EXPECT_EQ(percent(999, 1'000), "&gt;99%");
  EXPECT_EQ(percent(1'000, 1'000), "100%");
  EXPECT_EQ(percent(1, 3), "33%");
  EXPECT_EQ(percent(0, 0), "\u2013");
}

TEST(Markup, TimesAreUtcAndSayIt) {
  EXPECT_EQ(timeOf(heymilo::parseTimestamp("2026-03-01T09:05:59.9Z")),
            "<time datetime=\"2026-03-01T09:05:59Z\">1\u00A0Mar\u00A02026, 09:05 UTC</time>");
  EXPECT_EQ(monthOf(heymilo::parseTimestamp("2026-12-31")), "Dec\u00A02026");
  EXPECT_EQ(timeOf(heymilo::Timestamp::max()), "a time outside the calendar");
}

TEST(Markup, DurationsHaveTheUnitThatFits) {
  EXPECT_EQ(durationOf(milliseconds{400}), "0\u00A0s");
  EXPECT_EQ(durationOf(seconds{89}), "89\u00A0s");
  EXPECT_EQ(durationOf(seconds{90}), "2\u00A0min");
  EXPECT_EQ(durationOf(minutes{89}), "89\u00A0min");
  EXPECT_EQ(durationOf(minutes{99}), "1.7\u00A0h");
  EXPECT_EQ(durationOf(hours{47}), "47\u00A0h");
  EXPECT_EQ(durationOf(hours{54}), "2.3\u00A0days");
  EXPECT_EQ(durationOf(hours{24 * 40}), "40\u00A0days");
}

TEST(Markup, EscapesAndCuts) {
  EXPECT_EQ(escaped("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&#39;");
  EXPECT_EQ(escaped("\n"), "\u240A");
  EXPECT_EQ(escaped("\xEF\xBF\xBE"), "\uFFFD");
  std::string cut;
  for (int i = 0; i < 160; ++i) {
    cut += "\u00E9";
  }
  EXPECT_EQ(escaped(cut), cut);
  EXPECT_EQ(escaped(cut + "\u00E9"), cut + "\u2026");
}

}  // namespace
}  // namespace report
