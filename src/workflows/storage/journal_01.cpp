#include "workflows/storage/journal_01.hpp"

#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/hash.hpp"
#include "heymilo/workflows/store_error.hpp"

namespace heymilo::workflows {

using sqlite::Database;
using sqlite::Statement;

namespace {

constexpr std::chrono::seconds kOldPatience{1};
// Formats 1 and 2 were written by version 0.1, which refuses a later one.
constexpr const char* kLockedOut = "3";

bool hasTables(Database& database) {
  return Statement(database,
                   "SELECT 1 FROM sqlite_master WHERE name = 'record' AND type = 'table' AND EXISTS"
                   " (SELECT 1 FROM sqlite_master WHERE name = 'about' AND type = 'table')")
             .step() &&
         Statement(database,
                   "SELECT count(*) FROM pragma_table_info('record') WHERE name IN"
                   " ('idx', 'hash', 'mark', 'email_hash') HAVING count(*) = 4")
             .step();
}

}  // namespace

bool Journal01::isOne(const std::string& file) {
  std::error_code error;
  if (!sqlite::whyNotAFile(file).empty() || !std::filesystem::exists(file, error)) {
    return false;
  }
  Database database(file, kOldPatience);
  try {
    return hasTables(database);
  } catch (const StoreError&) {
    if (database.isLocked()) {
      throw;
    }
    return false;  // whoever uses it is told why it can't be used
  }
}

Journal01::Journal01(const std::string& file) : database_(file, kOldPatience) {
  if (!hasTables(database_)) {
    throw StoreError(file + " is not a journal of version 0.1");
  }
  const std::string format = about("format");
  if (format != "1" && format != "2" && format != kLockedOut) {
    throw StoreError(file + " is a journal of another version: use that version or another file");
  }
  id_ = about("id");
  version_ = version();
  database_.execute(R"(
PRAGMA temp_store = FILE;
CREATE TEMP TABLE source(hash INTEGER PRIMARY KEY, key TEXT NOT NULL, digest TEXT NOT NULL);
CREATE TEMP TABLE shown(mark TEXT PRIMARY KEY, interview_id TEXT NOT NULL,
  interview_url TEXT NOT NULL, is_known INTEGER NOT NULL) WITHOUT ROWID;
)");
  // The same content has the same key.
  add_.emplace(database_, "INSERT OR IGNORE INTO source VALUES(?, ?, ?)");
  is_open_.emplace(database_,
                   "SELECT 1 FROM record WHERE mark = ? AND "
                   "state IN ('in_flight', 'unresolved', 'queued')");
  show_.emplace(database_, "INSERT OR IGNORE INTO shown VALUES(?, ?, ?, ?)");
}

std::string Journal01::about(const char* key) {
  Statement select(database_, "SELECT value FROM about WHERE key = ?");
  return select.bind(1, std::string_view(key)).step() ? select.text(0) : std::string();
}

std::int64_t Journal01::version() {
  Statement select(database_, "PRAGMA data_version");
  return select.step() ? select.integer(0) : 0;
}

std::uint64_t Journal01::count(const char* sql) {
  Statement select(database_, sql);
  return select.step() ? static_cast<std::uint64_t>(select.integer(0)) : 0;
}

std::int64_t Journal01::hashOf(const std::string& request) noexcept {
  return static_cast<std::int64_t>(fnv1a(request));
}

void Journal01::addRecord(std::int64_t hash, const std::string& key, const std::string& digest) {
  add_->bind(1, hash).bind(2, key).bind(3, digest).run();
}

std::uint64_t Journal01::unknownRecords() {
  return count("SELECT count(*) FROM source WHERE hash NOT IN (SELECT hash FROM record)");
}

bool Journal01::hasOpen(bool queued) {
  return count(queued ? "SELECT EXISTS (SELECT 1 FROM record WHERE "
                        "state IN ('in_flight', 'unresolved', 'queued'))"
                      : "SELECT EXISTS (SELECT 1 FROM record WHERE "
                        "state IN ('in_flight', 'unresolved'))") != 0;
}

bool Journal01::hasQueued() {
  return count("SELECT EXISTS (SELECT 1 FROM record WHERE state = 'queued')") != 0;
}

bool Journal01::isOpen(const std::string& mark) {
  const bool open = is_open_->bind(1, mark).step();
  is_open_->reset();
  return open;
}

void Journal01::show(const std::string& mark, const std::string& interview_id,
                     const std::string& interview_url, bool is_known) {
  show_->bind(1, mark).bind(2, interview_id).bind(3, interview_url).bind(4, is_known).run();
}

std::uint64_t Journal01::lostRecords() {
  return count(
      "SELECT count(*) FROM record r LEFT JOIN shown f ON f.mark = r.mark"
      " WHERE r.hash NOT IN (SELECT hash FROM source) AND"
      " (r.state = 'unresolved' OR (r.state = 'in_flight' AND"
      " (f.mark IS NOT NULL OR r.mark IS NULL)))"
      " AND NOT coalesce(f.is_known, 0)");
}

std::vector<Journal01::Row> Journal01::rows(std::int64_t after, std::size_t most) {
  Statement select(database_, R"(
SELECT r.idx, s.key, s.digest, CASE WHEN f.mark IS NOT NULL THEN 'ingested'
    WHEN r.mark IS NULL AND r.state = 'in_flight' THEN 'unresolved' ELSE r.state END,
  coalesce(r.interview_id, f.interview_id, ''), coalesce(r.interview_url, f.interview_url, ''),
  coalesce(r.ingestion_id, ''), coalesce(r.error_code, '')
FROM record r CROSS JOIN source s ON s.hash = r.hash LEFT JOIN shown f ON f.mark = r.mark
WHERE r.idx > ? ORDER BY r.idx LIMIT ?)");
  select.bind(1, after).bind(2, static_cast<std::int64_t>(most));
  std::vector<Row> rows;
  while (select.step()) {
    Row row;
    row.index = select.integer(0);
    row.key = select.text(1);
    row.digest = select.text(2);
    row.state = select.text(3);
    row.interview_id = select.text(4);
    row.interview_url = select.text(5);
    row.ingestion_id = select.text(6);
    row.error_code = select.text(7);
    rows.push_back(std::move(row));
  }
  return rows;
}

bool Journal01::isLockedOut() { return about("format") == kLockedOut; }

void Journal01::lockOut() {
  sqlite::Transaction transaction(database_);
  if (isLockedOut()) {
    return;
  }
  if (version() != version_) {
    throw StoreError("version 0.1 has used " + database_.file() +
                     " in the meantime: end its run, and run again");
  }
  Statement(database_, "UPDATE about SET value = ? WHERE key = 'format'")
      .bind(1, std::string_view(kLockedOut))
      .run();
  transaction.commit();
}

}  // namespace heymilo::workflows
