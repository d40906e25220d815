#include "call/pacing.hpp"

#include <algorithm>
#include <condition_variable>

#include "call/local_slots.hpp"
#include "heymilo/errors.hpp"

namespace heymilo {

namespace {

constexpr Clock::TimePoint kNever = (Clock::TimePoint::max)();

Clock::TimePoint after(Clock::TimePoint now, std::chrono::nanoseconds time) {
  return time < kNever - now ? now + time : kNever;
}

}  // namespace

Pacer::Pacer(std::optional<RateLimit> limit, std::chrono::milliseconds patience, Clock& clock,
             int reserved_requests)
    : patience_(patience),
      clock_(clock),
      shared_(false),
      quota_(std::make_unique<LocalSlots>(limit, reserved_requests, clock)) {}

Pacer::Pacer(SharedQuota& quota, const QuotaTerms& terms, std::chrono::milliseconds patience,
             Clock& clock)
    : patience_(patience), clock_(clock), shared_(true), quota_(quota.join(terms, [this] {
        const std::lock_guard<std::mutex> guard(mutex_);
        wakeFirst();
      })) {}

Pacer::Permit Pacer::acquire(const CancellationToken& cancellation, Clock::TimePoint deadline,
                             const OnWait& on_wait, const SlotRequest& request) {
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
  for (std::optional<std::chrono::milliseconds> told;;) {
    woken = false;
    Turn turn = judge(place, cancellation, deadline, request);
    if (turn.permit) {
      return *std::move(turn.permit);
    }
    if (on_wait && turn.wait && isNews(*turn.wait, told)) {
      told = turn.wait;
      lock.unlock();
      on_wait(*turn.wait, turn.held);
      lock.lock();  // a waking since then has set `woken`
    }
    clock_.wait(lock, turn_may_have_come, turn.ask_again, [&] {
      return woken || cancellation.cancelled();
    });
  }
}

Pacer::Turn Pacer::ask(Place& place, const CancellationToken& cancellation,
                       Clock::TimePoint deadline, const SlotRequest& request) {
  const std::lock_guard<std::mutex> guard(mutex_);
  return judge(place, cancellation, deadline, request);
}

bool Pacer::isNews(std::chrono::milliseconds wait,
                   std::optional<std::chrono::milliseconds> told) const noexcept {
  constexpr std::chrono::seconds kLong{1};
  return !told || (shared_ && *told < kLong && wait >= kLong);
}

void Pacer::giveUp(Place& place) {
  const std::lock_guard<std::mutex> guard(mutex_);
  leave(place);
  tellWhoWaits();
}

Pacer::Turn Pacer::judge(Place& place, const CancellationToken& cancellation,
                         Clock::TimePoint deadline, const SlotRequest& request) {
  if (place.queue_ == nullptr) {
    place.queue_ = request.priority == Priority::bulk ? &bulk_ : &interactive_;
    if (spare_.empty()) {
      spare_.push_back(nullptr);
    }
    spare_.front() = &place;
    place.queue_->splice(place.queue_->end(), spare_, spare_.begin());
  }
  try {
    Turn turn = decide(place, cancellation, deadline, request);
    if (turn.permit) {
      leave(place);
    }
    tellWhoWaits();
    return turn;
  } catch (...) {
    leave(place);
    tellWhoWaits();
    throw;
  }
}

Pacer::Turn Pacer::decide(Place& place, const CancellationToken& cancellation,
                          Clock::TimePoint deadline, const SlotRequest& request) {
  const Clock::TimePoint now = clock_.now();
  const bool is_first = first() == &place;
  std::optional<int> slot;
  if (is_first) {
    slot = take(request, now);
  }
  if (cancellation.cancelled()) {
    if (slot) {
      quota_->release(*slot, SlotEnd::unsent);
    }
    throw CancelledError(
        slot ? "cancelled before it was sent" : "cancelled while waiting for the quota",
        Outcome::not_sent);
  }
  Turn turn;
  if (slot) {
    turn.permit.emplace(*this, *slot);
    return turn;
  }
  if (now >= deadline || (outlook_.certain && outlook_.next >= deadline)) {
    throw TimeoutError("the deadline comes before the quota allows another request",
                       Outcome::not_sent);
  }
  if (outlook_.held_until > now && outlook_.held_until - now > patience_) {
    throw TimeoutError("the API has asked for no requests for longer than retry.max_retry_after",
                       Outcome::not_sent);
  }
  if (outlook_.next > now) {
    turn.wait = outlook_.next == kNever
                    ? std::chrono::milliseconds{0}
                    : std::chrono::ceil<std::chrono::milliseconds>(outlook_.next - now);
    turn.held = outlook_.held_until > now;
  }
  turn.ask_again = (std::min)(is_first ? outlook_.ask_again : kNever, deadline);
  return turn;
}

/// Asks the quota for a slot, and keeps what it says.
std::optional<int> Pacer::take(const SlotRequest& request, Clock::TimePoint now) {
  const SlotTurn turn = quota_->take(request);
  if (turn.slot) {
    return turn.slot;
  }
  const auto wait = turn.wait.count() > 0 ? turn.wait : std::chrono::milliseconds{1};
  const auto again = turn.ask_again.count() > 0 ? (std::min)(wait, turn.ask_again) : wait;
  outlook_ = {after(now, wait), after(now, again), turn.certain, after(now, turn.held)};
  return std::nullopt;
}

void Pacer::holdUntil(Clock::TimePoint until) {
  const std::lock_guard<std::mutex> guard(mutex_);
  quota_->hold(std::chrono::ceil<std::chrono::milliseconds>(until - clock_.now()));
  wakeFirst();
}

void Pacer::finish(int slot, SlotEnd end) noexcept {
  if (process_ != processId()) {
    return;  // a child of fork(): the slot is its parent's
  }
  const std::lock_guard<std::mutex> guard(mutex_);
  quota_->release(slot, end);
  wakeFirst();
}

Pacer::Place* Pacer::first() const {
  const std::list<Place*>& queue = interactive_.empty() ? bulk_ : interactive_;
  return queue.empty() ? nullptr : queue.front();
}

void Pacer::leave(Place& place) {
  if (place.queue_ != nullptr) {
    std::list<Place*>& queue = *std::exchange(place.queue_, nullptr);
    spare_.splice(spare_.begin(), queue, std::find(queue.begin(), queue.end(), &place));
    wakeFirst();
  }
}

void Pacer::wakeFirst() {
  if (Place* const next = first()) {
    next->wake_();
  }
}

/// As often as it changes. A call that gets its slot at once has not waited.
void Pacer::tellWhoWaits() {
  const std::pair<int, int> waiting(static_cast<int>(interactive_.size()),
                                    static_cast<int>(bulk_.size()));
  if (waiting != told_waiting_) {
    told_waiting_ = waiting;
    quota_->waiting(waiting.first, waiting.second);
  }
}

}  // namespace heymilo
