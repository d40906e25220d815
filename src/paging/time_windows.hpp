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

/// A part of a list by creation time, and how far it has been read. Bounds are whole seconds.
struct TimeWindow {
  /// In which order its candidates come, as far as has been seen.
  enum class Order { unknown, ascending, descending, none };

  std::optional<Timestamp> from{};    ///< inclusive; empty: as far as the list goes
  std::optional<Timestamp> before{};  ///< exclusive; empty: as far as the list goes
  bool undated = false;               ///< holds those without a created_at, and no others
  bool probe = false;                 ///< holds nothing: asks for how many have a created_at

  std::optional<std::string> cursor{};           ///< after which the next page is
  std::optional<Timestamp> cursor_at{};          ///< its created_at, where that is known
  std::optional<std::string> undated_cursor{};   ///< the latest one without a known created_at
  std::optional<std::string> handed{};           ///< the same, of the last page that was handed out
  bool read = false;                             ///< its last page has been taken in
  bool busy = false;                             ///< a page is being fetched
  std::optional<Timestamp> lowest{}, highest{};  ///< that were seen
  std::uint64_t seen = 0;
  double expected = 0;  ///< candidates still to come: an estimate
  Order order = Order::unknown;
  CursorHistory cursors{};
  std::size_t waiting = 0;  ///< pages of it that were not handed out

  bool owns(const CandidateResponse& candidate) const;
};

/// A list cut into windows that are read side by side. Pure bookkeeping: it sends nothing, and is
/// not for several threads.
///
/// Nothing is known beforehand of how the candidates are spread over time, nor in which order they
/// come. So the first page is asked for alone, and then whoever has nothing to do takes half of
/// what the window with most left to read has not come to yet. That costs no request beyond the
/// page that each window ends with. A window's half is cut off only where what it has shown so far
/// is in order of time, and beyond all that it has shown, its cursor included: a list by time may
/// not know the cursor of somebody who is not in it.
///
/// Each candidate belongs to one window, by its created_at as it was decoded, whatever window's
/// answers it comes in: so none is doubled at a bound. And each window asks for a second more than
/// it owns on either side: so none is missed, however the API compares or rounds fractions of a
/// second.
///
/// A candidate without created_at is in no list by time. One request asks for how many have one:
/// where these are fewer than the whole list, the others are looked for in all of it at the end.
class TimeWindows {
 public:
  /// The windows of a new walk, or of one that goes on at `starting_after`, which is a cursor() of
  /// an earlier one or an interview_id. Throws InvalidArgumentError for a cursor that is neither.
  explicit TimeWindows(ListCandidatesParams params);

  /// A window that nobody is reading, now busy; nullptr where there is none. `now`: how far the
  /// list is likely to reach.
  TimeWindow* take(Timestamp now);
  /// The page that was being fetched did not come: the window is no longer busy.
  static void giveBack(TimeWindow& window) { window.busy = false; }
  /// Whether all that is known of has been taken in.
  bool finished() const;
  /// Whether nothing is left to do.
  bool done() const {
    return finished() && (probed_ || !total_) && (!undated_seen_ || undated_looked_for_);
  }

  /// What to ask for next in that window.
  ListCandidatesParams request(const TimeWindow& window) const;

  /// Takes in the answer to `asked`: drops what belongs to other windows. The window is no longer
  /// busy. Throws PaginationError, and has then changed nothing else.
  void accept(TimeWindow& window, const ListCandidatesParams& asked, LoadedPage& loaded);

  /// The page of that window that waited longest is the user's now; `cursor` is what the window's
  /// was when the page had been taken in.
  void handedOut(TimeWindow& window, const std::optional<std::string>& cursor);

  /// What resumes behind all that was handed out; empty where nothing was.
  std::optional<std::string> cursor() const;

 private:
  TimeWindow* split();
  TimeWindow* another();
  void resume(std::string_view cursor);

  ListCandidatesParams params_;  // as given by the user; starting_after is not used
  Timestamp now_{};
  std::list<TimeWindow> windows_;
  std::optional<std::int64_t> total_{};  // of the whole list, as the first answer said
  std::uint64_t seen_ = 0;               // in all windows
  bool probed_ = false;
  bool undated_seen_ = false;
  bool undated_looked_for_ = false;
  bool anything_handed_ = false;
};

}  // namespace heymilo::detail
