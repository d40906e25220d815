#include "workflows/storage/journal_records.hpp"

#include <array>

#include "heymilo/workflows/store_error.hpp"

namespace heymilo::workflows {

using sqlite::Statement;

namespace {

constexpr std::array kStates = {KeyState::unsent,
                                KeyState::in_flight,
                                KeyState::in_doubt,
                                KeyState::ingested,
                                KeyState::queued,
                                KeyState::rejected,
                                KeyState::unresolved};

KeyState stateIn(const Statement& row, int column, const std::string& file) {
  const std::string text = row.text(column);
  for (const KeyState state : kStates) {
    if (text == toString(state)) {
      return state;
    }
  }
  throw StoreError(file + " is damaged: a record has an unknown state");
}

std::uint64_t& countOf(JournalCounts& counts, KeyState state) {
  switch (state) {
    case KeyState::unsent:
      return counts.unsent;
    case KeyState::in_flight:
      return counts.in_flight;
    case KeyState::in_doubt:
      return counts.in_doubt;
    case KeyState::ingested:
      return counts.ingested;
    case KeyState::queued:
      return counts.queued;
    case KeyState::rejected:
      return counts.rejected;
    case KeyState::unresolved:
      break;
  }
  return counts.unresolved;
}

}  // namespace

std::optional<Timestamp> timeIn(const Statement& row, int column) {
  return row.isNull(column) ? std::nullopt : std::optional<Timestamp>(row.timestamp(column));
}

std::optional<std::int64_t> integerIn(const Statement& row, int column) {
  return row.isNull(column) ? std::nullopt : std::optional<std::int64_t>(row.integer(column));
}

std::optional<StoredRecord> JournalRecords::find(std::int64_t posting, const std::string& key) {
  Statement& select = journal_.statement(R"(
SELECT id, digest, state, owner, claim, async, claimed, doubted, failures, sent_at, received_at,
  interview_id, interview_url, ingestion_id, error_code, late_ingestion_id
FROM heymilo_record WHERE posting = ? AND key = ?)");
  if (!select.bind(1, posting).bind(2, key).step()) {
    return std::nullopt;
  }
  StoredRecord record;
  record.id = select.integer(0);
  record.key = key;
  record.digest = select.text(1);
  record.state = stateIn(select, 2, journal_.file());
  record.owner = select.text(3);
  record.claim = select.text(4);
  record.async = select.integer(5) != 0;
  record.claimed = select.integer(6);
  record.doubted = select.integer(7);
  record.failures = select.integer(8);
  record.sent_at = timeIn(select, 9);
  record.received_at = timeIn(select, 10);
  record.interview_id = select.text(11);
  record.interview_url = select.text(12);
  record.ingestion_id = select.text(13);
  record.error_code = select.text(14);
  record.late_ingestion_id = select.text(15);
  select.reset();
  return record;
}

void JournalRecords::write(std::int64_t posting, const StoredRecord& record) {
  const bool is_new = record.id == 0;
  Statement& write = is_new ? journal_.statement(R"(
INSERT INTO heymilo_record(digest, state, owner, claim, async, claimed, doubted, failures, sent_at,
  received_at, interview_id, interview_url, ingestion_id, error_code, late_ingestion_id, posting,
  key) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))")
                            : journal_.statement(R"(
UPDATE heymilo_record SET digest = ?, state = ?, owner = ?, claim = ?, async = ?, claimed = ?,
  doubted = ?, failures = ?, sent_at = ?, received_at = ?, interview_id = ?, interview_url = ?,
  ingestion_id = ?, error_code = ?, late_ingestion_id = ? WHERE id = ?)");
  write.bind(1, record.digest)
      .bind(2, toString(record.state))
      .bind(3, record.owner)
      .bind(4, record.claim)
      .bind(5, record.async)
      .bind(6, record.claimed)
      .bind(7, record.doubted)
      .bind(8, record.failures)
      .bind(9, record.sent_at)
      .bind(10, record.received_at)
      .bind(11, record.interview_id)
      .bind(12, record.interview_url)
      .bind(13, record.ingestion_id)
      .bind(14, record.error_code)
      .bind(15, record.late_ingestion_id);
  if (is_new) {
    write.bind(16, posting).bind(17, record.key);
  } else {
    write.bind(16, record.id);
  }
  write.run();
}

void JournalRecords::keepSecondReceipt(std::int64_t posting, const std::string& key,
                                       const std::string& interview_id) {
  journal_.statement("INSERT OR IGNORE INTO heymilo_second_receipt VALUES(?, ?, ?)")
      .bind(1, posting)
      .bind(2, key)
      .bind(3, interview_id)
      .run();
}

std::vector<std::string> JournalRecords::secondReceipts(std::int64_t posting,
                                                        const std::string& key) {
  std::vector<std::string> ids;
  Statement& select = journal_.statement(
      "SELECT interview_id FROM heymilo_second_receipt WHERE posting = ? AND key = ?");
  select.bind(1, posting).bind(2, key);
  while (select.step()) {
    ids.push_back(select.text(0));
  }
  return ids;
}

void JournalRecords::forgetSecondReceipts(std::int64_t posting, const std::string& key) {
  journal_.statement("DELETE FROM heymilo_second_receipt WHERE posting = ? AND key = ?")
      .bind(1, posting)
      .bind(2, key)
      .run();
}

void JournalRecords::bury(std::int64_t posting, const std::string& worker) {
  journal_
      .statement(
          "UPDATE heymilo_record SET state = 'in_doubt' "
          "WHERE posting = ? AND owner = ? AND state = 'in_flight'")
      .bind(1, posting)
      .bind(2, worker)
      .run();
}

void JournalRecords::buryAll(std::int64_t posting) {
  journal_
      .statement(
          "UPDATE heymilo_record SET state = 'in_doubt' WHERE posting = ? AND state = 'in_flight'")
      .bind(1, posting)
      .run();
}

void JournalRecords::buryAll() {
  journal_.statement("UPDATE heymilo_record SET state = 'in_doubt' WHERE state = 'in_flight'")
      .run();
}

JournalCounts JournalRecords::counts(std::int64_t posting) {
  JournalCounts counts;
  Statement& select =
      journal_.statement("SELECT state, count FROM heymilo_tally WHERE posting = ?");
  select.bind(1, posting);
  while (select.step()) {
    countOf(counts, stateIn(select, 0, journal_.file())) =
        static_cast<std::uint64_t>(select.integer(1));
  }
  return counts;
}

bool JournalRecords::any(std::int64_t posting) {
  Statement& select = journal_.statement("SELECT 1 FROM heymilo_record WHERE posting = ? LIMIT 1");
  const bool any = select.bind(1, posting).step();
  select.reset();
  return any;
}

std::vector<KeyInDoubt> JournalRecords::doubts(std::int64_t posting) {
  std::vector<KeyInDoubt> doubts;
  Statement& select = journal_.statement(
      "SELECT key, claim, owner, async, doubted, sent_at FROM heymilo_record "
      "WHERE posting = ? AND state = 'in_doubt' ORDER BY key");
  select.bind(1, posting);
  while (select.step()) {
    KeyInDoubt doubt;
    doubt.key = select.text(0);
    doubt.claim = select.text(1);
    doubt.owner = select.text(2);
    doubt.async = select.integer(3) != 0;
    doubt.doubted = select.integer(4);
    doubt.sent_at = timeIn(select, 5);
    doubts.push_back(std::move(doubt));
  }
  return doubts;
}

void JournalRecords::queued(std::int64_t posting, JournalDoubts& doubts) {
  Statement& select = journal_.statement(
      "SELECT count(*), count(sent_at), min(sent_at) FROM heymilo_record "
      "WHERE posting = ? AND state = 'queued'");
  if (select.bind(1, posting).step()) {
    doubts.queued = static_cast<std::uint64_t>(select.integer(0));
    const bool all_dated = select.integer(0) == select.integer(1);
    doubts.queued_since = all_dated ? timeIn(select, 2) : std::nullopt;
  }
  select.reset();
}

std::optional<std::int64_t> JournalRecords::oldestQueued(std::int64_t posting) {
  Statement& select = journal_.statement(
      "SELECT min(claimed) FROM heymilo_record WHERE posting = ? AND state = 'queued'");
  std::optional<std::int64_t> oldest;
  if (select.bind(1, posting).step()) {
    oldest = integerIn(select, 0);
  }
  select.reset();
  return oldest;
}

std::vector<JournalRow> JournalRecords::rows(std::int64_t posting, const std::string& after,
                                             std::size_t most) {
  std::vector<JournalRow> rows;
  Statement& select = journal_.statement(R"(
SELECT key, digest, state, interview_id, interview_url, ingestion_id, error_code, sent_at, claim
FROM heymilo_record WHERE posting = ? AND key > ? ORDER BY key LIMIT ?)");
  select.bind(1, posting).bind(2, after).bind(3, static_cast<std::int64_t>(most));
  while (select.step()) {
    JournalRow row;
    row.key = select.text(0);
    row.digest = select.text(1);
    row.state = stateIn(select, 2, journal_.file());
    row.interview_id = select.text(3);
    row.interview_url = select.text(4);
    row.ingestion_id = select.text(5);
    row.error_code = select.text(6);
    if (!select.isNull(7)) {
      row.sent_at = select.timestamp(7);
    }
    row.other_interview_ids = secondReceipts(posting, row.key);
    row.forgotten =
        row.state == KeyState::ingested && row.interview_id.empty() && select.text(8).empty();
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace heymilo::workflows
