#include "support/database_url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace support {
namespace {

TEST(DatabaseUrl, IsOneOfPostgres) {
  EXPECT_TRUE(isPostgresUrl("postgresql://host/database"));
  EXPECT_TRUE(isPostgresUrl("postgres://"));
  EXPECT_FALSE(isPostgresUrl("sqlite://x"));
  EXPECT_FALSE(isPostgresUrl("a.db"));
}

TEST(DatabaseUrl, IsShownWithoutWhoUsesIt) {
  EXPECT_EQ(withoutCredentials("postgresql://user:word@host:5433/db?password=x&port=1"),
            "postgresql://host:5433/db?port=1");
  EXPECT_EQ(withoutCredentials("postgresql://host/db"), "postgresql://host/db");
  EXPECT_EQ(withoutCredentials("postgresql://user:wo/rd@host/db"), "");
}

TEST(DatabaseUrl, LosesItsPasswordInAText) {
  EXPECT_EQ(withoutPasswords("not expected: postgresql://u:word@h/db postgres://u:word@i/db\n"),
            "not expected: postgresql://h/db postgres://i/db\n");
  EXPECT_EQ(withoutPasswords("\"postgresql://h/db?password=word\""), "\"postgresql://h/db\"");
  EXPECT_EQ(withoutPasswords("postgresql://u:wo/rd@host/db"), "postgresql://***");
  EXPECT_EQ(withoutPasswords("postgresql://u:wo@rd@host/db"), "postgresql://host/db");
  EXPECT_EQ(withoutPasswords("no POSTGRESQL://u:word@h/db"), "no POSTGRESQL://h/db");
  EXPECT_EQ(withoutPasswords("Postgres://u:word@h/db, Postgresql://u:word@i"),
            "Postgres://h/db, Postgresql://i");
  for (const char* const text :
       {"", "a.db", "such as postgresql://user@host/database", "postgresql://...", "postgres://"}) {
    EXPECT_EQ(withoutPasswords(text), text);
  }
}

TEST(DatabaseUrl, LosesItsPasswordInAConnectionString) {
  EXPECT_EQ(withoutPasswords("host=h password=word dbname=d"), "host=h password=*** dbname=d");
  EXPECT_EQ(withoutPasswords("password = 'a \\' b' user=u"), "password = *** user=u");
  EXPECT_EQ(withoutPasswords("password='word"), "password=***");
  EXPECT_EQ(withoutPasswords("\"sslpassword=word\" password="), "\"sslpassword=***\" password=***");
  EXPECT_EQ(withoutPasswords("the password is wrong"), "the password is wrong");
}

}  // namespace
}  // namespace support
