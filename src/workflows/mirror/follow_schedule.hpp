#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "heymilo/workflows/follow.hpp"

namespace heymilo::workflows {

/// Candidates in no final state, by their age: the younger ones are read more often.
struct OpenGroup {
  std::chrono::seconds younger_than;
  std::chrono::seconds every;
};

/// The last one has everybody who is older than those of the others.
constexpr std::array kOpenGroups{
    OpenGroup{std::chrono::hours{24}, std::chrono::minutes{3}},
    OpenGroup{std::chrono::hours{24 * 7}, std::chrono::hours{1}},
    OpenGroup{std::chrono::hours{24 * 30}, std::chrono::hours{6}},
    OpenGroup{std::chrono::hours{24 * 36'500}, std::chrono::hours{24}},
};

/// What a follower does next, and when. It has no clock, and sends and waits for nothing: it is
/// told what was done.
///
/// Each request is paid for with a time in which nothing but new candidates is read, so that the
/// average is at most `requests_per_minute`; new ones are read at least every `longest`, however
/// much there is to be paid for. What has been due for the longest time is done first.
class FollowSchedule {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  using Span = std::chrono::milliseconds;

  struct Limits {
    Span shortest, longest;  ///< between passes over what is new
    int requests_per_minute = 0;
    Span full_after;  ///< 0: never
  };
  /// A pass.
  struct Step {
    FollowTask task = FollowTask::news;
    std::size_t group = 0;  ///< of kOpenGroups, where the task is `open`
    Moment when{};
  };
  /// A pass that was done.
  struct Done {
    FollowTask task = FollowTask::news;
    std::size_t group = 0;
    Moment began{}, ended{};
    std::uint64_t requests = 0;
    bool found = false;  ///< something new; of `news`
    bool over = true;    ///< the group was read to its end; of `open`
  };

  /// `random`: from 0 to 1, for what makes the followers of several postings spread.
  FollowSchedule(const Limits& limits, Moment start, std::function<double()> random);

  /// Everything is to be read at that moment; Moment::max(): not.
  void readAllAt(Moment moment) { all_due_ = moment; }
  Step next() const;
  void done(const Done& pass);

  /// Something has failed: nothing is to be done until the moment that is returned, which is after
  /// `at_least`. The more often in a row, the later.
  Moment failed(Moment now, Span at_least);
  void recovered() { failures_ = 0; }

 private:
  Span price(std::uint64_t requests) const;
  Span about(Span span) const;

  const Limits limits_;
  const std::function<double()> random_;
  Span interval_;  // between passes over what is new
  Moment paid_;    // everything that was done is paid for
  Moment news_due_, news_latest_;
  std::array<Moment, kOpenGroups.size()> open_due_{};
  Moment deletions_due_;
  Moment all_due_ = Moment::max();
  std::size_t failures_ = 0;
};

}  // namespace heymilo::workflows
