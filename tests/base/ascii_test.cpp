#include "base/ascii.hpp"

#include <gtest/gtest.h>

#include <string>

namespace heymilo::ascii {
namespace {

TEST(Ascii, ClassesAreThoseOfTheProtocols) {
  int digits = 0, hex_digits = 0, letters = 0, controls = 0;
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    digits += isDigit(c) ? 1 : 0;
    hex_digits += isHexDigit(c) ? 1 : 0;
    letters += isLetter(c) ? 1 : 0;
    controls += isControl(c) ? 1 : 0;
    EXPECT_FALSE(byte > 127 && (isDigit(c) || isLetter(c) || isControl(c) || isHexDigit(c)));
  }
  EXPECT_EQ(digits, 10);
  EXPECT_EQ(hex_digits, 22);
  EXPECT_EQ(letters, 52);
  EXPECT_EQ(controls, 33);
}

TEST(Ascii, AHexDigitHasItsValue) {
  for (int value = 0; value < 16; ++value) {
    EXPECT_EQ(hexValue("0123456789abcdef"[value]), value);
    EXPECT_EQ(hexValue("0123456789ABCDEF"[value]), value);
  }
}

TEST(Ascii, OnlyAsciiLettersHaveCase) {
  EXPECT_EQ(toLower("AZ az@[`{ \xc3\x89"), "az az@[`{ \xc3\x89");
  EXPECT_TRUE(equalIgnoringCase("Content-Length", "content-LENGTH"));
  EXPECT_TRUE(equalIgnoringCase("", ""));
  EXPECT_FALSE(equalIgnoringCase("a", "ab"));
  EXPECT_FALSE(equalIgnoringCase("@", "`"));
  EXPECT_FALSE(equalIgnoringCase("\xc3\x89", "\xc3\xa9"));
}

TEST(Ascii, ANumberIsDigitsAndNothingElse) {
  EXPECT_TRUE(isNumber("0"));
  EXPECT_TRUE(isNumber("0123456789"));
  for (const char* text : {"", " 1", "1 ", "-1", "+1", "1.0", "1e3", "\xd9\xa1"}) {
    EXPECT_FALSE(isNumber(text)) << text;
  }
}

TEST(Ascii, BlanksAreTakenOffTheEnds) {
  EXPECT_EQ(trimmed(" \t a b\t "), "a b");
  EXPECT_EQ(trimmed(" \t "), "");
  EXPECT_EQ(trimmed(""), "");
  EXPECT_EQ(trimmed("a\r"), "a\r");
  EXPECT_EQ(trimmed("a\r", " \t\r"), "a");
}

}  // namespace
}  // namespace heymilo::ascii
