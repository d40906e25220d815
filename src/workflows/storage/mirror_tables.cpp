#include "workflows/storage/mirror_tables.hpp"

#include <cstdint>
#include <set>
#include <system_error>

#include "heymilo/workflows/store_error.hpp"

namespace heymilo::workflows {

using sqlite::Database;
using sqlite::Statement;
using sqlite::Transaction;

namespace {

constexpr std::int64_t kFormat = 1;

// candidates_status finds the oldest candidate that is not in a final state without reading a
// document.
constexpr const char* kTheRest = R"(
CREATE INDEX candidates_status ON candidates(status, gone_at, created_at);
CREATE INDEX candidates_created_at ON candidates(created_at);
CREATE TABLE mirror(
  format INTEGER NOT NULL, posting_id TEXT NOT NULL, last_walk INTEGER NOT NULL DEFAULT 0,
  watermark REAL, walk_full INTEGER, walk_created_after REAL, walk_started_at REAL,
  walk_newest REAL, walk_cursor TEXT, walk_unidentified INTEGER, walk_oldest_unreadable REAL);
CREATE TABLE candidate_history(
  interview_id TEXT NOT NULL REFERENCES candidates(interview_id), status TEXT NOT NULL,
  current_step_id TEXT, current_step_order INTEGER, observed_at REAL NOT NULL);
CREATE INDEX candidate_history_of ON candidate_history(interview_id, observed_at);
)";

bool hasTable(Database& database, std::string_view name) {
  Statement find(database, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1");
  return find.bind(1, name).step();
}

/// The properties are the first columns, for people who look at a row.
std::string candidatesTable(const std::vector<CandidateColumn>& columns) {
  std::string sql = "CREATE TABLE candidates(interview_id TEXT PRIMARY KEY";
  for (const CandidateColumn& column : columns) {
    if (column.name != "interview_id") {
      sql += ", " + column.name + ' ' + column.type;
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
  for (const char* column : {"walk_unidentified INTEGER", "walk_oldest_unreadable REAL"}) {
    const std::string_view text = column;
    if (of_mirror.count(std::string(text.substr(0, text.find(' ')))) == 0) {
      database.execute(std::string("ALTER TABLE mirror ADD COLUMN ") + column);
    }
  }
  const std::set<std::string> present = columnsOf(database, "candidates");
  for (const CandidateColumn& column : columns) {
    if (present.count(column.name) == 0) {
      database.execute("ALTER TABLE candidates ADD COLUMN " + column.name + ' ' + column.type);
    }
  }
}

/// Checked before anything is changed in another program's database.
void refuseForeignTables(Database& database) {
  if (hasTable(database, "mirror")) {
    return;
  }
  for (const char* table : {"candidates", "candidate_history"}) {
    if (hasTable(database, table)) {
      throw StoreError(database.file() + " has a table " + table +
                       " that is not a mirror's; use another file");
    }
  }
}

void makeTables(Database& database, std::string_view posting_id,
                const std::vector<CandidateColumn>& columns) {
  database.execute(candidatesTable(columns));
  database.execute(kTheRest);
  Statement about(database, "INSERT INTO mirror(format, posting_id) VALUES(?1, ?2)");
  about.bind(1, kFormat).bind(2, posting_id).run();
}

void checkPurpose(Database& database, std::string_view posting_id) {
  Statement about(database, "SELECT format, posting_id FROM mirror");
  if (!about.step() || about.integer(0) != kFormat) {
    throw StoreError(database.file() + " is not a mirror of this version; use another file");
  }
  if (about.text(1) != posting_id) {
    throw StoreError(database.file() + " is the mirror of another posting; use another file");
  }
}

}  // namespace

Database openMirror(const std::string& file, std::string_view posting_id,
                    const std::vector<CandidateColumn>& columns) {
  Database database(file);
  refuseForeignTables(database);
  database.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL");
  Transaction transaction(database);
  if (!hasTable(database, "mirror")) {
    makeTables(database, posting_id, columns);
  }
  checkPurpose(database, posting_id);
  addMissingColumns(database, columns);
  transaction.commit();
  return database;
}

}  // namespace heymilo::workflows
