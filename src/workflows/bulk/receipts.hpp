#pragma once

#include <string>
#include <vector>

#include "heymilo/models/ingest.hpp"
#include "workflows/bulk/chunk.hpp"
#include "workflows/bulk/journal.hpp"

namespace heymilo::workflows {

/// Which receipt is for which record of the chunk, in the chunk's order: by the value under the
/// mark's key, where a receipt has it, otherwise by its place in the response. Throws DecodeError
/// (`applied`) where the response does not have one receipt for each record.
std::vector<Journal::Receipt> receiptsOf(const Chunk& chunk,
                                         std::vector<BulkIngestCandidateResponseItem> response,
                                         const std::string& mark_key);

}  // namespace heymilo::workflows
