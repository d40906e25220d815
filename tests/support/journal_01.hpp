#pragma once

#include <cstdint>
#include <string>

#include "support/other_program.hpp"

namespace heymilo_test {

/// A journal as version 0.1 has written it: its tables word for word.
class Journal01File {
 public:
  /// `format`: 1 or 2.
  explicit Journal01File(const std::string& file, int format = 2,
                         const std::string& id = "0123456789abcdef01234567",
                         const std::string& posting = "p", const std::string& mark = "heymilo_ref")
      : database_(file), id_(id) {
    const bool first = format == 1;
    database_.execute(std::string(first ? "PRAGMA journal_mode=WAL;" : "") + R"(
CREATE TABLE about(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE record(
  idx INTEGER PRIMARY KEY, hash INTEGER NOT NULL, state TEXT NOT NULL, sent_at INTEGER,
  mark TEXT, email_hash INTEGER, interview_id TEXT, interview_url TEXT, ingestion_id TEXT,
  error_code TEXT, error_message TEXT, error_param TEXT, by_email INTEGER NOT NULL DEFAULT 0)" +
                      (first ? ");" : R"(,
  received_at INTEGER, run INTEGER NOT NULL DEFAULT 0, line INTEGER);)") +
                      R"(
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
)");
    database_.execute("INSERT INTO about VALUES('format', '" + std::to_string(format) +
                      "'), ('id', '" + id + "'), ('posting_id', '" + posting + "'), ('mark', '" +
                      mark + "')");
    if (!first) {
      database_.execute("INSERT INTO about VALUES('runs', '1')");
    }
  }

  std::string mark(std::size_t index) const { return id_ + "-" + std::to_string(index); }

  /// `more`: further columns and their values, as `, name = value`.
  void add(std::size_t index, std::int64_t hash, const std::string& state, const std::string& mark,
           const std::string& more = {}) {
    const std::string at = std::to_string(index);
    database_.execute("INSERT INTO record(idx, hash, state, mark) VALUES(" + at + ", " +
                      std::to_string(hash) + ", '" + state + "', '" + mark + "')");
    if (!more.empty()) {
      database_.execute("UPDATE record SET idx = idx" + more + " WHERE idx = " + at);
    }
  }
  void execute(const std::string& sql) { database_.execute(sql); }

 private:
  OtherProgram database_;
  std::string id_;
};

}  // namespace heymilo_test
