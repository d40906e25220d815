#include "workflows/storage/plan_tables.hpp"

namespace heymilo::workflows {

using sqlite::Database;

namespace {

Database withTable() {
  Database database = Database::temporary("the temporary file for the plan");
  database.execute(R"(
CREATE TABLE record(key TEXT PRIMARY KEY, digest TEXT NOT NULL, state INTEGER NOT NULL,
  interview_id TEXT NOT NULL, interview_url TEXT NOT NULL, ingestion_id TEXT NOT NULL,
  error_code TEXT NOT NULL) WITHOUT ROWID;
BEGIN)");
  return database;
}

}  // namespace

PlanTables::PlanTables()
    : database_(withTable()),
      insert_(database_, "INSERT OR REPLACE INTO record VALUES(?, ?, ?, ?, ?, ?, ?)"),
      show_(database_, R"(
INSERT INTO record VALUES(?1, '', ?2, ?3, ?4, '', '') ON CONFLICT(key) DO UPDATE SET
  state = ?2, interview_id = ?3, interview_url = ?4)"),
      find_(database_, R"(
SELECT digest, state, interview_id, interview_url, ingestion_id, error_code FROM record
  WHERE key = ?)") {}

void PlanTables::add(const JournalRow& row) {
  insert_.bind(1, row.key)
      .bind(2, row.digest)
      .bind(3, static_cast<std::int64_t>(row.state))
      .bind(4, row.interview_id)
      .bind(5, row.interview_url)
      .bind(6, row.ingestion_id)
      .bind(7, row.error_code)
      .run();
}

void PlanTables::show(const std::string& key, const std::string& interview_id,
                      const std::string& interview_url) {
  show_.bind(1, key)
      .bind(2, static_cast<std::int64_t>(KeyState::ingested))
      .bind(3, interview_id)
      .bind(4, interview_url)
      .run();
}

std::optional<JournalRow> PlanTables::find(const std::string& key) {
  find_.bind(1, key);
  if (!find_.step()) {
    return std::nullopt;
  }
  JournalRow row;
  row.key = key;
  row.digest = find_.text(0);
  row.state = static_cast<KeyState>(find_.integer(1));
  row.interview_id = find_.text(2);
  row.interview_url = find_.text(3);
  row.ingestion_id = find_.text(4);
  row.error_code = find_.text(5);
  find_.reset();
  return row;
}

}  // namespace heymilo::workflows
