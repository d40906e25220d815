#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "heymilo/workflows/journal.hpp"

namespace heymilo_test {

namespace wf = heymilo::workflows;

/// A journal in memory, as a store has to be: it can be restarted, restored from an old copy, and
/// emptied. With mistakes that tests make on purpose.
class JournalModel final : public wf::Journal {
 public:
  struct Broken {
    bool ignores_incarnation = false;   // a restored copy is taken as it is
    bool ignores_answered = false;      // the same, as far as a worker's number tells of it
    bool claims_what_is_in_flight = false;
    bool claims_what_is_in_doubt = false;
    bool claims_unadopted = false;
    bool forgets_claims = false;        // results are written whoever has claimed the key since
    bool frees_other_claims = false;    // a search frees what is in doubt by another claim
    bool dead_are_free = false;         // what a dead worker has in flight is free, not in doubt
    bool buries_the_living = false;     // without comparing the number
    bool carries_out_stale = false;     // operations that are given up
    bool drops_late_receipts = false;
  };

  struct Row {
    std::string digest{};
    wf::KeyState state = wf::KeyState::unsent;
    std::string owner{}, claim{};
    bool async = false;
    long long claimed = 0, doubted = 0;
    int failures = 0;
    std::optional<heymilo::Timestamp> sent_at{}, received_at{};
    std::string interview_id{}, interview_url{}, ingestion_id{}, error_code{};
    std::vector<std::string> others{};  // interview_ids of second receipts
    std::string late_ingestion{};       // of a receipt with another claim
  };
  struct Worker {
    long long number = 0;
    std::chrono::milliseconds outlast{0};
    bool gone = false, begun = false;
  };
  /// What is on disk.
  struct Data {
    std::optional<wf::JournalPosting> posting{};
    int incarnation = 0;
    bool adopted = false;
    std::string adoption{};
    std::string searcher{};
    long long count = 0;  // of claims
    std::optional<long long> newest_shown{};
    std::optional<heymilo::Timestamp> newest{};
    bool undated = false;
    std::map<std::string, Row> rows{};
    std::map<std::string, Worker> workers{};
  };

  explicit JournalModel(const Broken& broken) : broken_(broken) {}

  const Data& data() const { return data_; }
  /// From an old copy, which the store notices, unless it is done silently.
  void restore(Data data, bool silently = false) {
    data_ = std::move(data);
    incarnation_ += silently ? 0 : 1;
    if (silently) {
      data_.incarnation = incarnation_;
    }
  }
  /// Whether a worker lives, where that is known.
  std::function<std::optional<bool>(const std::string& worker)> lives =
      [](const std::string&) { return std::nullopt; };

  wf::JournalJoined join(const wf::JournalJoin& join) override {
    if (!data_.posting) {
      data_.posting = join.posting;
      data_.incarnation = incarnation_;
      unadopt();
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

  wf::JournalView beat(const wf::JournalBeat& beat) override {
    wf::JournalView view;
    view.outcome = check(beat.stamp);
    if (view.outcome != wf::JournalOutcome::good) {
      return view;
    }
    data_.workers[beat.stamp.worker].begun = beat.begun;
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

  wf::JournalClaimed claim(const wf::JournalClaim& claim) override {
    wf::JournalClaimed claimed;
    claimed.outcome = check(claim.stamp);
    if (claimed.outcome == wf::JournalOutcome::good && !data_.adopted && !broken_.claims_unadopted) {
      claimed.outcome = wf::JournalOutcome::not_adopted;
    }
    if (claimed.outcome != wf::JournalOutcome::good) {
      return claimed;
    }
    std::size_t most = claim.most;
    const long long number = ++data_.count;
    for (const wf::KeyedRecord& record : claim.records) {
      claimed.answers.push_back(ask(claim, record, number, most));
    }
    if (most < claim.most) {
      data_.undated = data_.undated || !claim.sent_at;
      data_.newest = std::max(data_.newest, claim.sent_at);
    }
    return claimed;
  }

  wf::JournalSettled settle(const wf::JournalSettle& settle) override {
    wf::JournalSettled settled;
    settled.outcome = check(settle.stamp);
    for (const wf::KeyResult& result : settle.results) {
      settled.twice += write(settle.stamp.worker, result) ? 1U : 0U;
    }
    return settled;
  }

  wf::JournalDoubts search(const wf::JournalSearch& search) override {
    wf::JournalDoubts doubts;
    doubts.outcome = check(search.stamp);
    if (doubts.outcome != wf::JournalOutcome::good) {
      return doubts;
    }
    if (!data_.searcher.empty() && data_.searcher != search.stamp.worker) {
      return doubts;
    }
    data_.searcher = search.stamp.worker;
    doubts.mine = true;
    doubts.adoption = data_.adopted ? std::string() : data_.adoption;
    doubts.empty = data_.rows.empty();
    bool undated = false;
    for (const auto& [key, row] : data_.rows) {
      if (row.state == wf::KeyState::in_doubt) {
        doubts.doubts.push_back({key, row.claim, row.owner, row.async, row.doubted, row.sent_at});
      } else if (row.state == wf::KeyState::queued) {
        ++doubts.queued;
        undated = undated || !row.sent_at;
        if (row.sent_at && (!doubts.queued_since || *row.sent_at < *doubts.queued_since)) {
          doubts.queued_since = row.sent_at;
        }
      }
    }
    if (undated) {
      doubts.queued_since.reset();
    }
    return doubts;
  }

  wf::JournalRecognised recognise(const wf::JournalShown& shown) override {
    wf::JournalRecognised recognised;
    recognised.outcome = check(shown.stamp);
    std::map<std::string, wf::TimeComparison> comparisons;
    for (const wf::ShownKey& key : shown.shown) {
      const auto found = data_.rows.find(key.key);
      if (found == data_.rows.end()) {
        ++recognised.unknown;
      }
      Row& row = data_.rows[key.key];
      if (row.received_at && key.created_at && row.interview_id == key.interview_id) {
        const auto [best, is_new] = comparisons.try_emplace(
            row.owner, wf::TimeComparison{row.owner, *row.received_at, *key.created_at});
        if (!is_new && *key.created_at - *row.received_at <
                           best->second.created_at - best->second.received_at) {
          best->second = {row.owner, *row.received_at, *key.created_at};
        }
      }
      const bool was_open = row.state != wf::KeyState::ingested;
      if (receipt(row, key.interview_id, key.interview_url)) {
        ++recognised.twice;
      }
      if (was_open && row.async) {
        data_.newest_shown = std::max(data_.newest_shown, std::optional(row.claimed));
      }
    }
    for (auto& [owner, comparison] : comparisons) {
      recognised.comparisons.push_back(std::move(comparison));
    }
    recognised.queue.newest_shown = data_.newest_shown;
    for (const auto& [key, row] : data_.rows) {
      if (row.state == wf::KeyState::queued) {
        recognised.queue.oldest_unshown =
            std::min(recognised.queue.oldest_unshown.value_or(row.claimed), row.claimed);
      }
    }
    return recognised;
  }

  wf::JournalOutcome release(const wf::JournalRelease& release) override {
    const wf::JournalOutcome outcome = check(release.stamp);
    if (outcome != wf::JournalOutcome::good) {
      return outcome;
    }
    for (const wf::KeyInDoubt& free : release.free) {
      if (Row* const row = stillInDoubt(free)) {
        makeFree(*row);
      }
    }
    for (const wf::KeyInDoubt& unresolved : release.unresolved) {
      if (Row* const row = stillInDoubt(unresolved)) {
        row->state = wf::KeyState::unresolved;
        row->owner = release.stamp.worker;
        row->doubted = row->doubted == 0 ? data_.count : row->doubted;
      }
    }
    if (!release.adoption.empty() && release.adoption == data_.adoption && !data_.adopted) {
      data_.adopted = true;
      data_.undated = !release.began;
      data_.newest = std::max(data_.newest, release.began);
    }
    if (data_.searcher == release.stamp.worker) {
      data_.searcher.clear();
    }
    return outcome;
  }

  wf::JournalOutcome leave(const wf::JournalStamp& stamp) override {
    const wf::JournalOutcome outcome = check(stamp);
    if (outcome == wf::JournalOutcome::good) {
      bury(stamp.worker);
    }
    return outcome;
  }

  std::vector<wf::JournalRow> rows(const std::string& /*posting_id*/, const std::string& after,
                                   std::size_t most) override {
    std::vector<wf::JournalRow> rows;
    for (auto row = data_.rows.upper_bound(after); row != data_.rows.end() && rows.size() < most;
         ++row) {
      wf::JournalRow one;
      one.key = row->first;
      one.digest = row->second.digest;
      one.state = row->second.state;
      one.interview_id = row->second.interview_id;
      one.interview_url = row->second.interview_url;
      one.ingestion_id = row->second.ingestion_id;
      one.error_code = row->second.error_code;
      one.other_interview_ids = row->second.others;
      rows.push_back(std::move(one));
    }
    return rows;
  }

 private:
  void unadopt() {
    data_.adopted = false;
    data_.adoption = "adoption" + std::to_string(++adoptions_);
  }

  bool sameStore() {
    if (data_.incarnation == incarnation_ || broken_.ignores_incarnation) {
      return true;
    }
    data_.incarnation = incarnation_;
    unadopt();
    return false;
  }

  wf::JournalOutcome check(const wf::JournalStamp& stamp) {
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

  void bury(const std::string& name) {
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

  bool claimable(const Row& row, const std::string& digest) const {
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

  wf::KeyAnswer ask(const wf::JournalClaim& claim, const wf::KeyedRecord& record, long long number,
                    std::size_t& most) {
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
        if (row.digest.empty()) {
          row.digest = record.digest;
        }
        answer.verdict =
            row.digest == record.digest ? wf::KeyVerdict::known : wf::KeyVerdict::changed;
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

  /// The key is in the posting. Whether it is there twice.
  static bool receipt(Row& row, const std::string& interview_id, const std::string& interview_url) {
    const bool twice = row.state == wf::KeyState::ingested && !row.interview_id.empty() &&
                       row.interview_id != interview_id;
    if (twice) {
      if (std::find(row.others.begin(), row.others.end(), interview_id) == row.others.end()) {
        row.others.push_back(interview_id);
      }
      return true;
    }
    row.state = wf::KeyState::ingested;
    row.interview_id = interview_id;
    row.interview_url = interview_url;
    return false;
  }

  static void makeFree(Row& row) {
    row.state = wf::KeyState::unsent;
    if (!row.late_ingestion.empty()) {
      row.state = wf::KeyState::queued;
      row.ingestion_id = row.late_ingestion;
    }
  }

  Row* stillInDoubt(const wf::KeyInDoubt& doubt) {
    const auto row = data_.rows.find(doubt.key);
    if (row == data_.rows.end()) {
      return nullptr;
    }
    if (broken_.frees_other_claims) {
      const bool open = row->second.state == wf::KeyState::in_doubt ||
                        row->second.state == wf::KeyState::in_flight;
      return open ? &row->second : nullptr;
    }
    const bool still =
        row->second.state == wf::KeyState::in_doubt && row->second.claim == doubt.claim;
    return still ? &row->second : nullptr;
  }

  bool write(const std::string& worker, const wf::KeyResult& result) {
    using State = wf::KeyState;
    const bool is_new = data_.rows.count(result.key) == 0;
    if (is_new && (result.state == State::unsent || result.state == State::rejected)) {
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
      row.state = State::in_flight;
    }
    const bool same = row.claim == result.claim || broken_.forgets_claims;
    const bool open = row.state == State::in_flight || row.state == State::in_doubt ||
                      row.state == State::unsent || row.state == State::unresolved;
    switch (result.state) {
      case State::ingested:
        if (!same && broken_.drops_late_receipts) {
          return false;
        }
        if (same) {
          row.received_at = result.received_at;
        }
        return receipt(row, result.interview_id, result.interview_url);
      case State::queued:
        if (open && same) {
          row.state = State::queued;
          row.ingestion_id = result.ingestion_id;
        } else if (open) {
          row.late_ingestion = result.ingestion_id;
        }
        return false;
      case State::rejected:
        if (open && same) {
          row.state = State::rejected;
          row.error_code = result.error_code;
        }
        return false;
      case State::unsent:
        if (same && (row.state == State::in_flight || row.state == State::in_doubt)) {
          makeFree(row);
        }
        return false;
      default:
        if (same && (row.state == State::in_flight || row.state == State::unsent)) {
          row.state = State::in_doubt;
          row.failures += result.failed ? 1 : 0;
          if (result.undated) {
            row.sent_at.reset();
          }
        }
        return false;
    }
  }

  wf::JournalCounts counts() const {
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

  const Broken broken_;
  int incarnation_ = 1;
  int adoptions_ = 0;
  Data data_;
};

}  // namespace heymilo_test
