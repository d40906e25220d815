#include "call/one_line.hpp"

#include <gtest/gtest.h>

#include <string>

namespace heymilo {
namespace {

TEST(OneLine, KeepsWhatIsOnOneLine) {
  for (const char* text :
       {"", "a", "two words", "caf\u00e9 \u4e2d\u6587 \U0001F600", "a/b\\c\"d'"}) {
    EXPECT_EQ(onOneLine(text), text);
  }
}

TEST(OneLine, EndsNoLineAndMovesNoCursor) {
  EXPECT_EQ(onOneLine("a\nb\r\nc\td\vE\f"), "a b c d E ");
  EXPECT_EQ(onOneLine(std::string_view("a\0b\x1b[31mc\x7f"
                                       "d",
                                       11)),
            "a b [31mc d");
  EXPECT_EQ(onOneLine("a\u0085b\u2028c\u2029d"), "a b c d");
  EXPECT_EQ(onOneLine("a\u009b31mb"), "a 31mb");  // a CSI of one character
}

TEST(OneLine, HasNoTwoSpacesTogetherAndNoneInFront) {
  EXPECT_EQ(onOneLine("  a  \n\n  b "), "a b ");
  EXPECT_EQ(onOneLine("\n\n"), "");
}

TEST(OneLine, ReplacesWhatIsNotUtf8ByteByByte) {
  EXPECT_EQ(onOneLine("a\xff\xfe"
                      "b"),
            "a??b");
  EXPECT_EQ(onOneLine("\xed\xa0\x80"), "???");  // half of a pair
  EXPECT_EQ(onOneLine("\xc3"), "?");
  EXPECT_EQ(onOneLine("\xc3("), "?(");
}

TEST(OneLine, EndsBetweenCharacters) {
  EXPECT_EQ(onOneLine("abcdef", 3), "abc");
  EXPECT_EQ(onOneLine("abcdef", 0), "");
  // A character that has begun is whole.
  EXPECT_EQ(onOneLine("ab\u00e9", 3), "ab\u00e9");
  EXPECT_EQ(onOneLine("ab\u00e9x", 4), "ab\u00e9");
}

TEST(SmallLetters, AreOfTheSameLength) {
  EXPECT_EQ(inSmallLetters("AZaz09_@[`{"), "azaz09_@[`{");
  EXPECT_EQ(inSmallLetters("\u00c4\u00d6\u00dc \u00d7 \u00df"), "\u00e4\u00f6\u00fc \u00d7 \u00df");
  EXPECT_EQ(inSmallLetters("\u0391\u03a9"), "\u03b1\u03c9");              // Greek
  EXPECT_EQ(inSmallLetters("\u0410\u042f\u0401"), "\u0430\u044f\u0451");  // Cyrillic
  EXPECT_EQ(inSmallLetters("\u0141\u0160\u017b"), "\u0142\u0161\u017c");  // Polish, Czech
  EXPECT_EQ(inSmallLetters("\u4e2d"), "\u4e2d");
}

TEST(WordCharacters, AreLettersDigitsAndTheLowLine) {
  for (const char* one : {"a", "Z", "0", "_", "\u00e9", "\u0430", "\u03b1"}) {
    EXPECT_TRUE(wordCharacterAt(one, 0)) << one;
    EXPECT_TRUE(wordCharacterBefore(one, std::string_view(one).size())) << one;
  }
  // The last of them have no spaces between words.
  for (const char* one :
       {" ", "-", "@", ".", "\u00a0", "\u2014", "\U0001F600", "\u4e2d", "\uac00"}) {
    EXPECT_FALSE(wordCharacterAt(one, 0)) << one;
    EXPECT_FALSE(wordCharacterBefore(one, std::string_view(one).size())) << one;
  }
}

// A name after such a character is a word of its own, whatever the case that is compared.
TEST(WordCharacters, AreTheSameInSmallLetters) {
  for (const char* before : {"\u4e2d", "\u5f20", "\uac00", "\u2014", "\U0001F600"}) {
    const std::string text = std::string(before) + "Ada";
    EXPECT_EQ(inSmallLetters(text), std::string(before) + "ada");
    EXPECT_FALSE(wordCharacterBefore(inSmallLetters(text), text.size() - 3)) << before;
  }
}

TEST(WordCharacters, AreNotPastTheEnds) {
  EXPECT_FALSE(wordCharacterAt("a", 1));
  EXPECT_FALSE(wordCharacterAt("", 0));
  EXPECT_FALSE(wordCharacterBefore("a", 0));
  EXPECT_FALSE(wordCharacterBefore("a", 2));
  EXPECT_TRUE(wordCharacterBefore("x\u00e9.", 3));
  EXPECT_FALSE(wordCharacterBefore("x\u00e9.", 4));
}

}  // namespace
}  // namespace heymilo
