#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
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
  /// These journals of version 0.1 have been taken over: whom they have ingested is known. Before
  /// the first page is read.
  void knows(std::set<std::string> journals_01) { journals_01_ = std::move(journals_01); }
  /// Candidates of the last list with keys of another kind, of which none is known here.
  struct Foreign {
    std::size_t of_01 = 0;          ///< that version 0.1 has ingested
    std::size_t by_other_keys = 0;  ///< with keys by another option `key`
    std::string key{};              ///< that option, of the last one of these
  };
  const Foreign& foreign() const noexcept { return foreign_; }
  /// How many requests were made.
  std::uint64_t requests() const noexcept { return requests_; }

 private:
  ListedPage probe();
  void open(const Listing& listing);
  void show(const UnreadableCandidate& candidate);
  bool isForeign(Reference kind, const std::string& reference);
  void show(CandidateResponse& candidate, ListedPage& page);
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
  std::size_t nobody_ = 0;           // candidates without a readable key
  std::size_t foreign_in_part_ = 0;  // of those that can't be read
  std::optional<DecodeError> unreadable_;
  std::set<std::string> journals_01_;
  Foreign foreign_;
};

}  // namespace heymilo::workflows
