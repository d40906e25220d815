#pragma once

#include <string_view>

#include "call/executor.hpp"
#include "heymilo/models/ingest.hpp"
#include "heymilo/options.hpp"

namespace heymilo {

// The operations of the Candidates API.

inline constexpr Operation kListCandidates = {
    "listCandidates", "GET", "/api/v2/postings/{posting_id}/candidates"};
inline constexpr Operation kIngestCandidate = {
    "ingestCandidate", "POST", "/api/v2/postings/{posting_id}/candidates"};
inline constexpr Operation kIngestCandidatesBulk = {
    "ingestCandidatesBulk", "POST", "/api/v2/postings/{posting_id}/candidates/bulk"};
inline constexpr Operation kIngestCandidateAsync = {
    "ingestCandidateAsync", "POST", "/api/v2/postings/{posting_id}/candidates/async"};
inline constexpr Operation kIngestCandidatesBulkAsync = {
    "ingestCandidatesBulkAsync", "POST", "/api/v2/postings/{posting_id}/candidates/bulk/async"};

/// What a call sends. The result refers to what it was made from. Throws InvalidArgumentError, for
/// a request when its body is made.
CallArguments argumentsOf(std::string_view posting_id, const ListCandidatesParams& params);
CallArguments argumentsOf(std::string_view posting_id, const CandidateIngestRequest& request);
CallArguments argumentsOf(std::string_view posting_id, const BulkCandidateIngestRequest& request);

}  // namespace heymilo
