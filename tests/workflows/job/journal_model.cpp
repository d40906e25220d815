#include "workflows/job/journal_model.hpp"

#include <algorithm>
#include <utility>

namespace heymilo_test {

void JournalModel::restore(Data data, bool silently) {
  data_ = std::move(data);
  incarnation_ += silently ? 0 : 1;
  if (silently) {
    data_.incarnation = incarnation_;
  }
}

wf::JournalJoined JournalModel::join(const wf::JournalJoin& join) {
  if (!data_.posting) {
    data_.posting = join.posting;
    data_.incarnation = incarnation_;
    unadopt();
  }
  if (*data_.posting != join.posting && isUnused()) {
    unadopt();
    data_.posting = join.posting;
    data_.ever_adopted = false;
    data_.searcher.clear();
    data_.newest_shown.reset();
    data_.newest.reset();
    data_.undated = false;
  }
  if (*data_.posting != join.posting) {
    return {wf::JournalOutcome::refused, *data_.posting};
  }
  sameStore();
  if (data_.workers.count(join.stamp.worker) != 0) {
    return {wf::JournalOutcome::stale, *data_.posting};
  }
  data_.workers[join.stamp.worker] = {join.stamp.number, join.outlast, false, false};
  return {wf::JournalOutcome::good, *data_.posting};
}

wf::JournalView JournalModel::beat(const wf::JournalBeat& beat) {
  wf::JournalView view;
  view.outcome = check(beat.stamp);
  if (view.outcome != wf::JournalOutcome::good) {
    return view;
  }
  Worker& me = data_.workers[beat.stamp.worker];
  if (beat.begun && !me.begun && beat.looked) {
    data_.newest = data_.undated ? beat.looked : std::max(data_.newest, beat.looked);
    data_.undated = false;
  }
  me.begun = beat.begun;
  for (const wf::UnchangedWorker& dead : beat.dead) {
    const auto worker = data_.workers.find(dead.worker);
    if (worker != data_.workers.end() && !worker->second.gone &&
        (worker->second.number == dead.number || broken_.buries_the_living) &&
        !lives(dead.worker).value_or(false)) {
      bury(dead.worker);
    }
  }
  view.adopted = data_.adopted;
  for (const auto& [name, worker] : data_.workers) {
    if (name != beat.stamp.worker && !worker.gone) {
      view.others.push_back({name, worker.number, worker.outlast, worker.begun, lives(name)});
    }
  }
  view.counts = counts();
  view.newest = data_.undated ? std::nullopt : data_.newest;
  return view;
}

wf::JournalClaimed JournalModel::claim(const wf::JournalClaim& claim) {
  wf::JournalClaimed claimed;
  claimed.outcome = check(claim.stamp);
  if (claimed.outcome == wf::JournalOutcome::good && !data_.adopted && !broken_.claims_unadopted) {
    claimed.outcome = wf::JournalOutcome::not_adopted;
  }
  if (claimed.outcome != wf::JournalOutcome::good) {
    return claimed;
  }
  std::size_t most = claim.most;
  const std::int64_t number = ++data_.count;
  for (const wf::KeyedRecord& record : claim.records) {
    claimed.answers.push_back(ask(claim, record, number, most));
  }
  if (most < claim.most) {
    data_.undated = data_.undated || !claim.sent_at;
    data_.newest = std::max(data_.newest, claim.sent_at);
  }
  return claimed;
}

wf::JournalSettled JournalModel::settle(const wf::JournalSettle& settle) {
  wf::JournalSettled settled;
  settled.outcome = check(settle.stamp);
  for (const wf::KeyResult& result : settle.results) {
    settled.twice += write(settle.stamp.worker, result) ? 1U : 0U;
  }
  return settled;
}

wf::JournalOutcome JournalModel::leave(const wf::JournalStamp& stamp) {
  const wf::JournalOutcome outcome = check(stamp);
  if (outcome == wf::JournalOutcome::good) {
    bury(stamp.worker);
  }
  return outcome;
}

void JournalModel::unadopt() {
  // One that has slept since before the copy would go on with what it had claimed then.
  for (const auto& [name, worker] : data_.workers) {
    if (!worker.gone && !broken_.old_workers_live_on) {
      bury(name);
    }
  }
  data_.adopted = false;
  data_.adoption = "adoption" + std::to_string(++adoptions_);
}

bool JournalModel::isUnused() const {
  return data_.rows.empty() &&
         std::all_of(data_.workers.begin(), data_.workers.end(), [&](const auto& worker) {
           return worker.second.gone || !lives(worker.first).value_or(true);
         });
}

bool JournalModel::sameStore() {
  if (data_.incarnation == incarnation_ || broken_.ignores_incarnation) {
    return true;
  }
  data_.incarnation = incarnation_;
  unadopt();
  return false;
}

wf::JournalOutcome JournalModel::check(const wf::JournalStamp& stamp) {
  if (!data_.posting) {
    return wf::JournalOutcome::restored;
  }
  if (!sameStore()) {
    return wf::JournalOutcome::restored;
  }
  const auto worker = data_.workers.find(stamp.worker);
  if (worker == data_.workers.end() ||
      (worker->second.number < stamp.answered && !broken_.ignores_answered)) {
    if (!broken_.ignores_answered) {
      unadopt();
    }
    return wf::JournalOutcome::restored;
  }
  if (worker->second.gone) {
    return wf::JournalOutcome::gone;
  }
  if (worker->second.number >= stamp.number && !broken_.carries_out_stale) {
    return wf::JournalOutcome::stale;
  }
  worker->second.number = std::max(worker->second.number, stamp.number);
  return wf::JournalOutcome::good;
}

void JournalModel::bury(const std::string& name) {
  data_.workers[name].gone = true;
  if (data_.searcher == name) {
    data_.searcher.clear();
  }
  for (auto& [key, row] : data_.rows) {
    if (row.state == wf::KeyState::in_flight && row.owner == name) {
      row.state = broken_.dead_are_free ? wf::KeyState::unsent : wf::KeyState::in_doubt;
    }
  }
}

bool JournalModel::claimable(const Row& row, const std::string& digest) const {
  switch (row.state) {
    case wf::KeyState::unsent:
      return true;
    case wf::KeyState::rejected:
      return row.digest != digest;
    case wf::KeyState::in_flight:
      return broken_.claims_what_is_in_flight;
    case wf::KeyState::in_doubt:
      return broken_.claims_what_is_in_doubt;
    default:
      return false;
  }
}

wf::KeyAnswer JournalModel::ask(const wf::JournalClaim& claim, const wf::KeyedRecord& record,
                                std::int64_t number, std::size_t& most) {
  const auto found = data_.rows.find(record.key);
  const bool is_new = found == data_.rows.end();
  wf::KeyAnswer answer;
  if (is_new || claimable(found->second, record.digest)) {
    if (most == 0) {
      return answer;
    }
    --most;
    Row& row = data_.rows[record.key];
    row.digest = record.digest;
    row.state = wf::KeyState::in_flight;
    row.owner = claim.stamp.worker;
    row.claim = claim.token;
    row.async = claim.async;
    row.claimed = number;
    row.doubted = 0;
    row.sent_at = claim.sent_at;
    row.received_at.reset();
    row.error_code.clear();
    answer.verdict = wf::KeyVerdict::claimed;
    answer.state = row.state;
    answer.failures = row.failures;
    return answer;
  }
  Row& row = found->second;
  switch (row.state) {
    case wf::KeyState::ingested:
    case wf::KeyState::queued:
      if (row.digest.empty() && !isForgotten(row)) {
        row.digest = record.digest;
      }
      answer.verdict = row.digest == record.digest || isForgotten(row) ? wf::KeyVerdict::known
                                                                       : wf::KeyVerdict::changed;
      break;
    case wf::KeyState::rejected:
      answer.verdict = wf::KeyVerdict::rejected;
      break;
    case wf::KeyState::unresolved:
      if (row.owner == claim.stamp.worker) {
        answer.verdict = wf::KeyVerdict::unresolved;
        break;
      }
      row.state = wf::KeyState::in_doubt;
      answer.verdict = wf::KeyVerdict::in_doubt;
      break;
    case wf::KeyState::in_doubt:
      answer.verdict = wf::KeyVerdict::in_doubt;
      break;
    default:
      answer.verdict = wf::KeyVerdict::elsewhere;
  }
  answer.state = row.state;
  answer.interview_id = row.interview_id;
  answer.interview_url = row.interview_url;
  answer.ingestion_id = row.ingestion_id;
  answer.error_code = row.error_code;
  return answer;
}

bool JournalModel::write(const std::string& worker, const wf::KeyResult& result) {
  const bool is_new = data_.rows.count(result.key) == 0;
  if (is_new && (result.state == wf::KeyState::unsent || result.state == wf::KeyState::rejected)) {
    return false;
  }
  if (is_new && broken_.drops_late_receipts) {
    return false;
  }
  Row& row = data_.rows[result.key];
  if (is_new) {
    row.digest = result.digest;
    row.claim = result.claim;
    row.owner = worker;
    row.async = result.async;
    row.claimed = ++data_.count;
    row.state = wf::KeyState::in_flight;
  }
  const bool same = row.claim == result.claim || broken_.forgets_claims;
  const bool open = row.state == wf::KeyState::in_flight || row.state == wf::KeyState::in_doubt ||
                    row.state == wf::KeyState::unsent || row.state == wf::KeyState::unresolved;
  switch (result.state) {
    case wf::KeyState::ingested:
      if (!same && broken_.drops_late_receipts) {
        return false;
      }
      if (same) {
        row.received_at = result.received_at;
      }
      return receipt(row, result.interview_id, result.interview_url);
    case wf::KeyState::queued:
      if (open && same) {
        row.state = wf::KeyState::queued;
        row.ingestion_id = result.ingestion_id;
      } else if (open) {
        row.late_ingestion = result.ingestion_id;
      }
      return false;
    case wf::KeyState::rejected:
      if (open && same) {
        row.state = wf::KeyState::rejected;
        row.error_code = result.error_code;
      }
      return false;
    case wf::KeyState::unsent:
      if (same && (row.state == wf::KeyState::in_flight || row.state == wf::KeyState::in_doubt)) {
        makeFree(row);
      }
      return false;
    default:
      if (same && (row.state == wf::KeyState::in_flight || row.state == wf::KeyState::unsent)) {
        row.state = wf::KeyState::in_doubt;
        row.failures += result.failed ? 1 : 0;
        if (result.undated) {
          row.sent_at.reset();
        }
      }
      return false;
  }
}

wf::JournalCounts JournalModel::counts() const {
  wf::JournalCounts counts;
  for (const auto& [key, row] : data_.rows) {
    switch (row.state) {
      case wf::KeyState::unsent:
        ++counts.unsent;
        break;
      case wf::KeyState::in_flight:
        ++counts.in_flight;
        break;
      case wf::KeyState::in_doubt:
        ++counts.in_doubt;
        break;
      case wf::KeyState::ingested:
        ++counts.ingested;
        break;
      case wf::KeyState::queued:
        ++counts.queued;
        break;
      case wf::KeyState::rejected:
        ++counts.rejected;
        break;
      case wf::KeyState::unresolved:
        ++counts.unresolved;
        break;
    }
  }
  return counts;
}

}  // namespace heymilo_test
