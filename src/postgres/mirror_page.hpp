#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "postgres/connection.hpp"
#include "workflows/storage/candidate_columns.hpp"
#include "workflows/storage/candidate_row.hpp"

namespace heymilo::postgres {

/// A page of candidates, compared with what the mirror has stored of them: what is to be written.
class MirrorPage {
 public:
  /// The arguments must outlive this object.
  MirrorPage(const std::vector<workflows::CandidateColumn>& columns,
             const std::string& erasure_key);

  /// The interview_ids and the tombstones that have to be known, as arrays of JSON.
  std::pair<std::string, std::string> keysOf(const std::vector<CandidateResponse>& batch) const;
  /// The result of kReadPage.
  void know(const Rows& rows);
  /// A candidate of the page, in its order.
  void add(const CandidateResponse& received);

  std::string rows() const;     ///< for storePageSql(): one for each candidate
  std::string history() const;  ///< the same
  const workflows::MirrorChanges& changes() const noexcept { return changes_; }

 private:
  std::string tombstone(const std::string& stored_id) const;

  const std::vector<workflows::CandidateColumn>& columns_;
  const std::string& erasure_key_;
  std::map<std::string, workflows::StoredCandidate> candidates_;  // by storedText() of the id
  std::set<std::string> tombstones_;
  std::map<std::string, nlohmann::json> rows_;  // a statement can store each one once
  nlohmann::json history_ = nlohmann::json::array();
  workflows::MirrorChanges changes_;
};

}  // namespace heymilo::postgres
