#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "heymilo/cancellation.hpp"
#include "heymilo/client.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/pagination.hpp"
#include "workflows/api_clock.hpp"
#include "workflows/bulk/key/key_rule.hpp"
#include "workflows/job/search.hpp"

namespace heymilo::workflows {

/// Reads the posting's list, page by page, as a job asks for it: which keys it shows. For one
/// thread at a time, but requests().
class PostingList {
 public:
  /// All of these must live as long as this.
  PostingList(const Client& client, const std::string& posting_id, const KeyRule& rule,
              ApiClock& api_clock, CancellationToken end);

  /// The page. Where it throws, what the list throws, the same page may be read again.
  ListedPage read(const Listing& listing);

  /// Why the last candidate whose key can't be determined is unreadable.
  const std::optional<DecodeError>& unreadable() const noexcept { return unreadable_; }
  /// How many requests were made.
  std::uint64_t requests() const noexcept { return requests_; }

 private:
  ListedPage probe();
  void open(const Listing& listing);
  void show(const UnreadableCandidate& candidate);
  RequestOptions requestOptions() const;

  const Client& client_;
  const std::string& posting_id_;
  const KeyRule& rule_;
  ApiClock& api_clock_;
  const CancellationToken end_;
  std::atomic<std::uint64_t> requests_{0};

  // The list that is being read.
  std::optional<CandidateRange> range_;
  std::optional<CandidatePages> pages_;
  std::optional<CandidatePages::iterator> at_;  // empty: to be begun, or begun again
  bool anybody_ = false;                        // it has had a page
  std::vector<ShownKey> readable_in_part_;
  std::size_t nobody_ = 0;  // candidates without a readable key
  std::optional<DecodeError> unreadable_;
};

}  // namespace heymilo::workflows
