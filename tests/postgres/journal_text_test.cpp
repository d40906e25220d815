#include "postgres/journal_text.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "base/utf8.hpp"

namespace {

using heymilo::postgres::plainText;
using heymilo::postgres::storedText;

TEST(PostgresJournalText, IsTheTextItselfWhereverThatIsPossible) {
  for (const char* const text : {"", "a", "M\xc3\xbcller", "o'hara; --", "\\", "\\y", "x\\x41"}) {
    EXPECT_EQ(storedText(text), text);
    EXPECT_EQ(plainText(text), text);
  }
}

TEST(PostgresJournalText, HoldsEachTextAndNoTwoAsOne) {
  const std::set<std::string> texts = {std::string("a\0b", 3),
                                       std::string("a\0", 2),
                                       std::string("\0", 1),
                                       "\xff",
                                       "\xc3",
                                       "\\x",
                                       "\\x41",
                                       "\\x5c78",
                                       "A"};
  std::set<std::string> stored;
  for (const std::string& text : texts) {
    const std::string one = storedText(text);
    EXPECT_EQ(plainText(one), text);
    EXPECT_TRUE(heymilo::isUtf8(one));
    EXPECT_EQ(one.find('\0'), std::string::npos);
    stored.insert(one);
  }
  EXPECT_EQ(stored.size(), texts.size());
}

TEST(PostgresJournalText, LeavesWhatItHasNotWritten) {
  EXPECT_EQ(plainText("\\xyz"), "\\xyz");
  EXPECT_EQ(plainText("\\x4g"), "\\x4g");
}

}  // namespace
