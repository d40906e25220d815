#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "heymilo/errors.hpp"
#include "heymilo/export.hpp"
#include "heymilo/models.hpp"
#include "heymilo/options.hpp"
#include "heymilo/pagination.hpp"

namespace heymilo {

/// The Candidates API. Every method may be called from any number of threads at once. A Client is
/// cheap to copy; copies share connections, quota and configuration, which go with the last one.
/// A child of fork() may use its parent's clients: it has connections and a quota of its own.
///
/// The methods throw what errors.hpp lists: InvalidArgumentError for what is refused before
/// anything is sent, TransportError where no complete answer came, DecodeError where it is not the
/// documented one, and StatusError for any status but 2xx. Error::outcome() tells what became of
/// the request.
class HEYMILO_EXPORT Client {
 public:
  /// Throws InvalidArgumentError for options that can't be used: no credentials, a base URL that
  /// is not absolute http(s), http to a host that is not loopback, a control character in what
  /// becomes a header, a negative time.
  explicit Client(ClientOptions options);

  /// As Client(options), with what is unset in them filled from HEYMILO_API_KEY, HEYMILO_BASE_URL
  /// and HEYMILO_WORKSPACE_ID. An empty variable counts as unset.
  static Client fromEnvironment(ClientOptions options = {});

  /// listCandidates: one page of a posting's candidates.
  /// GET /api/v2/postings/{posting_id}/candidates
  ListResponse<CandidateResponse> listCandidates(std::string_view posting_id,
                                                 const ListCandidatesParams& params = {},
                                                 const RequestOptions& options = {}) const;

  /// ingestCandidate: brings one candidate into the posting's workflow.
  /// POST /api/v2/postings/{posting_id}/candidates
  SingleResponse<IngestCandidateResponse> ingestCandidate(std::string_view posting_id,
                                                          const CandidateIngestRequest& request,
                                                          const RequestOptions& options = {}) const;

  /// ingestCandidatesBulk: brings several candidates in; the answer has one item for each.
  /// POST /api/v2/postings/{posting_id}/candidates/bulk
  SingleResponse<std::vector<BulkIngestCandidateResponseItem>> ingestCandidatesBulk(
      std::string_view posting_id, const BulkCandidateIngestRequest& request,
      const RequestOptions& options = {}) const;

  /// ingestCandidateAsync: queues one candidate. The call waits for the receipt, not for the job.
  /// POST /api/v2/postings/{posting_id}/candidates/async
  SingleResponse<AsyncIngestResponse> ingestCandidateAsync(
      std::string_view posting_id, const CandidateIngestRequest& request,
      const RequestOptions& options = {}) const;

  /// ingestCandidatesBulkAsync: queues several candidates as one job.
  /// POST /api/v2/postings/{posting_id}/candidates/bulk/async
  SingleResponse<AsyncIngestResponse> ingestCandidatesBulkAsync(
      std::string_view posting_id, const BulkCandidateIngestRequest& request,
      const RequestOptions& options = {}) const;

  /// All candidates of a posting, page after page, 100 at a time unless `params.limit` says
  /// otherwise. Nothing is sent before the range is begun; `options` hold for each page. The range
  /// shares this client's connections and may outlive it. Throws InvalidArgumentError at once.
  CandidateRange listAllCandidates(std::string_view posting_id, ListCandidatesParams params = {},
                                   RequestOptions options = {}) const;

 private:
  class Impl;
  std::shared_ptr<const Impl> impl_;
};

}  // namespace heymilo
