#include "call/retry.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace heymilo {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Failure transportFailure(Failure::Kind kind, Outcome outcome) {
  Failure failure;
  failure.kind = kind;
  failure.outcome = outcome;
  return failure;
}

Failure statusFailure(int status, std::optional<milliseconds> retry_after = std::nullopt) {
  Failure failure;
  failure.kind = Failure::Kind::status;
  failure.outcome = status < 500 ? Outcome::rejected : Outcome::unknown;
  failure.status = status;
  failure.retry_after = retry_after;
  return failure;
}

TEST(Retry, OfTransportFailures) {
  struct Case {
    Failure::Kind kind;
    Outcome outcome;
    bool get;
    bool post;
  };
  for (const Case& c : {Case{Failure::Kind::connection, Outcome::not_sent, true, true},
                        Case{Failure::Kind::connection, Outcome::unknown, true, false},
                        Case{Failure::Kind::timeout, Outcome::not_sent, true, true},
                        Case{Failure::Kind::timeout, Outcome::unknown, true, false},
                        Case{Failure::Kind::final, Outcome::not_sent, false, false},
                        Case{Failure::Kind::final, Outcome::unknown, false, false}}) {
    EXPECT_EQ(mayRetry(transportFailure(c.kind, c.outcome), true), c.get);
    EXPECT_EQ(mayRetry(transportFailure(c.kind, c.outcome), false), c.post);
  }
}

TEST(Retry, OfEveryStatus) {
  for (int status = 100; status < 600; ++status) {
    const bool get = status == 408 || status == 429 || status == 500 || status == 502 ||
                     status == 503 || status == 504;
    EXPECT_EQ(mayRetry(statusFailure(status), true), get) << status;
    EXPECT_EQ(mayRetry(statusFailure(status), false), status == 429) << status;
  }
}

TEST(Retry, BacksOffExponentiallyWithFullJitterUpToTheCap) {
  RetryPolicy policy;
  policy.max_retries = 100;
  policy.initial_backoff = milliseconds{500};
  policy.max_backoff = milliseconds{3000};
  const std::vector<milliseconds> longest = {milliseconds{500},
                                             milliseconds{1000},
                                             milliseconds{2000},
                                             milliseconds{3000},
                                             milliseconds{3000}};
  for (std::size_t i = 0; i < longest.size(); ++i) {
    const int retry = static_cast<int>(i) + 1;
    EXPECT_EQ(retryWait(policy, statusFailure(503), true, retry, 1.0), longest[i]);
    EXPECT_EQ(retryWait(policy, statusFailure(503), true, retry, 0.5), longest[i] / 2);
    EXPECT_EQ(retryWait(policy, statusFailure(503), true, retry, 0.0), milliseconds{0});
  }
  EXPECT_EQ(retryWait(policy, statusFailure(503), true, 100, 1.0), milliseconds{3000});
  policy.max_backoff = (milliseconds::max)();
  policy.max_retries = 1000;
  EXPECT_GT(retryWait(policy, statusFailure(503), true, 1000, 0.5), milliseconds{0});
}

TEST(Retry, EndsWhenTheRetriesAreUsedUp) {
  RetryPolicy policy;
  policy.max_retries = 2;
  EXPECT_TRUE(retryWait(policy, statusFailure(503), true, 1, 0.5));
  EXPECT_TRUE(retryWait(policy, statusFailure(503), true, 2, 0.5));
  EXPECT_FALSE(retryWait(policy, statusFailure(503), true, 3, 0.5));
  policy.max_retries = 0;
  EXPECT_FALSE(retryWait(policy, statusFailure(503), true, 1, 0.5));
}

TEST(Retry, NeverUndercutsRetryAfter) {
  const RetryPolicy policy;
  for (const double jitter : {0.0, 0.5, 1.0}) {
    EXPECT_EQ(retryWait(policy, statusFailure(429, seconds{7}), false, 1, jitter), seconds{7});
    EXPECT_EQ(retryWait(policy, statusFailure(503, seconds{7}), true, 1, jitter), seconds{7});
  }
  EXPECT_EQ(retryWait(policy, statusFailure(429, milliseconds{100}), false, 1, 1.0),
            policy.initial_backoff);
}

TEST(Retry, GivesUpWhereRetryAfterIsTooLong) {
  RetryPolicy policy;
  policy.max_retry_after = seconds{10};
  EXPECT_EQ(retryWait(policy, statusFailure(429, seconds{10}), true, 1, 0), seconds{10});
  EXPECT_FALSE(retryWait(policy, statusFailure(429, milliseconds{10001}), true, 1, 0));
}

}  // namespace
}  // namespace heymilo
