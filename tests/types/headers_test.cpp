#include "heymilo/headers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "heymilo/errors.hpp"

namespace heymilo {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

InvalidArgumentError refusal(std::string_view name, std::string_view value) {
  Headers headers;
  try {
    headers.add(name, value);
  } catch (const InvalidArgumentError& error) {
    EXPECT_TRUE(headers.empty());
    return error;
  }
  ADD_FAILURE() << "accepted";
  return InvalidArgumentError("", "");
}

TEST(Headers, KeepsOrderAndSpelling) {
  const Headers headers{{"X-B", "1"}, {"x-a", "2"}, {"X-B", "3"}};
  EXPECT_THAT(headers, ElementsAre(Pair("X-B", "1"), Pair("x-a", "2"), Pair("X-B", "3")));
  EXPECT_EQ(headers.size(), 3u);
}

TEST(Headers, LooksNamesUpWithoutCase) {
  const Headers headers{{"Set-Cookie", "a"}, {"Content-Type", "b"}, {"SET-COOKIE", "c"}};
  EXPECT_EQ(headers.get("content-type"), "b");
  EXPECT_EQ(headers.get("set-cookie"), "a");
  EXPECT_THAT(headers.getAll("sEt-cOOkie"), ElementsAre("a", "c"));
  EXPECT_TRUE(headers.contains("CONTENT-TYPE"));
  EXPECT_FALSE(headers.contains("content"));
  EXPECT_FALSE(headers.get("Content-Typ"));
  EXPECT_TRUE(headers.getAll("X").empty());
}

TEST(Headers, CaseIsThatOfAsciiAlone) {
  const Headers headers{{"a", "1"}};
  EXPECT_TRUE(headers.contains("A"));
  const Headers punctuation{{"x^", "1"}};  // '^' and '~' differ in the bit that cases differ in
  EXPECT_FALSE(punctuation.contains("x~"));
}

TEST(Headers, SetTakesTheFirstOnesPlaceAndDropsTheOthers) {
  Headers headers{{"A", "1"}, {"B", "2"}, {"a", "3"}, {"C", "4"}};
  headers.set("a", "5");
  EXPECT_THAT(headers, ElementsAre(Pair("a", "5"), Pair("B", "2"), Pair("C", "4")));
  headers.set("D", "6");
  EXPECT_EQ(headers.size(), 4u);
  EXPECT_EQ(headers.get("d"), "6");
}

TEST(Headers, ARefusedSetChangesNothing) {
  Headers headers{{"A", "1"}};
  EXPECT_THROW(headers.set("A", "\n"), InvalidArgumentError);
  EXPECT_EQ(headers.get("A"), "1");
}

TEST(Headers, EraseTakesAllOfThatName) {
  Headers headers{{"A", "1"}, {"B", "2"}, {"a", "3"}};
  headers.erase("a");
  EXPECT_THAT(headers, ElementsAre(Pair("B", "2")));
  headers.erase("nothing");
  EXPECT_EQ(headers.size(), 1u);
}

TEST(Headers, ArgumentsMayBeViewsOfAnEntry) {
  Headers headers{{"A", "1"}, {"B", "2"}, {"A", "3"}, {"C", "4"}};
  headers.erase(headers.begin()->first);
  EXPECT_THAT(headers, ElementsAre(Pair("B", "2"), Pair("C", "4")));
  headers.set((headers.begin() + 1)->first, headers.begin()->second);
  EXPECT_EQ(headers.get("C"), "2");
  headers.add(headers.begin()->first, headers.begin()->second);
  EXPECT_THAT(headers.getAll("B"), ElementsAre("2", "2"));
}

TEST(Headers, ANameIsAToken) {
  Headers headers;
  headers.add("!#$%&'*+-.^_`|~09azAZ", "");
  for (const std::string name :
       {"",  " ", "A B", "A:", "A\r", "A\nB", "A\t", "\x7f", "(", ")", ",",  "/",       ";",
        "<", "=", ">",   "?",  "@",   "[",    "\\",  "]",    "{", "}", "\"", "\xc3\xa9"}) {
    const InvalidArgumentError error = refusal(name, "x");
    EXPECT_EQ(error.param(), "headers") << name;
    EXPECT_EQ(error.outcome(), Outcome::not_sent);
  }
  EXPECT_EQ(refusal(std::string("A\0B", 3), "x").param(), "headers");
}

TEST(Headers, AValueHoldsNoControlCharacterButTab) {
  for (int c = 0; c < 256; ++c) {
    const std::string value = std::string("a") + static_cast<char>(c) + "b";
    if ((c < 0x20 && c != '\t') || c == 0x7f) {
      EXPECT_EQ(refusal("X-Name", value).param(), "X-Name") << c;
    } else {
      Headers headers;
      headers.add("X-Name", value);
      EXPECT_EQ(headers.get("X-Name"), value) << c;
    }
  }
}

TEST(Headers, TheListIsCheckedAsWell) {
  EXPECT_THROW(Headers({{"A", "1"}, {"B", "2\r\nC: 3"}}), InvalidArgumentError);
}

TEST(Headers, ARefusalNeverQuotesTheValue) {
  EXPECT_THAT(refusal("X-Name", "secret\r\n").what(), Not(HasSubstr("secret")));
  EXPECT_THAT(refusal("secret as a name", "x").what(), Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace heymilo
