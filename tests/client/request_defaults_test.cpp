#include "client/request_defaults.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "heymilo/clock.hpp"

namespace heymilo {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::Pair;

const Clock::TimePoint kEarly{std::chrono::hours{1}}, kLate{std::chrono::hours{2}};

RequestOptions all(int number) {
  RequestOptions options;
  options.timeout = milliseconds{number};
  options.total_timeout = milliseconds{10 * number};
  options.deadline = kLate;
  options.priority = number == 7 ? Priority::bulk : Priority::interactive;
  options.max_retries = number;
  options.workspace_id = "w" + std::to_string(number);
  options.headers = {{"X-Trace", "t" + std::to_string(number)}};
  return options;
}

void expectScalars(const RequestOptions& options, int number) {
  EXPECT_EQ(options.timeout, milliseconds{number});
  EXPECT_EQ(options.total_timeout, milliseconds{10 * number});
  EXPECT_EQ(options.priority, number == 7 ? Priority::bulk : Priority::interactive);
  EXPECT_EQ(options.max_retries, number);
  EXPECT_EQ(options.workspace_id, "w" + std::to_string(number));
}

TEST(RequestDefaults, HoldWhereACallSetsNothing) {
  const RequestOptions merged = withDefaults(all(7), {});
  expectScalars(merged, 7);
  EXPECT_EQ(merged.deadline, kLate);
  EXPECT_THAT(merged.headers, ElementsAre(Pair("X-Trace", "t7")));
}

TEST(RequestDefaults, BothHaveToAllowAnAttempt) {
  for (const bool one : {false, true}) {
    RequestOptions defaults;
    defaults.may_send = [one] { return one; };
    EXPECT_EQ(withDefaults(defaults, {}).may_send(), one);
    EXPECT_EQ(withDefaults({}, defaults).may_send(), one);
    for (const bool other : {false, true}) {
      RequestOptions options;
      options.may_send = [other] { return other; };
      EXPECT_EQ(withDefaults(defaults, options).may_send(), one && other);
    }
  }
  EXPECT_FALSE(withDefaults({}, {}).may_send);
}

TEST(RequestDefaults, AreReplacedByWhatACallSets) {
  expectScalars(withDefaults(all(7), all(3)), 3);
  expectScalars(withDefaults({}, all(3)), 3);
  RequestOptions zero;  // is set, too
  zero.timeout = milliseconds{0};
  zero.max_retries = 0;
  zero.workspace_id = "";
  const RequestOptions merged = withDefaults(all(7), zero);
  EXPECT_EQ(merged.timeout, milliseconds{0});
  EXPECT_EQ(merged.max_retries, 0);
  EXPECT_EQ(merged.workspace_id, "");
  EXPECT_EQ(merged.total_timeout, milliseconds{70});
  EXPECT_EQ(merged.priority, Priority::bulk);
}

TEST(RequestDefaults, HeadersAddUp) {
  RequestOptions options = all(3);
  options.headers.add("X-Other", "o");
  EXPECT_THAT(withDefaults(all(7), options).headers,
              ElementsAre(Pair("X-Trace", "t7"), Pair("X-Trace", "t3"), Pair("X-Other", "o")));
}

TEST(RequestDefaults, TheEarlierDeadlineHolds) {
  RequestOptions early;
  early.deadline = kEarly;
  EXPECT_EQ(withDefaults(early, all(3)).deadline, kEarly);
  EXPECT_EQ(withDefaults(all(3), early).deadline, kEarly);
  EXPECT_EQ(withDefaults({}, early).deadline, kEarly);
  EXPECT_EQ(withDefaults(early, {}).deadline, kEarly);
  EXPECT_FALSE(withDefaults({}, {}).deadline);
}

TEST(RequestDefaults, TheCancellationOfEitherHolds) {
  for (const bool of_defaults : {true, false}) {
    const CancellationSource a, b;
    RequestOptions defaults, options;
    defaults.cancellation = a.token();
    options.cancellation = b.token();
    const RequestOptions merged = withDefaults(defaults, options);
    EXPECT_FALSE(merged.cancellation.cancelled());
    (of_defaults ? a : b).cancel();
    EXPECT_TRUE(merged.cancellation.cancelled());
  }
}

TEST(RequestDefaults, WithoutThemNothingIsCopied) {
  const RequestOptions options = all(3), defaults = all(7);
  EXPECT_EQ(&*EffectiveOptions(nullptr, options), &options);
  EXPECT_EQ((*EffectiveOptions(&defaults, {})).max_retries, 7);
}

}  // namespace
}  // namespace heymilo
