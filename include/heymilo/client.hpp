#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "heymilo/clock.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/export.hpp"
#include "heymilo/models.hpp"
#include "heymilo/options.hpp"
#include "heymilo/pagination.hpp"
#include "heymilo/transport.hpp"
#include "heymilo/waiting.hpp"

/// The C++ client for the HeyMilo API. It throws an Error or std::bad_alloc. Exceptions of the
/// caller's own callbacks are passed on.
namespace heymilo {

/// The Candidates API. All methods are thread-safe. A Client is cheap to copy. Copies share
/// connections, quota and configuration, which are released with the last copy. A child of fork()
/// may use its parent's clients: the child gets its own connections and its own quota.
///
/// The methods throw the errors of errors.hpp: InvalidArgumentError for a call that is refused
/// before anything is sent, TransportError without a complete response, DecodeError for a response
/// that is not the documented JSON, and StatusError for any status but 2xx. Error::outcome() says
/// whether the request may have been carried out.
class HEYMILO_EXPORT Client {
 public:
  /// Throws InvalidArgumentError for options that can't be used: no credentials, a base URL that
  /// is not absolute http(s), http to a host that is not loopback, a control character in what
  /// becomes a header, a negative time.
  explicit Client(ClientOptions options);

  /// As Client(options), with what is unset in them filled from HEYMILO_API_KEY, HEYMILO_BASE_URL
  /// and HEYMILO_WORKSPACE_ID, and, where neither tls.ca_file nor tls.ca_dir is set, those from
  /// SSL_CERT_FILE and SSL_CERT_DIR. HEYMILO_RATE_LIMIT (`N/SECONDS[/RESERVE]`, such as
  /// `300/60/20`, or `none`) fills rate_limit, which counts as unset while it is 300 in 60 s, and
  /// reserved_requests; HEYMILO_QUOTA (`process`, `machine` or `machine:PATH`) fills quota. An
  /// empty variable counts as unset, and so does SSL_CERT_DIR where libcurl uses Schannel
  /// (Windows), which can't trust a folder. Throws InvalidArgumentError as well for an
  /// SSL_CERT_FILE or SSL_CERT_DIR that does not exist, where the base URL is https.
  static Client fromEnvironment(ClientOptions options = {});

  /// A copy whose calls have `defaults`: those of its ranges, of waitForCandidates(), of the
  /// workflows that are given it and of a NonBlockingClient made from it as well. What a call's own
  /// options set replaces them, but headers add up, the earlier `deadline` holds, and the
  /// cancellation of either ends the call. The copy shares connections and quota with this client,
  /// and adds to the defaults that this one has. Throws InvalidArgumentError as a call does.
  Client withOptions(RequestOptions defaults) const;

  /// listCandidates: one page of a posting's candidates.
  /// GET /api/v2/postings/{posting_id}/candidates
  ListResponse<CandidateResponse> listCandidates(std::string_view posting_id,
                                                 const ListCandidatesParams& params = {},
                                                 const RequestOptions& options = {}) const;

  /// ingestCandidate: adds one candidate to the posting's workflow.
  /// POST /api/v2/postings/{posting_id}/candidates
  SingleResponse<IngestCandidateResponse> ingestCandidate(std::string_view posting_id,
                                                          const CandidateIngestRequest& request,
                                                          const RequestOptions& options = {}) const;

  /// ingestCandidatesBulk: ingests several candidates; the response has one item for each.
  /// POST /api/v2/postings/{posting_id}/candidates/bulk
  SingleResponse<std::vector<BulkIngestCandidateResponseItem>> ingestCandidatesBulk(
      std::string_view posting_id, const BulkCandidateIngestRequest& request,
      const RequestOptions& options = {}) const;

  /// ingestCandidatesBulk() of a std::vector<CandidateIngestRequest>, which may be moved from.
  template <class People, detail::IfPeople<People> = 0>
  SingleResponse<std::vector<BulkIngestCandidateResponseItem>> ingestCandidatesBulk(
      std::string_view posting_id, People&& people, const RequestOptions& options = {}) const {
    return ingestCandidatesBulk(
        posting_id, detail::bulkRequestOf(std::forward<People>(people)), options);
  }

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

  /// ingestCandidatesBulkAsync() of a std::vector<CandidateIngestRequest>, which may be moved from.
  template <class People, detail::IfPeople<People> = 0>
  SingleResponse<AsyncIngestResponse> ingestCandidatesBulkAsync(
      std::string_view posting_id, People&& people, const RequestOptions& options = {}) const {
    return ingestCandidatesBulkAsync(
        posting_id, detail::bulkRequestOf(std::forward<People>(people)), options);
  }

  /// All candidates of a posting, page by page, in the order of the list. A page has 100 candidates
  /// unless `params.limit` is set. Nothing is sent before the first iteration. `options` apply to
  /// each page. CandidateRange::onUnreadable() says what happens to a candidate that can't be read.
  /// The range shares this client's connections and may outlive it. Throws InvalidArgumentError
  /// immediately.
  CandidateRange listAllCandidates(std::string_view posting_id, ListCandidatesParams params = {},
                                   RequestOptions options = {}) const;

  /// All candidates of a posting, each once, in no particular order. Up to `concurrency` requests
  /// are sent in parallel, at most `max_connections`, within the quota.
  ///
  /// Each request reads a part of the list by created_at. The first page is read alone. Then each
  /// idle thread takes half of another thread's unread part, as long as the list is in order of
  /// time. A list whose candidates were all created within a second or two, or that is not in order
  /// of time, is read as listAllCandidates() reads it. The cost is one more request than
  /// listAllCandidates() for each part, and one request for the number of candidates with a
  /// created_at. If some have none, the list is read once more to find them, provided that the API
  /// sends totals; without totals, use listAllCandidates() for them.
  ///
  /// Each candidate that was in the list when the range began is returned once, unless it was
  /// removed in the meantime. Candidates that are created later may be missing. Threads run during
  /// the iteration and end with it. Throws InvalidArgumentError immediately.
  CandidateRange listAllCandidatesInParallel(std::string_view posting_id,
                                             std::size_t concurrency = 4,
                                             ListCandidatesParams params = {},
                                             RequestOptions options = {}) const;

  /// The clock of this client's waits: ClientOptions::clock, or Clock::steady(). Code that waits
  /// between calls should use it too, so that a test can move the time for all of it.
  Clock& clock() const noexcept;
  /// Where requests go: ClientOptions::base_url without a slash at its end, or the default.
  const std::string& baseUrl() const noexcept;
  /// The longest time of an attempt: ClientOptions::timeout, or that of withOptions().
  std::chrono::milliseconds attemptTimeout() const noexcept;

  /// Reads the posting's list repeatedly until each candidate of `keys` has been seen in `state`.
  /// Returns the candidates as they were at that moment, in the order of `keys`. A key is an
  /// interview_id, or the value that WaitOptions::key returns for a candidate. With such a key one
  /// can wait for candidates that were queued and are not in the list yet.
  ///
  /// One pass over the list, 100 candidates a request, serves all keys, and ends when all have been
  /// found. A candidate that was found once is then looked for around its created_at only, or by a
  /// pass if that takes fewer requests. On average at most one request is sent in each
  /// WaitOptions::initial_interval. All requests are within the quota.
  ///
  /// `options` apply to each request. `total_timeout` and `deadline` apply to the whole wait; if
  /// neither is set, the wait has no limit. A candidate may never reach a state: a dismissed
  /// candidate never gets a score. The wait only reads, so it can be repeated at any time.
  ///
  /// Throws WaitTimeoutError, which has the candidates seen so far, when the time has run out or is
  /// too short for another request; CancelledError; InvalidArgumentError for an empty key, an empty
  /// `state` or invalid intervals; DecodeError for a candidate that can't be read and that is, or
  /// may be, one of those waited for (others are skipped); and the errors of listAllCandidates().
  std::vector<CandidateResponse> waitForCandidates(std::string_view posting_id,
                                                   const std::vector<std::string>& keys,
                                                   const CandidatePredicate& state,
                                                   const WaitOptions& how = {},
                                                   const RequestOptions& options = {}) const;

  /// waitForCandidates() for one key.
  CandidateResponse waitForCandidate(std::string_view posting_id, const std::string& key,
                                     const CandidatePredicate& state, const WaitOptions& how = {},
                                     const RequestOptions& options = {}) const;

 private:
  friend class NonBlockingClient;
  class Impl;
  std::shared_ptr<const Impl> impl_;
  std::shared_ptr<const RequestOptions> defaults_;  // nullptr: none
};

/// The transport that a Client makes for itself where ClientOptions::transport is not set: libcurl,
/// with the `max_connections`, `tls` and `proxy` of these options. For a Transport that adds to it,
/// such as a recorder. Throws InvalidArgumentError for such options that can't be used.
HEYMILO_EXPORT std::shared_ptr<Transport> makeTransport(const ClientOptions& options = {});

}  // namespace heymilo
