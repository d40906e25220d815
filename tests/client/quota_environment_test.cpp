#include "client/quota_environment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "heymilo/errors.hpp"
#include "support/fake_quota.hpp"

namespace heymilo {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

std::string refused(const char* rate_limit, const char* quota) {
  ClientOptions options;
  try {
    if (rate_limit != nullptr) {
      limitAsTheEnvironmentSays(rate_limit, options);
    }
    if (quota != nullptr) {
      shareAsTheEnvironmentSays(quota, options);
    }
  } catch (const InvalidArgumentError& error) {
    return error.what();
  }
  return "";
}

TEST(QuotaEnvironment, SaysTheLimitAndTheReserve) {
  ClientOptions options;
  limitAsTheEnvironmentSays(std::nullopt, options);
  EXPECT_EQ(options.rate_limit->requests, 300);
  limitAsTheEnvironmentSays("20/2", options);
  EXPECT_EQ(options.rate_limit->requests, 20);
  EXPECT_EQ(options.rate_limit->per, seconds{2});
  EXPECT_EQ(options.reserved_requests, 0);
  options = {};
  limitAsTheEnvironmentSays("100/60/20", options);
  EXPECT_EQ(options.rate_limit->requests, 100);
  EXPECT_EQ(options.reserved_requests, 20);
  options = {};
  limitAsTheEnvironmentSays("none", options);
  EXPECT_FALSE(options.rate_limit);
}

TEST(QuotaEnvironment, ChangesNothingThatTheProgramHasSet) {
  ClientOptions options;
  options.rate_limit.reset();
  limitAsTheEnvironmentSays("20/2", options);
  EXPECT_FALSE(options.rate_limit);
  options.rate_limit = RateLimit{300, seconds{61}};
  limitAsTheEnvironmentSays("20/2/1", options);
  EXPECT_EQ(options.rate_limit->per, seconds{61});
  EXPECT_EQ(options.reserved_requests, 0);
  options = {};
  options.reserved_requests = 5;
  limitAsTheEnvironmentSays("20/2/1", options);
  EXPECT_EQ(options.reserved_requests, 5);
  const auto own = std::make_shared<heymilo_test::FakeQuota>();
  options.quota = own;
  shareAsTheEnvironmentSays("machine:/tmp/quota", options);
  EXPECT_EQ(options.quota, own);
}

TEST(QuotaEnvironment, RefusesALimitThatIsNone) {
  for (const char* text : {"20",
                           "20/",
                           "/2",
                           "0/2",
                           "20/0",
                           "20/2/",
                           "20/2/3/4",
                           "20/2/-1",
                           "-1/2",
                           "20/1.5",
                           "20 /2",
                           "x",
                           "20/2x",
                           "99999999999/1",
                           "NONE"}) {
    EXPECT_THAT(refused(text, nullptr), HasSubstr("HEYMILO_RATE_LIMIT: must be N/SECONDS")) << text;
  }
}

TEST(QuotaEnvironment, QuotesALimitThatIsNone) {
  EXPECT_THAT(refused("20/2x", nullptr), EndsWith("with whole numbers, not 20/2x"));
  for (const char* text : {"hm_live_0123456789abcdef0123", "20/2\n", "20=2", "postgres"}) {
    EXPECT_THAT(refused(text, nullptr), EndsWith("with whole numbers")) << text;
  }
}

TEST(QuotaEnvironment, RefusesAReserveOfTheWholeLimit) {
  EXPECT_EQ(refused("20/2/19", nullptr), "");
  EXPECT_EQ(refused("20/2/20", nullptr),
            "HEYMILO_RATE_LIMIT: must be N/SECONDS/RESERVE with a RESERVE of less than N, not "
            "20/2/20");
}

TEST(QuotaEnvironment, SaysWhoSharesIt) {
  ClientOptions options;
  shareAsTheEnvironmentSays(std::nullopt, options);
  EXPECT_FALSE(options.quota);
  shareAsTheEnvironmentSays("process", options);
  EXPECT_FALSE(options.quota);
#ifdef __linux__
  shareAsTheEnvironmentSays("machine:/tmp/quota", options);
  EXPECT_TRUE(options.quota);
#else
  EXPECT_THAT(refused(nullptr, "machine:/tmp/quota"), HasSubstr("only Linux has"));
#endif
}

TEST(QuotaEnvironment, RefusesOthersAndQuotesNoPassword) {
  for (const char* text : {"postgresql://user:secret@host/db", "postgres://user:secret@host/db"}) {
    const std::string words = refused(nullptr, text);
    EXPECT_THAT(words,
                HasSubstr("is for heymilo::postgres::quotaFromEnvironment(), which the tools"));
    EXPECT_THAT(words, Not(HasSubstr("secret")));
  }
  const std::string all =
      "HEYMILO_QUOTA: must be process, machine, machine:PATH with an absolute path, or a "
      "postgresql:// or postgres:// URL";
  for (const char* text : {"machine:", "machines", "Process", "/run/quota"}) {
    EXPECT_EQ(refused(nullptr, text), all + ", not " + text);
  }
  for (const char* text : {"mysql://user:secret@host",
                           "me:secret@host/db",
                           "password=secret",
                           "postgresql:me:secret",
                           "hm_live_0123456789abcdef0123"}) {
    EXPECT_EQ(refused(nullptr, text), all) << text;
  }
}

}  // namespace
}  // namespace heymilo
