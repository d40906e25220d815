#include "workflows/storage/record_rules.hpp"

#include <algorithm>
#include <utility>

namespace heymilo::workflows::record_rules {

bool isFree(const StoredRecord& record, const std::string& digest) {
  return record.state == KeyState::unsent ||
         (record.state == KeyState::rejected && record.digest != digest);
}

void claim(StoredRecord& record, const JournalClaim& claim, const KeyedRecord& by,
           std::int64_t count) {
  record.key = by.key;
  record.digest = by.digest;
  record.state = KeyState::in_flight;
  record.owner = claim.stamp.worker;
  record.claim = claim.token;
  record.async = claim.async;
  record.claimed = count;
  record.doubted = 0;
  record.sent_at = claim.sent_at;
  record.received_at.reset();
  record.error_code.clear();
}

KeyAnswer ask(StoredRecord& record, const std::string& worker, const std::string& digest) {
  KeyAnswer answer;
  switch (record.state) {
    case KeyState::ingested:
    case KeyState::queued:
      if (record.digest.empty() && !isForgotten(record)) {
        record.digest = digest;
      }
      answer.verdict =
          record.digest == digest || isForgotten(record) ? KeyVerdict::known : KeyVerdict::changed;
      break;
    case KeyState::rejected:
      answer.verdict = KeyVerdict::rejected;
      break;
    case KeyState::unresolved:
      if (record.owner == worker) {
        answer.verdict = KeyVerdict::unresolved;
        break;
      }
      record.state = KeyState::in_doubt;
      answer.verdict = KeyVerdict::in_doubt;
      break;
    case KeyState::in_doubt:
      answer.verdict = KeyVerdict::in_doubt;
      break;
    case KeyState::in_flight:
    case KeyState::unsent:
      answer.verdict = KeyVerdict::elsewhere;
      break;
  }
  answer.state = record.state;
  answer.interview_id = record.interview_id;
  answer.interview_url = record.interview_url;
  answer.ingestion_id = record.ingestion_id;
  answer.error_code = record.error_code;
  return answer;
}

bool makesRecord(const KeyResult& result) {
  return result.state != KeyState::unsent && result.state != KeyState::rejected;
}

bool settle(StoredRecord& record, const KeyResult& result) {
  const KeyState state = record.state;
  const bool same = record.claim == result.claim;
  const bool open = state == KeyState::in_flight || state == KeyState::in_doubt ||
                    state == KeyState::unsent || state == KeyState::unresolved;
  switch (result.state) {
    case KeyState::ingested:
      if (same) {
        record.received_at = result.received_at;
      }
      return receive(record, result.interview_id, result.interview_url);
    case KeyState::queued:
      if (open && same) {
        record.state = KeyState::queued;
        record.ingestion_id = result.ingestion_id;
      } else if (open) {
        record.late_ingestion_id = result.ingestion_id;
      }
      return false;
    case KeyState::rejected:
      if (open && same) {
        record.state = KeyState::rejected;
        record.error_code = result.error_code;
      }
      return false;
    case KeyState::unsent:
      if (same && (state == KeyState::in_flight || state == KeyState::in_doubt)) {
        makeFree(record);
      }
      return false;
    case KeyState::in_doubt:
    case KeyState::in_flight:
    case KeyState::unresolved:
      if (same && (state == KeyState::in_flight || state == KeyState::unsent)) {
        record.state = KeyState::in_doubt;
        record.failures += result.failed ? 1 : 0;
        if (result.undated) {
          record.sent_at.reset();
        }
      }
      return false;
  }
  return false;
}

bool receive(StoredRecord& record, const std::string& interview_id,
             const std::string& interview_url) {
  if (record.state == KeyState::ingested && !record.interview_id.empty() &&
      record.interview_id != interview_id) {
    return true;
  }
  record.state = KeyState::ingested;
  record.interview_id = interview_id;
  record.interview_url = interview_url;
  return false;
}

void makeFree(StoredRecord& record) {
  record.state = KeyState::unsent;
  if (!record.late_ingestion_id.empty()) {
    record.state = KeyState::queued;
    record.ingestion_id = record.late_ingestion_id;
  }
}

bool isForgotten(const StoredRecord& record) {
  return record.state == KeyState::ingested && record.interview_id.empty() && record.claim.empty();
}

bool mayForget(const StoredRecord& record, const std::vector<std::string>& others,
               const std::vector<std::string>& interview_ids) {
  const auto isGiven = [&](const std::string& id) {
    return std::find(interview_ids.begin(), interview_ids.end(), id) != interview_ids.end();
  };
  return record.state == KeyState::ingested && !record.interview_id.empty() &&
         isGiven(record.interview_id) && std::all_of(others.begin(), others.end(), isGiven);
}

void forget(StoredRecord& record) {
  StoredRecord left;
  left.id = record.id;
  left.key = std::move(record.key);
  left.state = KeyState::ingested;
  record = std::move(left);
}

}  // namespace heymilo::workflows::record_rules
