#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "testing/server/api/violation.hpp"
#include "testing/server/state/person.hpp"

namespace heymilo::testing::detail {

/// The people of an ingestion; empty if there is a violation.
struct IngestRequest {
  std::vector<Person> people{};
  std::vector<Violation> violations{};  ///< all of them, in the order of the body
};

/// Reads a CandidateIngestRequest. Undocumented properties are ignored.
IngestRequest readIngestRequest(const nlohmann::json& body);

/// Reads a BulkCandidateIngestRequest.
IngestRequest readBulkIngestRequest(const nlohmann::json& body);

}  // namespace heymilo::testing::detail
