#include "call/machine/protocol.hpp"

#include <algorithm>

#include "base/under_way.hpp"

namespace heymilo::machine {

namespace {

using std::chrono::milliseconds;

/// How soon to ask again where others were quicker: not at the same moment as they.
constexpr Time kAgain = std::chrono::microseconds{200};
constexpr int kDifferentAgains = 8;

}  // namespace

Rules::Rules(milliseconds window)
    : rest(restOf(window, false)),
      unanswered_rest(restOf(window, true)),
      grace(std::clamp<Time>(Time(window) / 200, milliseconds{1}, milliseconds{20})),
      pace(std::clamp<Time>(Time(window) / 8, milliseconds{10}, milliseconds{1000})) {}

Stamp rested(const Rules& rules, int sharer, Time now, bool answered) {
  return {Stamp::State::resting,
          sharer,
          now + (answered ? rules.rest : rules.unanswered_rest),
          Time{0}};
}

Stamp abandoned(const Rules& rules, int sharer, Time now, Time timeout) {
  return rested(rules, sharer, now + timeout, false);
}

Taking::Step Taking::next(const Result& result) {
  switch (state_) {
    case State::viewing:
      view_ = *result.view;
      tried_.assign(view_.slots.size(), false);
      return choose(result.now);
    case State::locking:
      if (!result.locked) {
        lost_ = lost_ || !probing_;
        return choose(result.now);
      }
      return does(State::reading, Step::Do::read);
    case State::reading:
      return judge(result.stamp, result.now);
    case State::settling:
      return does(State::unlocking, Step::Do::unlock);
    case State::unlocking:
      return choose(result.now);
    case State::recording:
      return bulk() && view_.reserved > 0 ? does(State::counting, Step::Do::view)
                                          : does(State::verifying, Step::Do::verify);
    case State::counting:
      return count(*result.view, result.now);
    case State::verifying:
      return does(State::verifying, Step::Do::send);
    case State::undoing:
      return does(State::leaving, Step::Do::unlock);
    case State::leaving:
      return wait(kAgain * (1 + sharer_ % kDifferentAgains), false);
  }
  return wait(kAgain, false);
}

/// Of the slots that were not tried yet, the one to try; or how long to wait.
Taking::Step Taking::choose(Time now) {
  if (view_.held_until > now) {
    Step step = wait(view_.held_until - now, true);
    step.turn.held = step.turn.wait;
    return step;
  }
  const std::vector<int> free = freeSlots(now);
  const std::size_t wanted = bulk() ? static_cast<std::size_t>(view_.reserved) + 1 : 1;
  if (free.size() >= wanted) {
    const bool deferring = defers(now);
    std::vector<int> possible;
    Time earliest = (Time::max)();
    for (const int slot : free) {
      const Time from = seen(slot).time + rules_.grace;
      if (!deferring || from <= now) {
        possible.push_back(slot);
      }
      earliest = (std::min)(earliest, from);
    }
    if (possible.empty()) {
      return wait(earliest - now, false);
    }
    // Each sharer begins somewhere else, so that few try the same one.
    slot_ = possible[static_cast<std::size_t>(sharer_) % possible.size()];
    probing_ = false;
    tried_[static_cast<std::size_t>(slot_)] = true;
    return does(State::locking, Step::Do::lock);
  }
  if (probe_ && next_probe_ < view_.slots.size()) {
    return probe(now);
  }
  std::vector<Time> resting;
  for (const Stamp& stamp : view_.slots) {
    if (stamp.state == Stamp::State::resting && stamp.time > now) {
      resting.push_back(stamp.time);
    }
  }
  const std::size_t missing = wanted - free.size();
  if (missing > resting.size()) {  // those in use rest before they are free
    return wait(rules_.pace, false);
  }
  // A bulk call may give back at once what it has just taken, for the sake of the reserve.
  const bool unsure = view_.reserved > 0 && resting.size() < view_.slots.size();
  const auto enough = resting.begin() + static_cast<std::ptrdiff_t>(missing) - 1;
  std::nth_element(resting.begin(), enough, resting.end());
  const Time time = *enough - now;
  return unsure ? wait((std::min)(time, rules_.pace), false) : wait(time, !lost_);
}

/// Tries the next slot that is in use: where its holder has died, it can be locked.
Taking::Step Taking::probe(Time now) {
  probing_ = true;
  while (next_probe_ < view_.slots.size()) {
    const std::size_t slot = next_probe_++;
    if (view_.slots[slot].state != Stamp::State::resting && !tried_[slot]) {
      slot_ = static_cast<int>(slot);
      return does(State::locking, Step::Do::lock);
    }
  }
  return choose(now);
}

/// The slot is locked, and this is its stamp.
Taking::Step Taking::judge(const Stamp& stamp, Time now) {
  seen(slot_) = stamp;
  if (stamp.state != Stamp::State::resting) {  // its holder died
    const Time timeout = stamp.state == Stamp::State::busy ? stamp.timeout : view_.longest_timeout;
    seen(slot_) = abandoned(rules_, stamp.user, now, timeout);
    return does(State::settling, Step::Do::write, seen(slot_));
  }
  if (stamp.time > now || probing_) {
    return does(State::unlocking, Step::Do::unlock);
  }
  before_ = stamp;
  return does(
      State::recording, Step::Do::write, Stamp{Stamp::State::busy, sharer_, now, request_.timeout});
}

/// Others may have taken slots in the meantime: a bulk call gives its own back rather than have one
/// of the reserve.
Taking::Step Taking::count(const View& view, Time now) {
  const auto free = std::count_if(view.slots.begin(), view.slots.end(), [now](const Stamp& stamp) {
    return stamp.state == Stamp::State::resting && stamp.time <= now;
  });
  return free < view.reserved ? does(State::undoing, Step::Do::write, before_)
                              : does(State::verifying, Step::Do::verify);
}

Taking::Step Taking::wait(Time time, bool certain) {
  Step step;
  step.what = Step::Do::wait;
  step.turn.wait = time;
  step.turn.certain = certain;
  return step;
}

Taking::Step Taking::does(State state, Step::Do what, const Stamp& stamp) {
  state_ = state;
  Step step;
  step.what = what;
  step.slot = slot_;
  step.stamp = stamp;
  return step;
}

std::vector<int> Taking::freeSlots(Time now) const {
  std::vector<int> free;
  for (std::size_t slot = 0; slot < view_.slots.size(); ++slot) {
    if (view_.slots[slot].state == Stamp::State::resting && view_.slots[slot].time <= now &&
        !tried_[slot]) {
      free.push_back(static_cast<int>(slot));
    }
  }
  return free;
}

/// Whether another sharer goes first: one whose calls are more urgent, or one that has used less.
/// For the time of the grace only, since it may be stopped.
bool Taking::defers(Time now) const {
  return std::any_of(view_.waiting.begin(), view_.waiting.end(), [&](const Waiting& other) {
    if (bulk() && other.interactive) {
      return true;
    }
    const bool same = bulk() ? other.bulk : other.interactive;
    return same && usedBy(other.sharer, now) < usedBy(sharer_, now);
  });
}

int Taking::usedBy(int sharer, Time now) const {
  return static_cast<int>(
      std::count_if(view_.slots.begin(), view_.slots.end(), [&](const Stamp& stamp) {
        const bool used = stamp.state == Stamp::State::busy || stamp.time > now;
        return used && stamp.user == sharer;
      }));
}

}  // namespace heymilo::machine
