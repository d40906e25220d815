#include "support/printable.hpp"

#include <gtest/gtest.h>

#include <string>

namespace support {
namespace {

using namespace std::string_literals;

TEST(Printable, LeavesTextAlone) {
  const std::string text =
      "Zoë O'Brien 王小明 שרה \u200Fمريم 👩‍💻 e\u0301 क्\u200Dष \U0010FFFD";
  EXPECT_EQ(printable(text), text);
}

TEST(Printable, ShowsControlsAsPictures) {
  EXPECT_EQ(printable("a\x1B[2Jb"), "a␛[2Jb");
  EXPECT_EQ(printable("a\0b"s), "a␀b");
  EXPECT_EQ(printable("a\r\n\tb\x7F"), "a␍␊␉b␡");
}

TEST(Printable, ReplacesWhatATerminalMayObey) {
  EXPECT_EQ(printable("a\u009B31mb"), "a\uFFFD31mb");  // C1: the one-character form of ESC [
  EXPECT_EQ(printable("a\u2028b\u2029"), "a\uFFFDb\uFFFD");
  EXPECT_EQ(printable("\u202Eevil\u202C \u2066x\u2069"), "\uFFFDevil\uFFFD \uFFFDx\uFFFD");
}

TEST(Printable, ReplacesEachByteThatIsNotUtf8) {
  EXPECT_EQ(printable("a\xFF\x9B"
                      "b"),
            "a\uFFFD\uFFFDb");
  EXPECT_EQ(printable("\xC0\x9B"), "\uFFFD\uFFFD");  // overlong
  EXPECT_EQ(printable("\xE0\x9F\xBF"), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(printable("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");            // a surrogate
  EXPECT_EQ(printable("\xF4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD");  // past U+10FFFF
  EXPECT_EQ(printable("王\xE7\x8E"), "王\uFFFD\uFFFD");                  // cut short
}

}  // namespace
}  // namespace support
