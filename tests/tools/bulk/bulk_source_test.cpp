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

TEST(NdjsonSource, CountsLinesFromOneBlankOnesIncluded) {
  const auto records = ndjson(
      "\n"
      "{\"name\":\"Ada\",\"email\":\"a@example.com\"}\r\n"
      " \n\n"
      "{\"name\":\"Bob\",\"email\":\"b@example.com\"}");
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].line, 2u);
  EXPECT_EQ(records[1].line, 5u);
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
  EXPECT_EQ(records[1].problem->message, "not JSON");
  EXPECT_EQ(records[1].line, 3u);
  EXPECT_THAT(records[2].problem->message, HasSubstr("/email"));
  EXPECT_EQ(records[2].problem->param, "email");
  EXPECT_EQ(records[2].line, 4u);
  EXPECT_THAT(records[3].problem->message, HasSubstr("/metadata"));
  EXPECT_EQ(records[4].line, 6u);
  EXPECT_EQ(records[5].problem->message, "longer than 16 MiB");
  EXPECT_EQ(records[5].line, 7u);
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

TEST(CsvSource, ARowOfAnotherLengthIsARecordWithAProblem) {
  const auto records = csv("name,email\nAda,a@example.com\nsecret\nBob,b@example.com\n1,2,3\n");
  ASSERT_EQ(records.size(), 4u);
  EXPECT_EQ(records[1].problem->message, "it has 1 cell, and there are 2 columns");
  EXPECT_EQ(records[1].line, 3u);
  EXPECT_FALSE(records[2].problem);
  EXPECT_EQ(records[3].problem->message, "it has 3 cells, and there are 2 columns");
  EXPECT_EQ(records[3].line, 5u);
}

TEST(CsvSource, SaysInWhichLineOfTheFileEachRowBegins) {
  const auto records =
      csv("\r\n"
          "name,email,data.note\r\n"
          "\n"
          "Ada,a@example.com,\"one\ntwo\r\n\r\nthree\"\r\n"
          "  \n"
          "Bob,b@example.com,\n"
          "Carol,c@example.com,\"\"");
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].line, 4u);
  EXPECT_EQ(*records[0].request.data, (nlohmann::json{{"note", "one\ntwo\r\n\r\nthree"}}));
  EXPECT_EQ(records[1].line, 9u);
  EXPECT_EQ(records[2].line, 10u);
}

TEST(CsvSource, KeepsSpacesAndLineBreaksOfACell) {
  const auto records =
      csv("email,name\na@example.com, Ada  Example \nb@example.com,\" Bob\nJr \"\n");
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].request.name, " Ada  Example ");
  EXPECT_EQ(records[1].request.name, " Bob\nJr ");
}

/// A file with these rows, one row before and one after; the records before the refusal.
void expectRefusedAt(const std::string& rows, const std::string& place, std::size_t before = 1) {
  SCOPED_TRACE(rows);
  const TemporaryFile file("name,email,metadata.id\nEve,eve@example.com,1\n" + rows +
                           "Mallory,mallory@example.com,9\n");
  bulk::Input input(file.path());
  const BulkSource source = bulk::csvSource(input);
  std::size_t records = 0;
  try {
    while (source()) {
      ++records;
    }
    ADD_FAILURE() << "accepted";
  } catch (const support::UsageError& error) {
    EXPECT_EQ(records, before);
    EXPECT_THAT(error.what(), ::testing::StartsWith(place));
    EXPECT_THAT(error.what(), ::testing::Not(HasSubstr("example.com")));
    EXPECT_THAT(error.what(), ::testing::Not(HasSubstr("Ada")));
  }
  EXPECT_THROW(source(), support::UsageError);  // nothing is read after it
}

TEST(CsvSource, AMissingQuotationMarkIsRefusedAndNothingAfterItIsRead) {
  // Without its closing one, which another row or none then has.
  expectRefusedAt("\"Ada,ada@example.com,2\n\"Bob\",bob@example.com,3\n", "record 2 (line 3)");
  expectRefusedAt("\"Ada,ada@example.com,2\nBob,\"bob@example.com\",3\n", "record 2 (line 3)");
  expectRefusedAt("\"Ada,ada@example.com,2\nBob,bob@example.com,3\n", "record 2 (line 3)");
  expectRefusedAt("Ada,ada@example.com,\"2\n\nBob,bob@example.com,\"3\"\n", "record 2 (line 3)");
  // Without its opening one.
  expectRefusedAt("Ada\",ada@example.com,2\n", "record 2 (line 3)");
  expectRefusedAt("Ada,ada@example.com,2\"\n", "record 2 (line 3)");
  expectRefusedAt(
      "Bob,bob@example.com,\"2\n2\"\n\nAda,ada\"@example.com,2\n", "record 3 (line 6)", 2);
  // At the wrong position.
  expectRefusedAt("Ada \"Countess\" L,ada@example.com,2\n", "record 2 (line 3)");
  expectRefusedAt("\"Ada\" L,ada@example.com,2\n", "record 2 (line 3)");
  expectRefusedAt("\"Ada\" ,ada@example.com,2\n", "record 2 (line 3)");
  expectRefusedAt(" \"Ada\",ada@example.com,2\n", "record 2 (line 3)");
  expectRefusedAt("\"Ada\\\"\",ada@example.com,2\n", "record 2 (line 3)");
}

// By its quotation marks, each of these is one row with the correct number of cells.
TEST(CsvSource, SeveralRowsThatLookLikeOneAreRefused) {
  expectRefusedAt("\"Ada,ada@example.com,2\nBob\",bob@example.com,3\n", "record 2 (line 3)");
  expectRefusedAt("\"Ada, L,ada@example.com,2\r\nX,x@example.com,5\r\nBob\",bob@example.com,3\r\n",
                  "record 2 (line 3)");
  expectRefusedAt("Ada,\"ada@example.com,2\nBob,bob@example.com\",3\n", "record 2 (line 3)");
  expectRefusedAt("Ada,ada@example.com,\"2\nBob,bob@example.com,3\"\n", "record 2 (line 3)");
  expectRefusedAt("Ada,nobody,\"2\nX,x@example.com,3\nBob,nobody,3\"\n", "record 2 (line 3)");
}

TEST(CsvSource, SeveralRowsAreRefusedWhateverTheAddressLooksLike) {
  for (const char* bob : {"Bob,bob@example.com ,3",
                          "Bob,bob@example.com\t,3",
                          "Bob,\t bob@example.com,3",
                          "Bob,,3",
                          "Bob, , 3",
                          "Bob,-,3",
                          "Bob, -, 3",
                          "Bob,none,3",
                          "Bob,no address,3",
                          "Bob,Bob <bob@example.com>,3",
                          "Lee, Bob,bob@example.com,3",
                          "Lee, Bob, Jr, bob@example.com , 3",
                          "Lee, Bob,,3",
                          "X,x@example.com,2\nBob,bob@example.com,3",
                          "Lee, X,x@example.com ,2\nBob",
                          "X,,2\nand more"}) {
    expectRefusedAt(std::string("Ada,ada@example.com,\"2\n") + bob + "\"\n", "record 2 (line 3)");
    expectRefusedAt(std::string("Ada,ada@example.com,\"2\r\n") + bob + "\"\r\n",
                    "record 2 (line 3)");
  }
}

TEST(CsvSource, SeveralRowsAreRefusedWhereverTheColumnIs) {
  const auto refusal = [](const std::string& rows) {
    SCOPED_TRACE(rows);
    EXPECT_THAT(refusalOf(rows), HasSubstr("looks like several rows in one"));
  };
  refusal("metadata.team,name,email\n\"red,Ada,ada@x.com \nblue\",Bob,bob@x.com\n");
  refusal("metadata.team,name,email\n\"red,Lee, Ada,ada@x.com\nblue\",Bob,bob@x.com\n");
  refusal("metadata.team,name,email\n\"red,Ada,\nblue\",Bob,bob@x.com\n");
  refusal("name,metadata.team,email\nAda,\"red, ada@x.com\nBob,blue\",bob@x.com\n");
  refusal("name,metadata.team,email\nAda,\"red,\nBob,blue\",bob@x.com\n");
  refusal("name,email,data.a,data.b\nAda,a@x.com,\"red,1\nBob,bob@x.com ,blue\",2\n");
  refusal("name,email,data.a,data.b\nAda,a@x.com,\"red,1\nBob,,blue\",2\n");
  refusal("name,email,data.a,data.b\nAda,a@x.com,\"red,1\nX,,blue,2\nBob,b@x.com,green\",2\n");
  refusal("email,name,data.a\na@x.com,Ada,\"red\n,Bob,blue\"\n");
}

TEST(CsvSource, TextOfSeveralLinesIsKeptWhereNoLineIsARow) {
  const auto kept = [](const std::string& columns, const std::string& text) {
    SCOPED_TRACE(text);
    const auto records = csv(columns + '"' + text + "\"\n");
    ASSERT_EQ(records.size(), 1u);
    EXPECT_FALSE(records[0].problem);
    EXPECT_EQ(records[0].request.metadata->at("note"), text);
  };
  for (const char* text : {"likes C++, Rust\nand Go",
                           "likes\nC++, Rust, and Go",
                           "Speaks,\nas she says,\nfive languages, of which one, Latin, is dead",
                           "Dear all,\nwrite to me, or to b@example.com, please",
                           "Street 1,\n12345 Town, Land",
                           "b@example.com\nc@example.com, d@example.com",
                           "Bob,bob@example.com,blue",
                           "1,2\n3,4"}) {
    kept("name,email,metadata.note\nAda,a@example.com,", text);
  }
  for (const char* text : {"Dear all,\nplease", "Dear all,\nplease, do"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(csv("name,email,metadata.note,data.a\nAda,a@x.com,\"" + std::string(text) + "\",1\n")
                  .size(),
              1u);
  }
  EXPECT_EQ(csv("name,metadata.note,email\nAda,\"Dear all,\nplease\",a@x.com\n").size(), 1u);
}

TEST(CsvSource, ARefusalSaysHowATextIsKept) {
  EXPECT_THAT(refusalOf("name,email,data.note\nAda,a@x.com,\"2\nBob,,3\"\n"),
              HasSubstr("put it on one line"));
}

TEST(CsvSource, ANoteWithAnAddressIsNotSeveralRows) {
  const auto records =
      csv("name,email,data.note\n"
          "Ada,a@example.com,\"Dear all,\nwrite to me, or to b@example.com, please\nAda, "
          "a@example.com\"\n");
  ASSERT_EQ(records.size(), 1u);
  EXPECT_FALSE(records[0].problem);
}

TEST(CsvSource, ACarriageReturnAloneEndsNoRow) {
  expectRefusedAt("Ada,ada@example.com,2\rBob,bob@example.com,3\n", "record 2 (line 3)");
  expectRefusedAt("\"Ada\"\r,ada@example.com,2\n", "record 2 (line 3)");
  EXPECT_THAT(refusalOf("name,email\rAda,a@example.com\r"), HasSubstr("the first row (line 1)"));
}

TEST(CsvSource, ACellThatCanNotBeSentIsARecordWithAProblem) {
  using namespace std::string_literals;
  const auto records =
      csv("name,email\n"
          "A\0a,a@example.com\n"
          "\xff,b@example.com\n"
          "C,\"c@example.com\n\"\n"
          "D,d@example.com\n"s);
  ASSERT_EQ(records.size(), 4u);
  EXPECT_EQ(records[0].problem->message, "the cell \"name\" contains a NUL byte");
  EXPECT_EQ(records[0].line, 2u);
  EXPECT_EQ(records[1].problem->message, "the cell \"name\" is not UTF-8");
  EXPECT_EQ(records[2].problem->message, "the cell \"email\" contains a line break");
  EXPECT_EQ(records[2].line, 4u);
  EXPECT_FALSE(records[3].problem);
  EXPECT_EQ(records[3].line, 6u);
}

TEST(CsvSource, RefusesColumnsThatCanNotBeUsed) {
  EXPECT_THAT(refusalOf("name,mail\n"), HasSubstr("unknown column \"mail\""));
  EXPECT_THAT(refusalOf("name,mail\n"), HasSubstr("metadata.KEY"));
  EXPECT_THAT(refusalOf("name\n"), HasSubstr("missing column \"email\""));
  EXPECT_THAT(refusalOf(""), HasSubstr("has no column \"name\""));
  EXPECT_THAT(refusalOf("name;email\n"), HasSubstr("separated by commas"));
  EXPECT_THAT(refusalOf("Ada,ada@example.com\n"), ::testing::Not(HasSubstr("Ada")));
  EXPECT_THAT(refusalOf("name,email,name\n"), HasSubstr("duplicate column \"name\""));
  EXPECT_THAT(refusalOf("name,email,metadata.\n"), HasSubstr("unknown column"));
}

TEST(CsvSource, TheRowOfTheColumnsIsHeldToTheSame) {
  EXPECT_THAT(refusalOf("\"name,email\nAda,a@example.com\n"), HasSubstr("the first row (line 1)"));
  EXPECT_THAT(refusalOf("name,\"email\"x\n"), HasSubstr("the first row (line 1)"));
  EXPECT_THAT(refusalOf("name, email\n"), HasSubstr("unknown column \" email\""));
  EXPECT_THAT(refusalOf("name, email\n"), HasSubstr("Spaces are part of a name."));
  EXPECT_THAT(refusalOf("name,email,\n"), HasSubstr("unknown column \"\""));
}

TEST(CsvSource, ARowHasABound) {
  EXPECT_THAT(refusalOf("name,email\n\n\"" + std::string(17'000'000, 'x')),
              HasSubstr("record 1 (line 3): it is longer than 16 MiB"));
  EXPECT_THAT(refusalOf("name,email\n" + std::string(200'000, ',')),
              HasSubstr("record 1 (line 2): it has more than 100,000 cells"));
}

TEST(BulkInput, RefusesWhatCanNotBeRead) {
  EXPECT_THROW(bulk::Input("/nonexistent/people.csv"), support::UsageError);
  EXPECT_THROW(bulk::Input("/"), support::UsageError);
}

}  // namespace
