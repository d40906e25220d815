#include "support/csv.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace support {
namespace {

TEST(CsvRecord, SeparatesFieldsAndEndsInCrlf) {
  EXPECT_EQ(csvRecord({"a", "b c", ""}), "a,b c,\r\n");
}

TEST(CsvRecord, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(csvRecord({"Example, Ada", "5'6\"", "a\nb", "a\rb", " x "}),
            "\"Example, Ada\",\"5'6\"\"\",\"a\nb\",\"a\rb\", x \r\n");
  EXPECT_EQ(csvRecord({"\""}), "\"\"\"\"\r\n");
}

TEST(CsvRecord, KeepsDataExactlyAsItIs) {
  EXPECT_EQ(csvRecord({"=1+1", "\x1B[2J", "王小明"}), "=1+1,\x1B[2J,王小明\r\n");
}

TEST(CsvRecord, ForSpreadsheetsQuotesWhatTheyCouldTakeForAnotherCell) {
  const std::vector<std::string> fields{"a;b", "a\tb", "'=1", "a b", "it's", "", "1.5"};
  EXPECT_EQ(csvRecord(fields, CsvQuotes::for_spreadsheets),
            "\"a;b\",\"a\tb\",\"'=1\",a b,it's,,1.5\r\n");
  EXPECT_EQ(csvRecord(fields), "a;b,a\tb,'=1,a b,it's,,1.5\r\n");
}

TEST(CsvRecord, OneEmptyFieldIsNotAnEmptyLine) { EXPECT_EQ(csvRecord({""}), "\"\"\r\n"); }

}  // namespace
}  // namespace support
