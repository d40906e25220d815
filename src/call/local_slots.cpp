#include "call/local_slots.hpp"

#include <algorithm>

#include "base/under_way.hpp"

namespace heymilo {

SlotTurn LocalSlots::take(const SlotRequest& request) {
  const Clock::TimePoint now = clock_.now();
  SlotTurn turn;
  turn.held = (std::max)(held_until_ - now, Clock::TimePoint::duration{0});
  Clock::TimePoint next = held_until_;
  if (limit_) {
    while (!rested_at_.empty() && rested_at_.front() <= now) {
      rested_at_.pop_front();
    }
    const int wanted = request.priority == Priority::bulk ? reserved_ + 1 : 1;
    const int free = limit_->requests - in_use_ - static_cast<int>(rested_at_.size());
    const int missing = wanted - free;
    if (missing > static_cast<int>(rested_at_.size())) {  // only release() can tell
      turn.wait = (std::chrono::nanoseconds::max)();
      return turn;
    }
    if (missing > 0) {
      next = (std::max)(next, rested_at_[static_cast<std::size_t>(missing) - 1]);
    }
  }
  if (next > now) {
    turn.wait = next - now;
    turn.certain = true;
    return turn;
  }
  ++in_use_;
  turn.slot = 0;
  return turn;
}

void LocalSlots::release(int /*slot*/, SlotEnd end) noexcept {
  --in_use_;
  if (!limit_ || end == SlotEnd::unsent) {
    return;
  }
  const Clock::TimePoint rested = clock_.now() + restOf(limit_->per, end == SlotEnd::unanswered);
  rested_at_.insert(std::upper_bound(rested_at_.begin(), rested_at_.end(), rested), rested);
}

void LocalSlots::hold(std::chrono::milliseconds time) noexcept {
  held_until_ = (std::max)(held_until_, later(clock_.now(), time));
}

}  // namespace heymilo
