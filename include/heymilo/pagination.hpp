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

/// Loads the page behind a cursor; no cursor is the first page. The token is cancelled when the
/// page is no longer wanted.
using CandidatePageLoader = std::function<ListResponse<CandidateResponse>(
    const std::optional<std::string>& starting_after, const CancellationToken& cancellation)>;

/// Loads the page of candidates that `params` ask for. Called by several threads at once.
using CandidateWindowLoader = std::function<ListResponse<CandidateResponse>(
    const ListCandidatesParams& params, const CancellationToken& cancellation)>;

/// A candidate of a list who can't be read, while the others of its page can: a value that is not
/// JSON (NaN, 1e999, a lone surrogate, a byte that is not UTF-8), a type that is not the documented
/// one, a required property that is missing, an empty interview_id, nothing between two commas.
struct UnreadableCandidate {
  std::optional<std::string> interview_id{};  ///< empty where that can't be read either
  std::optional<Timestamp> created_at{};      ///< empty where that can't be read or is missing
  /// The interview_id of the one before it in the response, or where the response begins. Empty
  /// where neither is known.
  std::optional<std::string> after{};
  /// The properties that can be read and are as documented: an object. Personal data.
  nlohmann::json readable{};
  /// The names of those that can't, required ones that are missing included. Empty where that
  /// cannot be determined: a quotation mark or a bracket is missing.
  std::vector<std::string> unreadable_properties{};
  /// what() and path() say where in the response the first one is: `/data/3/score`. A position "at
  /// byte" and rawBody() are of the candidate's own text, which is personal data.
  DecodeError error;
};

/// Called with a candidate that can't be read. What it throws ends the walk as an error does, which
/// then resumes after that candidate.
using UnreadableHandler = std::function<void(const UnreadableCandidate&)>;

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
/// A candidate that can't be read is a DecodeError unless onUnreadable() is set. Those before it in
/// the list are handed out first, but not by a range that reads in parallel; begin() then asks for
/// the page again, and ends in the same error until the API sends something else or onUnreadable()
/// is set.
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
  /// As above, over the pages that `params` ask for, with their `starting_after` and `limit` as the
  /// walk needs them.
  CandidateRange(CandidateWindowLoader loader, ListCandidatesParams params);
  /// A range over the whole list, read by up to `concurrency` requests side by side, each in a part
  /// of it by creation time. The candidates come in no particular order, each once. At most 2 *
  /// concurrency + 1 pages are held. What Client::listAllCandidatesInParallel() says goes for it.
  /// Throws InvalidArgumentError where `concurrency` is 0, and for a `starting_after` that is no
  /// cursor.
  CandidateRange(CandidateWindowLoader loader, ListCandidatesParams params,
                 std::size_t concurrency);
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

  /// Continues after candidates who can't be read: `handler` is called with each of them, on the
  /// thread that walks, at their place in the list (with pages(): before their page), and all
  /// others are handed out. An empty one turns that off again, so that they are a DecodeError.
  ///
  /// A page with such a candidate is read a second time, from the response in hand. That takes no
  /// request, except: where an interview_id can't be read and the page has no other, and where
  /// quotation marks or brackets are missing, so that the rest of the page is asked for again after
  /// that candidate. A DecodeError remains where that is not possible, as the place after the
  /// candidate has no cursor, and for a response that is no page at all.
  ///
  /// cursor() does not move on to an unreadable candidate: a walk that resumes there reports it
  /// again. A range that reads in parallel reports each once.
  CandidateRange& onUnreadable(UnreadableHandler handler) &;
  CandidateRange onUnreadable(UnreadableHandler handler) &&;  ///< the same, in an expression

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
