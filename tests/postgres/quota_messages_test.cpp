#include "postgres/quota_messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace {

using heymilo::postgres::otherLimit;
using heymilo::postgres::StatementError;
using heymilo::postgres::storeProblem;
using ::testing::EndsWith;
using ::testing::HasSubstr;

TEST(QuotaMessages, AMissingRightIsNamed) {
  const std::string text = storeProblem(StatementError("permission denied", "42501", false));
  EXPECT_THAT(text, HasSubstr("permission denied: the role needs"));
  EXPECT_THAT(text, HasSubstr("USAGE on the schema heymilo"));
  EXPECT_THAT(text, HasSubstr("SELECT, INSERT, UPDATE and DELETE"));
  EXPECT_THAT(text, HasSubstr("CREATE on the database"));
  EXPECT_EQ(storeProblem(StatementError("deadlock", "40P01", false)), "deadlock");
}

TEST(QuotaMessages, AnotherLimitSaysWhatToDo) {
  heymilo::QuotaTerms terms;
  terms.requests = 7;
  terms.per = std::chrono::milliseconds{300};
  heymilo::postgres::QuotaView store;
  store.requests = 6;
  store.per_ms = 60'000;
  const std::string text = otherLimit(terms, store, "name:Tom's");
  EXPECT_THAT(text, HasSubstr("is 7 requests in 300 ms"));
  EXPECT_THAT(text, HasSubstr("has 6 requests in 60000 ms"));
  EXPECT_THAT(text, HasSubstr("use the same everywhere"));
  EXPECT_THAT(text, EndsWith("DELETE FROM heymilo.quota WHERE quota = 'name:Tom''s'"));
}

}  // namespace
