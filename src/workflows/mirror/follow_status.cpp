#include "heymilo/workflows/follow.hpp"

namespace heymilo::workflows {

std::string_view toString(FollowTask task) noexcept {
  switch (task) {
    case FollowTask::everything:
      return "everything";
    case FollowTask::news:
      return "news";
    case FollowTask::open:
      return "open";
    case FollowTask::deletions:
      break;
  }
  return "deletions";
}

std::string_view toString(FollowStatus::State state) noexcept {
  switch (state) {
    case FollowStatus::State::catching_up:
      return "catching_up";
    case FollowStatus::State::in_step:
      return "in_step";
    case FollowStatus::State::standing_by:
      return "standing_by";
    case FollowStatus::State::failing:
      break;
  }
  return "failing";
}

}  // namespace heymilo::workflows
