#pragma once

#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>

#include "heymilo/cancellation.hpp"
#include "heymilo/export.hpp"
#include "heymilo/models/candidate.hpp"
#include "heymilo/models/envelope.hpp"
#include "heymilo/options.hpp"

namespace heymilo {

namespace detail {
class CandidateWalk;
}

/// Loads the page behind a cursor; no cursor is the first page. The token is cancelled when the
/// page is no longer wanted.
using CandidatePageLoader = std::function<ListResponse<CandidateResponse>(
    const std::optional<std::string>& starting_after, const CancellationToken& cancellation)>;

/// Loads the page of candidates that `params` ask for. Called by several threads at once.
using CandidateWindowLoader = std::function<ListResponse<CandidateResponse>(
    const ListCandidatesParams& params, const CancellationToken& cancellation)>;

/// A list of candidates as pages: a single-pass input range of ListResponse<CandidateResponse>.
class HEYMILO_EXPORT CandidatePages {
 public:
  /// Where a walk stands; all iterators of one range stand at the same place.
  class HEYMILO_EXPORT iterator {
   public:
    using iterator_category = std::input_iterator_tag;   ///< single pass
    using value_type = ListResponse<CandidateResponse>;  ///< a page
    using difference_type = std::ptrdiff_t;              ///< as iterators have it
    using pointer = value_type*;                         ///< as iterators have it
    using reference = value_type&;                       ///< may be moved from

    iterator() = default;                           ///< the end
    reference operator*() const;                    ///< the page, which may be moved from
    pointer operator->() const { return &**this; }  ///< the same
    iterator& operator++();                         ///< fetches a page where one is due
    void operator++(int) { ++*this; }               ///< the same
    /// Equal where both are at the end, or neither is.
    /// @{
    friend bool operator==(const iterator& a, const iterator& b) { return a.walk_ == b.walk_; }
    friend bool operator!=(const iterator& a, const iterator& b) { return !(a == b); }
    /// @}

   private:
    friend class CandidatePages;
    explicit iterator(detail::CandidateWalk* walk);
    detail::CandidateWalk* walk_ = nullptr;
  };

  /// Fetches the first page that was not handed out. Throws what the loader throws, and
  /// PaginationError.
  iterator begin();
  iterator end() const noexcept { return {}; }  ///< behind the last

 private:
  friend class CandidateRange;
  explicit CandidatePages(std::shared_ptr<detail::CandidateWalk> walk);
  std::shared_ptr<detail::CandidateWalk> walk_;
};

/// All candidates of a list, page after page: a single-pass input range of CandidateResponse.
///
///     for (const CandidateResponse& candidate : client.listAllCandidates(posting_id)) { ... }
///
/// The next page is fetched on a thread of its own while the current one is read, so that at most
/// two are held: from the middle of the first page on, and at once from the second. Leaving the
/// walk early cancels that fetch. A page that is empty although has_more says otherwise, and a
/// cursor that comes round again, end in PaginationError: never a silent stop, never a loop. After
/// an error, begin() goes on at the first candidate that was not handed out.
///
/// The range owns the page it is at; it can be moved, and its iterators stay valid as long as the
/// range they came from, moved or not, lives. One range is for one thread at a time.
class HEYMILO_EXPORT CandidateRange {
 public:
  /// Where a walk stands; all iterators of one range stand at the same place.
  class HEYMILO_EXPORT iterator {
   public:
    using iterator_category = std::input_iterator_tag;  ///< single pass
    using value_type = CandidateResponse;               ///< a candidate
    using difference_type = std::ptrdiff_t;             ///< as iterators have it
    using pointer = value_type*;                        ///< as iterators have it
    using reference = value_type&;                      ///< may be moved from

    iterator() = default;                           ///< the end
    reference operator*() const;                    ///< the candidate, which may be moved from
    pointer operator->() const { return &**this; }  ///< the same
    iterator& operator++();                         ///< fetches a page where one is due
    void operator++(int) { ++*this; }               ///< the same
    /// Equal where both are at the end, or neither is.
    /// @{
    friend bool operator==(const iterator& a, const iterator& b) { return a.walk_ == b.walk_; }
    friend bool operator!=(const iterator& a, const iterator& b) { return !(a == b); }
    /// @}

   private:
    friend class CandidateRange;
    explicit iterator(detail::CandidateWalk* walk);
    detail::CandidateWalk* walk_ = nullptr;
  };

  /// A range over the pages of `loader`, from the one behind `starting_after`. The loader is called
  /// by one thread at a time: the one that walks, or the one that fetches ahead.
  explicit CandidateRange(CandidatePageLoader loader,
                          std::optional<std::string> starting_after = std::nullopt);
  /// A range over the whole list, read by up to `at_once` requests side by side, each in a part of
  /// it by creation time. The candidates come in no particular order, each once. At most 2 *
  /// at_once + 1 pages are held. What Client::listAllCandidatesInParallel() says goes for it.
  /// Throws InvalidArgumentError where `at_once` is 0, and for a `starting_after` that is no
  /// cursor.
  CandidateRange(CandidateWindowLoader loader, ListCandidatesParams params, std::size_t at_once);
  ~CandidateRange();
  /// The other may then be destroyed or assigned to, and nothing else.
  CandidateRange(CandidateRange&&) noexcept;
  CandidateRange& operator=(CandidateRange&&) noexcept;  ///< as the move constructor
  CandidateRange(const CandidateRange&) = delete;
  CandidateRange& operator=(const CandidateRange&) = delete;

  /// The first candidate that was not handed out; fetches its page. Throws what the loader throws,
  /// and PaginationError.
  iterator begin();
  iterator end() const noexcept { return {}; }  ///< behind the last

  /// Whether the next page is fetched while the current one is read; on unless turned off. A range
  /// that reads side by side always fetches ahead.
  CandidateRange& prefetch(bool on) &;
  CandidateRange prefetch(bool on) &&;  ///< the same, for a range in an expression

  /// The same list as pages. Both walk together: what one has handed out, the other does not.
  CandidatePages pages();

  /// The interview_id of the last candidate handed out, or the cursor that the range began with: as
  /// starting_after it resumes behind it, in this process or another. Of a range that reads side by
  /// side it is a JSON text for another such range, and resumes behind the last page of which all
  /// candidates were handed out.
  std::optional<std::string> cursor() const;

 private:
  std::shared_ptr<detail::CandidateWalk> walk_;
};

}  // namespace heymilo
