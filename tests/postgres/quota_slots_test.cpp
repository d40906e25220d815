#include "postgres/quota_slots.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>

namespace {

using heymilo::postgres::BootTime;
using heymilo::postgres::QuotaSlots;
using std::chrono::milliseconds;
using ::testing::ElementsAre;

constexpr int kAll = 1'000;

TEST(QuotaSlots, AreFreeWhenTheyComeAndRestAfterTheirUse) {
  QuotaSlots slots;
  slots.adopt({3, 7});
  EXPECT_EQ(slots.free(0, kAll), 2);
  EXPECT_EQ(slots.unused(0, kAll), 2);
  const std::optional<int> ticket = slots.take(0, kAll);
  ASSERT_TRUE(ticket);
  EXPECT_EQ(slots.inUse(), 1);
  EXPECT_EQ(slots.unused(0, kAll), 1);
  slots.rest(*ticket, milliseconds{100});
  EXPECT_FALSE(slots.has(*ticket));
  EXPECT_EQ(slots.resting(), 1);
  EXPECT_EQ(slots.nextFree(0), BootTime(milliseconds{100}));
  slots.settle(milliseconds{99});
  EXPECT_EQ(slots.free(0, kAll), 1);
  slots.settle(milliseconds{100});
  EXPECT_EQ(slots.free(0, kAll), 2);
  EXPECT_EQ(slots.unused(0, kAll), 1);
}

TEST(QuotaSlots, AreTakenOfOnePartOnly) {
  QuotaSlots slots;
  slots.adopt({0, 5});
  ASSERT_TRUE(slots.take(2, kAll));
  EXPECT_FALSE(slots.take(2, kAll));
  EXPECT_FALSE(slots.take(1, 5));
  EXPECT_TRUE(slots.take(0, 2));
}

TEST(QuotaSlots, ThatWereLostAreNotTouchedByTheEndOfTheirRequest) {
  QuotaSlots slots;
  slots.adopt({1});
  const int ticket = slots.take(0, kAll).value_or(0);
  slots.lose();
  EXPECT_FALSE(slots.has(ticket));
  slots.adopt({1});
  const int second = slots.take(0, kAll).value_or(0);
  EXPECT_NE(second, ticket);
  slots.notUsed(ticket);
  slots.rest(ticket, milliseconds{1});
  EXPECT_TRUE(slots.has(second));
  EXPECT_EQ(slots.free(0, kAll), 0);
}

TEST(QuotaSlots, AreGivenBackOnlyWhereTheyAreFree) {
  QuotaSlots slots;
  slots.adopt({1, 2, 3, 4});
  slots.rest(slots.take(0, kAll).value_or(0), milliseconds{500});
  EXPECT_THAT(slots.give(2, 0, kAll), ElementsAre(2, 3));
  EXPECT_THAT(slots.give(9, 0, kAll), ElementsAre(4));
  EXPECT_THAT(slots.all(), ElementsAre(1));
  const auto left = slots.notFree(milliseconds{100}, milliseconds{900});
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].slot, 1);
  EXPECT_EQ(left[0].rests_ms, 400);
}

}  // namespace
