#include <sys/wait.h>
#include <unistd.h>

#include <heymilo/postgres/quota.hpp>
#include <string>

#include "recipe.hpp"
#include "support/postgres.hpp"

namespace {

// [shared]
/// Every program that makes its client like this, on any machine, shares the key's 300 requests a
/// minute with the others.
heymilo::Client sharingClient(heymilo::ClientOptions options, const std::string& url) {
  options.quota = heymilo::postgres::quota(url);  // postgresql://user@host/database
  options.reserved_requests = 20;                 // of the 300: bulk calls leave them to the others
  return heymilo::Client(std::move(options));
}
// [/shared]

// [child]
/// Lists in a child process, with a client of the child's own: its destructor gives the slots back.
bool childWithItsOwnClientCanAsk(const heymilo::ClientOptions& options, const std::string& url) {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      {
        const heymilo::Client own = sharingClient(options, url);
        own.listCandidates("posting-id");
      }
      ::_exit(0);  // without the destructors of the parent's objects
    } catch (...) {
      ::_exit(1);
    }
  }
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}
// [/child]

class SharingAQuotaByPostgres : public Recipe {};

TEST_F(SharingAQuotaByPostgres, AChildGivesItsSlotsBack) {
  const heymilo_test::PostgresServer database;
  const heymilo::Client client = sharingClient(options, database.url());
  // As if the former rows had been waited out.
  database.sql("UPDATE heymilo.quota_holder SET waited_ms = 1000000 WHERE holder LIKE 'ghost:%'");
  EXPECT_TRUE(childWithItsOwnClientCanAsk(options, database.url()));
  EXPECT_EQ(database.sql("SELECT count(*) FROM heymilo.quota_holder WHERE NOT gone"), "1\n");
}

TEST_F(SharingAQuotaByPostgres, ClientsOfOneDatabaseKnowOfEachOther) {
  const heymilo_test::PostgresServer database;
  const heymilo::Client first = sharingClient(options, database.url());
  const heymilo::Client second = sharingClient(options, database.url());
  const auto status = heymilo::postgres::quota(database.url())->status(heymilo::quotaKey(options));
  ASSERT_TRUE(status);
  EXPECT_EQ(status->requests, 300);
  EXPECT_EQ(status->reserved_requests, 20);
  EXPECT_EQ(status->sharers.size(), 3u);  // and the former rows, which are waited out
}

}  // namespace
