#include "support/table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/display_width.hpp"

namespace support {
namespace {

using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Not;

std::vector<Column> columns() {
  return {{"NAME", Align::left, 4, 10, 3},
          {"SCORE", Align::right, 5, 5, 2},
          {"ID", Align::left, 3, 6, 1}};
}

TEST(Table, WithoutAWidthNothingIsCut) {
  const Table table(columns(), std::nullopt);
  EXPECT_EQ(table.header(), "NAME        SCORE  ID\n");
  EXPECT_EQ(table.row({"Ada", "1.0", "a1"}), "Ada           1.0  a1\n");
  EXPECT_EQ(table.row({"Adalberta Example", "1.0", "identifier"}),
            "Adalberta Example    1.0  identifier\n");
}

TEST(Table, PutsColumnsUnderEachOtherWhateverTheScript) {
  const Table table(columns(), std::nullopt);
  for (const char* name : {"Ada", "王小明", "e\u0301a", "👩‍💻", "ที่รัก", "שרה", "🇪🇹"}) {
    const std::string row = table.row({name, "1.0", "a1"});
    EXPECT_EQ(displayWidth(row.substr(0, row.find("a1"))), 19U) << row;
  }
}

TEST(Table, GrowsColumnsToTheirIdealButNotBeyond) {
  EXPECT_EQ(Table(columns(), 500).header(), "NAME        SCORE  ID\n");
  EXPECT_EQ(Table(columns(), 18).header(), "NAME    SCORE  ID\n");  // spare: 2, NAME lacks most
  EXPECT_EQ(Table(columns(), 18).row({"Adalberta", "1.0", "identifier"}), "Adalb…    1.0  id…\n");
}

TEST(Table, LeavesTheLeastImportantColumnsOut) {
  EXPECT_EQ(Table(columns(), 16).header(), "NAME  SCORE  ID\n");
  EXPECT_EQ(Table(columns(), 15).header(), "NAME      SCORE\n");
  EXPECT_EQ(Table(columns(), 10).header(), "NAME\n");
}

TEST(Table, NoLineIsWiderThanTheTerminal) {
  for (std::size_t width = 1; width < 40; ++width) {
    const Table table(columns(), width);
    for (const std::string& line :
         {table.header(), table.row({"王小明王小明王小明", "12345.67", "identifier"})}) {
      EXPECT_THAT(displayWidth(line), Le(width)) << line;
    }
  }
}

TEST(Table, NoLineEndsInBlanks) {
  EXPECT_EQ(Table(columns(), std::nullopt).row({"Ada", "", ""}), "Ada\n");
}

TEST(Table, ACellCanNotWriteToTheTerminal) {
  const std::string row =
      Table(columns(), std::nullopt).row({"a\x1B]0;owned\x07\nb", "1.0", "a\u009B1m"});
  EXPECT_EQ(row.find('\n'), row.size() - 1);
  EXPECT_THAT(row, Not(HasSubstr("\x1B")));
  EXPECT_THAT(row, Not(HasSubstr("\u009B")));
}

}  // namespace
}  // namespace support
