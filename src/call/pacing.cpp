#include "call/pacing.hpp"

#include <algorithm>

#include "base/under_way.hpp"
#include "heymilo/errors.hpp"

namespace heymilo {

Pacer::Permit Pacer::acquire(const CancellationToken& cancellation, Clock::TimePoint deadline,
                             const std::function<void(std::chrono::milliseconds)>& on_wait) {
  std::condition_variable turn_may_have_come;
  bool woken = false;
  Place place([&] {
    woken = true;
    turn_may_have_come.notify_all();
  });
  // Under the lock, so that it can't fall between the check and the wait below. Given up last: its
  // end waits for a notification under way, which waits for the lock.
  const CancellationCallback wake_up(cancellation, [&] {
    const std::lock_guard<std::mutex> guard(mutex_);
    turn_may_have_come.notify_all();
  });
  std::unique_lock<std::mutex> lock(mutex_);
  for (bool told = false;;) {
    woken = false;
    Turn turn = judge(place, cancellation, deadline);
    if (turn.permit) {
      return *std::move(turn.permit);
    }
    if (!told && turn.wait && on_wait) {
      told = true;
      lock.unlock();
      on_wait(*turn.wait);
      lock.lock();
      continue;
    }
    clock_.wait(lock, turn_may_have_come, turn.ask_again, [&] {
      return woken || cancellation.cancelled();
    });
  }
}

Pacer::Turn Pacer::ask(Place& place, const CancellationToken& cancellation,
                       Clock::TimePoint deadline) {
  const std::lock_guard<std::mutex> guard(mutex_);
  return judge(place, cancellation, deadline);
}

void Pacer::giveUp(Place& place) {
  const std::lock_guard<std::mutex> guard(mutex_);
  leave(place);
}

Pacer::Turn Pacer::judge(Place& place, const CancellationToken& cancellation,
                         Clock::TimePoint deadline) {
  if (!place.queued_) {
    queue_.push_back(&place);
    place.queued_ = true;
  }
  const Clock::TimePoint now = clock_.now();
  const bool first = queue_.front() == &place;
  const Clock::TimePoint slot = nextSlot(now);
  const bool slot_known = slot != (Clock::TimePoint::max)();
  if (cancellation.cancelled()) {
    leave(place);
    throw CancelledError(first && slot <= now ? "cancelled before it was sent"
                                              : "cancelled while waiting for the quota",
                         Outcome::not_sent);
  }
  Turn turn;
  if (first && slot <= now) {
    ++in_flight_;
    leave(place);
    turn.permit.emplace(*this);
    return turn;
  }
  if (now >= deadline || (slot_known && slot >= deadline)) {
    leave(place);
    throw TimeoutError("the deadline comes before the quota allows another request",
                       Outcome::not_sent);
  }
  if (held_until_ > now + patience_) {
    leave(place);
    throw TimeoutError("the API has asked for no requests for longer than retry.max_retry_after",
                       Outcome::not_sent);
  }
  if (slot > now) {
    turn.wait = slot_known ? std::chrono::ceil<std::chrono::milliseconds>(slot - now)
                           : std::chrono::milliseconds{0};
  }
  turn.ask_again = (std::min)(first ? slot : (Clock::TimePoint::max)(), deadline);
  return turn;
}

void Pacer::holdUntil(Clock::TimePoint until) {
  const std::lock_guard<std::mutex> guard(mutex_);
  held_until_ = (std::max)(held_until_, until);
  wakeFirst();
}

/// When the next request may go: `now` or earlier for at once, max() while only the end of one in
/// flight can tell.
Clock::TimePoint Pacer::nextSlot(Clock::TimePoint now) {
  if (!limit_) {
    return held_until_;
  }
  // A thousandth more than the limit asks for: the server's clock may run faster than ours.
  const Clock::TimePoint::duration window = limit_->per + limit_->per / 1000;
  while (!finished_.empty() && finished_.front() + window <= now) {
    finished_.pop_front();
  }
  if (in_flight_ + static_cast<int>(finished_.size()) < limit_->requests) {
    return held_until_;
  }
  if (finished_.empty()) {
    return (Clock::TimePoint::max)();
  }
  return (std::max)(held_until_, finished_.front() + window);
}

void Pacer::finish(bool unanswered) {
  const std::lock_guard<std::mutex> guard(mutex_);
  --in_flight_;
  if (limit_) {
    const Clock::TimePoint arrived =
        clock_.now() + (unanswered ? kUnderWay : std::chrono::seconds{0});
    finished_.insert(std::upper_bound(finished_.begin(), finished_.end(), arrived), arrived);
  }
  wakeFirst();
}

void Pacer::leave(Place& place) {
  if (place.queued_) {
    queue_.remove(&place);
    place.queued_ = false;
    wakeFirst();
  }
}

void Pacer::wakeFirst() {
  if (!queue_.empty()) {
    queue_.front()->wake_();
  }
}

}  // namespace heymilo
