// bulk_ingest with a source that lives: it grows, shrinks, is shuffled, repeated and corrected.

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "support/keyed_people.hpp"

namespace heymilo_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class BulkIngestLiving : public KeyedPeopleProgram {
 protected:
  std::map<std::string, int> outcomes() const {
    std::map<std::string, int> counts;
    for (const json& line : jsonLinesOf(contentsOf(report))) {
      counts[line.at("outcome").get<std::string>()]++;
    }
    return counts;
  }
};

TEST_F(BulkIngestLiving, AFileThatGrowsShrinksAndIsShuffledIsTakenAsItIs) {
  std::mt19937 random(15);
  std::vector<int> all = range(0, 30);
  for (const int count : {10, 30, 20, 30, 5}) {  // the first runs grow, others shrink
    SCOPED_TRACE(count);
    std::vector<int> numbers(all.begin(), all.begin() + count);
    std::shuffle(numbers.begin(), numbers.end(), random);
    writeKeyed(numbers);
    const ChildResult result = ingestKeyed({"--chunk", "7"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
  }
  writeKeyed(range(30, 35));  // other people only
  EXPECT_EQ(ingestKeyed().exit_code, 0);
  expectOnce(range(0, 35));
}

TEST_F(BulkIngestLiving, AnotherFileOfTheSamePeopleSendsNobody) {
  writeKeyed(range(0, 10));
  ASSERT_EQ(ingestKeyed().exit_code, 0);
  const std::string other = directory.file("other.csv");
  std::string rows = "metadata.external_id,email,name\n";
  for (const int number : range(0, 10)) {
    const std::string text = std::to_string(number);
    rows += "id-" + text + ",ada" + text + "@example.com,Ada " + text + "\n";
  }
  std::ofstream(other) << rows;
  const ChildResult result = run("bulk_ingest", {"posting-1", other, "--key", "external_id"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("10 records: 0 ingested, 10 known,"));
  expectOnce(range(0, 10));
}

TEST_F(BulkIngestLiving, AKeyTwiceInAFileIsADuplicate) {
  write(line(0) + line(1) + line(0) + line(1, "Changed"));
  const ChildResult result = ingestKeyed({"--report", report});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("2 ingested, 2 duplicate, 0 rejected"));
  EXPECT_EQ(outcomes(), (std::map<std::string, int>{{"ingested", 2}, {"duplicate", 2}}));
  expectOnce(range(0, 2));
}

TEST_F(BulkIngestLiving, AKnownKeyWithOtherContentIsReportedAndNotSent) {
  writeKeyed(range(0, 3));
  ASSERT_EQ(ingestKeyed().exit_code, 0);
  write(line(0) + line(1, "Other") + line(2));
  const ChildResult result = ingestKeyed({"--report", report});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err, HasSubstr("2 known, 1 changed"));
  EXPECT_THAT(result.err, HasSubstr("the API has no update"));
  const json lines = jsonLinesOf(contentsOf(report));
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[1].at("outcome"), "changed");
  EXPECT_EQ(lines[1].at("line"), 2);
  EXPECT_FALSE(lines[1].at("interview_id").get<std::string>().empty());
  expectOnce(range(0, 3));
}

TEST_F(BulkIngestLiving, ARejectedRecordThatWasCorrectedIsSent) {
  json invalid = json::parse(line(1));
  invalid["email"] = "nobody";
  write(line(0) + invalid.dump() + "\n" + line(2));
  const ChildResult first = ingestKeyed();
  EXPECT_EQ(first.exit_code, 3);
  EXPECT_THAT(first.err, HasSubstr("record 2 (line 2): email ("));
  server.clearRequests();
  EXPECT_EQ(ingestKeyed().exit_code, 3);  // not corrected: it is not sent again
  EXPECT_TRUE(server.requests("ingestCandidatesBulk").empty());
  writeKeyed(range(0, 3));
  EXPECT_EQ(ingestKeyed().exit_code, 0);
  expectOnce(range(0, 3));
}

TEST_F(BulkIngestLiving, ARecordWithoutTheKeyIsRejectedWithWhatToDo) {
  write(line(0) + R"({"name":"Bob","email":"bob@example.com"})" + "\n");
  const ChildResult result = ingestKeyed({"--report", report});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err, HasSubstr("record 2 (line 2): metadata (missing_key)"));
  EXPECT_THAT(result.err, Not(HasSubstr("bob@")));
  expectOnce(range(0, 1));
}

TEST_F(BulkIngestLiving, AnErasedPersonIsNotInvitedAgain) {
  writeKeyed(range(0, 3));
  ASSERT_EQ(ingestKeyed().exit_code, 0);
  server.removeCandidate(server.candidates("posting-1")[1].at("interview_id").get<std::string>());
  const ChildResult result = ingestKeyed();
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("0 ingested, 3 known"));
  EXPECT_EQ(server.candidateCount("posting-1"), 2u);
}

TEST_F(BulkIngestLiving, RefusesAJournalWithAnotherKey) {
  writeKeyed(range(0, 3));
  ASSERT_EQ(ingestKeyed().exit_code, 0);
  server.clearRequests();
  const ChildResult result = ingest({"--key", "email"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("records by key:external_id, not email"));
  EXPECT_EQ(server.requestCount(), 0u);
}

TEST_F(BulkIngestLiving, AKeyWithATypoDoesNotBindTheJournal) {
  writeKeyed(range(0, 3));
  const ChildResult typo = ingest({"--key", "extrenal_id"});
  EXPECT_EQ(typo.exit_code, 3);
  EXPECT_THAT(typo.err, HasSubstr("3 rejected"));
  EXPECT_EQ(server.candidateCount("posting-1"), 0u);
  ASSERT_TRUE(std::filesystem::exists(defaultJournal()));
  const ChildResult plan = ingestKeyed({"--dry-run"});
  EXPECT_EQ(plan.exit_code, 0) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("3 to send"));
  const ChildResult result = ingestKeyed();
  EXPECT_EQ(result.exit_code, 0) << result.err;
  expectOnce(range(0, 3));
}

TEST_F(BulkIngestLiving, AJournalThatIsDeletedBetweenRunsCostsTimeAndNoDuplicate) {
  writeKeyed(range(0, 20));
  ASSERT_EQ(ingestKeyed().exit_code, 0);
  std::filesystem::remove_all(state.file("heymilo"));
  writeKeyed(range(0, 25));
  // A short time instead of more than two minutes.
  const ChildResult result =
      run("bulk_ingest", {"posting-1", file, "--key", "external_id", "--settle", "3", "--verbose"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("taking over who is in the posting, which begins in 00:0"));
  EXPECT_THAT(result.err, HasSubstr("25 records: 5 ingested, 20 known,"));
  expectOnce(range(0, 25));
}

}  // namespace
}  // namespace heymilo_test
