#include "base/percent.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

namespace heymilo {
namespace {

TEST(PercentEncode, KeepsTheUnreservedAndNothingElse) {
  const std::string unreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(1, static_cast<char>(byte));
    char encoded[8];
    std::snprintf(encoded, sizeof encoded, "%%%02X", static_cast<unsigned>(byte));
    const bool kept = byte != 0 && unreserved.find(text) != std::string::npos;
    EXPECT_EQ(percentEncode(text), kept ? text : encoded);
  }
  EXPECT_EQ(percentEncode(""), "");
  EXPECT_EQ(percentEncode("a/../b?c#d%2F \xc3\xa9"), "a%2F..%2Fb%3Fc%23d%252F%20%C3%A9");
}

TEST(AppendQuery, JoinsEncodedPairs) {
  std::string url = "/a";
  appendQuery(url, "limit", "5");
  EXPECT_EQ(url, "/a?limit=5");
  appendQuery(url, "starting_after", "a b&c=d");
  EXPECT_EQ(url, "/a?limit=5&starting_after=a%20b%26c%3Dd");
}

TEST(PercentDecode, IsTheOppositeForEveryByte) {
  std::string every;
  for (int byte = 0; byte < 256; ++byte) {
    every += static_cast<char>(byte);
  }
  EXPECT_EQ(percentDecode(percentEncode(every)), every);
  EXPECT_EQ(percentDecode("%c3%A9"), "\xc3\xa9");
}

TEST(PercentDecode, KeepsWhatIsNotAnEscape) {
  for (const char* text : {"", "a+b", "%", "a%", "%4", "%4g", "%g4", "100%", "%%"}) {
    EXPECT_EQ(percentDecode(text), text);
  }
  EXPECT_EQ(percentDecode("%%41"), "%A");
  EXPECT_EQ(percentDecode("%2541"), "%41");  // decoded once
}

}  // namespace
}  // namespace heymilo
