#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "heymilo/client.hpp"
#include "heymilo/engine.hpp"
#include "heymilo/pending_call.hpp"

namespace heymilo {

/// The Candidates API for a program that must not wait: each operation as a PendingCall, to be
/// taken as a future, with a callback, or by co_await.
///
/// ```cpp
/// heymilo::NonBlockingClient calls(client);
/// calls.listCandidates("posting-id").then([](auto result) { show(result.value().data); });
/// auto receipt = calls.ingestCandidate("posting-id", person).future();
/// ```
///
/// (Not to be taken for the operations `ingestCandidateAsync` and `ingestCandidatesBulkAsync`,
/// which the API carries out later, and which are here as well.)
///
/// It shares quota, retries and options with the client that it was made from; the calls of both
/// wait in one queue. Connections are the engine's. No call has a thread of its own: one thread,
/// the engine's, runs all of them, and calls `on_event`. Deadlines count from when a call is begun,
/// and RequestOptions::cancellation ends it. Every method may be called from any number of threads
/// at once, and copies are cheap.
class HEYMILO_EXPORT NonBlockingClient {
 public:
  /// With an engine of its own. Completions run on `executor`; where it is empty, on the engine's
  /// thread, which they must not hold up.
  explicit NonBlockingClient(Client client, CompletionExecutor executor = {});
  /// With an engine that it shares. Throws InvalidArgumentError where that goes by another clock
  /// than the client, and for a client whose transport is not a NonBlockingTransport.
  NonBlockingClient(Client client, Engine engine, CompletionExecutor executor = {});

  /// The client that it was made from.
  const Client& client() const noexcept;
  /// What runs its calls: to be shared with other clients, and to wait for.
  const Engine& engine() const noexcept;

  // Each throws InvalidArgumentError at once, and copies what it is given.

  /// listCandidates: one page of a posting's candidates.
  PendingCall<ListResponse<CandidateResponse>> listCandidates(
      std::string_view posting_id, const ListCandidatesParams& params = {},
      const RequestOptions& options = {}) const;

  /// ingestCandidate: brings one candidate into the posting's workflow.
  PendingCall<SingleResponse<IngestCandidateResponse>> ingestCandidate(
      std::string_view posting_id, const CandidateIngestRequest& request,
      const RequestOptions& options = {}) const;

  /// ingestCandidatesBulk: ingests several candidates; the response has one item for each.
  PendingCall<SingleResponse<std::vector<BulkIngestCandidateResponseItem>>> ingestCandidatesBulk(
      std::string_view posting_id, const BulkCandidateIngestRequest& request,
      const RequestOptions& options = {}) const;

  /// ingestCandidatesBulk() of a std::vector<CandidateIngestRequest>, which may be moved from.
  template <class People, detail::IfPeople<People> = 0>
  PendingCall<SingleResponse<std::vector<BulkIngestCandidateResponseItem>>> ingestCandidatesBulk(
      std::string_view posting_id, People&& people, const RequestOptions& options = {}) const {
    return ingestCandidatesBulk(
        posting_id, detail::bulkRequestOf(std::forward<People>(people)), options);
  }

  /// ingestCandidateAsync: queues one candidate.
  PendingCall<SingleResponse<AsyncIngestResponse>> ingestCandidateAsync(
      std::string_view posting_id, const CandidateIngestRequest& request,
      const RequestOptions& options = {}) const;

  /// ingestCandidatesBulkAsync: queues several candidates as one job.
  PendingCall<SingleResponse<AsyncIngestResponse>> ingestCandidatesBulkAsync(
      std::string_view posting_id, const BulkCandidateIngestRequest& request,
      const RequestOptions& options = {}) const;

  /// ingestCandidatesBulkAsync() of a std::vector<CandidateIngestRequest>, which may be moved from.
  template <class People, detail::IfPeople<People> = 0>
  PendingCall<SingleResponse<AsyncIngestResponse>> ingestCandidatesBulkAsync(
      std::string_view posting_id, People&& people, const RequestOptions& options = {}) const {
    return ingestCandidatesBulkAsync(
        posting_id, detail::bulkRequestOf(std::forward<People>(people)), options);
  }

 private:
  class Impl;
  std::shared_ptr<const Impl> impl_;
};

}  // namespace heymilo
