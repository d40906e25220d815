#include <chrono>
#include <string>

#include "recipe.hpp"
#include "support/fake_quota.hpp"
#include "support/temporary_directory.hpp"

namespace {

using SharingAQuota = Recipe;

// [shared]
/// Every program on this machine that makes its client like this shares the key's 300 requests a
/// minute with the others, whichever of them run.
heymilo::Client sharingClient(heymilo::ClientOptions options) {
  options.quota = heymilo::machineQuota();  // a file in $XDG_RUNTIME_DIR, named by the key's hash
  options.reserved_requests = 20;           // of the 300: bulk calls leave them to the others
  return heymilo::Client(std::move(options));
}
// [/shared]

// [path]
/// For jobs without a login, such as those of cron: name the file. All programs that use the key
/// must name the same one.
heymilo::Client sharingClient(heymilo::ClientOptions options, const std::string& file) {
  options.quota = heymilo::machineQuota(file);
  return heymilo::Client(std::move(options));
}
// [/path]

// [bulk]
/// Counts a posting's candidates, and lets everybody go first whom a person waits for.
std::size_t countInTheBackground(const heymilo::Client& client) {
  heymilo::RequestOptions options;
  options.priority = heymilo::Priority::bulk;
  std::size_t count = 0;
  for (const auto& candidate : client.listAllCandidates("posting-id", {}, options)) {
    count += candidate.interview_id.empty() ? 0U : 1U;
  }
  return count;
}
// [/bulk]

TEST_F(SharingAQuota, BulkCallsSaySo) {
  const auto quota = std::make_shared<heymilo_test::FakeQuota>();
  options.quota = quota;
  EXPECT_EQ(countInTheBackground(heymilo::Client(options)), 0u);
  ASSERT_EQ(quota->record().asked.size(), 1u);
  EXPECT_EQ(quota->record().asked[0].priority, heymilo::Priority::bulk);
}

TEST_F(SharingAQuota, ClientsOfOneFileKnowOfEachOther) {
#ifdef __linux__
  const heymilo_test::TemporaryDirectory directory;
  const std::string file = directory.file("quota");
  const heymilo::Client one = sharingClient(options, file);
  const heymilo::Client other = sharingClient(options, file);
  const auto status = heymilo::machineQuota(file)->status(heymilo::quotaKey(options));
  ASSERT_TRUE(status);
  EXPECT_EQ(status->sharers.size(), 2u);
  EXPECT_EQ(status->requests, 300);
  options.rate_limit->requests = 200;
  EXPECT_THROW(sharingClient(options, file), heymilo::InvalidArgumentError);
#else
  EXPECT_THROW(sharingClient(options, "quota"), heymilo::InvalidArgumentError);
#endif
}

TEST_F(SharingAQuota, IsRefusedWithoutARuntimeFolder) {
#ifndef _WIN32
  unsetenv("XDG_RUNTIME_DIR");
#endif
  EXPECT_THROW(sharingClient(options), heymilo::InvalidArgumentError);
}

}  // namespace
