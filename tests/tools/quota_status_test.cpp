#include <chrono>
#include <filesystem>
#include <heymilo/client.hpp>
#include <heymilo/quota.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/example_program.hpp"
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

  const ChildResult json = status({"--format", "json"});
  EXPECT_EQ(json.exit_code, 0);
  const nlohmann::json value = jsonLinesOf(json.out).at(0);
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
  EXPECT_THAT(table.err, HasSubstr("nobody has used the quota"));
  EXPECT_EQ(status({"--format", "json"}).out, "null\n");
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
  environment.erase("HEYMILO_API_KEY");
  EXPECT_EQ(status().exit_code, 2);
}

#ifdef HEYMILO_TEST_POSTGRES
TEST_F(QuotaStatusTest, ShowsTheSharersOfADatabase) {
  const PostgresServer database;
  environment["HEYMILO_QUOTA"] = database.url();
  EXPECT_THAT(status().err, HasSubstr("nobody has used the quota"));
  const heymilo::Client client(options(heymilo::postgres::quota(database.url())));
  const ChildResult table = status();
  EXPECT_EQ(table.exit_code, 0) << table.err;
  EXPECT_THAT(table.out, StartsWith("PostgreSQL, database heymilo on "));
  EXPECT_THAT(table.out, HasSubstr("pid " + std::to_string(getpid())));
  EXPECT_THAT(table.out, HasSubstr("former rows"));
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
  EXPECT_THAT(result.err, ::testing::Not(HasSubstr("pass-word")));
}
#endif

}  // namespace
}  // namespace heymilo_test
