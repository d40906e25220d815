#include "support/formula.hpp"

#include <gtest/gtest.h>

#include <string>

namespace support {
namespace {

TEST(WithoutFormulas, PutsAnApostropheBeforeWhatASpreadsheetCalculates) {
  for (const char* text : {"=HYPERLINK(\"http://example.com\",\"x\")",
                           "=1+1",
                           "+12025550100",
                           "-1+1",
                           "-5",
                           "@SUM(1)",
                           "=",
                           "\uFF1D1",
                           "\uFF0B1",
                           "\uFF0D1",
                           "\uFF20a",
                           "\uFE661",
                           "\uFE621",
                           "\uFE631",
                           "\uFE6Ba",
                           "\u22121",
                           " =1",
                           "  \u00A0\u3000=1",
                           "\u200B=1",
                           "\uFEFF=1",
                           "\u202E=1",
                           "\u00AD=1",
                           "\x01=1",
                           "\x7F=1",
                           "\u0085=1",
                           "\xFF=1",
                           "\"=1",
                           "'=1",
                           "\" '=1",
                           "\ta",
                           "\ra",
                           "\na",
                           "\x1B[2J"}) {
    EXPECT_EQ(withoutFormulas(text), '\'' + std::string(text));
  }
  EXPECT_EQ(withoutFormulas(std::string("\0=1", 3)), std::string("'\0=1", 4));
}

TEST(WithoutFormulas, DoesSoWhereASeparatorBeginsAnotherCell) {
  EXPECT_EQ(withoutFormulas("Ada;=1"), "Ada;'=1");
  EXPECT_EQ(withoutFormulas("Ada\t=1"), "Ada\t'=1");
  EXPECT_EQ(withoutFormulas("Ada\n=1\r\n@a"), "Ada\n'=1\r'\n'@a");
  EXPECT_EQ(withoutFormulas("Ada\"; \"=1;=2"), "Ada\";' \"=1;'=2");
  EXPECT_EQ(withoutFormulas(";=1"), ";'=1");
  EXPECT_EQ(withoutFormulas("\n=1"), "'\n'=1");
}

TEST(WithoutFormulas, LeavesAllElseAsItIs) {
  for (const char* text : {"",
                           " ",
                           "Ada Example",
                           "ada+cv@example.com",
                           "O'Neil-Smith",
                           "'t Hooft",
                           "\"Ada\"",
                           " 1=1",
                           "a; b",
                           "1-2",
                           "{\"a\":\"=1\"}",
                           "https://example.com/?a=1&b=+2",
                           "王小明",
                           "José",
                           "a\nb"}) {
    EXPECT_EQ(withoutFormulas(text), text);
  }
}

TEST(WithoutFormulas, TakesTimeInProportionToTheText) {
  const std::string blanks(std::size_t{4} << 20, '\n');
  EXPECT_EQ(withoutFormulas(blanks), '\'' + blanks);
}

}  // namespace
}  // namespace support
