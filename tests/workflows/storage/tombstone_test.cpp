#include "workflows/storage/tombstone.hpp"

#include <gtest/gtest.h>

#include <string>

namespace heymilo::workflows {
namespace {

TEST(Tombstone, IsHmacSha256) {
  // RFC 4231, test case 2: the key is shorter than a block.
  EXPECT_EQ(tombstoneOf("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Tombstone, DependsOnTheKey) {
  const std::string one = randomDigits(32), other = randomDigits(32);
  EXPECT_EQ(one.size(), 64u);
  EXPECT_NE(one, other);
  EXPECT_NE(tombstoneOf(one, "int_1"), tombstoneOf(other, "int_1"));
  EXPECT_NE(tombstoneOf(one, "int_1"), tombstoneOf(one, "int_2"));
}

}  // namespace
}  // namespace heymilo::workflows
