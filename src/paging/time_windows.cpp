#include "paging/time_windows.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/api_limits.hpp"
#include "heymilo/errors.hpp"

namespace heymilo::detail {

namespace {

using std::chrono::seconds;
using Order = TimeWindow::Order;

// How much more than it owns a window asks for on either side.
constexpr seconds kMargin{1};
// For a list without a lower bound and without a total: how many times the span seen so far may be
// assumed.
constexpr double kFurther = 8;
// In pages: halving less is no gain, since each window ends in the middle of a page.
constexpr double kWorthCutting = 4;
// A century: an extrapolation from a page may be out of the range of a timestamp.
constexpr Timestamp::duration kLongest = std::chrono::hours{24 * 365 * 100};

Order orderOf(const std::vector<CandidateResponse>& candidates) {
  bool rises = false, falls = false;
  const CandidateResponse* before = nullptr;
  for (const CandidateResponse& candidate : candidates) {
    if (!candidate.created_at) {
      continue;
    }
    if (before != nullptr) {
      rises = rises || *candidate.created_at > *before->created_at;
      falls = falls || *candidate.created_at < *before->created_at;
    }
    before = &candidate;
  }
  return rises && falls ? Order::none
         : rises        ? Order::ascending
         : falls        ? Order::descending
                        : Order::unknown;
}

Order combined(Order before, Order now) {
  if (before == Order::unknown || before == now) {
    return now;
  }
  return now == Order::unknown ? before : Order::none;
}

std::int64_t count(Timestamp moment) { return moment.time_since_epoch().count(); }
Timestamp moment(std::int64_t count) { return Timestamp(std::chrono::microseconds(count)); }

/// The position of a window and its end, in its order.
struct Stretch {
  Timestamp position, end;
};

/// The assumed end of a window without a bound: extrapolated from its progress.
Timestamp::duration reach(const TimeWindow& window) {
  const auto seen =
      window.highest ? *window.highest - *window.lowest : Timestamp::duration(kMargin);
  const double share =
      window.seen == 0 ? kFurther : window.expected / static_cast<double>(window.seen);
  const auto far = std::chrono::duration<double, std::micro>(seen) * (std::max)(share, 1.0);
  return far < kLongest ? std::chrono::duration_cast<Timestamp::duration>(far) : kLongest;
}

Stretch unreadPart(const TimeWindow& window, const ListCandidatesParams& params, Timestamp now) {
  if (window.order == Order::ascending) {
    const Timestamp position = window.highest ? *window.highest : window.from.value_or(now);
    if (window.before || params.created_before) {
      return {position, window.before ? *window.before : params.created_before->ceil()};
    }
    const Timestamp end = position + reach(window);
    return {position, now > position ? (std::min)(end, now) : end};
  }
  const Timestamp position = window.lowest ? *window.lowest : window.before.value_or(now);
  if (window.from || params.created_after) {
    return {position, window.from ? *window.from : params.created_after->floor()};
  }
  return {position, position - reach(window)};
}

/// The estimated number of remaining candidates, from the number seen in the time span read. If the
/// list's end is unknown: as many as the whole walk has seen, and the parts that are split off grow
/// accordingly.
double byDensity(const TimeWindow& window, const ListCandidatesParams& params, Timestamp now,
                 std::uint64_t seen_in_all) {
  const auto seen = static_cast<double>(window.seen);
  const double unknown = (std::max)(kFurther * seen, static_cast<double>(seen_in_all));
  const std::int64_t span = window.highest ? count(*window.highest) - count(*window.lowest) : 0;
  Timestamp end;
  if (window.order == Order::ascending) {
    end = window.before ? *window.before : params.created_before.value_or(now).ceil();
  } else if (window.from || params.created_after) {
    end = window.from ? *window.from : params.created_after->floor();
  } else {
    return unknown;
  }
  const std::int64_t left = count(end) - count(unreadPart(window, params, now).position);
  return span == 0 ? unknown
                   : seen * static_cast<double>(std::abs(left)) / static_cast<double>(span);
}

bool sameBounds(const ListCandidatesParams& a, const ListCandidatesParams& b) {
  return a.created_after == b.created_after && a.created_before == b.created_before;
}

bool within(const CandidateResponse& candidate, const ListCandidatesParams& bounds) {
  return candidate.created_at &&
         (!bounds.created_after || *candidate.created_at >= bounds.created_after->floor()) &&
         (!bounds.created_before || *candidate.created_at <= bounds.created_before->ceil());
}

/// Whether a list that ends at `middle` contains all cursors that the window may still use, or be
/// resumed with.
bool keepsItsCursors(const TimeWindow& window, Timestamp middle) {
  if (window.undated_cursor && (window.waiting != 0 || window.handed == window.undated_cursor)) {
    return false;
  }
  if (!window.cursor) {
    return true;
  }
  return window.cursor_at && (window.order == Order::ascending ? *window.cursor_at <= middle
                                                               : *window.cursor_at >= middle);
}

}  // namespace

bool TimeWindow::owns(const CandidateResponse& candidate) const {
  if (!candidate.created_at || undated || probe) {
    return undated && !candidate.created_at;
  }
  return (!from || *candidate.created_at >= *from) && (!before || *candidate.created_at < *before);
}

TimeWindows::TimeWindows(ListCandidatesParams params) : params_(std::move(params)) {
  const std::optional<std::string> cursor = std::exchange(params_.starting_after, std::nullopt);
  // A list filtered by time contains no candidates without a created_at.
  probed_ = params_.created_after || params_.created_before;
  if (cursor) {
    resume(*cursor);
    anything_handed_ = true;
  } else {
    windows_.emplace_back();
  }
}

TimeWindow* TimeWindows::take(Timestamp now) {
  now_ = now;
  const auto free = std::find_if(windows_.begin(), windows_.end(), [](const TimeWindow& window) {
    return !window.busy && !window.read;
  });
  TimeWindow* window = free != windows_.end() ? &*free : another();
  if (window != nullptr) {
    window->busy = true;
  }
  return window;
}

/// Adds a window if one is needed.
TimeWindow* TimeWindows::another() {
  if (total_ && !probed_) {  // now: it is compared with the first response
    probed_ = true;
    windows_.emplace_back().probe = true;
    return &windows_.back();
  }
  if (TimeWindow* half = split()) {
    return half;
  }
  if (undated_seen_ && !undated_looked_for_ && finished()) {
    undated_looked_for_ = true;
    windows_.emplace_back().undated = true;
    return &windows_.back();
  }
  return nullptr;
}

/// Splits the window with the most left to read; nullptr if none has enough.
TimeWindow* TimeWindows::split() {
  TimeWindow* largest = nullptr;
  for (TimeWindow& window : windows_) {
    const bool in_order = window.order == Order::ascending || window.order == Order::descending;
    if (!window.read && !window.undated && !window.probe && in_order &&
        (largest == nullptr || window.expected > largest->expected)) {
      largest = &window;
    }
  }
  const auto page = static_cast<double>(params_.limit.value_or(api_limits::kMaxPage));
  if (largest == nullptr || largest->expected < kWorthCutting * page) {
    return nullptr;
  }
  const Stretch unread = unreadPart(*largest, params_, now_);
  const Timestamp middle =
      std::chrono::floor<seconds>(moment(count(unread.position) / 2 + count(unread.end) / 2));
  const Timestamp low = (std::min)(unread.position, unread.end) + kMargin;
  const Timestamp high = (std::max)(unread.position, unread.end) - kMargin;
  if (middle < low || middle > high) {
    return nullptr;  // all of it is within a second or two
  }
  if (!keepsItsCursors(*largest, middle)) {
    return nullptr;  // possible again after its next page
  }
  TimeWindow half;
  half.order = largest->order;
  half.expected = largest->expected /= 2;
  if (largest->order == Order::ascending) {
    half.from = middle;
    half.before = std::exchange(largest->before, middle);
  } else {
    half.before = middle;
    half.from = std::exchange(largest->from, middle);
  }
  windows_.push_back(std::move(half));
  return &windows_.back();
}

bool TimeWindows::finished() const {
  return std::all_of(
      windows_.begin(), windows_.end(), [](const TimeWindow& window) { return window.read; });
}

ListCandidatesParams TimeWindows::request(const TimeWindow& window) const {
  ListCandidatesParams params = params_;
  if (window.probe) {
    params.limit = 1;
    params.created_after = Timestamp();  // no candidate is older than 1970
    return params;
  }
  params.starting_after = window.cursor;
  if (window.from &&
      (!params.created_after || *window.from - kMargin > params.created_after->floor())) {
    params.created_after = *window.from - kMargin;
  }
  if (window.before &&
      (!params.created_before || *window.before + kMargin < params.created_before->ceil())) {
    params.created_before = *window.before + kMargin;
  }
  return params;
}

void TimeWindows::accept(TimeWindow& window, const ListCandidatesParams& asked,
                         LoadedPage& loaded) {
  CandidatePage& page = loaded.page;
  window.busy = false;
  const std::optional<std::int64_t> total = page.pagination.total_count;
  if (window.probe) {
    page.data.clear();
    loaded.unreadable.clear();
    window.read = true;
    undated_seen_ = undated_seen_ || (total && *total < *total_);
    return;
  }
  const bool more = page.pagination.has_more;
  if (more && !loaded.next) {
    throw PaginationError("empty page although has_more is true");
  }
  // If the window was split in the meantime, it continues in its remaining part: a cursor beyond
  // that part might be unknown there.
  const ListCandidatesParams bounds = request(window);
  const bool unchanged = sameBounds(asked, bounds);
  std::optional<std::string> cursor = asked.starting_after;
  std::optional<Timestamp> cursor_at = window.cursor_at;
  for (const CandidateResponse& candidate : page.data) {
    if (unchanged || within(candidate, bounds)) {
      cursor = candidate.interview_id;
      cursor_at = candidate.created_at;
    }
  }
  if (unchanged && loaded.next && loaded.next != cursor) {  // of an unreadable candidate
    cursor = loaded.next;
    cursor_at =
        loaded.unreadable.empty() ? std::nullopt : loaded.unreadable.back().candidate.created_at;
  }
  if (more && (unchanged || cursor != asked.starting_after) && !window.cursors.add(*cursor)) {
    throw PaginationError("repeated cursor: the list would never end");
  }

  const bool whole_list = windows_.size() == 1 && !window.from && !window.before;
  if (whole_list && !asked.starting_after && !total_) {
    total_ = total;
    // If the total was in an unreadable part, it is not requested again: the undated candidates are
    // searched for.
    undated_seen_ = undated_seen_ || (loaded.error && !total);
  }
  probed_ = probed_ || (whole_list && !more);  // never split: it has returned all candidates
  window.order = combined(window.order, orderOf(page.data));
  const bool only_page = whole_list && !more && !asked.starting_after;
  const auto owned = [&](const CandidateResponse& candidate) {
    if (only_page) {
      return true;
    }
    undated_seen_ = undated_seen_ || (!candidate.created_at && !window.undated);
    return window.owns(candidate);
  };
  page.data.erase(std::stable_partition(page.data.begin(), page.data.end(), owned),
                  page.data.end());
  for (const CandidateResponse& candidate : page.data) {
    if (const auto& at = candidate.created_at) {
      window.lowest = (std::min)(window.lowest.value_or(*at), *at);
      window.highest = (std::max)(window.highest.value_or(*at), *at);
    }
  }
  window.seen += page.data.size() + loaded.unreadable.size();
  seen_ += page.data.size() + loaded.unreadable.size();
  if (cursor && !cursor_at) {
    window.undated_cursor = cursor;
  }
  window.cursor = std::move(cursor);
  window.cursor_at = cursor_at;
  window.read = !more;
  window.expected = total && unchanged
                        ? static_cast<double>(*total) - static_cast<double>(window.seen)
                        : byDensity(window, params_, now_, seen_);
  ++window.waiting;
}

void TimeWindows::handedOut(TimeWindow& window, const std::optional<std::string>& cursor) {
  anything_handed_ = true;
  window.handed = cursor;
  --window.waiting;
}

// The cursor is a JSON text, which distinguishes it from an interview_id:
// {"windows":[{"from":µs,"before":µs,"after":"interview_id","undated":true}],"total":n,…}
std::optional<std::string> TimeWindows::cursor() const {
  if (!anything_handed_) {
    return std::nullopt;
  }
  nlohmann::json windows = nlohmann::json::array();
  bool probed = probed_;
  for (const TimeWindow& window : windows_) {
    probed = probed && (window.read || !window.probe);
    if (window.probe || (window.read && window.waiting == 0)) {
      continue;
    }
    nlohmann::json entry = nlohmann::json::object();
    if (window.from) {
      entry["from"] = count(*window.from);
    }
    if (window.before) {
      entry["before"] = count(*window.before);
    }
    if (window.handed) {
      entry["after"] = *window.handed;
    }
    if (window.undated) {
      entry["undated"] = true;
    }
    windows.push_back(std::move(entry));
  }
  nlohmann::json cursor = {{"windows", std::move(windows)},
                           {"probed", probed},
                           {"undated_seen", undated_seen_},
                           {"undated_looked_for", undated_looked_for_}};
  if (total_) {
    cursor["total"] = *total_;
  }
  try {
    return cursor.dump();
  } catch (const nlohmann::json::exception&) {  // its text would quote the id
    throw PaginationError("invalid interview_id in the list: not valid UTF-8");
  }
}

void TimeWindows::resume(std::string_view cursor) {
  if (cursor.empty() || cursor.front() != '{') {
    windows_.emplace_back();
    windows_.back().cursor = windows_.back().handed = std::string(cursor);
    return;
  }
  try {
    const nlohmann::json text = nlohmann::json::parse(cursor);
    for (const nlohmann::json& entry : text.at("windows")) {
      TimeWindow& window = windows_.emplace_back();
      if (entry.contains("from")) {
        window.from = moment(entry["from"].get<std::int64_t>());
      }
      if (entry.contains("before")) {
        window.before = moment(entry["before"].get<std::int64_t>());
      }
      if (entry.contains("after")) {
        window.cursor = window.handed = entry["after"].get<std::string>();
      }
      window.undated = entry.contains("undated");
    }
    probed_ = text.at("probed").get<bool>();
    undated_seen_ = text.at("undated_seen").get<bool>();
    undated_looked_for_ = text.at("undated_looked_for").get<bool>();
    if (text.contains("total")) {
      total_ = text["total"].get<std::int64_t>();
    }
  } catch (const nlohmann::json::exception&) {  // its text would quote the cursor
    throw InvalidArgumentError("starting_after",
                               "is neither an interview_id nor a cursor of a parallel pass");
  }
}

}  // namespace heymilo::detail
