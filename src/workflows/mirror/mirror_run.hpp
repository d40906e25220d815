#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "heymilo/client.hpp"
#include "heymilo/workflows/mirror.hpp"
#include "workflows/mirror/walk_reader.hpp"

namespace heymilo::workflows {

/// Whether an option may have this time: to 36500 days, so that later arithmetic stays in the range
/// of a Timestamp. In the option's own unit: the longest time in hours has no equal in others.
template <class Duration>
bool isTimeOfOption(Duration time) {
  return time.count() >= 0 && time <= std::chrono::hours{24 * 36'500};
}

/// The parts of a run of a mirror, for those who put them together: mirrorCandidates(). Each part
/// stores what it has read, and returns false if MirrorOptions::stop ended it. Each throws the
/// client's and the sink's exceptions, after which load() has the state again. Not thread-safe.
///
/// A walk replaces the unfinished one: the first part of a process is finishUnfinished(), unless
/// everything is read anyway.
class MirrorRun {
 public:
  /// The arguments must outlive this object. Loads the sink's state.
  MirrorRun(const Client& client, std::string_view posting_id, MirrorSink& sink,
            const MirrorOptions& options);

  /// Called after each walk, before it erases who is due. False: it was stopped, and nobody is
  /// erased.
  void beforeErasure(std::function<bool()> call) { before_erasure_ = std::move(call); }

  /// The sink's state, read again.
  const MirrorState& load();
  /// As load() has read it, with the walks since; oldest_open is not updated.
  const MirrorState& state() const noexcept { return state_; }
  /// Whether the sink has windows: without them, only the whole list and its end can be read.
  bool hasWindows() const noexcept { return has_windows_; }

  /// Completes the walk that was interrupted, if it is to be resumed: one over a window is not, nor
  /// is an incremental one if everything is to be read.
  bool finishUnfinished();

  /// Reads everything.
  bool readAll();
  /// Reads from a moment to the end of the list, and moves the watermark.
  bool readFrom(Timestamp created_after);
  /// Reads a window, marks as gone who is no longer in it, and erases in it who is due. Its bounds
  /// are those of DeletionSearch. Needs hasWindows().
  bool readWindow(const MirrorWindow& window);

  /// Searches for deletions among the candidates created before a moment, which is a whole second,
  /// and among those without a created_at; see MirrorResult::search. Needs hasWindows().
  bool searchBefore(Timestamp moment);
  /// Erases who is due of those created before a moment, which is a whole second: reads the windows
  /// around them. Needs hasWindows().
  bool eraseBefore(Timestamp moment);

  /// Whether a candidate was seen who can't be identified: nobody is gone, in the walk that has
  /// seen it.
  bool somebodyIsUnknown() const noexcept { return reader_.unidentified(); }
  /// The beginning of an incremental walk: from there on the list is not settled. In whole seconds:
  /// it makes no difference whether the API compares fractions. Needs a watermark. Without windows,
  /// it is early enough for everybody who is due.
  Timestamp beginning();
  /// Whether a run has to read everything: nothing was read before, the last time is longer ago
  /// than MirrorOptions::full_after, or somebody without a created_at is due.
  bool isFullDue();
  /// Whether searchBefore() has shown that everything has to be read, and this is not too often.
  bool isFullWanted() const;

  /// The API's total_count of a window: one request.
  std::optional<std::uint64_t> total(const MirrorWindow& window) { return reader_.total(window); }
  /// MirrorWalk::started_at of the last walk that was completed.
  std::optional<Timestamp> startedAt() const { return started_at_; }

  /// The end of a run, stopped or not: MirrorSink::wipe().
  void wipe() { sink_.wipe(); }
  /// The same, if anybody was erased. Throws nothing, as the error is what is reported: the next
  /// run does it.
  void wipeAfterAnError() noexcept;

  /// Of all parts so far.
  MirrorResult result() const;

 private:
  bool finishWalk(MirrorWalk walk);
  std::optional<Timestamp> watermarkAfter(const MirrorWalk& walk) const;
  MirrorWalk newWalk();
  Timestamp goneBefore(Timestamp moment) const;
  MirrorWindow pageFrom(Timestamp from, Timestamp last);
  MirrorSearch::Outcome searchWindows(Timestamp moment);
  MirrorSearch::Outcome compareUndated();
  bool isLongAgo(std::chrono::hours age) const;

  MirrorSink& sink_;
  const MirrorOptions& options_;
  MirrorResult result_;
  WalkReader reader_;
  MirrorState state_;
  std::function<bool()> before_erasure_;
  std::optional<Timestamp> started_at_;
  bool has_windows_ = false;
  bool full_wanted_ = false;  // at once: reading everything resolves the difference
};

}  // namespace heymilo::workflows
