#include "workflows/storage/journal_schema.hpp"

#include <string>

#include "heymilo/workflows/store_error.hpp"

namespace heymilo::workflows::journal_schema {

using sqlite::Database;
using sqlite::Statement;

namespace {

// The version is in a table, as the file's user_version is the application's, whose tables may be
// in the same file. The application_id is for `file` and the like.
constexpr std::int64_t kVersion = 1;

// Times are microseconds of the API's clock since 1970, UTC. A state is what toString() says.
// heymilo_record has its rows in the order in which they were added, so that the keys of a batch,
// which are everywhere in the index of keys, are together when they are settled. heymilo_tally has
// the number of records in each state: counting a million anew would take long.
constexpr const char* kTables = R"(
CREATE TABLE heymilo_journal(
  id INTEGER PRIMARY KEY CHECK(id = 1), version INTEGER NOT NULL, generation INTEGER NOT NULL);
CREATE TABLE heymilo_posting(
  id INTEGER PRIMARY KEY, posting_id TEXT NOT NULL UNIQUE, base_url TEXT NOT NULL,
  key_name TEXT NOT NULL, digest_version INTEGER NOT NULL,
  adopted INTEGER NOT NULL DEFAULT 0, ever_adopted INTEGER NOT NULL DEFAULT 0,
  adoption TEXT NOT NULL, searcher TEXT NOT NULL DEFAULT '', claims INTEGER NOT NULL DEFAULT 0,
  newest_shown INTEGER, newest INTEGER, undated INTEGER NOT NULL DEFAULT 0);
CREATE TABLE heymilo_worker(
  id INTEGER PRIMARY KEY, worker TEXT NOT NULL UNIQUE, posting INTEGER NOT NULL,
  name TEXT NOT NULL, number INTEGER NOT NULL, outlast INTEGER NOT NULL,
  begun INTEGER NOT NULL DEFAULT 0, gone INTEGER NOT NULL DEFAULT 0,
  lock_file TEXT NOT NULL, lock_byte INTEGER NOT NULL);
CREATE INDEX heymilo_worker_here ON heymilo_worker(posting) WHERE gone = 0;
CREATE TABLE heymilo_record(
  id INTEGER PRIMARY KEY, posting INTEGER NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL,
  state TEXT NOT NULL, owner TEXT NOT NULL, claim TEXT NOT NULL, async INTEGER NOT NULL,
  claimed INTEGER NOT NULL, doubted INTEGER NOT NULL, failures INTEGER NOT NULL,
  sent_at INTEGER, received_at INTEGER, interview_id TEXT NOT NULL, interview_url TEXT NOT NULL,
  ingestion_id TEXT NOT NULL, error_code TEXT NOT NULL, late_ingestion_id TEXT NOT NULL);
CREATE UNIQUE INDEX heymilo_record_key ON heymilo_record(posting, key);
CREATE INDEX heymilo_record_in_flight ON heymilo_record(posting, owner)
  WHERE state = 'in_flight';
CREATE INDEX heymilo_record_in_doubt ON heymilo_record(posting, key) WHERE state = 'in_doubt';
CREATE INDEX heymilo_record_queued ON heymilo_record(posting, claimed, sent_at)
  WHERE state = 'queued';
CREATE TABLE heymilo_second_receipt(
  posting INTEGER NOT NULL, key TEXT NOT NULL, interview_id TEXT NOT NULL,
  PRIMARY KEY(posting, key, interview_id)) WITHOUT ROWID;
CREATE TABLE heymilo_tally(
  posting INTEGER NOT NULL, state TEXT NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY(posting, state)) WITHOUT ROWID;
CREATE TRIGGER heymilo_record_new AFTER INSERT ON heymilo_record BEGIN
  INSERT INTO heymilo_tally VALUES(NEW.posting, NEW.state, 1)
    ON CONFLICT(posting, state) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER heymilo_record_changed AFTER UPDATE OF state ON heymilo_record
  WHEN OLD.state <> NEW.state BEGIN
  UPDATE heymilo_tally SET count = count - 1 WHERE posting = OLD.posting AND state = OLD.state;
  INSERT INTO heymilo_tally VALUES(NEW.posting, NEW.state, 1)
    ON CONFLICT(posting, state) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER heymilo_record_gone AFTER DELETE ON heymilo_record BEGIN
  UPDATE heymilo_tally SET count = count - 1 WHERE posting = OLD.posting AND state = OLD.state;
END;
)";
constexpr const char* kApplicationId = "PRAGMA application_id = 0x68796d6f";  // "hymo"

bool isEmpty(Database& database) {
  return !Statement(database, "SELECT 1 FROM sqlite_master").step();
}

/// Whether it is a journal of version 0.1 that is being taken over. Throws where it is one that is
/// not.
bool isOf01(Database& database) {
  if (!Statement(database,
                 "SELECT 1 FROM sqlite_master WHERE name = 'record' AND sql LIKE '%email_hash%'")
           .step() ||
      !Statement(database, "SELECT 1 FROM sqlite_master WHERE name = 'about'").step()) {
    return false;
  }
  Statement format(database, "SELECT 1 FROM about WHERE key = 'format' AND value = '3'");
  if (!format.step()) {
    throw StoreError(database.file() +
                     " is a journal of version 0.1: run bulk_ingest with the file for which it was "
                     "made, which takes it over, or call takeOverJournal01()");
  }
  return true;
}

}  // namespace

bool present(Database& database) {
  if (Statement(database, "SELECT 1 FROM sqlite_master WHERE name = 'heymilo_journal'").step()) {
    Statement version(database, "SELECT version FROM heymilo_journal");
    if (!version.step() || version.integer(0) != kVersion) {
      throw StoreError(database.file() +
                       " is not a journal of this version: use that version or another file");
    }
    return true;
  }
  if (isOf01(database)) {
    return false;
  }
  // An outbox, which its application wants in the same database.
  const bool has_outbox =
      Statement(database, "SELECT 1 FROM sqlite_master WHERE name = 'heymilo_outbox'").step();
  if (!isEmpty(database) && !has_outbox) {
    throw StoreError(database.file() +
                     " is not a journal of this version but another database: use another file");
  }
  return false;
}

void requireNothingLost(Database& database) {
  // A new file has no page before its first tables are written.
  Statement pages(database, "PRAGMA page_count");
  if (isEmpty(database) && pages.step() && pages.integer(0) > 0) {
    throw StoreError(database.file() + " is a database without tables. Its data may have been in " +
                     database.file() +
                     "-wal, which is missing: restore that file, or use another journal");
  }
}

void make(Database& database, std::int64_t generation) {
  const bool alone = isEmpty(database);
  database.execute(kTables);
  Statement(database, "INSERT INTO heymilo_journal VALUES(1, ?, ?)")
      .bind(1, kVersion)
      .bind(2, generation)
      .run();
  if (alone) {
    database.execute(kApplicationId);
  }
}

}  // namespace heymilo::workflows::journal_schema
