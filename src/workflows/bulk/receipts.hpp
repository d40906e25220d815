#pragma once

#include <vector>

#include "heymilo/models/ingest.hpp"
#include "workflows/bulk/chunk.hpp"
#include "workflows/bulk/key/key_rule.hpp"

namespace heymilo::workflows {

/// The receipts of a chunk, in the chunk's order: by the key that a receipt's metadata have,
/// otherwise by its place in the response. Throws DecodeError (`applied`) where the response does
/// not have one receipt for each record.
std::vector<BulkIngestCandidateResponseItem> receiptsOf(
    const Chunk& chunk, std::vector<BulkIngestCandidateResponseItem> response, const KeyRule& rule);

}  // namespace heymilo::workflows
