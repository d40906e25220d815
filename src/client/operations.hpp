#pragma once

#include "call/blocking_call.hpp"
#include "call/call_context.hpp"
#include "call/call_request.hpp"
#include "call/operation.hpp"
#include "heymilo/models/ingest.hpp"
#include "heymilo/options.hpp"

namespace heymilo {

// The operations of the Candidates API. Each has a row here, a method on Client and one on
// NonBlockingClient.

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

/// What a call sends: nothing but its path, or a query, or a body. Throws InvalidArgumentError.
CallRequest requestFor(const CallContext& calls, const Operation& operation, PathValues path,
                       const RequestOptions& options);
CallRequest requestFor(const CallContext& calls, const Operation& operation, PathValues path,
                       const RequestOptions& options, const ListCandidatesParams& params);
CallRequest requestFor(const CallContext& calls, const Operation& operation, PathValues path,
                       const RequestOptions& options, const CandidateIngestRequest& body);
CallRequest requestFor(const CallContext& calls, const Operation& operation, PathValues path,
                       const RequestOptions& options, const BulkCandidateIngestRequest& body);

/// Carries out one call of an operation and decodes its response. `content` is what requestFor()
/// takes: parameters, the model of the body, or nothing. Throws what errors.hpp lists.
template <class Response, class... Content>
Response callOperation(const CallContext& calls, const Operation& operation, PathValues path,
                       const RequestOptions& options, const Content&... content) {
  const Clock::TimePoint started = calls.clock()->now();  // the body is made within its time
  return responseOf<Response>(Call(
      calls, operation, requestFor(calls, operation, path, options, content...), options, started));
}

}  // namespace heymilo
