// Several processes of bulk_ingest that share the work.

#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "support/keyed_people.hpp"
#include "support/running_process.hpp"
#ifdef HEYMILO_TEST_POSTGRES
#include "support/postgres.hpp"
#endif

namespace heymilo_test {
namespace {

using heymilo::testing::ScriptedResponse;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::chrono::seconds kLimit{50};

class BulkIngestWorkers : public KeyedPeopleProgram {
 protected:
  BulkIngestWorkers() {
    server.respondNext(
        "ingestCandidatesBulk",
        ScriptedResponse::asUsual().delayedBy(std::chrono::milliseconds{50}).times(10'000));
  }

  /// A worker on the same file, with small chunks so that there is something to share.
  std::unique_ptr<RunningProcess> start(const std::string& log,
                                        const std::vector<std::string>& extra = {}) {
    std::vector<std::string> all{"posting-1",
                                 file,
                                 "--key",
                                 "external_id",
                                 "--new-posting",
                                 "--chunk",
                                 "5",
                                 "--concurrency",
                                 "2",
                                 "--settle",
                                 "1"};
    all.insert(all.end(), extra.begin(), extra.end());
    return std::make_unique<RunningProcess>(
        HEYMILO_PROGRAMS_DIR "/bulk_ingest", all, environment, directory.file(log));
  }

  std::string logged(const std::string& log) const { return contentsOf(directory.file(log)); }

  /// How many records the program says that it has ingested.
  static int ingestedBy(const std::string& log) {
    const std::size_t end = log.find(" ingested, ");
    const std::size_t begin = log.rfind(' ', end - 1) + 1;
    return end == std::string::npos ? -1 : std::stoi(log.substr(begin, end - begin));
  }

  int verified(const std::vector<std::string>& extra = {}) {
    std::vector<std::string> all{"posting-1"};
    all.insert(all.end(), extra.begin(), extra.end());
    return run("verify", all).exit_code;
  }
};

TEST_F(BulkIngestWorkers, TwoShellsShareTheWork) {
  writeKeyed(range(0, 200));
  const auto one = start("one");
  const auto two = start("two");
  EXPECT_EQ(one->wait(kLimit), 0) << logged("one");
  EXPECT_EQ(two->wait(kLimit), 0) << logged("two");
  expectOnce(range(0, 200));
  EXPECT_EQ(ingestedBy(logged("one")) + ingestedBy(logged("two")), 200)
      << logged("one") << logged("two");
  EXPECT_EQ(verified(), 0);
}

TEST_F(BulkIngestWorkers, TheProgressShowsTheWholeJob) {
  writeKeyed(range(0, 100));
  ASSERT_EQ(start("one")->wait(kLimit), 0) << logged("one");
  writeKeyed(range(100, 120));
  ASSERT_EQ(start("two", {"--verbose"})->wait(kLimit), 0) << logged("two");
  EXPECT_THAT(logged("two"), HasSubstr("all runs: 100 ingested"));
}

TEST_F(BulkIngestWorkers, WhereOneIsKilledTheOtherGoesOn) {
  writeKeyed(range(0, 200));
  const auto killed = start("killed");
  const auto other = start("other");
  ASSERT_TRUE(waitForSends(8));
  killed->signal(SIGKILL);
  EXPECT_EQ(killed->wait(kLimit), -SIGKILL);
  EXPECT_EQ(other->wait(kLimit), 0) << logged("other");
  expectOnce(range(0, 200));
  EXPECT_EQ(verified(), 0);
  const ChildResult again = ingestKeyed({"--settle", "1"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("200 records: 0 ingested, 200 known"));
  expectOnce(range(0, 200));
}

#ifdef HEYMILO_TEST_POSTGRES
TEST_F(BulkIngestWorkers, ADatabaseIsAJournalForWorkersAnywhere) {
  const PostgresServer database;
  const std::vector<std::string> journal{"--journal", database.url(), "--timeout", "1"};
  writeKeyed(range(0, 100));
  const auto killed = start("killed", journal);
  const auto other = start("other", journal);
  ASSERT_TRUE(waitForSends(6));
  killed->signal(SIGKILL);
  EXPECT_EQ(killed->wait(kLimit), -SIGKILL);
  EXPECT_EQ(other->wait(kLimit), 0) << logged("other");
  expectOnce(range(0, 100));
  EXPECT_THAT(logged("other"), HasSubstr("The journal is postgresql://"));
  EXPECT_EQ(verified({"--journal", database.url()}), 0);
  EXPECT_EQ(verified({"--journal", database.url() + "&application_name=x"}), 0);
  const ChildResult plan =
      ingestKeyed({"--journal", database.url(), "--timeout", "1", "--dry-run"});
  EXPECT_EQ(plan.exit_code, 0) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("100 records: 0 to send, 100 known"));
}

TEST_F(BulkIngestWorkers, ADatabaseThatCanNotBeReachedIsAnErrorWithoutItsPassword) {
  writeKeyed(range(0, 1));
  const ChildResult result =
      ingestKeyed({"--journal", "postgresql://user:secret@127.0.0.1:1/heymilo"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("The journal is postgresql://127.0.0.1:1/heymilo"));
  EXPECT_THAT(result.err, Not(HasSubstr("secret")));
  EXPECT_TRUE(server.requests("ingestCandidatesBulk").empty());
}
#else
TEST_F(BulkIngestWorkers, WithoutPostgresAUrlIsRefusedWithWhatToDo) {
  writeKeyed(range(0, 1));
  const ChildResult result = ingestKeyed({"--journal", "postgresql://user:secret@db/heymilo"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("built without PostgreSQL"));
  EXPECT_THAT(result.err, Not(HasSubstr("secret")));
  EXPECT_EQ(server.requestCount(), 0u);
}
#endif

}  // namespace
}  // namespace heymilo_test
