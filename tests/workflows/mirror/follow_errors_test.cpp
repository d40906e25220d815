#include "workflows/mirror/follow_errors.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace heymilo_test {
namespace {

using namespace heymilo;  // NOLINT(google-build-using-namespace): all of its errors
using heymilo::workflows::isWorthRepeating;
using heymilo::workflows::leastWait;

template <class E>
bool status(int status) {
  StatusError::Details details;
  details.status = status;
  return isWorthRepeating(E("error", details));
}

TEST(FollowErrors, OutagesAreWaitedOut) {
  EXPECT_TRUE(isWorthRepeating(ConnectionError("reset")));
  EXPECT_TRUE(isWorthRepeating(TimeoutError("timed out")));
  EXPECT_TRUE(isWorthRepeating(TransportError("broken")));
  EXPECT_TRUE(isWorthRepeating(OverloadError("no thread")));
  EXPECT_TRUE(isWorthRepeating(PaginationError("an empty page")));
  EXPECT_TRUE(status<ServerError>(503));
  EXPECT_TRUE(status<RateLimitError>(429));
  EXPECT_TRUE(status<StatusError>(408));
  EXPECT_TRUE(status<StatusError>(499));
}

TEST(FollowErrors, WhatARepetitionDoesNotHelpIsNot) {
  EXPECT_FALSE(isWorthRepeating(
      ConnectionError("certificate", Outcome::not_sent, true, ConnectionFault::certificate)));
  EXPECT_FALSE(isWorthRepeating(CancelledError("cancelled")));
  EXPECT_FALSE(isWorthRepeating(DecodeError("no page", "")));
  EXPECT_FALSE(isWorthRepeating(InvalidArgumentError("posting_id", "is empty")));
  EXPECT_FALSE(status<BadRequestError>(400));
  EXPECT_FALSE(status<AuthenticationError>(401));
  EXPECT_FALSE(status<PermissionDeniedError>(403));
  EXPECT_FALSE(status<NotFoundError>(404));
  EXPECT_FALSE(status<UnprocessableEntityError>(422));
  EXPECT_FALSE(status<StatusError>(302));
}

TEST(FollowErrors, TheApiMayWantALongerWait) {
  StatusError::Details details;
  details.status = 429;
  EXPECT_EQ(leastWait(RateLimitError("limited", details)).count(), 0);
  details.retry_after = std::chrono::seconds{400};
  EXPECT_EQ(leastWait(RateLimitError("limited", details)), std::chrono::seconds{400});
  EXPECT_EQ(leastWait(ServerError("error", details)).count(), 0);
}

}  // namespace
}  // namespace heymilo_test
