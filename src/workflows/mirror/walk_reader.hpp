#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "heymilo/client.hpp"
#include "heymilo/workflows/mirror.hpp"

namespace heymilo::workflows {

/// Reads walks of one run into a sink. Used by the run's thread only.
class WalkReader {
 public:
  /// Everything is counted in `result`, but for the requests. The arguments must outlive this
  /// object.
  WalkReader(const Client& client, std::string_view posting_id, MirrorSink& sink,
             const MirrorOptions& options, MirrorResult& result);

  /// Reads the rest of a walk and stores it. If the API refuses its cursor, it begins again with
  /// the next number. False if it was stopped. Throws the client's and the sink's exceptions.
  bool read(MirrorWalk& walk);

  /// The API's number of candidates in a window, by one request; empty if it sends none. Throws the
  /// client's exceptions.
  std::optional<std::uint64_t> total(const MirrorWindow& window);

  /// Completed so far, retries included.
  std::uint64_t requests() const noexcept { return requests_; }
  /// A walk from a moment on has seen another number of candidates than its total_count.
  bool totalsAreDoubtful() const noexcept { return doubtful_; }
  /// A candidate was seen whose interview_id can't be read, or for which the sink did not keep().
  bool unidentified() const noexcept { return unidentified_; }
  /// Whether MirrorOptions::stop is set; noted in the result.
  bool stop();

 private:
  bool readPages(MirrorWalk& walk);
  CandidateRange pagesOf(const MirrorWalk& walk, CancellationSource& given_up);
  ListResponse<CandidateResponse> load(const ListCandidatesParams& params,
                                       const CancellationToken& cancellation);
  void store(const std::vector<CandidateResponse>& batch, MirrorWalk& walk);
  void meet(const UnreadableCandidate& candidate, MirrorWalk& walk);
  void tell(MirrorProgress& progress) const;

  const Client& client_;
  const std::string posting_id_;
  MirrorSink& sink_;
  const MirrorOptions& options_;
  MirrorResult& result_;
  bool totals_ = true;                      // the API sends total_count, as far as known
  bool in_parallel_ = false;                // the current walk is read in parallel
  bool doubtful_ = false;                   // see totalsAreDoubtful()
  bool unidentified_ = false;               // see unidentified()
  std::set<std::string> unreadable_;        // by interview_id or text: already reported
  std::atomic<std::uint64_t> requests_{0};  // counted by the threads that fetch, too
};

}  // namespace heymilo::workflows
