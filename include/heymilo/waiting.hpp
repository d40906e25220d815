#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "heymilo/errors.hpp"
#include "heymilo/export.hpp"
#include "heymilo/models/candidate.hpp"
#include "heymilo/time_bound.hpp"

/// What Client::waitForCandidate() and waitForCandidates() are told, and what they throw.
namespace heymilo {

/// A state that a candidate is in or not. Called on the thread that waits; what it throws ends the
/// wait.
using CandidatePredicate = std::function<bool(const CandidateResponse&)>;

/// What a candidate is recognised by; empty for one that can't be among those waited for.
using CandidateKey = std::function<std::string(const CandidateResponse&)>;

/// A state to wait for: the candidate is in the posting's list at all.
HEYMILO_EXPORT bool isListed(const CandidateResponse& candidate) noexcept;

/// A state to wait for: the workflow is over, well or badly. See isFinal().
HEYMILO_EXPORT bool hasFinalStatus(const CandidateResponse& candidate) noexcept;

/// Recognises candidates by the value of one key of their metadata: those who were queued, and
/// whose interview_id nobody knows yet.
HEYMILO_EXPORT CandidateKey metadataKey(std::string name);

/// How to wait for candidates.
struct WaitOptions {
  /// The pause after the first look at the list; each later one is half as long again. A look that
  /// took several requests is followed by at least as many of these, so that waiting makes no more
  /// than one request in this time on average. Above 0.
  std::chrono::milliseconds initial_interval{2'000};
  /// Pauses grow up to this, except after looks of many requests.
  std::chrono::milliseconds max_interval{30'000};
  /// Nobody waited for was invited earlier: what is older is never read. Empty: the first look
  /// reads the list from its beginning until it has met everybody, and so does each later one as
  /// long as somebody has not been met.
  std::optional<TimeBound> created_after{};
  /// What candidates are recognised by; empty: their interview_id.
  CandidateKey key{};
};

/// The time for a wait ran out: RequestOptions::total_timeout or `deadline`, or `timeout`
/// for one of its requests.
/// Copying one never throws. what() holds no key and no candidate's data.
class HEYMILO_EXPORT WaitTimeoutError : public TimeoutError {
 public:
  /// For tests of code that catches one.
  WaitTimeoutError(const std::string& message, std::vector<CandidateResponse> reached,
                   std::vector<std::string> pending);
  ~WaitTimeoutError() override;

  /// The candidates that were seen in the state, in no particular order.
  const std::vector<CandidateResponse>& reached() const noexcept;
  /// The keys of those that were not, in the order in which they were given.
  const std::vector<std::string>& pending() const noexcept;

 private:
  struct Details;
  std::shared_ptr<const Details> details_;
};

}  // namespace heymilo
