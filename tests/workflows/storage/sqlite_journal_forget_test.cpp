// Nothing of a person whom the journal has forgotten is left in any file of SQLite's.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "heymilo/workflows/outbox.hpp"
#include "heymilo/workflows/sqlite_journal.hpp"
#include "support/temporary_directory.hpp"
#include "workflows/job/journal_worker.hpp"
#include "workflows/storage/sqlite.hpp"

namespace heymilo_test {
namespace {

using heymilo::workflows::DeletedKey;
using heymilo::workflows::KeyResult;
using heymilo::workflows::sqliteJournal;
using heymilo::workflows::sqlite::Database;
using heymilo::workflows::sqlite::Statement;
using journal_contract::State;
using journal_contract::Worker;
using ::testing::IsEmpty;
using ::testing::Not;

class SqliteJournalForget : public ::testing::Test {
 protected:
  static std::string idOf(const std::string& key) { return "int_" + key + "_end"; }
  static std::string urlOf(const std::string& key) { return "https://interview/?of=" + key + '/'; }

  /// Keys in no order, which are ingested one chunk after the other: rows grow, and pages split.
  void ingest(std::size_t count) {
    std::mt19937_64 random(16);
    Worker worker([&] { return sqliteJournal(file); });
    worker.adopt();
    for (std::size_t at = 0; at < count; at += kChunk) {
      std::vector<std::string> chunk;
      for (std::size_t number = 0; number < kChunk; ++number) {
        chunk.push_back("key:id:" + std::to_string(random()));
      }
      const std::string token = "t" + std::to_string(at);
      worker.claim(chunk, token);
      std::shuffle(chunk.begin(), chunk.end(), random);
      heymilo::workflows::JournalSettle settle;
      for (const std::string& key : chunk) {
        KeyResult result = Worker::result(key, token, State::ingested);
        result.interview_id = idOf(key);
        result.interview_url = urlOf(key) + std::string(random() % 300, 'x');
        settle.results.push_back(std::move(result));
      }
      settle.stamp = worker.next();
      worker.journal().settle(settle);
      if (at % 500 == 0) {
        worker.show(chunk.front(), "second" + idOf(chunk.front()));
      }
      keys.insert(keys.end(), chunk.begin(), chunk.end());
    }
  }

  std::vector<DeletedKey> everyThird() const {
    std::vector<DeletedKey> deleted;
    for (std::size_t at = 0; at < keys.size(); at += 3) {
      deleted.push_back({keys[at], {idOf(keys[at]), "second" + idOf(keys[at])}});
    }
    return deleted;
  }

  /// All of SQLite's files.
  std::string bytes() const {
    std::string all;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
      std::ifstream in(entry.path(), std::ios::binary);
      all.append(std::istreambuf_iterator<char>(in), {});
    }
    return all;
  }
  void expectNothingOf(const std::vector<DeletedKey>& deleted) const {
    const std::string all = bytes();
    for (const DeletedKey& one : deleted) {
      ASSERT_EQ(all.find(idOf(one.key)), std::string::npos) << one.key;
      ASSERT_EQ(all.find(urlOf(one.key)), std::string::npos) << one.key;
      ASSERT_NE(all.find(one.key), std::string::npos);
    }
    for (std::size_t at = 1; at < keys.size(); at += 3) {
      ASSERT_NE(all.find(idOf(keys[at])), std::string::npos) << "of another one";
    }
  }
  std::string text(const char* sql) const {
    Database database(file);
    Statement select(database, sql);
    select.step();
    return select.text(0);
  }
  static std::int64_t number(Database& database, const char* sql) {
    Statement select(database, sql);
    select.step();
    return select.integer(0);
  }

  static constexpr std::size_t kChunk = 20;
  std::vector<std::string> keys;
  TemporaryDirectory directory;
  const std::string file = directory.file("journal");
};

TEST_F(SqliteJournalForget, LeavesNoBytesInAnyFile) {
  ingest(2'000);
  const auto journal = sqliteJournal(file);
  const std::vector<DeletedKey> deleted = everyThird();
  ASSERT_NE(bytes().find(idOf(deleted[5].key)), std::string::npos);
  const std::string schema = text(
      "SELECT group_concat(s) FROM (SELECT name || sql AS s "
      "FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name)");
  EXPECT_EQ(journal->forget("posting", deleted), deleted.size());
  expectNothingOf(deleted);
  EXPECT_EQ(text("SELECT group_concat(s) FROM (SELECT name || sql AS s "
                 "FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name)"),
            schema);
  EXPECT_EQ(text("PRAGMA integrity_check"), "ok");
  EXPECT_EQ(journal->standing("posting")->counts.ingested, keys.size());
  // Later changes bring nothing back.
  Worker worker([&] { return sqliteJournal(file); });
  worker.adopt().claim({"new"}, "new");
  expectNothingOf(deleted);
}

// The application's own triggers see nothing of it, nor is its log or its file changed otherwise.
TEST_F(SqliteJournalForget, LeavesNoBytesInAnApplicationsDatabaseWithALog) {
  const auto outbox = heymilo::workflows::sqliteOutbox(file);
  Database application(file);
  application.execute(
      "PRAGMA journal_mode=WAL; PRAGMA user_version=7; CREATE TABLE own(value); "
      "CREATE TABLE seen(value); "
      "CREATE TRIGGER of_outbox AFTER INSERT ON heymilo_outbox_settled BEGIN "
      "INSERT INTO seen VALUES(NEW.key); END; "
      "CREATE TRIGGER of_record AFTER DELETE ON heymilo_record BEGIN "
      "INSERT INTO seen VALUES(OLD.key); END");
  ingest(600);
  const std::vector<DeletedKey> deleted = everyThird();
  for (const std::string& key : keys) {
    Statement(application,
              "INSERT INTO heymilo_outbox_settled VALUES('posting', ?, 'ingested', ?, '', 0)")
        .bind(1, std::string_view(key))
        .bind(2, std::string_view(idOf(key)))
        .run();
  }
  application.execute("DELETE FROM seen");
  const std::int64_t pages = number(application, "PRAGMA page_count");
  EXPECT_EQ(sqliteJournal(file)->forget("posting", deleted), deleted.size());
  expectNothingOf(deleted);
  EXPECT_EQ(number(application, "SELECT count(*) FROM seen"), 0);
  EXPECT_EQ(number(application, "SELECT count(*) FROM heymilo_outbox_settled"),
            static_cast<std::int64_t>(keys.size()));
  EXPECT_EQ(
      number(application, "SELECT count(*) FROM heymilo_outbox_settled WHERE interview_id = ''"),
      static_cast<std::int64_t>(deleted.size()));
  EXPECT_EQ(number(application, "PRAGMA user_version"), 7);
  EXPECT_GE(number(application, "PRAGMA page_count"), pages);
  Statement mode(application, "PRAGMA journal_mode");
  mode.step();
  EXPECT_EQ(mode.text(0), "wal");
}

TEST_F(SqliteJournalForget, AllOrNothing) {
  ingest(100);
  const auto journal = sqliteJournal(file);
  Database application(file);
  application.execute(
      "CREATE TRIGGER refuses BEFORE UPDATE ON heymilo_record WHEN NEW.interview_id = '' BEGIN "
      "SELECT RAISE(ABORT, 'no'); END");
  EXPECT_THROW(journal->forget("posting", everyThird()), heymilo::StoreError);
  application.execute("DROP TRIGGER refuses");
  EXPECT_EQ(journal->rows("posting", "", 1'000).size(), keys.size());
  for (const auto& row : journal->rows("posting", "", 1'000)) {
    EXPECT_FALSE(row.forgotten);
    EXPECT_THAT(row.interview_id, Not(IsEmpty()));
  }
  EXPECT_EQ(journal->forget("posting", everyThird()), everyThird().size());
}

}  // namespace
}  // namespace heymilo_test
