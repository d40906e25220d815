#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>

#include "heymilo/options.hpp"
#include "paging/page_source.hpp"
#include "paging/sequential_pages.hpp"

namespace heymilo::detail {

/// A part of a list by creation time, and its progress. Bounds are whole seconds.
struct TimeWindow {
  /// The order of its candidates, as far as known.
  enum class Order { unknown, ascending, descending, none };

  std::optional<Timestamp> from{};    ///< inclusive; empty: unbounded
  std::optional<Timestamp> before{};  ///< exclusive; empty: unbounded
  bool undated = false;               ///< only the candidates without a created_at
  bool probe = false;                 ///< no candidates: requests the number with a created_at

  std::optional<std::string> cursor{};           ///< of the next page
  std::optional<Timestamp> cursor_at{};          ///< its created_at, if known
  std::optional<std::string> undated_cursor{};   ///< the latest one without a known created_at
  std::optional<std::string> handed{};           ///< the same, of the last returned page
  bool read = false;                             ///< its last page has been processed
  bool busy = false;                             ///< a page is being fetched
  std::optional<Timestamp> lowest{}, highest{};  ///< of the candidates seen
  std::uint64_t seen = 0;
  double expected = 0;  ///< candidates still to come: an estimate
  Order order = Order::unknown;
  CursorHistory cursors{};
  std::size_t waiting = 0;  ///< its pages that were not returned yet

  bool owns(const CandidateResponse& candidate) const;
};

/// A list split into windows that are read in parallel. It only computes: it sends nothing, and is
/// not thread-safe.
///
/// The distribution of the candidates over time and the order of the list are unknown beforehand.
/// The first page is therefore requested alone. Then each idle reader takes half of the unread part
/// of the window with the most left to read. The cost is one request per window, for the page in
/// which it ends. A window is split only if the part read so far is in order of time, and only
/// beyond that part and its cursor: a list filtered by time may not accept the cursor of a
/// candidate outside of it.
///
/// Each candidate belongs to one window, by its decoded created_at, whichever window's response
/// contains it: no candidate is returned twice at a bound. Each window requests a second more than
/// its range on either side: no candidate is missed, however the API compares or rounds fractions
/// of a second.
///
/// A list filtered by time contains no candidate without created_at. One request determines how
/// many have one: if these are fewer than the whole list, the others are searched for in the whole
/// list at the end.
class TimeWindows {
 public:
  /// The windows of a new walk, or of one that resumes at `starting_after`: a cursor() of an
  /// earlier walk or an interview_id. Throws InvalidArgumentError for any other cursor.
  explicit TimeWindows(ListCandidatesParams params);

  /// A window without a reader, now busy; nullptr if there is none. `now`: the probable end of the
  /// list.
  TimeWindow* take(Timestamp now);
  /// The page could not be fetched: the window is no longer busy.
  static void giveBack(TimeWindow& window) { window.busy = false; }
  /// Whether all known parts have been processed.
  bool finished() const;
  /// Whether nothing is left to do.
  bool done() const {
    return finished() && (probed_ || !total_) && (!undated_seen_ || undated_looked_for_);
  }

  /// The parameters of the window's next request.
  ListCandidatesParams request(const TimeWindow& window) const;

  /// Processes the response to `asked` and drops the candidates of other windows. The window is no
  /// longer busy. Throws PaginationError, without any other change.
  void accept(TimeWindow& window, const ListCandidatesParams& asked, LoadedPage& loaded);

  /// The oldest waiting page of that window has been returned; `cursor`: the window's cursor when
  /// the page had been processed.
  void handedOut(TimeWindow& window, const std::optional<std::string>& cursor);

  /// The cursor that resumes after the last returned page; empty if none was returned.
  std::optional<std::string> cursor() const;

 private:
  TimeWindow* split();
  TimeWindow* another();
  void resume(std::string_view cursor);

  ListCandidatesParams params_;  // as given by the user; starting_after is not used
  Timestamp now_{};
  std::list<TimeWindow> windows_;
  std::optional<std::int64_t> total_{};  // of the whole list, from the first response
  std::uint64_t seen_ = 0;               // in all windows
  bool probed_ = false;
  bool undated_seen_ = false;
  bool undated_looked_for_ = false;
  bool anything_handed_ = false;
};

}  // namespace heymilo::detail
