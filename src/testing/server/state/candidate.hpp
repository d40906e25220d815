#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "heymilo/models/timestamp.hpp"
#include "testing/server/state/person.hpp"

namespace heymilo::testing::detail {

/// A candidate of a posting as it is stored. Never changed once it is shared.
struct Candidate {
  std::string interview_id;
  std::string candidate_id;
  std::string posting_id;
  Timestamp created_at;
  std::uint64_t sequence;          ///< order of arrival
  std::uint64_t luck;              ///< what its progress is drawn from
  std::optional<Person> person{};  ///< empty: generated from `luck`
  bool fixed = false;              ///< shows its overrides and what is required: no workflow
  nlohmann::json overrides{};      ///< properties that are shown as they are here; null: none
};

using CandidatePointer = std::shared_ptr<const Candidate>;

/// Whether a comes before b in a list.
inline bool listedBefore(const Candidate& a, const Candidate& b) {
  return a.created_at != b.created_at ? a.created_at < b.created_at : a.sequence < b.sequence;
}

}  // namespace heymilo::testing::detail
