#pragma once

#include "heymilo/models/timestamp.hpp"
#include "testing/server/state/candidate.hpp"
#include "testing/server/state/json_writer.hpp"

namespace heymilo::testing::detail {

/// What makes the answers of a server that is not the newest, nor the oldest, look as they do.
struct Variety {
  double null_rate = 0;              ///< share of nullable properties that are null without need
  double unknown_property_rate = 0;  ///< share of objects with a property that no schema has
};

/// Writes the candidate as the API shows it at that moment: a CandidateResponse.
void writeCandidate(JsonWriter& json, const Candidate& candidate, Timestamp now,
                    const Variety& variety);

/// Where the candidate takes the interview.
std::string interviewUrl(const Candidate& candidate);

/// The metadata that came with the candidate, as JSON text.
std::string metadataOf(const Candidate& candidate);

}  // namespace heymilo::testing::detail
