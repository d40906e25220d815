#include "call/unescaped.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace heymilo {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> textsOf(std::string_view line) {
  std::vector<std::string> texts;
  for (const Reading& reading : readingsOf(line)) {
    texts.push_back(reading.text);
    EXPECT_EQ(reading.places.size(), reading.text.size());
    std::size_t begin = 0;
    for (const Reading::Place& place : reading.places) {
      EXPECT_GE(place.begin, begin);  // in order, and within the line
      EXPECT_GT(place.end, place.begin);
      EXPECT_LE(place.end, line.size());
      begin = place.begin;
    }
  }
  return texts;
}

TEST(Readings, WithoutEscapesThereIsOne) {
  for (const char* line : {"",
                           "ada@example.com",
                           "100 %",
                           "50%x",
                           "%4",
                           "\\",
                           "\\q",
                           "&",
                           "a & b",
                           "&nothing;",
                           "&#;",
                           "\\u00",
                           "\\u{",
                           "\\x4",
                           "\u00e9\u4e2d"}) {
    EXPECT_THAT(textsOf(line), ElementsAre(line));
  }
}

TEST(Readings, ReplaceTheEscapesOfUrlsJsonAndHtml) {
  for (const char* escaped : {"a%40b",
                              "a%u0040b",
                              "a\\u0040b",
                              "a\\u{40}b",
                              "a\\x40b",
                              "a&#64;b",
                              "a&#x40;b",
                              "a&commat;b",
                              "a\uff20b",
                              "a\ufe6bb"}) {
    EXPECT_THAT(textsOf(escaped), ElementsAre(escaped, "a@b"));
  }
  EXPECT_THAT(textsOf("&#64 b"), ElementsAre("&#64 b", "@ b"));
  EXPECT_THAT(textsOf("\\\"\\/\\n\\u000a"), ElementsAre("\\\"\\/\\n\\u000a", "\"/  "));
  EXPECT_THAT(textsOf("%C3%A9"), ElementsAre("%C3%A9", "\u00e9"));
  EXPECT_THAT(textsOf("\\u00e9"), ElementsAre("\\u00e9", "\u00e9"));
  EXPECT_THAT(textsOf("\\ud83d\\ude00"), ElementsAre("\\ud83d\\ude00", "\U0001F600"));
}

TEST(Readings, MakeAsciiOfDigitsOfOtherScripts) {
  EXPECT_THAT(textsOf("\u0661\u06f2\u0969\uff14"), ElementsAre("\u0661\u06f2\u0969\uff14", "1234"));
}

TEST(Readings, ReplaceEscapesOfEscapesButNotWithoutEnd) {
  EXPECT_THAT(textsOf("%2540"), ElementsAre("%2540", "%40", "@"));
  EXPECT_THAT(textsOf("&amp;#64;"), ElementsAre("&amp;#64;", "&#64;", "@"));
  EXPECT_THAT(
      textsOf("%2525252525252540"),
      ElementsAre(
          "%2525252525252540", "%25252525252540", "%252525252540", "%2525252540", "%25252540"));
}

TEST(Readings, KnowWhereEachByteStands) {
  const Reading reading = readingsOf("x%2540y").back();
  ASSERT_EQ(reading.text, "x@y");
  EXPECT_EQ(reading.places[0].begin, 0u);
  EXPECT_EQ(reading.places[0].end, 1u);
  EXPECT_EQ(reading.places[1].begin, 1u);
  EXPECT_EQ(reading.places[1].end, 6u);
  EXPECT_EQ(reading.places[2].begin, 6u);
  EXPECT_EQ(reading.places[2].end, 7u);
}

TEST(Readings, WithoutSpacesAndWhatIsNotSeen) {
  const Reading reading = withoutSpaces(readingsOf("a \u00a0b\u200b\u00adc\ufeff").front());
  EXPECT_EQ(reading.text, "abc");
  ASSERT_EQ(reading.places.size(), 3u);
  EXPECT_EQ(reading.places[1].begin, 4u);
  EXPECT_EQ(reading.places[2].begin, 10u);
}

TEST(Separators, AreWhatStandsBetweenDigits) {
  for (const char* one :
       {"-", ".", "(",      ")",      "/",      "_",      ",",      ":",      "+",      "~",
        "*", " ", "\u00a0", "\u2010", "\u2013", "\u2015", "\u2003", "\u00b7", "\u2212", "\u3000"}) {
    EXPECT_EQ(separatorAt(one, 0), std::string_view(one).size()) << one;
  }
  for (const char* one : {"a", "0", "@", "\u2016", "\u00e9"}) {
    EXPECT_EQ(separatorAt(one, 0), 0u) << one;
  }
}

}  // namespace
}  // namespace heymilo
