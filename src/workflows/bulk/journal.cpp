#include "workflows/bulk/journal.hpp"

#include "workflows/bulk/journal_tables.hpp"
#include "workflows/bulk/record_state.hpp"

namespace heymilo::workflows {

using journal_tables::lineIn;
using sqlite::Statement;
using sqlite::Transaction;

Journal::Journal(const std::string& file, const JournalPurpose& purpose)
    : file_(file, purpose),
      database_(file_.database()),
      find_(database_, "SELECT hash, state, line FROM record WHERE idx = ?"),
      write_line_(database_, "UPDATE record SET line = ?2 WHERE idx = ?1") {}

std::optional<std::uint64_t> Journal::sourceLength() {
  const std::lock_guard lock(mutex_);
  return file_.sourceLength();
}

void Journal::setSourceLength(std::uint64_t length) {
  const std::lock_guard lock(mutex_);
  file_.setSourceLength(length);
}

void Journal::requireInPlace() {
  const std::lock_guard lock(mutex_);
  file_.requireInPlace();
}

std::string Journal::rescue() {
  const std::lock_guard lock(mutex_);
  return file_.rescue();
}

std::optional<Journal::Known> Journal::find(std::uint64_t index) {
  const std::lock_guard lock(mutex_);
  if (!find_.bind(1, static_cast<std::int64_t>(index)).step()) {
    return std::nullopt;
  }
  const Known known{find_.integer(0), recordStateOf(find_.text(1)), lineIn(find_, 2)};
  find_.reset();
  return known;
}

std::uint64_t Journal::end() {
  const std::lock_guard lock(mutex_);
  Statement select(database_, "SELECT COALESCE(MAX(idx) + 1, 0) FROM record");
  select.step();
  return static_cast<std::uint64_t>(select.integer(0));
}

std::uint64_t Journal::count(RecordState state) {
  const std::lock_guard lock(mutex_);
  Statement select(database_, "SELECT count FROM tally WHERE state = ?");
  return select.bind(1, toString(state)).step() ? static_cast<std::uint64_t>(select.integer(0)) : 0;
}

void Journal::writeLine(const JournalRecord& record) {
  if (record.line) {
    write_line_.bind(1, static_cast<std::int64_t>(record.index));
    write_line_.bind(2, static_cast<std::int64_t>(*record.line)).run();
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
    write.bind(8, earlier).bind(9, file_.run()).run();
    writeLine(record);
  }
  transaction.commit();
  return refused;
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

void Journal::setQueued(const std::vector<JournalRecord>& records,
                        const std::string& ingestion_id) {
  const std::lock_guard lock(mutex_);
  Transaction transaction(database_);
  Statement update(database_,
                   "UPDATE record SET state = 'queued', ingestion_id = ?2 WHERE idx = ?1");
  for (const JournalRecord& record : records) {
    update.bind(1, static_cast<std::int64_t>(record.index)).bind(2, ingestion_id).run();
  }
  transaction.commit();
}

void Journal::setUnsent(const std::vector<JournalRecord>& records) {
  const std::lock_guard lock(mutex_);
  Transaction transaction(database_);
  Statement update(database_, "UPDATE record SET state = 'unsent' WHERE idx = ?1");
  for (const JournalRecord& record : records) {
    update.bind(1, static_cast<std::int64_t>(record.index)).run();
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

}  // namespace heymilo::workflows
