#include "workflows/mirror/mirror_run.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <optional>
#include <utility>

#include "base/api_limits.hpp"
#include "heymilo/errors.hpp"
#include "workflows/api_clock.hpp"
#include "workflows/mirror/deletion_search.hpp"

namespace heymilo::workflows {

namespace {

using std::chrono::floor;
using std::chrono::hours;
using std::chrono::seconds;

// Later than every candidate: the end of the year 9999.
constexpr Timestamp kAfterAll{seconds{253'402'300'799}};

// How often everything is read where the search can't find deletions.
constexpr hours kFallback{24};

template <class T>
std::optional<T> later(const std::optional<T>& a, const std::optional<T>& b) {
  return !a ? b : !b ? a : std::max(*a, *b);
}

/// All candidates created before have been read. A walk that was interrupted and resumed much later
/// may have read new candidates, but not those that appeared late before its old cursor: its start
/// is therefore used.
std::optional<Timestamp> settled(const MirrorWalk& walk) {
  return walk.newest ? std::min(*walk.newest, walk.started_at) : walk.newest;
}

}  // namespace

MirrorRun::MirrorRun(const Client& client, std::string_view posting_id, MirrorSink& sink,
                     const MirrorOptions& options)
    : sink_(sink), options_(options), reader_(client, posting_id, sink, options, result_) {
  load();
  has_windows_ = sink_.count({}).has_value();
}

const MirrorState& MirrorRun::load() {
  state_ = sink_.load();
  return state_;
}

MirrorResult MirrorRun::result() const {
  MirrorResult result = result_;
  result.requests = reader_.requests();
  return result;
}

bool MirrorRun::finishUnfinished() {
  const std::optional<MirrorWalk> walk = state_.unfinished;
  if (!walk || walk->created_before || (options_.full && !walk->full)) {
    return true;
  }
  result_.resumed = true;
  if (!finishWalk(*walk)) {
    return false;
  }
  load();
  return true;
}

bool MirrorRun::readAll() {
  MirrorWalk walk = newWalk();
  walk.full = true;
  return finishWalk(std::move(walk));
}

bool MirrorRun::readFrom(Timestamp created_after) {
  MirrorWalk walk = newWalk();
  walk.created_after = created_after;
  return finishWalk(std::move(walk));
}

bool MirrorRun::readWindow(const MirrorWindow& window) {
  MirrorWalk walk = newWalk();
  walk.created_after = window.created_after;
  walk.created_before = window.created_before;
  return finishWalk(std::move(walk));
}

MirrorWalk MirrorRun::newWalk() {
  MirrorWalk walk;
  walk.number = state_.last_walk + 1;
  walk.began_at = walk.started_at = now();
  return walk;
}

bool MirrorRun::finishWalk(MirrorWalk walk) {
  const bool window = walk.created_before.has_value();
  if (!window) {
    result_.full = walk.full;
    result_.created_after = walk.created_after;
  }
  if (!reader_.read(walk)) {
    return false;
  }
  state_.last_walk = walk.number;
  state_.unfinished.reset();
  if (!window) {
    state_.watermark = watermarkAfter(walk);
  }
  if (walk.full) {
    state_.last_full = walk.began_at;
  }
  if (walk.unidentified) {  // it may be anybody: nobody is gone, and nobody is erased
    walk.created_after = kAfterAll;
  }
  const std::uint64_t gone = sink_.finish(walk, state_.watermark);
  result_.gone += gone;
  result_.search.gone += window ? gone : 0;
  started_at_ = walk.started_at;
  if (before_erasure_ && !before_erasure_()) {
    result_.stopped = true;
    return false;
  }
  result_.erased += sink_.erase(walk, goneBefore(walk.started_at));
  return true;
}

/// The next run begins there, at which it reads the unreadable candidates of `walk` again.
std::optional<Timestamp> MirrorRun::watermarkAfter(const MirrorWalk& walk) const {
  const std::optional<Timestamp> watermark = later(state_.watermark, settled(walk));
  if (!watermark || !walk.oldest_unreadable) {
    return watermark;
  }
  if (*walk.oldest_unreadable > Timestamp()) {
    return std::min(*watermark, *walk.oldest_unreadable);
  }
  if (!walk.created_after) {
    return std::nullopt;  // read everything again
  }
  return std::min(*watermark, *walk.created_after + options_.overlap);
}

Timestamp MirrorRun::beginning() {
  Timestamp moment = *state_.watermark - options_.overlap;
  if (state_.oldest_open) {
    moment = std::min(moment, *state_.oldest_open);
  }
  if (!has_windows_) {
    moment = std::min(moment, sink_.due(goneBefore(now()), {}).oldest.value_or(moment));
  }
  return floor<seconds>(moment);
}

bool MirrorRun::isFullDue() {
  return !state_.watermark ||
         (options_.full_after.count() != 0 && isLongAgo(options_.full_after)) ||
         sink_.due(goneBefore(now()), {}).undated;
}

bool MirrorRun::isFullWanted() const {
  using Outcome = MirrorSearch::Outcome;
  const Outcome outcome = result_.search.outcome;
  return full_wanted_ ||
         (outcome != Outcome::none && outcome != Outcome::complete && isLongAgo(kFallback));
}

/// The last full walk began that long ago, or in the future, by a clock that was wrong.
bool MirrorRun::isLongAgo(hours age) const {
  if (!state_.last_full) {
    return false;  // unknown
  }
  const auto since = now() - *state_.last_full;
  return since >= age || since < -kFallback;
}

/// Who was marked as gone before is to be erased.
Timestamp MirrorRun::goneBefore(Timestamp moment) const {
  return options_.erase_after.count() == 0 ? Timestamp::max() : moment - options_.erase_after;
}

void MirrorRun::wipeAfterAnError() noexcept {
  if (result_.erased == 0) {
    return;
  }
  try {
    sink_.wipe();
  } catch (const std::exception&) {
    // Of the store, which has noted that there are traces.
  }
}

bool MirrorRun::eraseBefore(Timestamp moment) {
  const Timestamp last = moment - kTick;
  const std::uint64_t requests = reader_.requests();
  MirrorWindow part{std::nullopt, last};
  for (;;) {
    const MirrorDue due = sink_.due(goneBefore(now()), part);
    if (!due.oldest) {
      break;
    }
    const MirrorWindow window = pageFrom(*due.oldest, last);
    // In order of time, whether or not they were erased: each window is read once.
    if (!readWindow(window) || *window.created_before >= last) {
      break;
    }
    part.created_after = *window.created_before + kTick;
  }
  result_.search.requests += reader_.requests() - requests;
  return !result_.stopped;
}

/// The window from a moment on with less than a page of the mirror's candidates, unless there are
/// more in a second.
MirrorWindow MirrorRun::pageFrom(Timestamp from, Timestamp last) {
  constexpr auto kPage = static_cast<std::uint64_t>(api_limits::kMaxPage);
  const Timestamp begin = floor<seconds>(from);
  MirrorWindow window{begin, last};
  if (const std::optional<Timestamp> next = sink_.createdAt(window, kPage - 1)) {
    const Timestamp second = std::max<Timestamp>(floor<seconds>(*next), begin + seconds{1});
    window.created_before = std::min(second - kTick, last);
  }
  return window;
}

bool MirrorRun::searchBefore(Timestamp moment) {
  const std::uint64_t requests = reader_.requests();
  try {
    result_.search.outcome = searchWindows(moment);
  } catch (const CancelledError&) {
    if (!reader_.stop()) {
      throw;
    }
  }
  result_.search.requests += reader_.requests() - requests;
  return !result_.stopped;
}

MirrorSearch::Outcome MirrorRun::searchWindows(Timestamp moment) {
  DeletionSearch search;
  search.total = [&](const MirrorWindow& window) { return reader_.total(window); };
  search.count = [&](const MirrorWindow& window) {
    return sink_.count(window).value_or(MirrorCount()).dated;
  };
  search.created_at = [&](const MirrorWindow& window, std::uint64_t index) {
    return sink_.createdAt(window, index);
  };
  search.read = [&](const MirrorWindow& window) { return readWindow(window); };
  search.doubtful = reader_.totalsAreDoubtful();
  const MirrorSearch::Outcome outcome = searchDeletions({std::nullopt, moment - kTick}, search);
  return outcome == MirrorSearch::Outcome::complete ? compareUndated() : outcome;
}

/// If the mirror has candidates without a created_at: the number of those in the whole list.
MirrorSearch::Outcome MirrorRun::compareUndated() {
  using Outcome = MirrorSearch::Outcome;
  const MirrorCount mirrored = sink_.count({}).value_or(MirrorCount());
  if (mirrored.undated == 0) {
    return Outcome::complete;
  }
  const std::optional<std::uint64_t> all = reader_.total({});
  if (!all) {
    return Outcome::no_totals;
  }
  if (*all == mirrored.dated + mirrored.undated) {
    return Outcome::complete;
  }
  // Somebody may be new since the walk. No candidate is older than 1970.
  const std::optional<std::uint64_t> dated = reader_.total({Timestamp(), std::nullopt});
  const std::optional<std::uint64_t> again = reader_.total({});
  if (!dated || !again) {
    return Outcome::no_totals;
  }
  const auto [least, most] = std::minmax(*all, *again);  // the whole list when `dated` was counted
  const std::uint64_t expected = *dated + mirrored.undated;
  if (least <= expected && expected <= most) {
    return Outcome::complete;
  }
  full_wanted_ = most < expected && !reader_.unidentified();
  return Outcome::undated;
}

}  // namespace heymilo::workflows
