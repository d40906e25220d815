#include "workflows/job/intake.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace heymilo::workflows {

namespace {

constexpr int kMostHalvings = 16;

}  // namespace

bool Intake::wantsRecord() const {
  return !ended_ && !stopped_ && to_ask_.size() + free_.size() < 2 * limits_.batch &&
         parked_.size() < limits_.parked;
}

void Intake::add(RecordId id, KeyedRecord keyed, JobTime now) {
  Record record;
  record.id = id;
  record.keyed = std::move(keyed);
  if (!first_time_(record.keyed.key)) {
    fate(record, RecordFate::What::duplicate);
    return;
  }
  if (stopped_) {  // while it was read
    fate(record, RecordFate::What::unsent);
    return;
  }
  added_ = now;
  to_ask_.push_back(std::move(record));
}

void Intake::stop() {
  stopped_ = true;
  for (std::deque<Record>* records : {&to_ask_, &free_, &parked_}) {
    for (const Record& record : *records) {
      fate(record, RecordFate::What::unsent);
    }
    records->clear();
  }
  doubtful_ = 0;
  for (Record& record : ready_) {
    giveBack(std::move(record));
  }
  ready_.clear();
}

std::vector<KeyResult> Intake::results() const {
  std::vector<KeyResult> results;
  for (std::size_t i = 0; i < std::min(results_.size(), limits_.batch); ++i) {
    results.push_back(results_[i].result);
  }
  return results;
}

void Intake::settled(std::size_t count, JobTime now) {
  for (; count > 0 && !results_.empty(); --count) {
    Result written = std::move(results_.front());
    results_.pop_front();
    KeyResult& result = written.result;
    KeyAnswer answer;
    answer.state = result.state;
    answer.interview_id = std::move(result.interview_id);
    answer.interview_url = std::move(result.interview_url);
    answer.ingestion_id = std::move(result.ingestion_id);
    answer.error_code = std::move(result.error_code);
    switch (result.state) {
      case KeyState::ingested:
        fate(written.record, RecordFate::What::ingested, std::move(answer));
        break;
      case KeyState::queued:
        fate(written.record, RecordFate::What::queued, std::move(answer));
        break;
      case KeyState::rejected:
        fate(written.record, RecordFate::What::rejected, std::move(answer));
        break;
      case KeyState::unsent:
        if (stopped_) {
          fate(written.record, RecordFate::What::unsent);
        } else {
          added_ = now;
          to_ask_.push_back(std::move(written.record));
        }
        break;
      default:
        if (stopped_) {
          fate(written.record, RecordFate::What::unresolved, std::move(answer));
        } else {
          park(std::move(written.record), true);
        }
    }
  }
}

bool Intake::wantsClaim(JobTime now) const {
  if (stopped_ || !asked_.empty()) {
    return false;
  }
  const bool in_time = ended_ || to_ask_.size() >= limits_.batch || now >= added_ + times_.linger;
  return (!to_ask_.empty() && in_time && free_.size() < limits_.batch) ||
         (!free_.empty() && room() > 0) || (!parked_.empty() && now >= asked_parked_ + times_.poll);
}

JobTime Intake::nextClaim() const {
  JobTime next = (JobTime::max)();
  if (!to_ask_.empty() && free_.size() < limits_.batch) {
    next = added_ + times_.linger;
  }
  if (!parked_.empty()) {
    next = std::min<JobTime>(next, asked_parked_ + times_.poll);
  }
  return next;
}

JournalClaim Intake::claim(const std::string& token, JobTime now) {
  token_ = token;
  JournalClaim claim;
  claim.token = token;
  claim.most = room();
  claim.async = limits_.async;
  const auto ask = [&](std::deque<Record>& records) {
    while (!records.empty() && asked_.size() < limits_.batch) {
      asked_.push_back(std::move(records.front()));
      records.pop_front();
      claim.records.push_back(asked_.back().keyed);
    }
  };
  if (!parked_.empty() && now >= asked_parked_ + times_.poll) {
    asked_parked_ = now;
    ask(parked_);
    for (Record& record : asked_) {
      doubtful_ -= std::exchange(record.doubtful, false) ? 1U : 0U;
    }
  }
  if (claim.most > 0) {
    ask(free_);
  }
  if (free_.size() < limits_.batch) {
    ask(to_ask_);
  }
  return claim;
}

void Intake::claimed(const JournalClaimed& claimed, const std::string& worker, JobTime now) {
  asked_parked_ = parked_.empty() ? now : asked_parked_;
  std::deque<Record> still_free;
  for (std::size_t i = 0; i < asked_.size() && i < claimed.answers.size(); ++i) {
    const KeyAnswer& answer = claimed.answers[i];
    Record record = std::move(asked_[i]);
    record.failures = answer.failures;
    switch (answer.verdict) {
      case KeyVerdict::claimed:
        record.claim = token_;
        record.worker = worker;
        if (stopped_) {
          giveBack(std::move(record));
        } else {
          ready_.push_back(std::move(record));
        }
        continue;
      case KeyVerdict::known:
        fate(record, RecordFate::What::known, answer);
        continue;
      case KeyVerdict::changed:
        fate(record, RecordFate::What::changed, answer);
        continue;
      case KeyVerdict::rejected:
        fate(record, RecordFate::What::rejected, answer);
        continue;
      case KeyVerdict::unresolved:
        fate(record, RecordFate::What::unresolved, answer);
        continue;
      case KeyVerdict::free:
      case KeyVerdict::elsewhere:
      case KeyVerdict::in_doubt:
        break;
    }
    if (stopped_) {
      fate(record, RecordFate::What::unsent);
    } else if (answer.verdict == KeyVerdict::free) {
      still_free.push_back(std::move(record));
    } else {
      park(std::move(record), answer.verdict == KeyVerdict::in_doubt);
    }
  }
  asked_.clear();
  std::move(still_free.rbegin(), still_free.rend(), std::front_inserter(free_));
}

void Intake::notClaimed(bool unanswered) {
  for (Record& record : asked_) {
    if (unanswered) {
      record.claim = token_;
      giveBack(std::move(record));
    } else if (stopped_) {
      fate(record, RecordFate::What::unsent);
    } else {
      to_ask_.push_front(std::move(record));
    }
  }
  asked_.clear();
}

bool Intake::wantsSending() const {
  return !ready_.empty() && sendings_.size() < limits_.concurrency;
}

Sending Intake::send() {
  Sending sending;
  sending.number = ++numbers_;
  sending.worker = ready_.front().worker;
  // Records that the API has failed on go out with fewer others each time, so that the others get
  // in.
  const std::size_t size = most(ready_.front().failures);
  std::map<RecordId, Record>& records = sendings_[sending.number];
  for (auto record = ready_.begin(); record != ready_.end() && records.size() < size;) {
    if (record->worker != sending.worker || most(record->failures) != size) {
      ++record;
      continue;
    }
    sending.parts.push_back({record->id, record->keyed.key});
    records.emplace(record->id, std::move(*record));
    record = ready_.erase(record);
  }
  sending_ += records.size();
  return sending;
}

void Intake::sent(std::uint64_t number, const std::vector<SentRecord>& records, const Moment& now) {
  const auto sending = sendings_.find(number);
  if (sending == sendings_.end()) {
    return;
  }
  for (const SentRecord& sent : records) {
    const auto found = sending->second.find(sent.record);
    if (found == sending->second.end()) {
      continue;
    }
    Record record = std::move(found->second);
    sending->second.erase(found);
    --sending_;
    KeyResult result;
    result.key = record.keyed.key;
    result.digest = record.keyed.digest;
    result.claim = record.claim;
    result.state = sent.state;
    result.async = limits_.async;
    result.failed = sent.failed;
    result.undated = !now.api;
    result.interview_id = sent.interview_id;
    result.interview_url = sent.interview_url;
    result.ingestion_id = sent.ingestion_id;
    result.error_code = sent.error_code;
    if (sent.state == KeyState::ingested) {
      result.received_at = now.api;
    }
    results_.push_back({std::move(result), std::move(record)});
  }
  if (sending->second.empty()) {
    sendings_.erase(sending);
  }
}

void Intake::disown(const std::string& worker) {
  for (auto record = ready_.begin(); record != ready_.end();) {
    if (record->worker == worker) {
      giveBack(std::move(*record));
      record = ready_.erase(record);
    } else {
      ++record;
    }
  }
}

std::vector<RecordFate> Intake::fates() { return std::exchange(fates_, {}); }

bool Intake::empty() const {
  return to_ask_.empty() && free_.empty() && asked_.empty() && parked_.empty() && ready_.empty() &&
         sendings_.empty() && results_.empty();
}

void Intake::fate(const Record& record, RecordFate::What what, KeyAnswer answer) {
  fates_.push_back({record.id, what, std::move(answer)});
}

/// It waits for others.
void Intake::park(Record record, bool doubtful) {
  record.doubtful = doubtful;
  doubtful_ += doubtful ? 1U : 0U;
  parked_.push_back(std::move(record));
}

/// It was not sent, and its claim is void.
void Intake::giveBack(Record record) {
  KeyResult result;
  result.key = record.keyed.key;
  result.digest = record.keyed.digest;
  result.claim = record.claim;
  result.state = KeyState::unsent;
  results_.push_back({std::move(result), std::move(record)});
}

/// How many more records can be sent soon: claims beyond these would keep others from sending them.
std::size_t Intake::room() const {
  const std::size_t most = (limits_.concurrency + 1) * limits_.chunk;
  const std::size_t taken = ready_.size() + sending_;
  return stopped_ || taken >= most ? 0 : most - taken;
}

std::size_t Intake::most(int failures) const {
  return std::max<std::size_t>(1, limits_.chunk >> std::min(failures, kMostHalvings));
}

}  // namespace heymilo::workflows
