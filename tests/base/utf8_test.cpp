#include "base/utf8.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace heymilo {
namespace {

/// A code point encoded in `length` bytes, whether or not that is the shortest form.
std::string encode(unsigned code_point, int length) {
  constexpr unsigned kLeads[] = {0, 0, 0xc0, 0xe0, 0xf0, 0xf8, 0xfc};
  if (length == 1) {
    return std::string(1, static_cast<char>(code_point));
  }
  std::string bytes(static_cast<std::size_t>(length), '\0');
  for (int i = length - 1; i > 0; --i) {
    bytes[static_cast<std::size_t>(i)] = static_cast<char>(0x80U | (code_point & 0x3fU));
    code_point >>= 6;
  }
  bytes[0] = static_cast<char>(kLeads[length] | code_point);
  return bytes;
}

int shortestLength(unsigned code_point) {
  return code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
}

TEST(Utf8, EveryCodePointInEachLength) {
  for (unsigned code_point = 0; code_point < 0x120000; ++code_point) {
    const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
    const bool exists = code_point <= 0x10ffff && !surrogate;
    const int shortest = shortestLength(code_point);
    for (int length = shortest; length <= 4; ++length) {
      ASSERT_EQ(isUtf8(encode(code_point, length)), exists && length == shortest)
          << std::hex << code_point << " in " << length;
    }
  }
}

TEST(Utf8, FormsOfFiveAndSixBytesAreRefused) {
  EXPECT_FALSE(isUtf8(encode(0x200000, 5)));
  EXPECT_FALSE(isUtf8(encode(0x4000000, 6)));
  EXPECT_FALSE(isUtf8("\xfe"));
  EXPECT_FALSE(isUtf8("\xff"));
}

TEST(Utf8, EveryPairOfBytes) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string text = {static_cast<char>(first), static_cast<char>(second)};
      const bool ascii = first < 0x80 && second < 0x80;
      const bool pair = first >= 0xc2 && first <= 0xdf && second >= 0x80 && second <= 0xbf;
      ASSERT_EQ(isUtf8(text), ascii || pair) << first << ' ' << second;
    }
  }
}

TEST(Utf8, ASequenceCutShortIsRefusedWhereverItStands) {
  for (std::size_t padding = 0; padding < 20; ++padding) {
    for (const unsigned code_point : {0xe9U, 0x20acU, 0x1f600U}) {
      const std::string whole = encode(code_point, shortestLength(code_point));
      const std::string before(padding, 'a');
      EXPECT_TRUE(isUtf8(before + whole));
      EXPECT_TRUE(isUtf8(before + whole + before));
      for (std::size_t kept = 1; kept < whole.size(); ++kept) {
        EXPECT_FALSE(isUtf8(before + whole.substr(0, kept)));
        EXPECT_FALSE(isUtf8(before + whole.substr(0, kept) + "a"));
        EXPECT_FALSE(isUtf8(before + whole.substr(0, kept) + whole));
      }
      EXPECT_FALSE(isUtf8(before + whole.substr(1)));
    }
  }
}

TEST(Utf8, EmptyAndZeroBytesAreText) {
  EXPECT_TRUE(isUtf8(""));
  EXPECT_TRUE(isUtf8(std::string(17, '\0')));
}

TEST(Utf8, CountsCodePointsNotBytesAndNotGraphemes) {
  EXPECT_EQ(countCodePoints(""), 0u);
  EXPECT_EQ(countCodePoints("abc"), 3u);
  EXPECT_EQ(countCodePoints("Zo\u00eb"), 3u);
  EXPECT_EQ(countCodePoints("Zoe\u0308"), 4u);
  EXPECT_EQ(countCodePoints("\u674e\u96f7"), 2u);
  EXPECT_EQ(countCodePoints("\U0001F469\u200D\U0001F4BB"), 3u);
}

TEST(Utf8, EveryCodePointIsReadAsItIsWritten) {
  int wrong = 0;
  for (char32_t code_point = 0; code_point <= 0x10FFFF; ++code_point) {
    if (code_point == 0xD800) {
      code_point = 0xE000;
    }
    std::string text = "<";
    appendUtf8(text, code_point);
    const CodePoint read = decodeCodePoint(text, 1);
    const bool same = isUtf8(text) && read.value == code_point && read.size == text.size() - 1;
    wrong += same ? 0 : 1;
  }
  EXPECT_EQ(wrong, 0);
}

TEST(Utf8, ABrokenByteIsAReplacementCharacter) {
  for (const char* text : {"\x80",
                           "\xc3",
                           "\xc3(",
                           "\xe4\xbd",
                           "\xed\xa0\x80",
                           "\xc0\x80",
                           "\xf4\x90\x80\x80",
                           "\xff"}) {
    const CodePoint read = decodeCodePoint(text, 0);
    EXPECT_EQ(read.value, kReplacementCharacter);
    EXPECT_EQ(read.size, 1u);
  }
  EXPECT_EQ(decodeCodePoint("\xef\xbf\xbd", 0).size, 3u);  // one that was sent
}

}  // namespace
}  // namespace heymilo
