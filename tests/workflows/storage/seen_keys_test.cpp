#include "workflows/storage/seen_keys.hpp"

#include <gtest/gtest.h>

#include <string>

namespace heymilo::workflows {
namespace {

TEST(SeenKeysTest, KnowsWhatItHasSeen) {
  SeenKeys keys;
  EXPECT_TRUE(keys.add("a"));
  EXPECT_TRUE(keys.add("b"));
  EXPECT_TRUE(keys.add(""));
  EXPECT_FALSE(keys.add("a"));
  EXPECT_FALSE(keys.add(""));
  EXPECT_TRUE(SeenKeys().add("a"));  // each has its own
}

TEST(SeenKeysTest, HasRoomForMany) {
  SeenKeys keys;
  constexpr int kKeys = 20'000;
  for (int i = 0; i < kKeys; ++i) {
    ASSERT_TRUE(keys.add("key:id:" + std::to_string(i)));
  }
  for (int i = 0; i < kKeys; ++i) {
    ASSERT_FALSE(keys.add("key:id:" + std::to_string(i)));
  }
}

}  // namespace
}  // namespace heymilo::workflows
