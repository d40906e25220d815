#include "workflows/bulk/journal.hpp"

#include <charconv>
#include <filesystem>
#include <random>
#include <system_error>
#include <utility>

#include "heymilo/workflows/store_error.hpp"

namespace heymilo::workflows {

using sqlite::Statement;
using sqlite::Transaction;

namespace {

// Format 1, of version 0.1, had the times of sending by this machine's clock, and no runs.
constexpr const char* kFormat = "2";
constexpr const char* kFromFormat1 = R"(
ALTER TABLE record ADD COLUMN received_at INTEGER;
ALTER TABLE record ADD COLUMN run INTEGER NOT NULL DEFAULT 0;
UPDATE record SET sent_at = NULL;
UPDATE about SET value = '2' WHERE key = 'format';
)";

// `tally` counts the records of each state, so that nobody has to count a million.
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

/// Journals that were made before there were lines have none.
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
  return StoreError(file + " is not a journal of this version: use another file");
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

/// Throws StoreError where it is another database, or has lost what it held.
void checkContents(sqlite::Database& database, const std::string& file) {
  if (Statement(database, "SELECT 1 FROM sqlite_master").step()) {
    if (!isJournal(database)) {
      throw notAJournal(file);
    }
    return;
  }
  // A new file has no page before its first tables are written.
  Statement pages(database, "PRAGMA page_count");
  if (pages.step() && pages.integer(0) > 0) {
    throw StoreError(
        file +
        " is a database without tables: a run that was killed may have left what "
        "it knew in " +
        file +
        "-wal, which is not beside it. Put that back; without it "
        "the next run sends everybody again. Use another file only where nobody can have "
        "been sent");
  }
}

sqlite::Database openJournal(const std::string& file, std::optional<sqlite::RunLock>& lock) {
  constexpr std::chrono::seconds kPatience{1};  // with a backup, or somebody who looks
  sqlite::Database database(file, kPatience);
  // Somebody else's database stays as it is.
  try {
    checkContents(database, file);
  } catch (const StoreError&) {
    if (database.isLocked()) {
      const sqlite::RunLock by_a_program(database.path(), true);  // throws where it is by a run
    }
    throw;
  }
  // One run at a time; and what is committed is on disk, whatever happens to the machine. The lock
  // only tells a run from other programs: another name of the file would lead to another lock.
  lock.emplace(database.path(), true);
  // Without a write-ahead log, which a killed run would leave beside the file with all that it
  // knew: the file alone, moved or mounted elsewhere, would be taken for a new one.
  database.execute("PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=FULL");
  Statement mode(database, "PRAGMA journal_mode=DELETE");
  if (!mode.step() || mode.text(0) != "delete") {
    throw StoreError("another program has " + file + " in use: end that, and run again");
  }
  mode.reset();
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
    : database_(openJournal(file, lock_)) {
  Transaction transaction(database_);
  if (!Statement(database_, "SELECT 1 FROM sqlite_master").step()) {
    database_.execute(kTables);
    setAbout(database_, "format", kFormat);
    setAbout(database_, "id", newId());
    setAbout(database_, "posting_id", purpose.posting_id);
    setAbout(database_, "mark", purpose.mark);
  } else if (about(database_, "format") == "1") {
    database_.execute(kFromFormat1);
  }
  if (about(database_, "format") != kFormat) {
    throw notAJournal(file);
  }
  if (!hasLines(database_)) {
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
  const std::string runs = about(database_, "runs");
  run_ = runs.empty() ? 1 : std::stoll(runs) + 1;
  setAbout(database_, "runs", std::to_string(run_));
  transaction.commit();
  database_.rememberFiles(true);
  database_.requireInPlace();
  find_.emplace(database_, "SELECT hash, state, line FROM record WHERE idx = ?");
  write_line_.emplace(database_, "UPDATE record SET line = ?2 WHERE idx = ?1");
}

void Journal::requireInPlace() {
  const std::lock_guard lock(mutex_);
  database_.requireInPlace();
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
  if (length.empty()) {
    return std::nullopt;
  }
  std::uint64_t records = 0;
  const char* const end = length.data() + length.size();
  const auto [read_to, error] = std::from_chars(length.data(), end, records);
  if (error != std::errc() || read_to != end) {
    throw StoreError("the journal holds a number that is none: it is damaged");
  }
  return records;
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
                                          std::optional<Timestamp> now) {
  const std::lock_guard lock(mutex_);
  Transaction transaction(database_);
  Statement taken(database_, "SELECT idx, line FROM record WHERE mark = ? AND idx <> ?");
  Statement write(database_,
                  "INSERT INTO record(idx, hash, state, sent_at, mark, email_hash, error_code,"
                  " error_message, run) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
                  " ON CONFLICT(idx) DO UPDATE SET state = excluded.state, run = excluded.run,"
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
    write.bind(8, earlier).bind(9, run_).run();
    writeLine(record);
  }
  transaction.commit();
  return refused;
}

std::string Journal::rescue() {
  const std::lock_guard lock(mutex_);
  constexpr int kMost = 100;
  try {
    for (int number = 1; number <= kMost; ++number) {
      const std::string name = database_.file() + ".rescued" +
                               (number == 1 ? std::string() : '-' + std::to_string(number));
      if (!std::filesystem::exists(name)) {
        database_.copyTo(name);
        sqlite::Database copy(name);
        Statement check(copy, "PRAGMA integrity_check");
        return check.step() && check.text(0) == "ok" ? name : std::string();
      }
    }
  } catch (const std::exception&) {  // the folder has gone, the disk is full, the data are damaged
    return {};
  }
  return {};
}

void Journal::setSentAt(const std::vector<std::uint64_t>& indexes, Timestamp sent_at) {
  const std::lock_guard lock(mutex_);
  Transaction transaction(database_);
  Statement update(database_,
                   "UPDATE record SET sent_at = ?2 WHERE idx = ?1 AND sent_at IS NULL"
                   " AND state = 'in_flight'");
  for (const std::uint64_t index : indexes) {
    update.bind(1, static_cast<std::int64_t>(index)).bind(2, sent_at).run();
  }
  transaction.commit();
}

void Journal::forgetSentAt() {
  const std::lock_guard lock(mutex_);
  Transaction transaction(database_);
  Statement(database_, "UPDATE record SET sent_at = NULL WHERE state = 'in_flight'").run();
  transaction.commit();
}

void Journal::setIngested(const std::vector<Receipt>& receipts, std::optional<Timestamp> now) {
  const std::lock_guard lock(mutex_);
  Transaction transaction(database_);
  Statement update(database_,
                   "UPDATE record SET state = 'ingested', interview_id = ?2, interview_url = ?3,"
                   " received_at = ?4 WHERE idx = ?1");
  for (const Receipt& receipt : receipts) {
    update.bind(1, static_cast<std::int64_t>(receipt.index));
    update.bind(2, receipt.interview_id).bind(3, receipt.interview_url).bind(4, now).run();
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

std::optional<Journal::SendingTimes> Journal::sendingTimes() {
  const std::lock_guard lock(mutex_);
  Statement select(database_,
                   "SELECT MIN(sent_at), MAX(sent_at), COUNT(*) - COUNT(sent_at) FROM record"
                   " WHERE state = 'in_flight'");
  select.step();
  if (select.isNull(0) || select.integer(2) != 0) {
    return std::nullopt;
  }
  return SendingTimes{select.timestamp(0), select.timestamp(1)};
}

std::set<std::int64_t> Journal::runsInFlight() {
  const std::lock_guard lock(mutex_);
  std::set<std::int64_t> runs;
  Statement select(database_, "SELECT DISTINCT run FROM record WHERE state = 'in_flight'");
  while (select.step()) {
    runs.insert(select.integer(0));
  }
  return runs;
}

std::vector<Journal::Comparison> Journal::recognise(const std::vector<Shown>& candidates,
                                                    std::chrono::microseconds margin) {
  const std::lock_guard lock(mutex_);
  Transaction transaction(database_);
  Statement received(database_,
                     "SELECT run, received_at FROM record WHERE mark = ?1 AND interview_id = ?2"
                     " AND received_at IS NOT NULL");
  Statement by_mark(database_,
                    "UPDATE record SET interview_id = ?2, interview_url = ?3,"
                    " state = CASE state WHEN 'in_flight' THEN 'ingested' ELSE state END"
                    " WHERE mark = ?1 AND (state = 'in_flight'"
                    " OR (state = 'queued' AND interview_id IS NULL))");
  // The candidate of another record with that address is not this one's; nor is one who may have
  // been there before, of which settle() makes what it can.
  constexpr const char* kByEmail =
      " WHERE idx = (SELECT MIN(idx) FROM record WHERE email_hash = ?1"
      " AND mark IS NULL AND state = 'in_flight' AND sent_at <= ?4) AND NOT EXISTS"
      " (SELECT 1 FROM record WHERE email_hash = ?1 AND interview_id = ?2)";
  Statement by_email(database_,
                     std::string("UPDATE record SET state = 'ingested', interview_id = ?2,"
                                 " interview_url = ?3, by_email = 1, error_code = NULL,"
                                 " error_message = NULL") +
                         kByEmail);
  Statement maybe_by_email(
      database_,
      "UPDATE record SET error_code = 'ambiguous', error_message = 'a candidate with the same"
      " e-mail address is in the posting, and nothing tells whether that is this record'"
      " WHERE email_hash = ?1 AND mark IS NULL AND state = 'in_flight' AND NOT EXISTS"
      " (SELECT 1 FROM record WHERE email_hash = ?1 AND interview_id = ?2)");
  std::vector<Comparison> comparisons;
  for (const Shown& shown : candidates) {
    if (shown.mark) {
      if (shown.created_at && received.bind(1, *shown.mark).bind(2, shown.interview_id).step()) {
        comparisons.push_back({received.integer(0), received.timestamp(1), *shown.created_at});
        received.reset();
      }
      by_mark.bind(1, *shown.mark);
      by_mark.bind(2, shown.interview_id).bind(3, shown.interview_url).run();
      continue;
    }
    if (shown.created_at) {
      by_email.bind(1, shown.email_hash).bind(2, shown.interview_id).bind(3, shown.interview_url);
      by_email.bind(4, *shown.created_at + margin).run();
    }
    maybe_by_email.bind(1, shown.email_hash).bind(2, shown.interview_id).run();
  }
  transaction.commit();
  return comparisons;
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
  Statement maybe(database_,
                  "UPDATE record SET state = 'unresolved' WHERE state = 'in_flight'"
                  " AND error_code = 'ambiguous'");
  maybe.run();
  Statement in_queue(database_,
                     "UPDATE record SET state = 'unresolved', error_code = 'may_be_queued',"
                     " error_message = 'records that were queued at that time are not in the"
                     " posting yet, and this one may be queued as well'"
                     " WHERE state = 'in_flight' AND run IN (SELECT DISTINCT run FROM record"
                     " WHERE state = 'queued' AND mark IS NOT NULL AND interview_id IS NULL)");
  in_queue.run();
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
