#include "postgres/connection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>

#include "support/postgres.hpp"

namespace {

using heymilo::postgres::Connection;
using heymilo::postgres::Rows;
using heymilo::postgres::StatementError;
using heymilo::postgres::Value;
using heymilo_test::Pgbouncer;
using heymilo_test::PostgresServer;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::chrono::milliseconds kLimit{10'000};

/// One server for all tests of this file: it takes a second to make.
class PostgresConnection : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = new PostgresServer(); }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }

  static PostgresServer* server_;
};

PostgresServer* PostgresConnection::server_ = nullptr;

TEST_F(PostgresConnection, RunsStatementsWithParameters) {
  Connection connection(server_->url());
  const Rows rows = connection.run("SELECT $1::text || '!', $2::int + 1, NULL::text",
                                   {Value("o'hara; --"), Value("41")},
                                   kLimit);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows.text(0, 0), "o'hara; --!");
  EXPECT_EQ(rows.number(0, 1), 42);
  EXPECT_FALSE(rows.rows[0][2]);
  EXPECT_THROW(rows.text(0, 2), StatementError);
  EXPECT_THROW(rows.number(0, 0), StatementError);
}

TEST_F(PostgresConnection, TellsTheStateOfARefusedStatement) {
  Connection connection(server_->url());
  try {
    connection.run("SELECT 1/0", {}, kLimit);
    FAIL() << "it did not throw";
  } catch (const StatementError& error) {
    EXPECT_EQ(error.sqlstate(), "22012");
    EXPECT_FALSE(error.maybeCommitted());
    EXPECT_THAT(error.what(), HasSubstr("division by zero"));
  }
  EXPECT_EQ(connection.run("SELECT 1", {}, kLimit).number(0, 0), 1);
  EXPECT_EQ(connection.generation(), 1u) << "the connection was still good";
}

TEST_F(PostgresConnection, TellsTheServersSentenceWithoutTheStatement) {
  Connection connection(server_->url());
  try {
    connection.run("SELECT nonsense", {}, kLimit);
    FAIL() << "it did not throw";
  } catch (const StatementError& error) {
    EXPECT_STREQ(error.what(), "column \"nonsense\" does not exist (SQLSTATE 42703)");
  }
}

TEST_F(PostgresConnection, ConnectsAgainAfterItsSessionWasEnded) {
  Connection connection(server_->url());
  const std::string pid = connection.run("SELECT pg_backend_pid()", {}, kLimit).text(0, 0);
  server_->sql("SELECT pg_terminate_backend(" + pid + ")");
  EXPECT_THROW(connection.run("SELECT 1", {}, kLimit), StatementError);
  EXPECT_EQ(connection.run("SELECT 2", {}, kLimit).number(0, 0), 2);
  EXPECT_EQ(connection.generation(), 2u);
}

TEST_F(PostgresConnection, GivesUpOnAServerThatDoesNotRespond) {
  Connection connection(server_->url());
  connection.run("SELECT 1", {}, kLimit);
  server_->freeze(true);
  try {
    connection.run("SELECT 2", {}, std::chrono::milliseconds{50});
    server_->freeze(false);
    FAIL() << "it did not throw";
  } catch (const StatementError& error) {
    server_->freeze(false);
    EXPECT_TRUE(error.maybeCommitted());
    EXPECT_THAT(error.what(), HasSubstr("timed out after 50 ms"));
  }
  EXPECT_EQ(connection.run("SELECT 3", {}, kLimit).number(0, 0), 3);
}

TEST_F(PostgresConnection, SaysWhyItCannotConnect) {
  Connection connection("postgresql://heymilo@/heymilo?host=/nowhere");
  try {
    connection.run("SELECT 1", {}, kLimit);
    FAIL() << "it did not throw";
  } catch (const StatementError& error) {
    EXPECT_FALSE(error.maybeCommitted());
    EXPECT_THAT(error.what(), HasSubstr("/nowhere"));
  }
}

TEST_F(PostgresConnection, NeverQuotesThePasswordOfAnUrl) {
  try {
    const Connection connection("postgresql://me:pass-word@host:port/db?nonsense=pass-word");
    FAIL() << "it did not throw";
  } catch (const std::invalid_argument& error) {
    EXPECT_THAT(error.what(), Not(HasSubstr("pass-word")));
  }
  Connection connection("postgresql://me:pass-word@/heymilo?host=" + server_->socketDirectory());
  try {
    connection.run("SELECT 1", {}, kLimit);
    FAIL() << "it did not throw";
  } catch (const StatementError& error) {
    EXPECT_THAT(error.what(), Not(HasSubstr("pass-word")));
  }
}

// libpq would take a part of the password for the host or the port, and quote it.
TEST_F(PostgresConnection, RefusesAPasswordThatIsNotEncoded) {
  for (const char* url : {"postgresql://u:p@ss@host/db",
                          "postgresql://u:pa/ss@host/db",
                          "postgresql://u:p?a@ss@host/db",
                          "postgresql://u:ss",
                          "postgresql:///a@b",
                          "postgresql://u@h:ss/db"}) {
    try {
      const Connection connection(url);
      ADD_FAILURE() << url;
    } catch (const std::invalid_argument& error) {
      EXPECT_THAT(error.what(), Not(HasSubstr("ss@"))) << url;
    }
  }
  for (const char* url : {"postgresql://u:p%40s%2Fs@host:5432,other:5433/db?application_name=a@b",
                          "postgresql://u:p?a@host",
                          "postgresql://host/db",
                          "postgresql:///db?host=/run&port=5433"}) {
    EXPECT_NO_THROW(Connection{url}) << url;
  }
}

TEST_F(PostgresConnection, SurvivesARestartOfTheServer) {
  Connection connection(server_->url());
  connection.run("SELECT 1", {}, kLimit);
  server_->stop(PostgresServer::Stop::immediate);
  EXPECT_THROW(connection.run("SELECT 1", {}, kLimit), StatementError);
  EXPECT_THROW(connection.run("SELECT 1", {}, kLimit), StatementError);
  server_->start();
  EXPECT_EQ(connection.run("SELECT 1", {}, kLimit).number(0, 0), 1);
}

TEST_F(PostgresConnection, WorksThroughPgbouncerInTransactionMode) {
  const Pgbouncer bouncer(*server_);
  Connection first(bouncer.url());
  Connection second(bouncer.url());
  first.runScript("CREATE TABLE IF NOT EXISTS numbers (n int); INSERT INTO numbers VALUES (7)",
                  kLimit);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(first.run("SELECT n + $1::int FROM numbers", {Value(std::to_string(i))}, kLimit)
                  .number(0, 0),
              7 + i);
    EXPECT_EQ(second.run("SELECT n FROM numbers", {}, kLimit).number(0, 0), 7);
  }
}

}  // namespace
