#include "workflows/bulk/journal_tables.hpp"

namespace heymilo::workflows::journal_tables {

using sqlite::Database;
using sqlite::Statement;

namespace {

// Format 1, of version 0.1, had the times of sending by this machine's clock, and no runs.
constexpr const char* kFormat = "2";
constexpr const char* kFromFormat1 = R"(
ALTER TABLE record ADD COLUMN received_at INTEGER;
ALTER TABLE record ADD COLUMN run INTEGER NOT NULL DEFAULT 0;
UPDATE record SET sent_at = NULL;
UPDATE about SET value = '2' WHERE key = 'format';
)";

// `tally` counts the records of each state: counting a million records anew would take long.
constexpr const char* kTables = R"(
CREATE TABLE about(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE record(
  idx INTEGER PRIMARY KEY, hash INTEGER NOT NULL, state TEXT NOT NULL, sent_at INTEGER,
  mark TEXT, email_hash INTEGER, interview_id TEXT, interview_url TEXT, ingestion_id TEXT,
  error_code TEXT, error_message TEXT, error_param TEXT, by_email INTEGER NOT NULL DEFAULT 0,
  received_at INTEGER, run INTEGER NOT NULL DEFAULT 0, line INTEGER);
CREATE UNIQUE INDEX record_mark ON record(mark) WHERE mark IS NOT NULL;
CREATE INDEX record_email ON record(email_hash) WHERE email_hash IS NOT NULL;
CREATE INDEX record_in_flight ON record(sent_at) WHERE state = 'in_flight';
CREATE INDEX record_interview ON record(interview_id) WHERE email_hash IS NOT NULL;
CREATE TABLE tally(state TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
CREATE TRIGGER record_new AFTER INSERT ON record BEGIN
  INSERT INTO tally VALUES(NEW.state, 1) ON CONFLICT(state) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER record_changed AFTER UPDATE OF state ON record BEGIN
  UPDATE tally SET count = count - 1 WHERE state = OLD.state;
  INSERT INTO tally VALUES(NEW.state, 1) ON CONFLICT(state) DO UPDATE SET count = count + 1;
END;
)";

}  // namespace

bool present(Database& database) {
  return Statement(database, "SELECT 1 FROM sqlite_master WHERE name = 'about'").step() &&
         Statement(database, "SELECT 1 FROM sqlite_master WHERE name = 'record'").step();
}

StoreError notAJournal(const std::string& file) {
  return StoreError(file + " is not a journal of this version: use another file");
}

void make(Database& database) {
  database.execute(kTables);
  setAbout(database, "format", kFormat);
}

void update(Database& database, const std::string& file) {
  if (about(database, "format") == "1") {
    database.execute(kFromFormat1);
  }
  if (about(database, "format") != kFormat) {
    throw notAJournal(file);
  }
  if (!hasLines(database)) {
    database.execute("ALTER TABLE record ADD COLUMN line INTEGER");
  }
}

std::string about(Database& database, std::string_view key) {
  Statement select(database, "SELECT value FROM about WHERE key = ?");
  return select.bind(1, key).step() ? select.text(0) : std::string();
}

void setAbout(Database& database, std::string_view key, std::string_view value) {
  Statement(database, "INSERT OR REPLACE INTO about VALUES(?, ?)")
      .bind(1, key)
      .bind(2, value)
      .run();
}

bool hasLines(Database& database) {
  return Statement(database, "SELECT 1 FROM pragma_table_info('record') WHERE name = 'line'")
      .step();
}

std::optional<std::uint64_t> lineIn(const Statement& row, int column) {
  return row.isNull(column)
             ? std::nullopt
             : std::optional<std::uint64_t>(static_cast<std::uint64_t>(row.integer(column)));
}

}  // namespace heymilo::workflows::journal_tables
