// bulk_ingest with a CSV file.

#include <fstream>
#include <string>
#include <vector>

#include "support/bulk_ingest_program.hpp"

namespace heymilo_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class BulkIngestCsv : public BulkIngestProgram {
 protected:
  ChildResult ingestCsv(const std::string& text, std::vector<std::string> extra = {}) {
    std::ofstream(csv) << text;
    extra.insert(extra.begin(), {"posting-1", csv, "--new-posting"});
    return run("bulk_ingest", extra);
  }

  const std::string csv = directory.file("people.csv");
};

TEST_F(BulkIngestCsv, AMissingQuotationMarkEndsTheRunAndNobodyIsMerged) {
  const std::string rows =
      "name,email\n"
      "Ada,ada@example.com\n"
      "\"Bob,bob@example.com\n"
      "Carol,carol@example.com\n"
      "\"Dan\",dan@example.com\n"
      "Eve,eve@example.com\n";
  const ChildResult nothing = ingestCsv(rows);
  EXPECT_EQ(nothing.exit_code, 2);
  EXPECT_THAT(nothing.err, HasSubstr("record 2 (line 3): "));
  EXPECT_THAT(nothing.err, Not(HasSubstr("Bob")));
  EXPECT_EQ(server.requestCount(), 0u);

  // More than what a run reads ahead.
  std::string many = "name,email\n";
  for (int i = 0; i < 5'000; ++i) {
    many += "Person,person" + std::to_string(i) + "@example.com\n";
  }
  const ChildResult in_part = ingestCsv(many + rows.substr(rows.find('\n') + 1));
  EXPECT_EQ(in_part.exit_code, 3) << in_part.err;
  EXPECT_THAT(in_part.err, HasSubstr("record 5002 (line 5003): "));
  EXPECT_THAT(in_part.err, HasSubstr("Run the same command again to resume"));
  EXPECT_GT(server.candidateCount("posting-1"), 0u);
  EXPECT_LT(server.candidateCount("posting-1"), 5'002u);

  const ChildResult corrected = ingestCsv(many +
                                          "Ada,ada@example.com\n"
                                          "\"Bob\",bob@example.com\n"
                                          "Carol,carol@example.com\n"
                                          "\"Dan\",dan@example.com\n"
                                          "Eve,eve@example.com\n");
  EXPECT_EQ(corrected.exit_code, 0) << corrected.err;
  EXPECT_EQ(server.candidateCount("posting-1"), 5'005u);
}

TEST_F(BulkIngestCsv, ARowOfAnotherLengthIsRejectedWithItsLine) {
  const ChildResult result = ingestCsv(
      "name,email,data.note\n"
      "Ada,ada@example.com,\"two\nlines\"\n"
      "\n"
      "Bob,bob@example.com\n"
      "Carol,carol@example.com,\n",
      {"--report", "-"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err,
              HasSubstr("  record 2 (line 5): it has 2 cells, and there are 3 columns\n"));
  const json lines = jsonLinesOf(result.out);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].at("line"), 2);
  EXPECT_EQ(lines[1].at("line"), 5);
  EXPECT_EQ(lines[1].at("outcome"), "rejected");
  EXPECT_EQ(lines[2].at("line"), 6);
  EXPECT_EQ(lines[2].at("outcome"), "ingested");
}

TEST_F(BulkIngestCsv, ColumnsThatCanNotBeUsedAreAUsageError) {
  for (const std::string header : {"name,\"email",
                                   "name,\"email\"x",
                                   "name,email,email",
                                   "name,email,",
                                   "name,email,age",
                                   "\"\"",
                                   ""}) {
    EXPECT_EQ(ingestCsv(header + "\nAda,ada@example.com\n").exit_code, 2) << header;
  }
  EXPECT_EQ(server.requestCount(), 0u);
}

}  // namespace
}  // namespace heymilo_test
