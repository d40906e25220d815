#include "support/display_width.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace support {
namespace {

using ::testing::Le;

struct Case {
  const char* text;
  std::size_t width;
};

TEST(DisplayWidth, CountsColumnsByEastAsianWidth) {
  const std::vector<Case> cases = {{"", 0},
                                   {"Ada", 3},
                                   {"Zoë", 3},
                                   {"Ελένη", 5},
                                   {"Жанна", 5},
                                   {"שרה", 3},
                                   {"王小明", 6},
                                   {"ｱｲｳ", 3},  // halfwidth katakana
                                   {"ＡＢ", 4},
                                   {"김하나", 6},
                                   {"ሰላም", 3}};
  for (const Case& c : cases) {
    EXPECT_EQ(displayWidth(c.text), c.width) << c.text;
  }
}

TEST(DisplayWidth, CombiningMarksTakeNoColumn) {
  EXPECT_EQ(displayWidth("e\u0301"), 1U);
  EXPECT_EQ(displayWidth("สมชาย"), 5U);
  EXPECT_EQ(displayWidth("ที่รัก"), 3U);
  EXPECT_EQ(displayWidth("नमिता"), 5U);  // both vowel signs are spacing marks
  EXPECT_EQ(displayWidth("مُحَمَّد"), 4U);
  EXPECT_EQ(displayWidth("\u1100\u1161\u11A8"), 2U);  // one Hangul syllable as three jamo
  EXPECT_EQ(displayWidth("a\u200Bb"), 2U);
}

TEST(DisplayWidth, AnEmojiSequenceIsOneSignOfTwoColumns) {
  for (const char* emoji : {"🙂",
                            "👍🏽",
                            "☝🏽",
                            "❤️",
                            "👩‍💻",
                            "👩‍👩‍👧‍👦",
                            "🏳️‍🌈",
                            "🇪🇹",
                            "🏴\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F",
                            "1️⃣"}) {
    EXPECT_EQ(displayWidth(emoji), 2U) << emoji;
  }
  EXPECT_EQ(displayWidth("🇪🇹🇬🇷"), 4U);
  EXPECT_EQ(displayWidth("🙂🙂"), 4U);
}

TEST(DisplayWidth, AJoinerBehindALetterJoinsNothing) {
  EXPECT_EQ(displayWidth("क्\u200Dष"), 2U);
  EXPECT_EQ(displayWidth("a\u200D🙂"), 3U);
}

TEST(DisplayWidth, ABrokenByteIsOneColumn) {
  EXPECT_EQ(displayWidth("a\xFF"
                         "b"),
            3U);
  EXPECT_EQ(displayWidth("\xE4\xBD"), 2U);
}

TEST(Truncated, LeavesWhatFitsAlone) {
  EXPECT_EQ(truncated("Ada", 3), "Ada");
  EXPECT_EQ(truncated("王小明", 6), "王小明");
  EXPECT_EQ(truncated("", 0), "");
}

TEST(Truncated, EndsInAnEllipsisWithinTheWidth) {
  EXPECT_EQ(truncated("Adalbert", 5), "Adal…");
  EXPECT_EQ(truncated("王小明", 5), "王小…");
  EXPECT_EQ(truncated("王小明", 4), "王…");
  EXPECT_EQ(truncated("Ada", 1), "…");
  EXPECT_EQ(truncated("Ada", 0), "");
}

TEST(Truncated, NeverCutsASignInTwo) {
  EXPECT_EQ(truncated("ae\u0301bc", 3), "ae\u0301…");
  EXPECT_EQ(truncated("👩‍💻👩‍💻", 3), "👩‍💻…");
  EXPECT_EQ(truncated("🇪🇹🇬🇷", 3), "🇪🇹…");
}

TEST(Truncated, IsNeverWiderThanAsked) {
  const std::string text = "Ада 王小明 👩‍💻 ที่รัก 🇪🇹 e\u0301";
  for (std::size_t width = 0; width <= displayWidth(text); ++width) {
    EXPECT_THAT(displayWidth(truncated(text, width)), Le(width));
  }
}

}  // namespace
}  // namespace support
