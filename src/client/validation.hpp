#pragma once

#include <string>
#include <string_view>

#include "heymilo/models/ingest.hpp"
#include "heymilo/options.hpp"

/// What the library refuses before anything is sent. Each throws InvalidArgumentError whose param()
/// names the option, parameter or field, and whose text quotes no value.
namespace heymilo {

void check(const ClientOptions& options);
void check(const RequestOptions& options);
void check(const ListCandidatesParams& params);
void check(const CandidateIngestRequest& request);
void check(const BulkCandidateIngestRequest& request);
void checkPostingId(std::string_view posting_id);

/// `value` of the option `param` as it is to stand in a header.
void checkHeaderText(const std::string& param, std::string_view value);

}  // namespace heymilo
