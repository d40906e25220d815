#include "workflows/mirror/follow_schedule.hpp"

#include <algorithm>
#include <utility>

namespace heymilo::workflows {

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

using Span = FollowSchedule::Span;

// When it begins with what is not new. It is not known when the last follower has read it, and one
// that is restarted again and again must not read everything each time.
constexpr std::array<Span, kOpenGroups.size()> kFirstOpen{
    seconds{5}, minutes{1}, minutes{10}, minutes{30}};
// One request where nobody was deleted: soon, so that it is done however often it is restarted.
constexpr Span kFirstDeletions = seconds{30};

constexpr Span kDeletionsEvery = minutes{15};
// A pass over deletions, or over everything, takes at most this part of all requests.
constexpr int kShareOfDeletions = 10, kShareOfAll = 4;

constexpr Span kFirstWait = seconds{1};
constexpr Span kLongestWait = minutes{5};
constexpr std::size_t kMostDoublings = 9;

}  // namespace

FollowSchedule::FollowSchedule(const Limits& limits, Moment start, std::function<double()> random)
    : limits_(limits),
      random_(std::move(random)),
      interval_(limits.shortest),
      paid_(start),
      news_due_(start),
      news_latest_(start),
      deletions_due_(start + kFirstDeletions) {
  for (std::size_t group = 0; group < open_due_.size(); ++group) {
    open_due_.at(group) = start + kFirstOpen.at(group);
  }
}

FollowSchedule::Step FollowSchedule::next() const {
  Step best;
  best.when = std::max(news_due_, std::min(paid_, news_latest_));
  Moment best_due = news_due_;
  const auto consider = [&](FollowTask task, std::size_t group, Moment due) {
    const Moment when = std::max(due, paid_);
    if (when < best.when || (when == best.when && due < best_due)) {
      best = {task, group, when};
      best_due = due;
    }
  };
  for (std::size_t group = 0; group < open_due_.size(); ++group) {
    consider(FollowTask::open, group, open_due_.at(group));
  }
  consider(FollowTask::deletions, 0, deletions_due_);
  consider(FollowTask::everything, 0, all_due_);
  return best;
}

void FollowSchedule::done(const Done& pass) {
  const Span cost = price(pass.requests);
  paid_ = std::max(paid_, pass.began) + cost;
  switch (pass.task) {
    case FollowTask::news:
      interval_ = pass.found ? std::max(limits_.shortest, interval_ / 2)
                             : std::min(limits_.longest, interval_ * 3 / 2);
      news_due_ = pass.ended + about(interval_);
      news_latest_ = pass.ended + std::max(limits_.longest, cost);
      break;
    case FollowTask::open:
      open_due_.at(pass.group) =
          pass.ended + (pass.over ? about(kOpenGroups.at(pass.group).every) : Span{0});
      break;
    case FollowTask::deletions:
      deletions_due_ = pass.ended + about(std::max(kDeletionsEvery, cost * kShareOfDeletions));
      break;
    case FollowTask::everything:  // and so all the others
      news_due_ = pass.ended + about(interval_);
      news_latest_ = pass.ended + limits_.longest;
      for (std::size_t group = 0; group < open_due_.size(); ++group) {
        open_due_.at(group) = pass.ended + about(kOpenGroups.at(group).every);
      }
      deletions_due_ = pass.ended + about(kDeletionsEvery);
      all_due_ = limits_.full_after.count() == 0
                     ? Moment::max()
                     : pass.ended + std::max(limits_.full_after, cost * kShareOfAll);
      break;
  }
}

FollowSchedule::Moment FollowSchedule::failed(Moment now, Span at_least) {
  const Span longest =
      std::min(kLongestWait, kFirstWait * (std::int64_t{1} << std::min(failures_, kMostDoublings)));
  ++failures_;
  // At least half of it: several followers of one API must not come back all together.
  const auto wait = std::chrono::duration_cast<Span>(longest * (0.5 + random_() / 2));
  return now + std::max(wait, at_least);
}

/// The time in which as many requests may be sent.
Span FollowSchedule::price(std::uint64_t requests) const {
  return Span(static_cast<Span::rep>(requests)) * Span(minutes{1}).count() /
         limits_.requests_per_minute;
}

/// A tenth more or less.
Span FollowSchedule::about(Span span) const {
  return std::chrono::duration_cast<Span>(span * (0.9 + random_() / 5));
}

}  // namespace heymilo::workflows
