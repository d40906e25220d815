#include "workflows/bulk/journal.hpp"

// What became of records in flight.

namespace heymilo::workflows {

using sqlite::Statement;
using sqlite::Transaction;

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
  // Neither the candidate of another record with that address is this record, nor one that may have
  // been there before: settle() deals with these.
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
      " e-mail address is in the posting: whether it is this record cannot be determined'"
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
                  " error_message = 'another record with the same e-mail address was found in the"
                  " posting: which of the two it is cannot be determined' WHERE state = 'in_flight'"
                  " AND mark IS NULL AND EXISTS (SELECT 1 FROM record AS other"
                  " WHERE other.email_hash = record.email_hash AND other.by_email = 1)");
  doubt.run();
  Statement maybe(database_,
                  "UPDATE record SET state = 'unresolved' WHERE state = 'in_flight'"
                  " AND error_code = 'ambiguous'");
  maybe.run();
  Statement in_queue(database_,
                     "UPDATE record SET state = 'unresolved', error_code = 'may_be_queued',"
                     " error_message = 'records that the same run queued are not in the posting"
                     " yet: this one may be queued as well'"
                     " WHERE state = 'in_flight' AND run IN (SELECT DISTINCT run FROM record"
                     " WHERE state = 'queued' AND mark IS NOT NULL AND interview_id IS NULL)");
  in_queue.run();
  Statement(database_, "UPDATE record SET state = 'unsent' WHERE state = 'in_flight'").run();
  transaction.commit();
}

std::uint64_t Journal::matchedByEmail() {
  const std::lock_guard lock(mutex_);
  Statement select(database_,
                   "SELECT COUNT(*) FROM record WHERE email_hash IS NOT NULL AND by_email = 1");
  select.step();
  return static_cast<std::uint64_t>(select.integer(0));
}

}  // namespace heymilo::workflows
