#include <algorithm>
#include <map>
#include <utility>

#include "workflows/job/journal_model.hpp"

// What searches of the posting find out.

namespace heymilo_test {

wf::JournalDoubts JournalModel::search(const wf::JournalSearch& search) {
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
  for (const auto& [name, worker] : data_.workers) {
    doubts.outlast = std::max(doubts.outlast, worker.outlast);
  }
  doubts.alone = broken_.overlooks_others || alone(search.stamp.worker);
  doubts.fresh = !data_.ever_adopted && data_.rows.empty();
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

wf::JournalRecognised JournalModel::recognise(const wf::JournalShown& shown) {
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
      if (!is_new &&
          *key.created_at - *row.received_at < best->second.created_at - best->second.received_at) {
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

wf::JournalOutcome JournalModel::release(const wf::JournalRelease& release) {
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
    data_.ever_adopted = true;
    data_.undated = !release.began;
    data_.newest = std::max(data_.newest, release.began);
  }
  if (data_.searcher == release.stamp.worker) {
    data_.searcher.clear();
  }
  return outcome;
}

std::optional<wf::JournalStanding> JournalModel::standing(const std::string& posting_id) {
  if (!data_.posting || data_.posting->posting_id != posting_id) {
    return std::nullopt;
  }
  return wf::JournalStanding{
      *data_.posting, data_.adopted, counts(), data_.undated ? std::nullopt : data_.newest};
}

std::vector<wf::JournalRow> JournalModel::rows(const std::string& posting_id,
                                               const std::string& after, std::size_t most) {
  if (!data_.posting || data_.posting->posting_id != posting_id) {
    return {};
  }
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
    one.sent_at = row->second.sent_at;
    one.forgotten = isForgotten(row->second);
    rows.push_back(std::move(one));
  }
  return rows;
}

std::uint64_t JournalModel::forget(const std::string& posting_id,
                                   const std::vector<wf::DeletedKey>& keys) {
  std::uint64_t forgotten = 0;
  for (const wf::DeletedKey& deleted : keys) {
    const auto found = data_.rows.find(deleted.key);
    if (!data_.posting || data_.posting->posting_id != posting_id || found == data_.rows.end()) {
      continue;
    }
    Row& row = found->second;
    std::vector<std::string> known = row.others;
    known.push_back(row.interview_id);
    const bool all = std::all_of(known.begin(), known.end(), [&](const std::string& id) {
      return std::count(deleted.interview_ids.begin(), deleted.interview_ids.end(), id) != 0;
    });
    if (row.state == wf::KeyState::ingested && !row.interview_id.empty() && all) {
      row = Row();
      row.state = wf::KeyState::ingested;
      ++forgotten;
    }
  }
  return forgotten;
}

bool JournalModel::isForgotten(const Row& row) {
  return row.state == wf::KeyState::ingested && row.interview_id.empty() && row.claim.empty();
}

void JournalModel::makeFree(Row& row) {
  row.state = wf::KeyState::unsent;
  if (!row.late_ingestion.empty()) {
    row.state = wf::KeyState::queued;
    row.ingestion_id = row.late_ingestion;
  }
}

JournalModel::Row* JournalModel::stillInDoubt(const wf::KeyInDoubt& doubt) {
  const auto row = data_.rows.find(doubt.key);
  if (row == data_.rows.end()) {
    return nullptr;
  }
  if (broken_.frees_other_claims) {
    const bool open =
        row->second.state == wf::KeyState::in_doubt || row->second.state == wf::KeyState::in_flight;
    return open ? &row->second : nullptr;
  }
  const bool still =
      row->second.state == wf::KeyState::in_doubt && row->second.claim == doubt.claim;
  return still ? &row->second : nullptr;
}

bool JournalModel::receipt(Row& row, const std::string& interview_id,
                           const std::string& interview_url) {
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

}  // namespace heymilo_test
