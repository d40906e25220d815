#include "postgres/quota_shares.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using heymilo::postgres::sharesOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(QuotaShares, AreEqualAsFarAsEachWantsThem) {
  EXPECT_THAT(sharesOf(10, {}), IsEmpty());
  EXPECT_THAT(sharesOf(10, {{20, 0, 0, 0}}), ElementsAre(10));
  EXPECT_THAT(sharesOf(10, {{3, 0, 0, 0}}), ElementsAre(3));
  EXPECT_THAT(sharesOf(10, {{20, 0, 0, 0}, {20, 0, 0, 0}}), ElementsAre(5, 5));
  EXPECT_THAT(sharesOf(10, {{20, 0, 0, 0}, {2, 0, 0, 0}, {4, 0, 0, 0}}), ElementsAre(4, 2, 4));
  EXPECT_THAT(sharesOf(0, {{1, 0, 0, 0}}), ElementsAre(0));
  EXPECT_THAT(sharesOf(-1, {{1, 1, 0, 0}}), ElementsAre(0));
}

TEST(QuotaShares, LeaveTheRestWhereItIs) {
  EXPECT_THAT(sharesOf(5, {{9, 0, 2, 1}, {9, 0, 3, 2}}), ElementsAre(2, 3));
  EXPECT_THAT(sharesOf(5, {{9, 0, 3, 2}, {9, 0, 2, 1}}), ElementsAre(3, 2));
}

TEST(QuotaShares, LeaveTheRestWhereItIsAlsoWithInteractiveCalls) {
  EXPECT_THAT(sharesOf(5, {{4, 2, 3, 9}, {4, 2, 2, 1}}), ElementsAre(3, 2));
}

TEST(QuotaShares, GoRoundWhereThereAreFewerSlotsThanSharers) {
  EXPECT_THAT(sharesOf(1, {{1, 0, 1, 7}, {1, 0, 0, 3}, {1, 0, 0, 5}}), ElementsAre(0, 1, 0));
}

TEST(QuotaShares, GoToInteractiveCallsFirst) {
  EXPECT_THAT(sharesOf(4, {{9, 0, 4, 0}, {3, 3, 0, 0}}), ElementsAre(1, 3));
  EXPECT_THAT(sharesOf(4, {{9, 9, 0, 0}, {9, 2, 0, 0}}), ElementsAre(2, 2));
}

}  // namespace
