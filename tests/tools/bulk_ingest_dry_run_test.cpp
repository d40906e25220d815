// bulk_ingest --dry-run.

#include <filesystem>
#include <string>
#include <vector>

#include "support/keyed_people.hpp"

namespace heymilo_test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class BulkIngestDryRun : public KeyedPeopleProgram {
 protected:
  ChildResult plan(std::vector<std::string> extra = {}) {
    extra.insert(extra.begin(), {"posting-1", file, "--key", "external_id", "--dry-run"});
    return run("bulk_ingest", extra);
  }
  bool anythingSent() const {
    return server.requests("listCandidates").size() != server.requestCount();
  }
};

TEST_F(BulkIngestDryRun, OfANewPostingSaysWhatAFirstRunWouldDo) {
  writeKeyed(range(0, 250));
  const ChildResult result = plan();
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, IsEmpty());
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("250 records: 250 to send, 0 known, 0 rejected\n"),
                    HasSubstr(" would be new for this posting: a run would wait for 2 min "),
                    HasSubstr("the posting, which has 0 candidates with a key now."),
                    HasSubstr(": 3 to send, "),
                    HasSubstr("Quota: 300 requests in 1 min, for this process alone.\n"),
                    HasSubstr("A run would be done in about 2 min "),
                    HasSubstr("nothing was sent, and nothing was changed")));
  EXPECT_FALSE(anythingSent());
  EXPECT_THAT(std::filesystem::is_empty(state.path()), true);
}

TEST_F(BulkIngestDryRun, SaysWhatWouldBeRefusedWithTheLines) {
  writeKeyed(range(0, 3));
  ASSERT_EQ(ingestKeyed().exit_code, 0);
  server.clearRequests();
  write(line(0) + "\nnonsense\n" + line(1, "Other") + R"({"name":"Bob","email":"b@example.com"})" +
        "\n" + line(7) + line(7));
  const std::string before = contentsOf(defaultJournal());
  const ChildResult result = plan({"--report", report});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("6 records: 1 to send, 1 known, 1 changed, 1 duplicate, 2 rejected"),
                    HasSubstr("  record 2 (line 3): not JSON\n"),
                    HasSubstr("  record 4 (line 5): metadata (missing_key)\n"),
                    HasSubstr("2 requests at least: 1 to send, 1 to list the posting."),
                    HasSubstr("A run would be done as soon as the API has responded.")));
  EXPECT_THAT(result.out, Not(HasSubstr("b@example.com")));
  EXPECT_EQ(contentsOf(defaultJournal()), before);
  EXPECT_FALSE(anythingSent());
  const json lines = jsonLinesOf(contentsOf(report));
  ASSERT_EQ(lines.size(), 6u);
  const std::vector<std::string> outcomes{
      "ingested", "rejected", "changed", "rejected", "unresolved", "duplicate"};
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    EXPECT_EQ(lines[i].at("index"), i);
    EXPECT_EQ(lines[i].at("outcome"), outcomes[i]) << i;
  }
  EXPECT_EQ(lines[4].at("error").at("code"), "unsent");
}

TEST_F(BulkIngestDryRun, SaysWhenItWouldBeDoneUnderTheQuota) {
  environment["HEYMILO_RATE_LIMIT"] = "20/30/10";
  writeKeyed(range(0, 40));
  const ChildResult result = plan({"--new-posting", "--chunk", "1"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("41 requests at least: 40 to send, 1 to list"),
                    HasSubstr("--new-posting says that nobody else has sent anybody"),
                    HasSubstr("Quota: 20 requests in 30 s, 10 of them not for bulk"),
                    HasSubstr("A run would be done in about 2 min at the earliest")));
  environment["HEYMILO_RATE_LIMIT"] = "none";
  EXPECT_THAT(plan({"--new-posting"}).out, HasSubstr("No quota is set"));
  EXPECT_FALSE(anythingSent());
}

TEST_F(BulkIngestDryRun, GoesToStandardErrorWhereTheReportIsOnStandardOutput) {
  writeKeyed(range(0, 2));
  const ChildResult result = plan({"--report", "-"});
  EXPECT_EQ(jsonLinesOf(result.out).size(), 2u);
  EXPECT_THAT(result.err, HasSubstr("2 records: 2 to send"));
}

TEST_F(BulkIngestDryRun, RefusesAJournalWithAnotherKey) {
  writeKeyed(range(0, 3));
  ASSERT_EQ(ingestKeyed().exit_code, 0);
  const ChildResult result = run("bulk_ingest", {"posting-1", file, "--dry-run"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("records by key:external_id, not content"));
}

}  // namespace
}  // namespace heymilo_test
