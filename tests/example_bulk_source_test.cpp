#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "bulk/csv_source.hpp"
#include "bulk/input.hpp"
#include "bulk/ndjson_source.hpp"
#include "support/program.hpp"
#include "support/temporary_file.hpp"

namespace {

using heymilo::workflows::BulkRecord;
using heymilo::workflows::BulkSource;
using heymilo_test::TemporaryFile;
using ::testing::HasSubstr;

std::vector<BulkRecord> all(const BulkSource& source) {
  std::vector<BulkRecord> records;
  while (std::optional<BulkRecord> record = source()) {
    records.push_back(std::move(*record));
  }
  return records;
}

std::vector<BulkRecord> ndjson(const std::string& text) {
  const TemporaryFile file(text);
  bulk::Input input(file.path());
  return all(bulk::ndjsonSource(input));
}

std::vector<BulkRecord> csv(const std::string& text) {
  const TemporaryFile file(text);
  bulk::Input input(file.path());
  return all(bulk::csvSource(input));
}

std::string refusalOf(const std::string& text) {
  try {
    csv(text);
    return "accepted";
  } catch (const support::UsageError& error) {
    return error.what();
  }
}

TEST(NdjsonSource, HasARecordForEachLine) {
  const auto records = ndjson(
      "\xef\xbb\xbf{\"name\":\"Ada\",\"email\":\"a@example.com\",\"new\":1}\r\n"
      "\n  \n"
      "{\"name\":\"Bob\",\"email\":\"b@example.com\",\"metadata\":{\"k\":\"v\"}}");
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].request.name, "Ada");
  EXPECT_EQ(records[0].request.additional_properties, (nlohmann::json{{"new", 1}}));
  EXPECT_EQ(records[1].request.metadata->at("k"), "v");
  EXPECT_TRUE(ndjson("").empty());
}

TEST(NdjsonSource, SaysWhichLineIsNone) {
  const auto records = ndjson(
      "{\"name\":\"Ada\",\"email\":\"a@example.com\"}\n"
      "\n"
      "secret\n"
      "{\"name\":\"secret\"}\n"
      "{\"name\":\"Ada\",\"email\":\"secret\",\"metadata\":{\"k\":1}}\n"
      "[]\n"
      "{\"name\":\"" +
      std::string(17'000'000, 'x') +
      "\"}\n"
      "{\"name\":\"Bob\",\"email\":\"b@example.com\"}\n");
  ASSERT_EQ(records.size(), 7u);
  EXPECT_FALSE(records[0].problem);
  EXPECT_EQ(records[1].problem->message, "line 3: not JSON");
  EXPECT_THAT(records[2].problem->message, HasSubstr("line 4: /email"));
  EXPECT_EQ(records[2].problem->param, "email");
  EXPECT_THAT(records[3].problem->message, HasSubstr("line 5: /metadata"));
  EXPECT_THAT(records[4].problem->message, HasSubstr("line 6: "));
  EXPECT_EQ(records[5].problem->message, "line 7: longer than 16 MiB");
  EXPECT_FALSE(records[6].problem);
  for (const BulkRecord& record : records) {
    if (record.problem) {
      EXPECT_THAT(record.problem->message, ::testing::Not(HasSubstr("secret")));
    }
  }
}

TEST(CsvSource, PutsEachColumnInItsPlace) {
  const auto records =
      csv("\xef\xbb\xbf"
          "data.note,email,metadata.external_id,name,phone_number\r\n"
          "\"two\nlines\",a@example.com,1,\"Example, \"\"Ada\"\"\",+14155550123\r\n"
          ",b@example.com,,Bob,\r\n");
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].request.name, "Example, \"Ada\"");
  EXPECT_EQ(records[0].request.email, "a@example.com");
  EXPECT_EQ(records[0].request.phone_number, "+14155550123");
  EXPECT_EQ(records[0].request.metadata->at("external_id"), "1");
  EXPECT_EQ(*records[0].request.data, (nlohmann::json{{"note", "two\nlines"}}));
  EXPECT_EQ(records[1].request, (heymilo::CandidateIngestRequest{"Bob", "b@example.com"}));
}

TEST(CsvSource, SaysWhichRowIsNone) {
  const auto records = csv("name,email\nAda,a@example.com\nsecret\nBob,b@example.com\n1,2,3\n");
  ASSERT_EQ(records.size(), 4u);
  EXPECT_EQ(records[1].problem->message, "row 3: it has 1 cells, and there are 2 columns");
  EXPECT_FALSE(records[2].problem);
  EXPECT_EQ(records[3].problem->message, "row 5: it has 3 cells, and there are 2 columns");
}

TEST(CsvSource, RefusesColumnsThatCanNotBeUsed) {
  EXPECT_THAT(refusalOf("name,mail\n"), HasSubstr("no use for a column \"mail\""));
  EXPECT_THAT(refusalOf("name,mail\n"), HasSubstr("metadata.KEY"));
  EXPECT_THAT(refusalOf("name\n"), HasSubstr("no column \"email\""));
  EXPECT_THAT(refusalOf(""), HasSubstr("no column \"name\""));
  EXPECT_THAT(refusalOf("name;email\n"), HasSubstr("with commas between"));
  EXPECT_THAT(refusalOf("Ada,ada@example.com\n"), ::testing::Not(HasSubstr("Ada")));
  EXPECT_THAT(refusalOf("name,email,name\n"), HasSubstr("\"name\" is there twice"));
  EXPECT_THAT(refusalOf("name,email,metadata.\n"), HasSubstr("no use"));
}

TEST(CsvSource, SaysWhereACellHasNoEnd) {
  EXPECT_THAT(refusalOf("name,email\nAda,a@example.com\n\"Bob,b@example.com\n"),
              HasSubstr("after row 2, a cell has no end"));
  EXPECT_THAT(refusalOf("name,email\n\"" + std::string(17'000'000, 'x')),
              HasSubstr("after row 1, a cell has no end"));
}

TEST(BulkInput, RefusesWhatCanNotBeRead) {
  EXPECT_THROW(bulk::Input("/nonexistent/people.csv"), support::UsageError);
  EXPECT_THROW(bulk::Input("/"), support::UsageError);
}

}  // namespace
