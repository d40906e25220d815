#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "heymilo/client.hpp"
#include "heymilo/workflows/follow.hpp"
#include "heymilo/workflows/mirror.hpp"
#include "workflows/mirror/follow_schedule.hpp"
#include "workflows/mirror/mirror_run.hpp"

namespace heymilo::workflows {

/// What a pass of a follower has done.
struct FollowPass {
  FollowTask task = FollowTask::news;  ///< the first one reads everything, whatever was asked for
  MirrorResult result{};
  bool found = false;       ///< something new
  bool over = true;         ///< of `open`: the group was read to its end
  bool all_wanted = false;  ///< everything has to be read
};

/// The passes of a follower over the list. Not thread-safe.
class FollowPasses {
 public:
  /// The arguments must outlive this object. `before_erasure`: after each walk, before who is due
  /// is erased; false: it was stopped.
  FollowPasses(const Client& client, std::string_view posting_id, MirrorSink& sink,
               const MirrorOptions& options, std::function<bool()> before_erasure);

  /// Throws the client's and the sink's exceptions. What was stored before is in partial().
  FollowPass carryOut(FollowTask task, std::size_t group);
  /// What the pass under way has done so far, or what the last one did.
  MirrorResult partial() const { return run_ ? run_->result() : MirrorResult(); }

 private:
  using Moment = Clock::TimePoint;

  void read(FollowPass& pass, std::size_t group);
  void readNews(FollowPass& pass);
  void readOpen(FollowPass& pass, std::size_t group);
  void searchDeletions(FollowPass& pass);
  Timestamp settledBefore() const;
  bool isUnchanged(Timestamp from);
  Timestamp apiTime() const;

  const Client& client_;
  const std::string posting_id_;
  MirrorSink& sink_;
  const MirrorOptions& options_;
  const std::function<bool()> before_erasure_;
  std::optional<MirrorRun> run_;
  bool wiped_ = false;
  Timestamp api_time_;  // at api_moment_: by the API's clock, at first by this machine's
  Moment api_moment_;
  Moment next_thorough_{};
  // In each group; empty: its beginning.
  std::array<std::optional<Timestamp>, kOpenGroups.size()> positions_{};
};

}  // namespace heymilo::workflows
