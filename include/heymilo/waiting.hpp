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

/// The options and errors of Client::waitForCandidate() and waitForCandidates().
namespace heymilo {

/// A predicate: whether a candidate is in a state. Called on the waiting thread; an exception ends
/// the wait.
using CandidatePredicate = std::function<bool(const CandidateResponse&)>;

/// The key that identifies a candidate; empty if it can't be one of those waited for.
using CandidateKey = std::function<std::string(const CandidateResponse&)>;

/// A state to wait for: the candidate is in the posting's list.
HEYMILO_EXPORT bool isListed(const CandidateResponse& candidate) noexcept;

/// A state to wait for: the workflow is over, with any result. See isFinal().
HEYMILO_EXPORT bool hasFinalStatus(const CandidateResponse& candidate) noexcept;

/// Identifies candidates by the value of one metadata key: for queued candidates, whose
/// interview_id is not known yet.
HEYMILO_EXPORT CandidateKey metadataKey(std::string name);

/// Options of a wait for candidates.
struct WaitOptions {
  /// The pause after the first pass over the list; each later one is half as long again. A pass of
  /// several requests is followed by at least as many of these pauses: on average, waiting makes at
  /// most one request in this time. Greater than 0.
  std::chrono::milliseconds initial_interval{2'000};
  /// The maximum pause, except after passes of many requests.
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
  /// For tests of code that catches this error.
  WaitTimeoutError(const std::string& message, std::vector<CandidateResponse> reached,
                   std::vector<std::string> pending);
  ~WaitTimeoutError() override;

  /// The candidates that have reached the state, in no particular order.
  const std::vector<CandidateResponse>& reached() const noexcept;
  /// The keys of the others, in the order in which they were given.
  const std::vector<std::string>& pending() const noexcept;

 private:
  struct Details;
  std::shared_ptr<const Details> details_;
};

}  // namespace heymilo
