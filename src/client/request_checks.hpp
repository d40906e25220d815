#pragma once

#include <string_view>

#include "heymilo/models/ingest.hpp"
#include "heymilo/options.hpp"

/// Checks of what a call is asked to send. Each throws InvalidArgumentError whose param() names the
/// parameter or field, and whose text quotes no value.
namespace heymilo {

void checkPostingId(std::string_view posting_id);
void checkListParams(const ListCandidatesParams& params);
void checkIngestRequest(const CandidateIngestRequest& request);
void checkBulkIngestRequest(const BulkCandidateIngestRequest& request);

}  // namespace heymilo
