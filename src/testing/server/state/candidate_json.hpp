#pragma once

#include "heymilo/models/timestamp.hpp"
#include "testing/server/state/candidate.hpp"
#include "testing/server/state/json_writer.hpp"

namespace heymilo::testing::detail {

/// Differences that a server of another version would have in its responses.
struct Variety {
  double null_rate = 0;              ///< share of nullable properties that are null without need
  double unknown_property_rate = 0;  ///< share of objects with an undocumented property
};

/// Writes the candidate as the API shows it at that time: a CandidateResponse.
void writeCandidate(JsonWriter& json, const Candidate& candidate, Timestamp now,
                    const Variety& variety);

/// The URL of the candidate's interview.
std::string interviewUrl(const Candidate& candidate);

/// The candidate's metadata, as JSON text.
std::string metadataOf(const Candidate& candidate);

}  // namespace heymilo::testing::detail
