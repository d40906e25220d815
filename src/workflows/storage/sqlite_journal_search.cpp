#include <algorithm>
#include <map>
#include <utility>

#include "workflows/storage/sqlite_journal.hpp"

// What searches of the posting find out.

namespace heymilo::workflows {

JournalDoubts SqliteJournal::search(const JournalSearch& search) {
  Operation operation(*this, search.stamp);
  JournalDoubts doubts;
  doubts.outcome = operation.outcome();
  StoredPosting& posting = operation.posting();
  const bool free = posting.searcher.empty() || posting.searcher == search.stamp.worker;
  if (operation.good() && free) {
    posting.searcher = search.stamp.worker;
    doubts.mine = true;
    doubts.adoption = posting.adopted ? std::string() : posting.adoption;
    doubts.outlast = members_.longestOutlast(posting.id);
    doubts.alone = !posting.adopted && alone(posting);
    doubts.fresh = !posting.ever_adopted && !records_.any(posting.id);
    doubts.doubts = records_.doubts(posting.id);
    records_.queued(posting.id, doubts);
  }
  operation.commit();
  return doubts;
}

bool SqliteJournal::alone(const StoredPosting& posting) {
  const auto others = presence_.others();
  if (own_.size() != 1 || !others) {
    return false;  // what an earlier worker of this object has sent may still be under way
  }
  return std::all_of(others->begin(), others->end(), [&](std::int64_t byte) {
    const std::optional<StoredWorker> worker = members_.workerAt(byte);
    return worker && (!worker->begun || worker->posting != posting.id);
  });
}

namespace {

/// Keeps the one whose candidate was made earliest in relation to its receipt.
void compare(std::map<std::string, TimeComparison>& comparisons, const StoredRecord& record,
             const ShownKey& shown) {
  if (!record.received_at || !shown.created_at || record.interview_id != shown.interview_id) {
    return;
  }
  const TimeComparison comparison{record.owner, *record.received_at, *shown.created_at};
  const auto [best, is_new] = comparisons.try_emplace(record.owner, comparison);
  if (!is_new && comparison.created_at - comparison.received_at <
                     best->second.created_at - best->second.received_at) {
    best->second = comparison;
  }
}

}  // namespace

JournalRecognised SqliteJournal::recognise(const JournalShown& shown) {
  Operation operation(*this, shown.stamp);
  JournalRecognised recognised;
  recognised.outcome = operation.outcome();
  StoredPosting& posting = operation.posting();
  if (isOther(posting)) {
    operation.commit();
    return recognised;
  }
  std::map<std::string, TimeComparison> comparisons;
  for (const ShownKey& key : shown.shown) {
    StoredRecord record = found(posting, key.key);
    recognised.unknown += record.id == 0 ? 1U : 0U;
    compare(comparisons, record, key);
    const bool known = record.state == KeyState::ingested;
    const bool same = known && record.interview_id == key.interview_id &&
                      record.interview_url == key.interview_url;
    if (same) {
      continue;
    }
    const bool second = record_rules::receive(record, key.interview_id, key.interview_url);
    recognised.twice += keep(posting, record, second, key.interview_id) ? 1U : 0U;
    if (!known && record.async) {
      posting.newest_shown = std::max(posting.newest_shown, std::optional(record.claimed));
    }
  }
  for (auto& [owner, comparison] : comparisons) {
    recognised.comparisons.push_back(std::move(comparison));
  }
  recognised.queue.newest_shown = posting.newest_shown;
  recognised.queue.oldest_unshown = records_.oldestQueued(posting.id);
  operation.commit();
  return recognised;
}

JournalOutcome SqliteJournal::release(const JournalRelease& release) {
  Operation operation(*this, release.stamp);
  StoredPosting& posting = operation.posting();
  if (operation.good()) {
    const auto still = [&](const KeyInDoubt& doubt, auto change) {
      StoredRecord record = found(posting, doubt.key);
      if (record.id != 0 && record.state == KeyState::in_doubt && record.claim == doubt.claim) {
        change(record);
        records_.write(posting.id, record);
      }
    };
    for (const KeyInDoubt& doubt : release.free) {
      still(doubt, record_rules::makeFree);
    }
    for (const KeyInDoubt& doubt : release.unresolved) {
      still(doubt, [&](StoredRecord& record) {
        record.state = KeyState::unresolved;
        record.owner = release.stamp.worker;
        record.doubted = record.doubted == 0 ? posting.claims : record.doubted;
      });
    }
    if (!release.adoption.empty() && release.adoption == posting.adoption && !posting.adopted) {
      posting.adopted = true;
      posting.ever_adopted = true;
      posting.undated = !release.began;
      posting.newest = std::max(posting.newest, release.began);
    }
    if (posting.searcher == release.stamp.worker) {
      posting.searcher.clear();
    }
  }
  operation.commit();
  return operation.outcome();
}

}  // namespace heymilo::workflows
