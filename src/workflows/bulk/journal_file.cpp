#include "workflows/bulk/journal_file.hpp"

#include <charconv>
#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <random>
#include <system_error>

#include "heymilo/workflows/store_error.hpp"
#include "workflows/bulk/journal_tables.hpp"

namespace heymilo::workflows {

using journal_tables::about;
using journal_tables::setAbout;
using sqlite::Statement;

namespace {

std::string newId() {
  std::random_device random;
  constexpr const char* kDigits = "0123456789abcdef";
  std::string id;
  while (id.size() < 24) {
    auto bits = static_cast<std::uint32_t>(random());
    for (int digit = 0; digit < 8; ++digit, bits >>= 4U) {
      id += kDigits[bits & 0xfU];
    }
  }
  return id;
}

/// Throws StoreError where it is another database, or has lost its contents.
void requireJournalOrNew(sqlite::Database& database, const std::string& file) {
  if (Statement(database, "SELECT 1 FROM sqlite_master").step()) {
    if (!journal_tables::present(database)) {
      throw journal_tables::notAJournal(file);
    }
    return;
  }
  // A new file has no page before its first tables are written.
  Statement pages(database, "PRAGMA page_count");
  if (pages.step() && pages.integer(0) > 0) {
    throw StoreError(
        file + " is a database without tables. A killed run may have left its data in " + file +
        "-wal, which is missing. Restore that file: without it, the next run sends "
        "everybody again. Use another journal only if nobody can have been sent");
  }
}

sqlite::Database openJournal(const std::string& file, std::optional<sqlite::RunLock>& lock) {
  constexpr std::chrono::seconds kPatience{1};  // with a backup, or with somebody who reads it
  sqlite::Database database(file, kPatience);
  // Before anything is changed in somebody else's database.
  try {
    requireJournalOrNew(database, file);
  } catch (const StoreError&) {
    if (database.isLocked()) {
      const sqlite::RunLock by_a_program(database.path(), true);  // throws where it is by a run
    }
    throw;
  }
  // The lock only tells a run from other programs: another name of the file would lead to another
  // lock. What keeps runs apart is the exclusive mode; and what is committed is on disk.
  lock.emplace(database.path(), true);
  // Without a write-ahead log, in which a killed run would leave all its data: the file alone,
  // moved or mounted elsewhere, would be taken for a new one.
  database.execute("PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=FULL");
  Statement mode(database, "PRAGMA journal_mode=DELETE");
  if (!mode.step() || mode.text(0) != "delete") {
    throw StoreError("another program is using " + file + ": close it and run again");
  }
  mode.reset();
  return database;
}

void requirePurpose(sqlite::Database& database, const std::string& file,
                    const JournalPurpose& purpose) {
  if (about(database, "posting_id") != purpose.posting_id) {
    throw StoreError(file + " is the journal of another posting: use another file");
  }
  if (about(database, "mark") != purpose.mark) {
    throw StoreError(file + " is the journal of records with another mark than " + purpose.mark +
                     ": use that mark or another file");
  }
}

}  // namespace

JournalFile::JournalFile(const std::string& name, const JournalPurpose& purpose)
    : database_(openJournal(name, lock_)) {
  sqlite::Transaction transaction(database_);
  if (!Statement(database_, "SELECT 1 FROM sqlite_master").step()) {
    journal_tables::make(database_);
    setAbout(database_, "id", newId());
    setAbout(database_, "posting_id", purpose.posting_id);
    setAbout(database_, "mark", purpose.mark);
  }
  journal_tables::update(database_, name);
  requirePurpose(database_, name, purpose);
  id_ = about(database_, "id");
  const std::string runs = about(database_, "runs");
  run_ = runs.empty() ? 1 : std::stoll(runs) + 1;
  setAbout(database_, "runs", std::to_string(run_));
  transaction.commit();
  database_.rememberFiles(true);
  database_.requireInPlace();
}

std::optional<std::uint64_t> JournalFile::sourceLength() {
  const std::string length = about(database_, "source_length");
  if (length.empty()) {
    return std::nullopt;
  }
  std::uint64_t records = 0;
  const char* const end = length.data() + length.size();
  const auto [read_to, error] = std::from_chars(length.data(), end, records);
  if (error != std::errc() || read_to != end) {
    throw StoreError("the journal is damaged: invalid length of the source");
  }
  return records;
}

void JournalFile::setSourceLength(std::uint64_t length) {
  setAbout(database_, "source_length", std::to_string(length));
}

std::string JournalFile::rescue() {
  constexpr int kMost = 100;
  try {
    for (int number = 1; number <= kMost; ++number) {
      const std::string name = database_.file() + ".rescued" +
                               (number == 1 ? std::string() : '-' + std::to_string(number));
      if (!std::filesystem::exists(name)) {
        database_.copyTo(name);
        sqlite::Database copy(name);
        Statement integrity(copy, "PRAGMA integrity_check");
        return integrity.step() && integrity.text(0) == "ok" ? name : std::string();
      }
    }
  } catch (const std::exception&) {  // the folder is gone, the disk is full, the data are damaged
    return {};
  }
  return {};
}

}  // namespace heymilo::workflows
