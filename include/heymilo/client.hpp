#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "heymilo/clock.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/export.hpp"
#include "heymilo/models.hpp"
#include "heymilo/options.hpp"
#include "heymilo/pagination.hpp"
#include "heymilo/transport.hpp"
#include "heymilo/waiting.hpp"

/// The C++ client for the HeyMilo API. Everything that it throws is an Error or std::bad_alloc.
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
  /// and HEYMILO_WORKSPACE_ID, and, where neither tls.ca_file nor tls.ca_dir is set, those from
  /// SSL_CERT_FILE and SSL_CERT_DIR. HEYMILO_RATE_LIMIT (`N/SECONDS[/RESERVE]`, such as
  /// `300/60/20`, or `none`) fills rate_limit, which counts as unset while it is 300 in 60 s, and
  /// reserved_requests; HEYMILO_QUOTA (`process`, `machine` or `machine:PATH`) fills quota. An
  /// empty variable counts as unset, and so does SSL_CERT_DIR where libcurl uses Schannel
  /// (Windows), which can't trust a folder. Throws InvalidArgumentError as well for an
  /// SSL_CERT_FILE or SSL_CERT_DIR that does not exist, where the base URL is https.
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
  /// otherwise. Nothing is sent before the range is begun; `options` hold for each page. What
  /// becomes of a candidate that can't be read says CandidateRange::onUnreadable(). The range
  /// shares this client's connections and may outlive it. Throws InvalidArgumentError at once.
  CandidateRange listAllCandidates(std::string_view posting_id, ListCandidatesParams params = {},
                                   RequestOptions options = {}) const;

  /// All candidates of a posting, in no particular order and each once, by up to `at_once` requests
  /// side by side (no more than `max_connections`, and within the quota like any others). Each
  /// reads a part of the list by created_at: the first page is asked for alone, and then whoever
  /// has nothing to do takes half of what another has not come to, as far as the list shows itself
  /// to be in order of time. Costs a request more than listAllCandidates() for each part that was
  /// cut off, and one that asks for how many have a created_at: where some do not, the list is
  /// walked once more for these, if the API gives totals; if it gives none, they are found only by
  /// listAllCandidates().
  ///
  /// Who was in the list at the beginning is handed out once, unless removed meanwhile; who comes
  /// in later may be. A list that was brought in within a second or two can't be cut, and one that
  /// comes in no order of time is not: it is then walked as listAllCandidates() does. Threads run
  /// while the range is walked, and end with it. Throws InvalidArgumentError at once.
  CandidateRange listAllCandidatesInParallel(std::string_view posting_id, std::size_t at_once = 4,
                                             ListCandidatesParams params = {},
                                             RequestOptions options = {}) const;

  /// What the waits of this client go by: ClientOptions::clock, or Clock::steady(). For code that
  /// waits between its calls, so that a test that moves the clock moves all of it.
  Clock& clock() const noexcept;

  /// Looks at the posting's list again and again until each candidate of `keys` has been seen in
  /// `state`, and returns them as they were then, in the order of `keys`. A key is an interview_id,
  /// or what WaitOptions::key makes of a candidate: with that one can wait for candidates who were
  /// queued and are not in the list yet.
  ///
  /// One walk of the list, of a hundred candidates for each request, serves all that are waited
  /// for. It ends when everybody has been met; who was met once is looked for only around their
  /// created_at from then on, or one after the other where that takes fewer requests. On average no
  /// more than one request is made in each WaitOptions::initial_interval, and all are within the
  /// quota like any others.
  ///
  /// `options` hold for each request; the `deadline` is that of the whole wait, and without one
  /// there is none. A candidate may never reach a state: one who is dismissed never gets a score.
  /// Throws WaitTimeoutError, which knows who was seen in the state, where the time runs out, or
  /// sooner, when no other look fits in; CancelledError; and what listAllCandidates() throws. Since
  /// nothing but lists is read, the wait can always be begun again. A candidate that can't be read
  /// is passed over, unless it is waited for or may be, as its key can't be read either and
  /// somebody who is waited for is not in the list: that is a DecodeError. Throws
  /// InvalidArgumentError for an empty key or state, or intervals that can't be used.
  std::vector<CandidateResponse> waitForCandidates(std::string_view posting_id,
                                                   const std::vector<std::string>& keys,
                                                   const CandidatePredicate& state,
                                                   const WaitOptions& how = {},
                                                   const RequestOptions& options = {}) const;

  /// waitForCandidates() for one.
  CandidateResponse waitForCandidate(std::string_view posting_id, const std::string& key,
                                     const CandidatePredicate& state, const WaitOptions& how = {},
                                     const RequestOptions& options = {}) const;

 private:
  friend class NonBlockingClient;
  class Impl;
  std::shared_ptr<const Impl> impl_;
};

/// The transport that a Client makes for itself where ClientOptions::transport is not set: libcurl,
/// with the `max_connections`, `tls` and `proxy` of these options. For a Transport that adds to it,
/// such as a recorder. Throws InvalidArgumentError for such options that can't be used.
HEYMILO_EXPORT std::shared_ptr<Transport> makeTransport(const ClientOptions& options = {});

}  // namespace heymilo
