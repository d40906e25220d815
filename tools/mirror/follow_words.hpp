#pragma once

#include <heymilo/workflows/follow.hpp>

#include "support/progress_line.hpp"

/// The parts of mirror_candidates only.
namespace mirroring {

/// What mirror_candidates --follow prints: a line when its state changes, not one for each pass,
/// and a live line on a terminal.
class FollowWords {
 public:
  /// `quiet`: problems only.
  explicit FollowWords(bool quiet) : quiet_(quiet), line_(quiet) {}

  void show(const heymilo::workflows::FollowStatus& status);
  /// The end.
  void summarize(const heymilo::workflows::FollowResult& result) const;

 private:
  using State = heymilo::workflows::FollowStatus::State;

  void tellProblem(const heymilo::workflows::FollowStatus& status) const;
  /// Of a state that is not a failure. `recovered`: it is the first one after a failure.
  void tellState(const heymilo::workflows::FollowStatus& status, bool recovered);

  const bool quiet_;
  support::ProgressLine line_;
  State state_ = State::catching_up;  // that was printed
  bool standing_by_ = false;          // when it did not fail last
  bool begun_ = false;                // it was in step once
};

}  // namespace mirroring
