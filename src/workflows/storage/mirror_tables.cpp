#include "workflows/storage/mirror_tables.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <system_error>

#include "heymilo/workflows/store_error.hpp"
#include "workflows/storage/mirror_changes.hpp"
#include "workflows/storage/tombstone.hpp"

namespace heymilo::workflows {

using sqlite::Database;
using sqlite::Statement;
using sqlite::Transaction;

namespace {

// 2: candidates are erased. Version 0.1 would store an erased one again, and refuses this format.
constexpr std::int64_t kFormat = 2;
constexpr std::int64_t kFormatWithoutErasure = 1;  // without tombstones

// candidates_status finds the oldest candidate that is not in a final state without reading a
// document.
constexpr const char* kTheRest = R"(
CREATE INDEX candidates_status ON candidates(status, gone_at, created_at);
CREATE INDEX candidates_created_at ON candidates(created_at);
CREATE TABLE mirror(
  format INTEGER NOT NULL, posting_id TEXT NOT NULL, last_walk INTEGER NOT NULL DEFAULT 0,
  watermark REAL, walk_full INTEGER, walk_created_after REAL, walk_started_at REAL,
  walk_newest REAL, walk_cursor TEXT, walk_unidentified INTEGER, walk_oldest_unreadable REAL,
  walk_created_before REAL, walk_began_at REAL, last_full REAL,
  erasure_key TEXT, traces INTEGER NOT NULL DEFAULT 0);
CREATE TABLE candidate_history(
  interview_id TEXT NOT NULL REFERENCES candidates(interview_id), status TEXT NOT NULL,
  current_step_id TEXT, current_step_order INTEGER, observed_at REAL NOT NULL);
CREATE INDEX candidate_history_of ON candidate_history(interview_id, observed_at);
)";

// candidates_gone finds whom to erase, and candidates_there counts who is there, without reading a
// document. mirror.traces says where bytes of people may be who were
// erased: kTracesInLog, kTracesInFile.
constexpr const char* kErasure = R"(
CREATE INDEX candidates_gone ON candidates(gone_at) WHERE gone_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS candidates_there
  ON candidates(created_at, gone_at, status) WHERE gone_at IS NULL;
CREATE TABLE candidate_tombstones(
  tombstone TEXT PRIMARY KEY, erased_at REAL NOT NULL) WITHOUT ROWID;
)";

/// The mirror's columns besides the scalar properties, in the order in which SqliteMirror binds
/// them.
constexpr std::array kOwnColumns{
    "current_step_id", "current_step_order", "document", "last_seen", "changed_at", "walk"};

const char* sqliteType(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::boolean:
    case ColumnKind::integer:
      return "INTEGER";
    case ColumnKind::real:
    case ColumnKind::moment:
      return "REAL";
    case ColumnKind::text:
      break;
  }
  return "TEXT";
}

bool hasTable(Database& database, std::string_view name) {
  Statement find(database, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1");
  return find.bind(1, name).step();
}

/// The properties are the first columns, for people who look at a row.
std::string candidatesTable(const std::vector<CandidateColumn>& columns) {
  std::string sql = "CREATE TABLE candidates(interview_id TEXT PRIMARY KEY";
  for (const CandidateColumn& column : columns) {
    if (column.name != "interview_id") {
      sql += ", " + column.name + ' ' + sqliteType(column.kind);
    }
  }
  return sql +
         ", current_step_id TEXT, current_step_order INTEGER, document TEXT NOT NULL, first_seen "
         "REAL NOT NULL, last_seen REAL NOT NULL, changed_at REAL NOT NULL, gone_at REAL, walk "
         "INTEGER NOT NULL)";
}

std::set<std::string> columnsOf(Database& database, std::string_view table) {
  std::set<std::string> present;
  Statement list(database, "SELECT name FROM pragma_table_info(?1)");
  list.bind(1, table);
  while (list.step()) {
    present.insert(list.text(0));
  }
  return present;
}

/// Adds a column for each property that the model did not have when the file was created, and for
/// the newer values of a walk.
void addMissingColumns(Database& database, const std::vector<CandidateColumn>& columns) {
  const std::set<std::string> of_mirror = columnsOf(database, "mirror");
  for (const char* column : {"walk_unidentified INTEGER",
                             "walk_oldest_unreadable REAL",
                             "walk_created_before REAL",
                             "walk_began_at REAL",
                             "last_full REAL",
                             "erasure_key TEXT",
                             "traces INTEGER NOT NULL DEFAULT 0",
                             "tracked INTEGER NOT NULL DEFAULT 0",
                             "change INTEGER NOT NULL DEFAULT 0"}) {
    const std::string_view text = column;
    if (of_mirror.count(std::string(text.substr(0, text.find(' ')))) == 0) {
      database.execute(std::string("ALTER TABLE mirror ADD COLUMN ") + column);
    }
  }
  const std::set<std::string> present = columnsOf(database, "candidates");
  for (const CandidateColumn& column : columns) {
    if (present.count(column.name) == 0) {
      database.execute("ALTER TABLE candidates ADD COLUMN " + column.name + ' ' +
                       sqliteType(column.kind));
    }
  }
}

std::string newErasureKey() {
  constexpr std::size_t kBytes = 32;
  return randomDigits(kBytes);
}

void makeTables(Database& database, std::string_view posting_id,
                const std::vector<CandidateColumn>& columns) {
  database.execute(candidatesTable(columns));
  database.execute(kTheRest);
  database.execute(kErasure);
  Statement about(database,
                  "INSERT INTO mirror(format, posting_id, erasure_key) VALUES(?1, ?2, ?3)");
  about.bind(1, kFormat).bind(2, posting_id).bind(3, newErasureKey()).run();
}

/// A file of version 0.1 was written without secure_delete: its free pages have earlier states.
void takeOver(Database& database) {
  Statement about(database, "SELECT format FROM mirror");
  if (!about.step() || about.integer(0) != kFormatWithoutErasure) {
    return;
  }
  about.reset();
  database.execute(kErasure);
  // It did not note when it last read everything: long ago.
  Statement take(database,
                 "UPDATE mirror SET format = ?1, erasure_key = ?2, traces = ?3, last_full = 0");
  take.bind(1, kFormat).bind(2, newErasureKey()).bind(3, kTracesInFile).run();
}

void checkPurpose(Database& database, std::string_view posting_id) {
  Statement about(database, "SELECT format, posting_id FROM mirror");
  if (!about.step() || (about.integer(0) != kFormat && about.integer(0) != kFormatWithoutErasure)) {
    throw StoreError(database.file() + " is not a mirror of this version: use another file");
  }
  if (about.text(1) != posting_id) {
    throw StoreError(database.file() +
                     " is the mirror of another posting: use another file, one for each posting");
  }
}

bool isEmpty(Database& database) {
  Statement purpose(database, "PRAGMA application_id");
  return !Statement(database, "SELECT 1 FROM sqlite_master").step() && purpose.step() &&
         purpose.integer(0) == 0;
}

}  // namespace

void requireMirrorOrEmpty(Database& database) {
  const std::set<std::string> of_mirror = columnsOf(database, "mirror");
  const bool is_mirror = of_mirror.count("format") != 0 && of_mirror.count("posting_id") != 0 &&
                         hasTable(database, "candidates") &&
                         hasTable(database, "candidate_history");
  if (!is_mirror && !isEmpty(database)) {
    throw StoreError(database.file() +
                     " is another database, not a mirror: use another file, which is created");
  }
}

std::string upsertSql(const std::vector<CandidateColumn>& columns) {
  std::string names = "first_seen";
  std::string values;
  std::string updates = "gone_at = NULL";
  std::size_t parameter = 0;
  std::string last_seen;
  const auto add = [&](std::string_view column) {
    const std::string name(column);
    const std::string value = '?' + std::to_string(++parameter);
    names += ", " + name;
    values += ", " + value;
    updates += ", " + name + " = excluded." + name;
    if (column == "last_seen") {
      last_seen = value;
    }
  };
  for (const CandidateColumn& column : columns) {
    add(column.name);
  }
  for (const char* column : kOwnColumns) {
    add(column);
  }
  return "INSERT INTO candidates(" + names + ") VALUES(" + last_seen + values +
         ") ON CONFLICT(interview_id) DO UPDATE SET " + updates;
}

Database openMirror(const std::string& file, std::string_view posting_id,
                    const std::vector<CandidateColumn>& columns) {
  Database database(file);
  requireMirrorOrEmpty(database);
  // secure_delete: what is deleted or replaced is overwritten with zeros in its page.
  database.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON");
  Transaction transaction(database);
  if (!hasTable(database, "mirror")) {
    makeTables(database, posting_id, columns);
  }
  checkPurpose(database, posting_id);
  addMissingColumns(database, columns);
  makeChangeTable(database);
  takeOver(database);
  transaction.commit();
  return database;
}

}  // namespace heymilo::workflows
