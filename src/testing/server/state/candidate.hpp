#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "heymilo/models/timestamp.hpp"
#include "testing/server/state/person.hpp"

namespace heymilo::testing::detail {

/// A stored candidate of a posting. Immutable once it is shared.
struct Candidate {
  std::string interview_id;
  std::string candidate_id;
  std::string posting_id;
  Timestamp created_at;
  std::uint64_t sequence;          ///< order of arrival
  std::uint64_t luck;              ///< the seed of its progress
  std::optional<Person> person{};  ///< empty: generated from `luck`
  bool fixed = false;              ///< shows its overrides and required properties: no workflow
  nlohmann::json overrides{};      ///< properties that are shown as given; null: none
};

using CandidatePointer = std::shared_ptr<const Candidate>;

/// Whether a is before b in a list.
inline bool listedBefore(const Candidate& a, const Candidate& b) {
  return a.created_at != b.created_at ? a.created_at < b.created_at : a.sequence < b.sequence;
}

}  // namespace heymilo::testing::detail
