#include "workflows/storage/sqlite.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "heymilo/workflows/store_error.hpp"
#include "support/namespaces.hpp"
#include "support/temporary_directory.hpp"

namespace heymilo_test {
namespace {

using sqlite::Database;
using sqlite::RunLock;
using sqlite::Statement;
using sqlite::Transaction;

class SqliteTest : public ::testing::Test {
 protected:
  std::int64_t count() {
    Statement select(database, "SELECT COUNT(*) FROM t");
    select.step();
    return select.integer(0);
  }

  template <class Function>
  static std::string complaint(const Function& function) {
    try {
      function();
      return "none";
    } catch (const StoreError& error) {
      return error.what();
    }
  }

  TemporaryDirectory directory;
  const std::string file = directory.file("db");
  Database database{file, std::chrono::milliseconds{0}};
};

TEST_F(SqliteTest, ValuesComeBackAsTheyWere) {
  database.execute("CREATE TABLE t(a, b, c, d, e, f)");
  const std::string text("a\0b\xc3\xa9'\"", 7);
  const Timestamp moment{std::chrono::microseconds{-1'234'567}};
  Statement insert(database, "INSERT INTO t VALUES(?, ?, ?, ?, ?, ?)");
  insert.bind(1, (std::numeric_limits<std::int64_t>::min)()).bind(2, 0.1).bind(3, text);
  insert.bind(4, std::string_view()).bind(5, moment).bind(6, true).run();
  Statement select(database, "SELECT * FROM t");
  ASSERT_TRUE(select.step());
  EXPECT_EQ(select.integer(0), (std::numeric_limits<std::int64_t>::min)());
  EXPECT_EQ(select.real(1), 0.1);
  EXPECT_EQ(select.text(2), text);
  EXPECT_FALSE(select.isNull(3));  // an empty text is one
  EXPECT_EQ(select.text(3), "");
  EXPECT_EQ(select.timestamp(4), moment);
  EXPECT_EQ(select.integer(5), 1);
  EXPECT_FALSE(select.step());
}

TEST_F(SqliteTest, AnEmptyOptionalIsNull) {
  database.execute("CREATE TABLE t(a, b)");
  Statement insert(database, "INSERT INTO t VALUES(?, ?)");
  insert.bind(1, std::optional<std::string>()).bind(2, std::optional<std::string>("x")).run();
  insert.bindNull(2).run();  // the same statement once more
  EXPECT_EQ(database.changes(), 1);
  Statement select(database, "SELECT a, b FROM t");
  ASSERT_TRUE(select.step());
  EXPECT_TRUE(select.isNull(0));
  EXPECT_EQ(select.text(1), "x");
  ASSERT_TRUE(select.step());
  EXPECT_TRUE(select.isNull(1));
}

TEST_F(SqliteTest, WhatIsNotCommittedIsUndone) {
  database.execute("CREATE TABLE t(a)");
  {
    const Transaction transaction(database);
    database.execute("INSERT INTO t VALUES(1)");
    EXPECT_EQ(count(), 1);
  }
  EXPECT_EQ(count(), 0);
  Transaction transaction(database);
  database.execute("INSERT INTO t VALUES(1)");
  transaction.commit();
  EXPECT_EQ(count(), 1);
}

TEST_F(SqliteTest, AFailureNamesTheFileAndNoValue) {
  database.execute("CREATE TABLE t(a UNIQUE)");
  Statement insert(database, "INSERT INTO t VALUES(?)");
  insert.bind(1, std::string_view("ada@example.com")).run();
  const std::string said = complaint([&] { insert.run(); });
  EXPECT_THAT(said, HasSubstr("can't use " + file + ": constraint failed"));
  EXPECT_THAT(said, Not(HasSubstr("ada")));
  EXPECT_THAT(complaint([&] { Statement(database, "SELECT * FROM nobody"); }), HasSubstr(file));
  EXPECT_THAT(complaint([&] { Statement(database, "SELECT 1").bind(2, true); }), HasSubstr(file));
  EXPECT_THAT(complaint([&] { database.execute("nonsense"); }), HasSubstr(file));
}

TEST_F(SqliteTest, ALockOfAnotherIsSaidToBeOne) {
  database.execute("CREATE TABLE t(a)");
  Database other(file, std::chrono::milliseconds{0});
  const Transaction transaction(other);
  EXPECT_FALSE(database.isLocked());
  EXPECT_THAT(complaint([&] { Transaction second(database); }),
              HasSubstr("another program has " + file + " locked"));
  EXPECT_TRUE(database.isLocked());
}

TEST_F(SqliteTest, ACopyHoldsAllOfIt) {
  database.execute("CREATE TABLE t(a); INSERT INTO t VALUES(7)");
  const std::string copied = directory.file("copy");
  database.copyTo(copied);
  Database copy(copied);
  Statement select(copy, "SELECT a FROM t");
  ASSERT_TRUE(select.step());
  EXPECT_EQ(select.integer(0), 7);
  EXPECT_THROW(database.copyTo(file), StoreError);  // never over something
}

TEST_F(SqliteTest, OneRunHasTheLock) {
  const std::string lock = file + "-lock";
  auto first = std::make_unique<RunLock>(file);
  EXPECT_THAT(complaint([&] { RunLock second(file); }), HasSubstr("another run"));
  first.reset();
  EXPECT_TRUE(std::filesystem::exists(lock));
  first = std::make_unique<RunLock>(file, true);
  first.reset();
  EXPECT_FALSE(std::filesystem::exists(lock));  // it goes with the lock
}

TEST_F(SqliteTest, NamesThatAreNoFilesAreRefused) {
  for (const std::string& name : {std::string(),
                                  std::string("a\0b", 3),
                                  std::string(":memory:"),
                                  std::string("file:db"),
                                  std::string("postgresql://host/db"),
                                  std::string("PostgreSQL://host/db"),
                                  std::string("postgres:host"),
                                  std::string("host=db dbname=app"),
                                  std::string("sslmode=require user = ada"),
                                  std::string("password=word"),
                                  directory.path()}) {
    EXPECT_NE(sqlite::whyNotAFile(name), "") << name;
    EXPECT_THROW(Database{name}, StoreError) << name;
  }
  for (const std::string& name : {file,
                                  directory.file("new"),
                                  std::string("./:memory:"),
                                  std::string("./host=db"),
                                  std::string("localhost=1"),
                                  std::string("the host of all.db")}) {
    EXPECT_EQ(sqlite::whyNotAFile(name), "") << name;
  }
}

TEST_F(SqliteTest, APasswordThatWasGivenAsAFileIsInNoMessage) {
  for (const std::string name : {"POSTGRESQL://u:word@h/db", "host=h password=word"}) {
    const std::string made = complaint([&] { Database{name}; });
    EXPECT_THAT(made, HasSubstr("the database")) << name;
    EXPECT_THAT(made, Not(HasSubstr("word"))) << name;
    EXPECT_THAT(complaint([&] { Database::forReading(name, false); }), Not(HasSubstr("word")));
  }
  EXPECT_THAT(complaint([&] { Database{directory.path()}; }), HasSubstr(directory.path()));
}

}  // namespace
}  // namespace heymilo_test
