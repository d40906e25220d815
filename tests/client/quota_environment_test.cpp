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
  for (const char* text : {"machine:", "machines", "Process", "mysql://user:secret@host"}) {
    const std::string words = refused(nullptr, text);
    EXPECT_EQ(words, "HEYMILO_QUOTA: must be process, machine or machine:PATH") << text;
  }
}

}  // namespace
}  // namespace heymilo
