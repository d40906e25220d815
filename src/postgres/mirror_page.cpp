#include "postgres/mirror_page.hpp"

#include <optional>

#include "postgres/journal_text.hpp"
#include "postgres/mirror_rows.hpp"
#include "workflows/storage/tombstone.hpp"

namespace heymilo::postgres {

using nlohmann::json;
using workflows::CandidateRow;
using workflows::MirrorChanges;
using workflows::StoredCandidate;

MirrorPage::MirrorPage(const std::vector<workflows::CandidateColumn>& columns,
                       const std::string& erasure_key)
    : columns_(columns), erasure_key_(erasure_key) {}

std::pair<std::string, std::string> MirrorPage::keysOf(
    const std::vector<CandidateResponse>& batch) const {
  json ids = json::array(), tombstones = json::array();
  for (const CandidateResponse& one : batch) {
    ids.push_back(storedText(one.interview_id));
    tombstones.push_back(tombstone(storedText(one.interview_id)));
  }
  return {ids.dump(), tombstones.dump()};
}

void MirrorPage::know(const Rows& rows) {
  for (std::size_t at = 0; at < rows.size(); ++at) {
    if (!rows.rows[at][0]) {
      tombstones_.insert(rows.text(at, 1));
      continue;
    }
    StoredCandidate& stored = candidates_[rows.text(at, 0)];
    stored.document = rows.text(at, 1);
    stored.status = rows.rows[at][2].value_or("");
    stored.step_id = rows.rows[at][3];
    if (rows.rows[at][4]) {
      stored.step_order = rows.number(at, 4);
    }
    stored.gone = rows.number(at, 5) != 0;
  }
}

void MirrorPage::add(const CandidateResponse& received) {
  const std::string id = storedText(received.interview_id);
  const auto found = candidates_.find(id);
  if (found == candidates_.end() && tombstones_.count(tombstone(id)) != 0) {
    ++changes_.withheld;
    return;
  }
  const auto before = found == candidates_.end() ? std::nullopt : std::optional(found->second);
  // An escaped NUL, or a text that looks like one.
  MirrorChanges of_this;
  CandidateResponse candidate = received;
  CandidateRow row = compareCandidate(candidate, before, of_this);
  if (row.state.document.find("\\u0000") != std::string::npos) {
    of_this = {};
    candidate = withoutNul(received);
    row = compareCandidate(candidate, before, of_this);
  }
  changes_.added += of_this.added;
  changes_.changed += of_this.changed;
  const auto earlier = rows_.find(id);
  const bool differed = earlier != rows_.end() && earlier->second.value("differs", false);
  row.differs = row.differs || differed;
  rows_[id] = rowOf(columns_, id, candidate, row);
  if (row.moved) {
    history_.push_back(historyOf(id, row));
  }
  candidates_[id] = std::move(row.state);
}

std::string MirrorPage::rows() const {
  json all = json::array();
  for (const auto& [id, row] : rows_) {
    all.push_back(row);
  }
  return all.dump();
}

std::string MirrorPage::history() const { return history_.dump(); }

std::string MirrorPage::tombstone(const std::string& stored_id) const {
  return workflows::tombstoneOf(erasure_key_, stored_id);
}

}  // namespace heymilo::postgres
