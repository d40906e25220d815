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

class SharingAQuotaByPostgres : public Recipe {};

TEST_F(SharingAQuotaByPostgres, ClientsOfOneDatabaseKnowOfEachOther) {
  const heymilo_test::PostgresServer database;
  const heymilo::Client first = sharingClient(options, database.url());
  const heymilo::Client second = sharingClient(options, database.url());
  const auto status =
      heymilo::postgres::quota(database.url())->status(heymilo::quotaKey(options));
  ASSERT_TRUE(status);
  EXPECT_EQ(status->requests, 300);
  EXPECT_EQ(status->reserved_requests, 20);
  EXPECT_EQ(status->sharers.size(), 3u);  // and the former rows, which are waited out
}

}  // namespace
