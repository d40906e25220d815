// Who truncates a database is told from SQLite, which makes it shorter as well.

#include "workflows/storage/length_watch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "heymilo/workflows/store_error.hpp"
#include "support/temporary_directory.hpp"
#include "workflows/storage/sqlite.hpp"

namespace heymilo_test {
namespace {

namespace fs = std::filesystem;
using heymilo::StoreError;
using heymilo::workflows::sqlite::Database;
using heymilo::workflows::sqlite::LengthWatch;
using heymilo::workflows::sqlite::Statement;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// A database of some pages, which somebody has open.
class LengthWatchTest : public ::testing::TestWithParam<const char*> {
 protected:
  LengthWatchTest() {
    database.execute(std::string("PRAGMA journal_mode=") + GetParam() +
                     "; CREATE TABLE t(text); PRAGMA wal_autocheckpoint=0");
    fill();
  }
  void fill() {
    database.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) "
        "INSERT INTO t SELECT hex(randomblob(200)) FROM n");
  }
  static std::string complaint(LengthWatch& watch) {
    try {
      watch.require();
      return "none";
    } catch (const StoreError& error) {
      return error.what();
    }
  }
  static bool hasLog() { return std::string(GetParam()) == "WAL"; }

  TemporaryDirectory directory;
  const std::string file = directory.file("db");
  const std::string log = file + "-wal";
  Database database{file};
  LengthWatch watch{file};
};

INSTANTIATE_TEST_SUITE_P(, LengthWatchTest, ::testing::Values("DELETE", "WAL"),
                         [](const auto& mode) { return std::string(mode.param); });

TEST_P(LengthWatchTest, WhatIsWrittenIsFine) {
  for (int i = 0; i < 3; ++i) {
    fill();
    EXPECT_EQ(complaint(watch), "none");
  }
}

TEST_P(LengthWatchTest, WhatSqliteMakesShorterIsFine) {
  watch.require();
  Database other(file);
  other.execute("DELETE FROM t; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
  EXPECT_EQ(complaint(watch), "none");
  fill();
  EXPECT_EQ(complaint(watch), "none");
  other.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  EXPECT_EQ(complaint(watch), "none");
  other.execute("DELETE FROM t; VACUUM");
  EXPECT_EQ(complaint(watch), "none");
}

TEST_P(LengthWatchTest, ATruncatedDatabaseIsNoticed) {
  Database(file).execute("PRAGMA wal_checkpoint(TRUNCATE)");
  watch.require();
  const auto length = fs::file_size(file);
  for (const auto rest : {length - 1, length - 4096, length / 2, std::uintmax_t{4096}}) {
    fs::resize_file(file, rest);
    EXPECT_THAT(complaint(watch), AllOf(HasSubstr(file), HasSubstr("was truncated"))) << rest;
    EXPECT_THAT(complaint(watch), HasSubstr("was truncated")) << rest;  // and stays so
  }
}

TEST_P(LengthWatchTest, AnEmptiedDatabaseIsNoticed) {
  Database(file).execute("PRAGMA wal_checkpoint(TRUNCATE)");
  watch.require();
  fs::resize_file(file, 0);
  EXPECT_THAT(complaint(watch), HasSubstr("was truncated"));
}

TEST_P(LengthWatchTest, NothingThatSqliteDoesIsTakenForIt) {
  std::atomic<bool> done{false};
  std::thread others([&] {
    Database other(file);
    for (int i = 0; i < 40; ++i) {
      other.execute(
          "INSERT INTO t SELECT hex(randomblob(200)) FROM t; PRAGMA wal_checkpoint(TRUNCATE);"
          "DELETE FROM t WHERE rowid % 2 = 0; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
    }
    done = true;
  });
  std::string said = "none";
  while (!done && said == "none") {
    said = complaint(watch);
  }
  others.join();
  EXPECT_EQ(said, "none");
}

// As when it is truncated while a transaction is committed.
TEST_P(LengthWatchTest, HolesAreNoticed) {
  Database(file).execute("PRAGMA wal_checkpoint(TRUNCATE)");
  watch.require();
  const auto length = fs::file_size(file);
  std::ifstream in(file, std::ios::binary);
  std::string head(4096, '\0');
  in.read(head.data(), 4096);
  fs::resize_file(file, 0);
  std::fstream(file, std::ios::binary | std::ios::in | std::ios::out) << head;
  fs::resize_file(file, length);
  EXPECT_THAT(complaint(watch), HasSubstr("was truncated"));
}

TEST_P(LengthWatchTest, ATruncatedLogIsNoticedWhereItHasWhatTheDatabaseHasNot) {
  if (!hasLog()) {
    EXPECT_FALSE(fs::exists(log));
    return;
  }
  watch.require();
  Database reader(file);  // keeps the log from being copied
  reader.execute("BEGIN; SELECT count(*) FROM t");
  fill();
  watch.require();
  fs::resize_file(log, fs::file_size(log) - 4096);
  EXPECT_THAT(complaint(watch), AllOf(HasSubstr(log), HasSubstr("was truncated")));
}

TEST_P(LengthWatchTest, WhileOthersWriteItWaits) {
  watch.require();
  Database other(file);
  other.execute("DELETE FROM t; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
  other.execute("BEGIN IMMEDIATE; INSERT INTO t VALUES(1)");
  EXPECT_EQ(complaint(watch), "none");
  other.execute("ROLLBACK");
  EXPECT_EQ(complaint(watch), "none");
}

}  // namespace
}  // namespace heymilo_test
