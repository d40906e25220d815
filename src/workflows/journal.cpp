#include "workflows/journal.hpp"

#include <filesystem>
#include <random>
#include <utility>

#include "heymilo/workflows/store_error.hpp"

namespace heymilo::workflows {

using sqlite::Statement;
using sqlite::Transaction;

namespace {

constexpr const char* kFormat = "1";

// `tally` counts the records of each state, so that nobody has to count a million.
constexpr const char* kTables = R"(
CREATE TABLE about(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE record(
  idx INTEGER PRIMARY KEY, hash INTEGER NOT NULL, state TEXT NOT NULL, sent_at INTEGER,
  mark TEXT, email_hash INTEGER, interview_id TEXT, interview_url TEXT, ingestion_id TEXT,
  error_code TEXT, error_message TEXT, error_param TEXT, by_email INTEGER NOT NULL DEFAULT 0,
  line INTEGER);
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

RecordState stateOf(const std::string& text) {
  for (const RecordState state : {RecordState::unsent,
                                  RecordState::in_flight,
                                  RecordState::ingested,
                                  RecordState::queued,
                                  RecordState::rejected,
                                  RecordState::unresolved}) {
    if (text == toString(state)) {
      return state;
    }
  }
  throw StoreError("the journal holds a state that this version does not know");
}

/// Journals of versions before 0.1.1 have none.
bool hasLines(sqlite::Database& database) {
  return Statement(database, "SELECT 1 FROM pragma_table_info('record') WHERE name = 'line'")
      .step();
}

std::optional<std::uint64_t> lineIn(const Statement& row, int column) {
  return row.isNull(column)
             ? std::nullopt
             : std::optional<std::uint64_t>(static_cast<std::uint64_t>(row.integer(column)));
}

StoreError notAJournal(const std::string& file) {
  return StoreError(file + " is no journal of this version: name another file");
}

bool isJournal(sqlite::Database& database) {
  return Statement(database, "SELECT 1 FROM sqlite_master WHERE name = 'about'").step() &&
         Statement(database, "SELECT 1 FROM sqlite_master WHERE name = 'record'").step();
}

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

sqlite::Database openJournal(const std::string& file) {
  sqlite::Database database(file, std::chrono::milliseconds{0});
  // Somebody else's database stays as it is.
  if (Statement(database, "SELECT 1 FROM sqlite_master").step() && !isJournal(database)) {
    throw notAJournal(file);
  }
  // One run at a time; and what is committed is on disk, whatever happens to the machine.
  database.execute(
      "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
  return database;
}

std::string about(sqlite::Database& database, std::string_view key) {
  Statement select(database, "SELECT value FROM about WHERE key = ?");
  return select.bind(1, key).step() ? select.text(0) : std::string();
}

void setAbout(sqlite::Database& database, std::string_view key, std::string_view value) {
  Statement(database, "INSERT OR REPLACE INTO about VALUES(?, ?)")
      .bind(1, key)
      .bind(2, value)
      .run();
}

}  // namespace

std::string_view toString(RecordState state) noexcept {
  switch (state) {
    case RecordState::unsent:
      return "unsent";
    case RecordState::in_flight:
      return "in_flight";
    case RecordState::ingested:
      return "ingested";
    case RecordState::queued:
      return "queued";
    case RecordState::rejected:
      return "rejected";
    case RecordState::unresolved:
      return "unresolved";
  }
  return "unresolved";
}

std::string placeOf(std::uint64_t index, std::optional<std::uint64_t> line) {
  return "record " + std::to_string(index + 1) +
         (line ? " (line " + std::to_string(*line) + ')' : std::string());
}

Journal::Journal(const std::string& file, const JournalPurpose& purpose)
    : database_(openJournal(file)) {
  Transaction transaction(database_);
  if (!Statement(database_, "SELECT 1 FROM sqlite_master").step()) {
    database_.execute(kTables);
    setAbout(database_, "format", kFormat);
    setAbout(database_, "id", newId());
    setAbout(database_, "posting_id", purpose.posting_id);
    setAbout(database_, "mark", purpose.mark);
  } else if (about(database_, "format") != kFormat) {
    throw notAJournal(file);
  } else if (!hasLines(database_)) {
    database_.execute("ALTER TABLE record ADD COLUMN line INTEGER");
  }
  if (about(database_, "posting_id") != purpose.posting_id) {
    throw StoreError(file + " is the journal of another posting: name another file");
  }
  if (about(database_, "mark") != purpose.mark) {
    throw StoreError(file + " is the journal of records with another mark than " + purpose.mark +
                     ": name that mark, or another file");
  }
  id_ = about(database_, "id");
  transaction.commit();
  find_.emplace(database_, "SELECT hash, state, line FROM record WHERE idx = ?");
  write_line_.emplace(database_, "UPDATE record SET line = ?2 WHERE idx = ?1");
}

std::optional<Journal::Known> Journal::find(std::uint64_t index) {
  const std::lock_guard lock(mutex_);
  if (!find_->bind(1, static_cast<std::int64_t>(index)).step()) {
    return std::nullopt;
  }
  const Known known{find_->integer(0), stateOf(find_->text(1)), lineIn(*find_, 2)};
  find_->reset();
  return known;
}

void Journal::writeLine(const JournalRecord& record) {
  if (record.line) {
    write_line_->bind(1, static_cast<std::int64_t>(record.index));
    write_line_->bind(2, static_cast<std::int64_t>(*record.line)).run();
  }
}

void Journal::setLines(const std::vector<JournalRecord>& records) {
  const std::lock_guard lock(mutex_);
  Transaction transaction(database_);
  for (const JournalRecord& record : records) {
    writeLine(record);
  }
  transaction.commit();
}

std::optional<std::uint64_t> Journal::sourceLength() {
  const std::lock_guard lock(mutex_);
  const std::string length = about(database_, "source_length");
  return length.empty() ? std::nullopt : std::optional<std::uint64_t>(std::stoull(length));
}

void Journal::setSourceLength(std::uint64_t length) {
  const std::lock_guard lock(mutex_);
  setAbout(database_, "source_length", std::to_string(length));
}

std::uint64_t Journal::end() {
  const std::lock_guard lock(mutex_);
  Statement select(database_, "SELECT COALESCE(MAX(idx) + 1, 0) FROM record");
  select.step();
  return static_cast<std::uint64_t>(select.integer(0));
}

std::vector<std::uint64_t> Journal::begin(const std::vector<JournalRecord>& records,
                                          Timestamp now) {
  const std::lock_guard lock(mutex_);
  Transaction transaction(database_);
  Statement taken(database_, "SELECT idx, line FROM record WHERE mark = ? AND idx <> ?");
  Statement write(database_,
                  "INSERT INTO record(idx, hash, state, sent_at, mark, email_hash, error_code,"
                  " error_message) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
                  " ON CONFLICT(idx) DO UPDATE SET state = excluded.state,"
                  " sent_at = excluded.sent_at, mark = excluded.mark,"
                  " email_hash = excluded.email_hash, error_code = excluded.error_code,"
                  " error_message = excluded.error_message");
  std::vector<std::uint64_t> refused;
  for (const JournalRecord& record : records) {
    const auto index = static_cast<std::int64_t>(record.index);
    std::optional<std::string> earlier;
    if (record.mark && taken.bind(1, *record.mark).bind(2, index).step()) {
      earlier = placeOf(static_cast<std::uint64_t>(taken.integer(0)), lineIn(taken, 1)) +
                " of the source has the same mark";
      taken.reset();
      refused.push_back(record.index);
    }
    write.bind(1, index).bind(2, record.hash);
    write.bind(3, toString(earlier ? RecordState::rejected : RecordState::in_flight)).bind(4, now);
    write.bind(5, earlier ? std::nullopt : record.mark).bind(6, record.email_hash);
    write.bind(7, earlier ? std::optional<std::string>("duplicate_mark") : std::nullopt);
    write.bind(8, earlier).run();
    writeLine(record);
  }
  transaction.commit();
  return refused;
}

void Journal::setIngested(const std::vector<Receipt>& receipts) {
  const std::lock_guard lock(mutex_);
  Transaction transaction(database_);
  Statement update(database_,
                   "UPDATE record SET state = 'ingested', interview_id = ?2, interview_url = ?3"
                   " WHERE idx = ?1");
  for (const Receipt& receipt : receipts) {
    update.bind(1, static_cast<std::int64_t>(receipt.index));
    update.bind(2, receipt.interview_id).bind(3, receipt.interview_url).run();
  }
  transaction.commit();
}

void Journal::setQueued(const std::vector<std::uint64_t>& indexes,
                        const std::string& ingestion_id) {
  const std::lock_guard lock(mutex_);
  Transaction transaction(database_);
  Statement update(database_,
                   "UPDATE record SET state = 'queued', ingestion_id = ?2 WHERE idx = ?1");
  for (const std::uint64_t index : indexes) {
    update.bind(1, static_cast<std::int64_t>(index)).bind(2, ingestion_id).run();
  }
  transaction.commit();
}

void Journal::setUnsent(const std::vector<std::uint64_t>& indexes) {
  const std::lock_guard lock(mutex_);
  Transaction transaction(database_);
  Statement update(database_, "UPDATE record SET state = 'unsent' WHERE idx = ?1");
  for (const std::uint64_t index : indexes) {
    update.bind(1, static_cast<std::int64_t>(index)).run();
  }
  transaction.commit();
}

void Journal::setRejected(const std::vector<Refusal>& refusals) {
  const std::lock_guard lock(mutex_);
  Transaction transaction(database_);
  Statement write(database_,
                  "INSERT INTO record(idx, hash, state, error_code, error_message, error_param)"
                  " VALUES(?1, ?2, 'rejected', ?3, ?4, ?5)"
                  " ON CONFLICT(idx) DO UPDATE SET state = excluded.state,"
                  " error_code = excluded.error_code, error_message = excluded.error_message,"
                  " error_param = excluded.error_param");
  for (const Refusal& refusal : refusals) {
    write.bind(1, static_cast<std::int64_t>(refusal.record.index)).bind(2, refusal.record.hash);
    write.bind(3, refusal.error.code).bind(4, refusal.error.message).bind(5, refusal.error.param);
    write.run();
    writeLine(refusal.record);
  }
  transaction.commit();
}

std::optional<Timestamp> Journal::oldestInFlight() {
  const std::lock_guard lock(mutex_);
  Statement select(database_, "SELECT MIN(sent_at) FROM record WHERE state = 'in_flight'");
  select.step();
  return select.isNull(0) ? std::nullopt : std::optional<Timestamp>(select.timestamp(0));
}

void Journal::recognise(const std::vector<Shown>& candidates) {
  const std::lock_guard lock(mutex_);
  Transaction transaction(database_);
  Statement by_mark(database_,
                    "UPDATE record SET state = 'ingested', interview_id = ?2, interview_url = ?3"
                    " WHERE mark = ?1 AND state = 'in_flight'");
  // The candidate of another record with that address is not this one's.
  Statement by_email(database_,
                     "UPDATE record SET state = 'ingested', interview_id = ?2, interview_url = ?3,"
                     " by_email = 1 WHERE idx = (SELECT MIN(idx) FROM record WHERE email_hash = ?1"
                     " AND mark IS NULL AND state = 'in_flight') AND NOT EXISTS"
                     " (SELECT 1 FROM record WHERE email_hash = ?1 AND interview_id = ?2)");
  for (const Shown& shown : candidates) {
    Statement& update = shown.mark ? by_mark : by_email;
    if (shown.mark) {
      update.bind(1, *shown.mark);
    } else {
      update.bind(1, shown.email_hash);
    }
    update.bind(2, shown.interview_id).bind(3, shown.interview_url).run();
  }
  transaction.commit();
}

void Journal::settle() {
  const std::lock_guard lock(mutex_);
  Transaction transaction(database_);
  Statement doubt(database_,
                  "UPDATE record SET state = 'unresolved', error_code = 'ambiguous',"
                  " error_message = 'a record of the same e-mail address was found in the posting,"
                  " and nothing tells which of them it is' WHERE state = 'in_flight'"
                  " AND mark IS NULL AND EXISTS (SELECT 1 FROM record AS other"
                  " WHERE other.email_hash = record.email_hash AND other.by_email = 1)");
  doubt.run();
  Statement(database_, "UPDATE record SET state = 'unsent' WHERE state = 'in_flight'").run();
  transaction.commit();
}

std::uint64_t Journal::count(RecordState state) {
  const std::lock_guard lock(mutex_);
  Statement select(database_, "SELECT count FROM tally WHERE state = ?");
  return select.bind(1, toString(state)).step() ? static_cast<std::uint64_t>(select.integer(0)) : 0;
}

std::uint64_t Journal::matchedByEmail() {
  const std::lock_guard lock(mutex_);
  Statement select(database_,
                   "SELECT COUNT(*) FROM record WHERE email_hash IS NOT NULL AND by_email = 1");
  select.step();
  return static_cast<std::uint64_t>(select.integer(0));
}

void reportOf(const std::string& journal, const std::function<void(const RecordReport&)>& tell) {
  if (std::error_code error; !std::filesystem::exists(journal, error)) {
    throw StoreError("there is no journal " + journal);
  }
  sqlite::Database database(journal);
  if (!isJournal(database)) {
    throw notAJournal(journal);
  }
  const std::string line = hasLines(database) ? "line" : "NULL";
  Statement select(database,
                   "SELECT idx, state, interview_id, interview_url, ingestion_id, error_code,"
                   " error_message, error_param, by_email, " +
                       line + " FROM record ORDER BY idx");
  const auto text_in = [&](int column) {
    return select.isNull(column) ? std::nullopt : std::optional<std::string>(select.text(column));
  };
  while (select.step()) {
    RecordReport report;
    report.index = static_cast<std::uint64_t>(select.integer(0));
    report.line = lineIn(select, 9);
    report.state = stateOf(select.text(1));
    if (report.state == RecordState::ingested) {
      report.interview_id = text_in(2);
      report.interview_url = text_in(3);
    } else if (report.state == RecordState::queued) {
      report.ingestion_id = text_in(4);
    } else if (report.state == RecordState::in_flight) {
      report.state = RecordState::unresolved;
      report.error = APIErrorDetail{"in_flight",
                                    "it was sent, and the run ended before its outcome was known:"
                                    " run again with the same journal to find out"};
    } else if (!select.isNull(5)) {
      report.error = APIErrorDetail{select.text(5), select.text(6), text_in(7)};
    }
    report.matched_by_email = select.integer(8) != 0;
    tell(report);
  }
}

}  // namespace heymilo::workflows
