#pragma once

#include <cstddef>
#include <map>

#include "heymilo/client.hpp"
#include "heymilo/models/api_error.hpp"
#include "heymilo/models/ingest.hpp"

namespace heymilo::workflows {

/// The checks that a client makes before it sends a request, without a request. For one thread at a
/// time.
class LocalChecks {
 public:
  LocalChecks();

  /// The records that a client refuses to send, by their place, and why.
  std::map<std::size_t, APIErrorDetail> refusedOf(BulkCandidateIngestRequest request) const;

 private:
  Client client_;
};

}  // namespace heymilo::workflows
