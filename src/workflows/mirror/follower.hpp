#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "heymilo/client.hpp"
#include "heymilo/workflows/follow.hpp"
#include "workflows/mirror/follow_passes.hpp"
#include "workflows/mirror/follow_schedule.hpp"

namespace heymilo::workflows {

/// One call of followCandidates(), whose options are valid. Once.
class Follower {
 public:
  /// The arguments must outlive this object.
  Follower(const Client& client, std::string_view posting_id, MirrorSink& sink,
           const FollowOptions& options);

  FollowResult run();

 private:
  using Moment = FollowSchedule::Moment;
  using Span = FollowSchedule::Span;
  using State = FollowStatus::State;

  void runUntilStopped();
  void turn();
  bool hasMirror();
  void begin();
  void carryOut(const FollowSchedule::Step& step);
  void add(const MirrorResult& result, Moment moment);
  bool handOut();
  bool hasLostMirror();
  void fail(Span at_least);
  bool waitUntil(Moment moment, State state);
  bool wait(Moment moment);
  void tell(State state, Moment next);
  FollowResult total() const;
  State stateBetweenPasses() const;
  MirrorOptions mirrorOptions();
  template <typename Call>
  void callBack(const Call& call);

  const Client& client_;
  MirrorSink& sink_;
  const FollowOptions& options_;
  const Span slice_;  // the longest wait without a sign of life
  const MirrorOptions mirror_options_;
  FollowPasses passes_;
  std::optional<FollowSchedule> schedule_;
  bool loaded_ = false;          // the sink has been used once
  bool own_ = false;             // it has the mirror
  std::string other_;            // MirrorHold::other, while it has not
  Moment silent_since_{};        // this one
  Moment beaten_{};              // hold() was called
  std::exception_ptr error_;     // that is waited out
  std::exception_ptr reason_;    // of a callback
  std::optional<Moment> known_;  // what was new then is in the mirror
  FollowTask task_ = FollowTask::news;
  MirrorResult last_;
  FollowResult total_;  // without the pass under way
  bool under_way_ = false;
  std::deque<std::pair<Moment, std::uint64_t>> requests_;  // of the last hour
  std::set<std::size_t> unreadable_;                       // hashes: already reported

  std::mutex mutex_;
  std::condition_variable stopped_;
  CancellationCallback on_stop_;  // last: its callback may run immediately
};

}  // namespace heymilo::workflows
