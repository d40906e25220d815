#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "heymilo/models/candidate.hpp"
#include "heymilo/workflows/mirror.hpp"

namespace heymilo::workflows {

/// What a mirror has stored of a candidate.
struct StoredCandidate {
  std::string document{};  ///< JSON
  std::string status{};
  std::optional<std::string> step_id{};  ///< of the step in progress
  std::optional<std::int64_t> step_order{};
  bool gone = false;
};

/// A candidate of a page, compared with what a mirror has stored of it: what each store has to
/// write.
struct CandidateRow {
  StoredCandidate state{};  ///< from now on
  bool differs = false;     ///< it is new, or the content has changed: `changed_at` is now
  bool moved = false;  ///< it is new, or the status or the step is another one: for the history
};

/// Counts the candidate in `changes`. The web interview's signed links may be signed anew for each
/// response: they are stored, and are not a change. Throws InvalidArgumentError for text that is
/// not UTF-8.
CandidateRow compareCandidate(const CandidateResponse& candidate,
                              const std::optional<StoredCandidate>& before, MirrorChanges& changes);

/// Without the web interview's signed links.
CandidateResponse withoutSignedLinks(CandidateResponse candidate);

}  // namespace heymilo::workflows
