#pragma once

#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "heymilo/cancellation.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/export.hpp"
#include "heymilo/models/candidate.hpp"
#include "heymilo/models/envelope.hpp"
#include "heymilo/models/timestamp.hpp"
#include "heymilo/options.hpp"

namespace heymilo {

namespace detail {
class CandidateWalk;
}

/// Loads the page after a cursor; without a cursor, the first page. The token is cancelled when the
/// page is no longer needed.
using CandidatePageLoader = std::function<ListResponse<CandidateResponse>(
    const std::optional<std::string>& starting_after, const CancellationToken& cancellation)>;

/// Loads the page of candidates that `params` specify. Called by several threads in parallel.
using CandidateWindowLoader = std::function<ListResponse<CandidateResponse>(
    const ListCandidatesParams& params, const CancellationToken& cancellation)>;

/// An unreadable candidate of a list, in a page with readable ones: a value that is not JSON (NaN,
/// 1e999, a lone surrogate, a byte that is not UTF-8), an undocumented type, a missing required
/// property, an empty interview_id, nothing between two commas.
struct UnreadableCandidate {
  std::optional<std::string> interview_id{};  ///< empty if unreadable
  std::optional<Timestamp> created_at{};      ///< empty if unreadable or missing
  /// The interview_id of the previous candidate in the response, or the cursor before the response.
  /// Empty if neither is known.
  std::optional<std::string> after{};
  /// The properties that are readable and documented: an object. Personal data.
  nlohmann::json readable{};
  /// The names of the unreadable properties, including missing required ones. Empty if that cannot
  /// be determined: a quotation mark or a bracket is missing.
  std::vector<std::string> unreadable_properties{};
  /// what() and path() locate the first unreadable property in the response: `/data/3/score`. A
  /// position "at byte" and rawBody() refer to the candidate's own text, which is personal data.
  DecodeError error;
};

/// Called with an unreadable candidate. An exception that it throws ends the walk as an error does;
/// the walk then resumes after that candidate.
using UnreadableHandler = std::function<void(const UnreadableCandidate&)>;

/// A list of candidates as pages: a single-pass input range of ListResponse<CandidateResponse>.
class HEYMILO_EXPORT CandidatePages {
 public:
  /// The position of a walk; all iterators of one range share it.
  class HEYMILO_EXPORT iterator {
   public:
    using iterator_category = std::input_iterator_tag;   ///< single pass
    using value_type = ListResponse<CandidateResponse>;  ///< a page
    using difference_type = std::ptrdiff_t;              ///< required of iterators
    using pointer = value_type*;                         ///< required of iterators
    using reference = value_type&;                       ///< may be moved from

    iterator() = default;                           ///< the end
    reference operator*() const;                    ///< the page, which may be moved from
    pointer operator->() const { return &**this; }  ///< the same
    iterator& operator++();                         ///< fetches a page if necessary
    void operator++(int) { ++*this; }               ///< the same
    /// Equal if both are at the end, or neither is.
    /// @{
    friend bool operator==(const iterator& a, const iterator& b) { return a.walk_ == b.walk_; }
    friend bool operator!=(const iterator& a, const iterator& b) { return !(a == b); }
    /// @}

   private:
    friend class CandidatePages;
    explicit iterator(detail::CandidateWalk* walk);
    detail::CandidateWalk* walk_ = nullptr;
  };

  /// Fetches the first page that has not been returned. Throws the loader's exceptions, and
  /// PaginationError.
  iterator begin();
  iterator end() const noexcept { return {}; }  ///< past the last

 private:
  friend class CandidateRange;
  explicit CandidatePages(std::shared_ptr<detail::CandidateWalk> walk);
  std::shared_ptr<detail::CandidateWalk> walk_;
};

/// All candidates of a list, page after page: a single-pass input range of CandidateResponse.
///
///     for (const CandidateResponse& candidate : client.listAllCandidates(posting_id)) { ... }
///
/// The next page is fetched on a separate thread while the current one is read, so at most two are
/// in memory: from the middle of the first page on, and immediately from the second. Leaving the
/// walk early cancels that fetch. An empty page with has_more, and a repeated cursor, are a
/// PaginationError: never a silent stop, never a loop. After an error, begin() resumes at the first
/// candidate that has not been returned.
///
/// An unreadable candidate is a DecodeError unless onUnreadable() is set. The candidates before it
/// in the list are returned first, but not by a range that reads in parallel. begin() then requests
/// the page again, and fails with the same error until the API sends something else or
/// onUnreadable() is set.
///
/// The range owns its current page. It can be moved, and its iterators stay valid as long as the
/// range they came from, moved or not, exists. A range is not thread-safe.
class HEYMILO_EXPORT CandidateRange {
 public:
  /// The position of a walk; all iterators of one range share it.
  class HEYMILO_EXPORT iterator {
   public:
    using iterator_category = std::input_iterator_tag;  ///< single pass
    using value_type = CandidateResponse;               ///< a candidate
    using difference_type = std::ptrdiff_t;             ///< required of iterators
    using pointer = value_type*;                        ///< required of iterators
    using reference = value_type&;                      ///< may be moved from

    iterator() = default;                           ///< the end
    reference operator*() const;                    ///< the candidate, which may be moved from
    pointer operator->() const { return &**this; }  ///< the same
    iterator& operator++();                         ///< fetches a page if necessary
    void operator++(int) { ++*this; }               ///< the same
    /// Equal if both are at the end, or neither is.
    /// @{
    friend bool operator==(const iterator& a, const iterator& b) { return a.walk_ == b.walk_; }
    friend bool operator!=(const iterator& a, const iterator& b) { return !(a == b); }
    /// @}

   private:
    friend class CandidateRange;
    explicit iterator(detail::CandidateWalk* walk);
    detail::CandidateWalk* walk_ = nullptr;
  };

  /// A range over the pages of `loader`, starting after `starting_after`. The loader is called by
  /// one thread at a time: the reader's, or the one that fetches ahead.
  explicit CandidateRange(CandidatePageLoader loader,
                          std::optional<std::string> starting_after = std::nullopt);
  /// As above, over the pages that `params` specify, with `starting_after` and `limit` set by the
  /// walk.
  CandidateRange(CandidateWindowLoader loader, ListCandidatesParams params);
  /// A range over the whole list, read by up to `concurrency` requests in parallel, each in a part
  /// of it by creation time. The candidates come in no particular order, each once. At most 2 *
  /// concurrency + 1 pages are held. What Client::listAllCandidatesInParallel() says goes for it.
  /// Throws InvalidArgumentError where `concurrency` is 0, and for a `starting_after` that is no
  /// cursor.
  CandidateRange(CandidateWindowLoader loader, ListCandidatesParams params,
                 std::size_t concurrency);
  ~CandidateRange();
  /// The moved-from range may only be destroyed or assigned to.
  CandidateRange(CandidateRange&&) noexcept;
  CandidateRange& operator=(CandidateRange&&) noexcept;  ///< as the move constructor
  CandidateRange(const CandidateRange&) = delete;
  CandidateRange& operator=(const CandidateRange&) = delete;

  /// The first candidate that has not been returned; fetches its page. Throws the loader's
  /// exceptions, and PaginationError.
  iterator begin();
  iterator end() const noexcept { return {}; }  ///< past the last

  /// Whether the next page is fetched while the current one is read; on by default. A range that
  /// reads in parallel always fetches ahead.
  CandidateRange& prefetch(bool on) &;
  CandidateRange prefetch(bool on) &&;  ///< the same, for a range in an expression

  /// Continues after unreadable candidates: `handler` is called with each of them, on the reader's
  /// thread, at their position in the list (with pages(): before their page), and all others are
  /// returned. An empty handler turns this off again: an unreadable candidate is then a
  /// DecodeError.
  ///
  /// A page with an unreadable candidate is read a second time, from the same response. This takes
  /// no request, with two exceptions: if an interview_id is unreadable and the page has no other,
  /// and if quotation marks or brackets are missing, which requires the remainder of the page after
  /// that candidate. A DecodeError remains where this is impossible, because the position after the
  /// candidate has no cursor, and for a response that is not a page.
  ///
  /// cursor() does not advance to an unreadable candidate: a walk that resumes there reports it
  /// again. A range that reads in parallel reports each once.
  CandidateRange& onUnreadable(UnreadableHandler handler) &;
  CandidateRange onUnreadable(UnreadableHandler handler) &&;  ///< the same, in an expression

  /// The same list as pages. Both ranges share one position: a candidate that one has returned is
  /// not returned by the other.
  CandidatePages pages();

  /// The interview_id of the last returned candidate, or the cursor that the range began with. As
  /// starting_after it resumes the walk, in this process or another. For a range that reads in
  /// parallel it is a JSON text for another such range, and resumes after the last page whose
  /// candidates were all returned.
  std::optional<std::string> cursor() const;

 private:
  std::shared_ptr<detail::CandidateWalk> walk_;
};

}  // namespace heymilo
