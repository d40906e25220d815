#include "base/text_cursor.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace heymilo {
namespace {

TEST(TextCursor, ReadsFromFrontToBack) {
  TextCursor text("06 Nov 1994");
  EXPECT_EQ(text.digits(2), 6);
  EXPECT_TRUE(text.skip(' '));
  EXPECT_TRUE(text.skip("Nov "));
  EXPECT_EQ(text.digits(4), 1994);
  EXPECT_TRUE(text.atEnd());
}

TEST(TextCursor, LeavesWhatDoesNotFit) {
  TextCursor text("12x");
  EXPECT_FALSE(text.skip('x'));
  EXPECT_FALSE(text.skip("123"));
  EXPECT_EQ(text.digits(3), std::nullopt);
  EXPECT_EQ(text.digits(4), std::nullopt);
  EXPECT_EQ(text.digits(2), 12);
  EXPECT_FALSE(text.atEnd());
  EXPECT_TRUE(text.skip('x'));
  EXPECT_FALSE(text.skip('x'));
  EXPECT_TRUE(text.skip(""));
}

}  // namespace
}  // namespace heymilo
