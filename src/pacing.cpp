#include "pacing.hpp"

#include <algorithm>

#include "heymilo/errors.hpp"

namespace heymilo {

Pacer::Permit Pacer::acquire(const CancellationToken& cancellation, Clock::TimePoint deadline,
                             const std::function<void(std::chrono::milliseconds)>& on_wait) {
  Waiter self;
  // Under the lock, so that it can't fall between the check and the wait below. Given up last: its
  // end waits for a notification under way, which waits for the lock.
  const CancellationCallback wake_up(cancellation, [this, &self] {
    const std::lock_guard<std::mutex> guard(mutex_);
    self.notify_all();
  });
  std::unique_lock<std::mutex> lock(mutex_);
  queue_.push_back(&self);
  for (bool told = false;;) {
    const Clock::TimePoint now = clock_.now();
    const bool first = queue_.front() == &self;
    const Clock::TimePoint slot = nextSlot(now);
    const bool slot_known = slot != (Clock::TimePoint::max)();
    if (cancellation.cancelled()) {
      leave(self);
      throw CancelledError("cancelled while waiting for the quota", Outcome::not_sent);
    }
    if (first && slot <= now) {
      ++in_flight_;
      leave(self);
      return Permit(*this);
    }
    if (now >= deadline || (slot_known && slot >= deadline)) {
      leave(self);
      throw TimeoutError("the deadline comes before the quota allows another request",
                         Outcome::not_sent);
    }
    if (held_until_ > now + patience_) {
      leave(self);
      throw TimeoutError("the API has asked for no requests for longer than retry.max_retry_after",
                         Outcome::not_sent);
    }
    if (!told && slot > now && on_wait) {
      told = true;
      lock.unlock();
      on_wait(slot_known ? std::chrono::ceil<std::chrono::milliseconds>(slot - now)
                         : std::chrono::milliseconds{0});
      lock.lock();
      continue;
    }
    const Clock::TimePoint turn = first ? slot : (Clock::TimePoint::max)();
    clock_.wait(lock, self, (std::min)(turn, deadline));
  }
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

void Pacer::finish() {
  const std::lock_guard<std::mutex> guard(mutex_);
  --in_flight_;
  if (limit_) {
    finished_.push_back(clock_.now());
  }
  wakeFirst();
}

void Pacer::leave(Waiter& self) {
  queue_.remove(&self);
  wakeFirst();
}

void Pacer::wakeFirst() {
  if (!queue_.empty()) {
    queue_.front()->notify_all();
  }
}

}  // namespace heymilo
