#include "postgres/mirror_changes.hpp"

#include <optional>
#include <utility>

#include "workflows/storage/candidate_change.hpp"

namespace heymilo::postgres {

namespace {

using workflows::MirrorChange;
using workflows::MirrorHold;
using workflows::StoredChange;

constexpr const char* kListChanges =
    "SELECT n.interview_id, n.number, n.before::text, "
    "CASE WHEN c.gone_at IS NULL THEN c.document::text END "
    "FROM heymilo.candidate_changes n JOIN heymilo.candidates c USING (interview_id, posting) "
    "WHERE n.posting = $1 ORDER BY n.number LIMIT $2::bigint";

// Without $2: this is no result of the run, and all runs would do the same.
constexpr const char* kForgetChange =
    "DELETE FROM heymilo.candidate_changes "
    "WHERE posting = $1 AND interview_id = $2 AND number = $3::bigint";

constexpr const char* kBeat =
    "UPDATE heymilo.mirror SET beat = beat + 1 WHERE posting = $1 AND run = $2 RETURNING 1";

constexpr const char* kReadBeat =
    "SELECT CASE WHEN run = '' THEN '' ELSE run || ' ' || beat END FROM heymilo.mirror "
    "WHERE posting = $1";

constexpr const char* kGiveBack =
    "UPDATE heymilo.mirror SET run = '' WHERE posting = $1 AND run = $2";

}  // namespace

const char* const kTrackChanges =
    "WITH own AS (UPDATE heymilo.mirror SET beat = beat + 1, tracked = $3::boolean "
    "WHERE posting = $1 AND run = $2 RETURNING posting), "
    "forgotten AS (DELETE FROM heymilo.candidate_changes c USING own "
    "WHERE c.posting = own.posting AND NOT $3::boolean) "
    "SELECT count(*) FROM own";

const char* const kChangeHandled =
    "WITH own AS (UPDATE heymilo.mirror SET beat = beat + 1 "
    "WHERE posting = $1 AND run = $2 RETURNING posting), "
    "done AS (DELETE FROM heymilo.candidate_changes c USING own WHERE c.posting = own.posting "
    "AND c.interview_id = $3 AND c.number = $4::bigint), "
    "since AS (UPDATE heymilo.candidate_changes c SET before = $5::jsonb FROM own "
    "WHERE c.posting = own.posting AND c.interview_id = $3 AND c.number <> $4::bigint) "
    "SELECT count(*) FROM own";

std::vector<MirrorChange> changesOf(const RunStatement& run, const std::vector<Value>& own,
                                    std::size_t most) {
  std::vector<MirrorChange> changes;
  while (changes.empty()) {
    const Rows rows = run(kListChanges, {own.at(0), Value(std::to_string(most))});
    if (rows.empty()) {
      break;
    }
    for (std::size_t at = 0; at < rows.size(); ++at) {
      StoredChange stored;
      stored.interview_id = rows.text(at, 0);
      stored.number = static_cast<std::uint64_t>(rows.number(at, 1));
      stored.before = rows.rows[at][2];
      stored.after = rows.rows[at][3];
      if (auto change = changeOf(stored)) {
        changes.push_back(std::move(*change));
      } else {
        run(kForgetChange,
            {own.at(0), Value(stored.interview_id), Value(std::to_string(stored.number))});
      }
    }
  }
  return changes;
}

MirrorHold beat(const RunStatement& run, const std::vector<Value>& own) {
  if (!run(kBeat, own).empty()) {
    return {};
  }
  MirrorHold hold;
  hold.own = false;
  const Rows rows = run(kReadBeat, {own.at(0)});
  if (!rows.empty()) {
    hold.other = rows.text(0, 0);
  }
  return hold;
}

void giveBack(const RunStatement& run, const std::vector<Value>& own) { run(kGiveBack, own); }

}  // namespace heymilo::postgres
