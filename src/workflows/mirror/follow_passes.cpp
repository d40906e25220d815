#include "workflows/mirror/follow_passes.hpp"

#include <algorithm>
#include <utility>

#include "base/api_limits.hpp"
#include "workflows/api_clock.hpp"
#include "workflows/mirror/deletion_search.hpp"

namespace heymilo::workflows {

namespace {

using std::chrono::floor;
using std::chrono::hours;
using std::chrono::seconds;

constexpr auto kFollowPage = static_cast<std::uint64_t>(api_limits::kMaxPage);

// What is new is known by its number alone where it is more than a page; but a candidate who was
// deleted hides one who is new.
constexpr hours kThorough{1};
constexpr hours kNoLongerNew{24};

}  // namespace

FollowPasses::FollowPasses(const Client& client, std::string_view posting_id, MirrorSink& sink,
                           const MirrorOptions& options, std::function<bool()> before_erasure)
    : client_(client),
      posting_id_(posting_id),
      sink_(sink),
      options_(options),
      before_erasure_(std::move(before_erasure)),
      api_time_(now()),
      api_moment_(client.clock().now()) {}

FollowPass FollowPasses::carryOut(FollowTask task, std::size_t group) {
  run_.reset();
  const Moment began = client_.clock().now();
  run_.emplace(client_, posting_id_, sink_, options_);
  run_->beforeErasure(before_erasure_);
  FollowPass pass;
  pass.task = run_->state().last_walk == 0 ? FollowTask::everything : task;
  try {
    read(pass, group);
    pass.result = run_->result();
    if (!wiped_ || pass.result.erased > 0) {
      run_->wipe();
      wiped_ = true;
    }
  } catch (...) {
    run_->wipeAfterAnError();
    throw;
  }
  if (run_->startedAt()) {
    api_time_ = *run_->startedAt();
    api_moment_ = began;
  }
  pass.found = pass.result.added + pass.result.changed + pass.result.gone > 0;
  return pass;
}

void FollowPasses::read(FollowPass& pass, std::size_t group) {
  if (!run_->finishUnfinished()) {
    return;
  }
  // Nothing is known of the order of time in a posting without candidates, and while one can't be
  // read at all.
  if (pass.task == FollowTask::everything ||
      (pass.task == FollowTask::news && !run_->state().watermark)) {
    run_->readAll();
  } else if (pass.task == FollowTask::news) {
    readNews(pass);
  } else if (run_->state().watermark && run_->hasWindows()) {
    pass.task == FollowTask::open ? readOpen(pass, group) : searchDeletions(pass);
  }
}

/// The beginning of what may be new. In whole seconds: it makes no difference whether the API
/// compares fractions.
Timestamp FollowPasses::settledBefore() const {
  return floor<seconds>(*run_->state().watermark - options_.overlap);
}

void FollowPasses::readNews(FollowPass& pass) {
  const Timestamp from = run_->hasWindows() ? settledBefore() : run_->beginning();
  if (!isUnchanged(from)) {
    run_->readFrom(from);
  }
  pass.over = true;
}

/// With one request, whether nothing is new from a moment on, where reading would take several.
bool FollowPasses::isUnchanged(Timestamp from) {
  const MirrorWindow window{from, std::nullopt};
  const auto mirrored = sink_.count(window);
  if (!mirrored || mirrored->dated <= kFollowPage) {
    return false;
  }
  const Moment moment = client_.clock().now();
  if (moment >= next_thorough_ && apiTime() - *run_->state().watermark < kNoLongerNew) {
    next_thorough_ = moment + kThorough;
    return false;
  }
  const Timestamp gone_before =
      options_.erase_after.count() == 0 ? Timestamp::max() : now() - options_.erase_after;
  if (sink_.due(gone_before, window).oldest) {
    return false;
  }
  return run_->total(window) == mirrored->dated;
}

/// A page of a group, from the first candidate in no final state after the last page.
void FollowPasses::readOpen(FollowPass& pass, std::size_t group) {
  const Timestamp time = apiTime();
  const Timestamp oldest = floor<seconds>(time - kOpenGroups.at(group).younger_than) + seconds{1};
  // Whoever is younger than the youngest is read, too: an hour of difference between clocks.
  const Timestamp newest = group == 0
                               ? floor<seconds>(time) + hours{1}
                               : floor<seconds>(time - kOpenGroups.at(group - 1).younger_than);
  std::optional<Timestamp>& position = positions_.at(group);
  MirrorWindow window{std::max(oldest, position.value_or(oldest)), newest + seconds{1} - kTick};
  const std::optional<Timestamp> first = sink_.nextOpen(window);
  pass.over = !first;
  if (first) {
    window.created_after = floor<seconds>(*first);
    if (const auto next = sink_.createdAt(window, kFollowPage)) {
      const Timestamp second =
          std::max<Timestamp>(floor<seconds>(*next), *window.created_after + seconds{1});
      window.created_before = std::min(second - kTick, *window.created_before);
    }
    if (run_->readWindow(window)) {
      position = *window.created_before + kTick;
      pass.over = !sink_.nextOpen({*position, newest + seconds{1} - kTick});
    }
  }
  if (pass.over) {
    position.reset();
  }
}

void FollowPasses::searchDeletions(FollowPass& pass) {
  if (run_->isFullDue()) {  // somebody without a created_at is due to be erased
    pass.all_wanted = true;
    return;
  }
  const Timestamp moment = settledBefore();
  if (run_->eraseBefore(moment) && run_->searchBefore(moment)) {
    pass.all_wanted = run_->isFullWanted();
  }
}

Timestamp FollowPasses::apiTime() const {
  const auto since = client_.clock().now() - api_moment_;
  return api_time_ + std::chrono::duration_cast<Timestamp::duration>(since);
}

}  // namespace heymilo::workflows
