#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "testing/server/api/violation.hpp"
#include "testing/server/state/person.hpp"

namespace heymilo::testing::detail {

/// The people that an ingestion names; none where there is any violation.
struct IngestRequest {
  std::vector<Person> people{};
  std::vector<Violation> violations{};  ///< all of them, in the order of the body
};

/// Reads a CandidateIngestRequest. Properties that the schema doesn't know are passed over.
IngestRequest readIngestRequest(const nlohmann::json& body);

/// Reads a BulkCandidateIngestRequest.
IngestRequest readBulkIngestRequest(const nlohmann::json& body);

}  // namespace heymilo::testing::detail
