#include "workflows/storage/journal_database.hpp"

#include <sqlite3.h>

#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#ifndef _WIN32
#include <sys/stat.h>
#endif

#include "base/file_system.hpp"
#include "base/process_id.hpp"
#include "heymilo/workflows/store_error.hpp"
#include "workflows/storage/journal_schema.hpp"
#include "workflows/storage/overwrite.hpp"

namespace heymilo::workflows {

using sqlite::Database;
using sqlite::Statement;

namespace {

// For others to finish a transaction, each of which takes some milliseconds.
constexpr std::chrono::seconds kJournalPatience{10};

constexpr std::string_view kGeneration = "SELECT generation FROM heymilo_journal";

/// SQLite keeps its writers apart by locks, and the run file its workers.
void requireExactLocks(const std::string& file) {
  if (sqlite::whyNotAFile(file).empty() && !hasExactLocks(file)) {
    throw StoreError("can't use " + file +
                     ": it is on a network or an unknown file system, whose locks may not be "
                     "exact. Use a file on a local disk, or a journal in PostgreSQL for workers on "
                     "several machines");
  }
}

Database open(const std::string& file) {
  requireExactLocks(file);
  Database database(file, kJournalPatience);
  // Before anything is changed in somebody else's database, and of one state of the file.
  database.execute("BEGIN");
  if (!journal_schema::present(database)) {
    journal_schema::requireNothingLost(database);
  }
  database.execute("COMMIT");
  // A new file has a rollback journal, not a write-ahead log, in which a killed process would leave
  // its data: the file alone, moved or mounted elsewhere, would be without them. An application
  // that has chosen a log for its own file keeps it.
  // Beyond FULL: the removal of the rollback journal, which is what commits, is on disk too.
  // Otherwise it may come back after a power failure, and undo a claim that was sent.
  // The cache (in kB, as far as it is used) holds the index of a million keys, which come in any
  // order.
  database.execute("PRAGMA synchronous=EXTRA; PRAGMA cache_size=-64000; PRAGMA secure_delete=ON");
  return database;
}

std::uint64_t inodeOf([[maybe_unused]] const Database& database) {
#ifdef _WIN32
  return 0;
#else
  struct stat about {};
  if (stat(database.path().c_str(), &about) != 0) {
    throw StoreError("can't use " + database.file() + ": it no longer exists");
  }
  if (about.st_nlink != 1) {
    throw StoreError("can't use " + database.file() +
                     ": it has several names (hard links), and each would have files of its own "
                     "beside it");
  }
  return about.st_ino;
#endif
}

bool hasLog(Database& database) {
  Statement mode(database, "PRAGMA journal_mode");
  const bool log = mode.step() && mode.text(0) == "wal";
  mode.reset();
  return log;
}

}  // namespace

JournalDatabase::JournalDatabase(const std::string& file)
    : process_(processId()),
      database_(open(file)),
      run_file_(database_.path()),
      inode_(inodeOf(database_)) {
  makeTables();
  watchFiles();
  requireInPlace();
}

void JournalDatabase::makeTables() {
  const RunFileLock lock(run_file_);
  sqlite::Transaction transaction(database_);
  if (!journal_schema::present(database_)) {
    const std::int64_t generation = randomNumber();
    journal_schema::make(database_, generation);
    run_file_.write({generation, generation, inode_});
  }
  transaction.commit();
}

void JournalDatabase::watchFiles() {
  std::error_code error;
  const std::filesystem::path given = std::filesystem::absolute(database_.file(), error);
  std::vector<std::string> files{error ? database_.file() : given.string(), run_file_.path()};
  if (hasLog(database_)) {  // its files stay as long as anybody has the database open
    files.push_back(database_.path() + "-wal");
    files.push_back(database_.path() + "-shm");
  }
  const std::lock_guard guard(mutex_);
  files_.emplace(std::move(files), false);
  lengths_.emplace(database_.path());
}

bool JournalDatabase::isOurs() const noexcept { return process_ == processId(); }

void JournalDatabase::requireInPlace() {
  if (!isOurs()) {
    throw StoreError(database_.file() + " was opened before fork(): a child has to open it anew");
  }
  const std::lock_guard guard(mutex_);
  if (files_) {
    files_->require();
    lengths_->require();
  }
}

Statement& JournalDatabase::statement(std::string_view sql) {
  const auto [at, is_new] = statements_.try_emplace(sql, database_, sql);
  if (!is_new) {
    at->second.reset();
  }
  return at->second;
}

std::int64_t JournalDatabase::generation() {
  Statement& select = statement(kGeneration);
  if (!select.step()) {
    throw StoreError(database_.file() + " is damaged: its generation is missing");
  }
  const std::int64_t generation = select.integer(0);
  select.reset();
  return generation;
}

void JournalDatabase::overwriteTables() {
  for (const char* const table :
       {"heymilo_record", "heymilo_second_receipt", "heymilo_outbox_settled"}) {
    sqlite::overwriteTable(database_, table);
  }
}

void JournalDatabase::overwriteLog() {
  if (hasLog(database_)) {
    Statement(database_, "PRAGMA wal_checkpoint(TRUNCATE)").run();
  }
}

bool JournalDatabase::isLast(std::int64_t generation, const RunFile::State& state) const {
  return state.journal == inode_ && (generation == state.last || generation == state.next);
}

JournalDatabase::RunFileLock::RunFileLock(const RunFile& file) : file_(file) {
  file_.lock(kJournalPatience);
}

JournalDatabase& JournalDatabase::checked() {
  requireInPlace();
  return *this;
}

JournalDatabase::Writing::Writing(JournalDatabase& journal)
    : journal_(journal.checked()),
      lock_(journal.run_file_),
      transaction_(journal.database_),
      generation_(journal.generation()),
      same_(journal.isLast(generation_, journal.run_file_.read())),
      changes_(sqlite3_total_changes(journal.database_.get())) {}

void JournalDatabase::Writing::commit() {
  if (sqlite3_total_changes(journal_.database_.get()) == changes_) {
    transaction_.commit();  // of nothing
    return;
  }
  const RunFile& run_file = journal_.run_file_;
  const std::int64_t next = randomNumber();
  journal_.statement("UPDATE heymilo_journal SET generation = ?").bind(1, next).run();
  // Killed from here on, the file has the one or the other. An older copy stays one until then.
  run_file.write({same_ ? generation_ : 0, next, journal_.inode_});
  transaction_.commit();
  if (RunFile::hasLocks()) {  // otherwise another one may have begun the next
    run_file.write({next, next, journal_.inode_});
  }
  journal_.requireInPlace();  // which sees how long the file is now
}

JournalDatabase::Reading::Reading(JournalDatabase& journal) : journal_(journal.checked()) {
  journal_.database_.execute("BEGIN");
  try {
    // No transaction ends while this one reads, so that what one that has begun has written is
    // right as well.
    const std::int64_t generation = journal_.generation();
    same_ = journal_.isLast(generation, journal_.run_file_.read());
  } catch (const StoreError&) {
    sqlite3_exec(journal_.database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    throw;
  }
}

JournalDatabase::Reading::~Reading() {
  for (auto& [sql, statement] : journal_.statements_) {
    statement.reset();  // one before its last row would keep the lock
  }
  sqlite3_exec(journal_.database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace heymilo::workflows
