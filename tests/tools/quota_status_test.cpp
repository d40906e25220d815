#include <chrono>
#include <filesystem>
#include <fstream>
#include <heymilo/client.hpp>
#include <heymilo/quota.hpp>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/eventually.hpp"
#include "support/example_program.hpp"
#include "support/running_process.hpp"
#include "support/temporary_directory.hpp"

#ifdef HEYMILO_TEST_POSTGRES
#include <heymilo/postgres/quota.hpp>

#include "support/postgres.hpp"
#endif

namespace heymilo_test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class QuotaStatusTest : public ExampleProgramTest {
 protected:
  QuotaStatusTest() {
    std::filesystem::permissions(directory_.path(), std::filesystem::perms::owner_all);
    environment["HEYMILO_API_KEY"] = kKey;
    environment["HEYMILO_QUOTA"] = "machine:" + file();
  }

  ChildResult status(const std::vector<std::string>& arguments = {}) {
    return run("quota_status", arguments);
  }

  std::string file() const { return directory_.file("quota"); }
  std::string folder() const { return directory_.path(); }
  std::string input() const { return directory_.file("people.ndjson"); }
  /// What a program that runs in parallel with the test writes.
  std::string log() const { return directory_.file("log"); }
  std::string logged() const {
    std::ifstream file(log());
    return {std::istreambuf_iterator<char>(file), {}};
  }

  heymilo::ClientOptions options(std::shared_ptr<heymilo::SharedQuota> quota) const {
    heymilo::ClientOptions options;
    options.api_key = kKey;
    options.base_url = server.url();
    options.rate_limit = heymilo::RateLimit{20, std::chrono::milliseconds{1'500}};
    options.reserved_requests = 3;
    options.quota = std::move(quota);
    return options;
  }

 private:
  TemporaryDirectory directory_;
};

TEST_F(QuotaStatusTest, ShowsTheSharersOfAMachine) {
  const heymilo::Client client(options(heymilo::machineQuota(file())));
  const ChildResult table = status();
  EXPECT_EQ(table.exit_code, 0) << table.err;
  EXPECT_THAT(table.err, IsEmpty());
  EXPECT_THAT(table.out, HasSubstr("20 requests in 1.5 s, 3 of them not for bulk"));
  EXPECT_THAT(table.out, HasSubstr("pid " + std::to_string(getpid())));

  const ChildResult listed = status({"--format", "json"});
  EXPECT_EQ(listed.exit_code, 0);
  const nlohmann::json value = jsonLinesOf(listed.out).at(0);
  EXPECT_EQ(value.at("requests"), 20);
  EXPECT_EQ(value.at("per_ms"), 1'500);
  EXPECT_EQ(value.at("reserved_requests"), 3);
  EXPECT_EQ(value.at("sharers").size(), 1u);
  EXPECT_EQ(value.at("sharers").at(0).at("alive"), true);
}

TEST_F(QuotaStatusTest, SaysWhereNobodyHasUsedIt) {
  const ChildResult table = status();
  EXPECT_EQ(table.exit_code, 0);
  EXPECT_THAT(table.out, IsEmpty());
  EXPECT_THAT(
      table.err,
      HasSubstr("nobody has used the quota of this key so far: there is no file " + file()));
  EXPECT_EQ(status({"--format", "json"}).out, "null\n");
  environment["HEYMILO_QUOTA"] = "machine:" + file() + "/nowhere/quota";
  EXPECT_THAT(status().err, HasSubstr("there is no folder " + file() + "/nowhere"));
  environment["HEYMILO_QUOTA"] = "machine";
  environment["XDG_RUNTIME_DIR"] = folder();
  EXPECT_THAT(status().err, HasSubstr("there is no file of it in " + folder() + "/heymilo"));
}

TEST_F(QuotaStatusTest, SaysThatTheSlotsOfANewFileRest) {
  const heymilo::Client client(options(heymilo::machineQuota(file())));
  const ChildResult table = status();
  EXPECT_THAT(table.out, HasSubstr("used in the last window: 0, free: 0\n"));
  EXPECT_THAT(table.out, HasSubstr("\n20 slots rest without a sharer: the quota is new"));
}

TEST_F(QuotaStatusTest, ShowsAQuotaWithoutAKey) {
  heymilo::ClientOptions without_key = options(heymilo::machineQuota(file()));
  without_key.api_key.clear();
  without_key.authorization = "Bearer token";
  const heymilo::Client client(without_key);
  environment.erase("HEYMILO_API_KEY");
  const ChildResult table = status();
  EXPECT_EQ(table.exit_code, 0) << table.err;
  EXPECT_THAT(table.out, HasSubstr("20 requests in 1.5 s"));
}

TEST_F(QuotaStatusTest, ProgramsExplainAWaitThatIsLongerThanTheWindow) {
  environment["HEYMILO_RATE_LIMIT"] = "20/1";
  const RunningProcess process(
      HEYMILO_PROGRAMS_DIR "/list_candidates", {"posting-1"}, environment, log());
  EXPECT_TRUE(eventually([&] {
    return logged().find("the shared quota is new, or a program that used it was killed") !=
           std::string::npos;
  })) << logged();
}

TEST_F(QuotaStatusTest, BulkIngestExplainsItOnce) {
  environment["HEYMILO_RATE_LIMIT"] = "20/1";
  std::ofstream(input()) << R"({"name":"A","email":"a@example.com"})"
                         << "\n"
                         << R"({"name":"B","email":"b@example.com"})"
                         << "\n";
  const ChildResult result = run(
      "bulk_ingest", {"posting-1", input(), "--new-posting", "--chunk", "1", "--concurrency", "2"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const std::size_t first = result.err.find("the shared quota is new");
  ASSERT_NE(first, std::string::npos) << result.err;
  EXPECT_EQ(result.err.find("the shared quota is new", first + 1), std::string::npos) << result.err;
}

TEST_F(QuotaStatusTest, ProgramsDoNotExplainAnOrdinaryWait) {
  environment["HEYMILO_QUOTA"] = "process";
  environment["HEYMILO_RATE_LIMIT"] = "1/2";
  server.addPosting("posting-2", 2);
  const ChildResult result = run("list_candidates", {"posting-2", "--limit", "1"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("s to stay within the quota"));
}

TEST_F(QuotaStatusTest, SaysThatAProgramWithThisLimitIsRefused) {
  const heymilo::Client client(options(heymilo::machineQuota(file())));
  environment["HEYMILO_RATE_LIMIT"] = "300/60";
  const ChildResult result = status();
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("HEYMILO_RATE_LIMIT is 300/60"));
}

TEST_F(QuotaStatusTest, RefusesAnEnvironmentThatSharesNothing) {
  for (const char* const quota : {"", "process", "nonsense", "machine:"}) {
    environment["HEYMILO_QUOTA"] = quota;
    const ChildResult result = status();
    EXPECT_EQ(result.exit_code, 2) << quota;
    EXPECT_THAT(result.err, HasSubstr("HEYMILO_QUOTA")) << quota;
  }
  environment["HEYMILO_QUOTA"] = "machine:" + file();
  EXPECT_EQ(status({"--name", "nightly"}).exit_code, 2) << "only PostgreSQL has names";
  environment["HEYMILO_QUOTA"] = "machine";
  environment["XDG_RUNTIME_DIR"] = folder();
  environment.erase("HEYMILO_API_KEY");
  EXPECT_EQ(status().exit_code, 2);
}

#ifdef HEYMILO_TEST_POSTGRES
TEST_F(QuotaStatusTest, ShowsTheSharersOfADatabase) {
  const PostgresServer database;
  environment["HEYMILO_QUOTA"] = database.url();
  EXPECT_THAT(status().err,
              HasSubstr("nobody has used the quota of this key so far: it is not in postgres"));
  const heymilo::Client client(options(heymilo::postgres::quota(database.url())));
  const ChildResult table = status();
  EXPECT_EQ(table.exit_code, 0) << table.err;
  EXPECT_THAT(table.out, StartsWith("PostgreSQL, database heymilo on "));
  EXPECT_THAT(table.out, HasSubstr("pid " + std::to_string(getpid())));
  EXPECT_THAT(table.out, HasSubstr("former rows"));
}

TEST_F(QuotaStatusTest, ShowsAQuotaWithAName) {
  const PostgresServer database;
  environment["HEYMILO_QUOTA"] = database.url() + "&password=pass-word&application_name=x";
  environment.erase("HEYMILO_API_KEY");
  EXPECT_EQ(status().exit_code, 2) << "no key and no name";
  EXPECT_EQ(status({"--name", ""}).exit_code, 2);
  const ChildResult unused = status({"--name", "nightly"});
  EXPECT_EQ(unused.exit_code, 0) << unused.err;
  EXPECT_THAT(unused.err,
              HasSubstr("nobody has used the quota of this name so far: it is not in "));
  EXPECT_THAT(unused.err, HasSubstr("host=" + database.socketDirectory()));
  EXPECT_THAT(unused.err, ::testing::Not(HasSubstr("pass-word")));
  EXPECT_THAT(unused.err, ::testing::Not(HasSubstr("application_name")));
  const heymilo::Client client(options(heymilo::postgres::quota(database.url(), "nightly")));
  const ChildResult table = status({"--name", "nightly"});
  EXPECT_EQ(table.exit_code, 0) << table.err;
  EXPECT_THAT(table.out, HasSubstr("20 requests in 1.5 s"));
}

TEST_F(QuotaStatusTest, ProgramsExplainTheFirstWaitForADatabase) {
  const PostgresServer database;
  environment["HEYMILO_QUOTA"] = database.url();
  environment["HEYMILO_RATE_LIMIT"] = "20/1";
  const RunningProcess process(
      HEYMILO_PROGRAMS_DIR "/list_candidates", {"posting-1"}, environment, log());
  EXPECT_TRUE(eventually([&] {
    return logged().find("the shared quota is new, a program that used it was killed, or other") !=
           std::string::npos;
  })) << logged();
}

TEST_F(QuotaStatusTest, OtherProgramsShareTheQuotaOfADatabase) {
  const PostgresServer database;
  environment["HEYMILO_QUOTA"] = database.url();
  environment["HEYMILO_BASE_URL"] = server.url();
  environment["HEYMILO_RATE_LIMIT"] = "20/1";
  const heymilo::Client client(options(heymilo::postgres::quota(database.url())));
  const ChildResult result = run("list_candidates", {"posting-1"});
  EXPECT_EQ(result.exit_code, 2) << "another limit";
  EXPECT_THAT(result.err, HasSubstr("20 requests in 1500 ms"));
}

TEST_F(QuotaStatusTest, FailsWhereTheDatabaseCannotBeReached) {
  environment["HEYMILO_QUOTA"] = "postgresql://me:pass-word@/db?host=/nowhere";
  const ChildResult result = status();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("/nowhere"));
  EXPECT_THAT(result.err, HasSubstr("Check HEYMILO_QUOTA (postgresql://...)"));
  EXPECT_THAT(result.err, ::testing::Not(HasSubstr("pass-word")));
}
#endif

}  // namespace
}  // namespace heymilo_test
