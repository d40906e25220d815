#include "postgres/quota_protocol.hpp"

#include <algorithm>
#include <utility>

#include "heymilo/errors.hpp"

namespace heymilo::postgres {

namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr BootTime kNever = BootTime::max();
constexpr milliseconds kAgainSoon{20};  // for a call that waits for a statement that is due
constexpr milliseconds kGap{5};         // between statements that are not urgent
constexpr milliseconds kLongestBeat{1'000};

nanoseconds clamp(nanoseconds value, nanoseconds least, nanoseconds most) {
  return std::max(std::min(value, most), least);
}

}  // namespace

QuotaProtocol::QuotaProtocol(Setup setup)
    : setup_(std::move(setup)),
      holder_(setup_.fresh_holder()),
      timeout_(setup_.terms.timeout),
      others_(std::chrono::ceil<milliseconds>(longestBeat() + longestBeat() / 2)) {}

nanoseconds QuotaProtocol::longestBeat() const {
  return std::min<nanoseconds>(kLongestBeat, setup_.times.lease / 5);
}

// A thousandth more than W, as the server's clock may be faster.
nanoseconds QuotaProtocol::restAfter(SlotEnd end) const {
  const nanoseconds window = setup_.terms.per;
  const nanoseconds rest = window + window / 1000;
  return end == SlotEnd::unanswered ? rest + setup_.times.under_way : rest;
}

milliseconds QuotaProtocol::outlast() const {
  return std::chrono::ceil<milliseconds>(setup_.times.lease + timeout_ +
                                         restAfter(SlotEnd::unanswered));
}

SlotTurn QuotaProtocol::take(const SlotRequest& request, BootTime now) {
  if (!fatal_.empty()) {
    throw StoreError(fatal_);
  }
  used_ = now;
  if (request.priority == Priority::interactive) {
    used_interactive_ = now;
    ever_interactive_ = true;
  }
  if (state_ == State::idle) {
    state_ = State::outside;
    at_once_ = true;
  }
  timeout_ = std::max(timeout_, request.timeout);
  slots_.settle(now);
  if (hold_until_ <= now && now < lease_end_ && request.timeout <= timeout_known_) {
    std::optional<int> ticket;
    if (slots_.free(reserved_, kAllSlots) > to_give_) {
      ticket = slots_.take(reserved_, kAllSlots);
    }
    if (!ticket && request.priority == Priority::interactive &&
        slots_.free(0, reserved_) > to_give_reserved_) {
      ticket = slots_.take(0, reserved_);
    }
    if (ticket) {
      ++taken_;
      return {ticket, nanoseconds{0}, false, nanoseconds{0}};
    }
  }
  if (now >= lease_end_ && failing_since_ && now - *failing_since_ >= setup_.times.lease) {
    throw StoreError("the quota's store can't be reached: " + failure_);
  }
  return noTurn(request, now);
}

SlotTurn QuotaProtocol::noTurn(const SlotRequest& request, BootTime now) const {
  SlotTurn turn;
  if (hold_until_ > now) {
    turn.wait = hold_until_ - now;
    turn.held = turn.wait;
    turn.certain = true;
    return turn;
  }
  if (now >= lease_end_ || request.timeout > timeout_known_) {
    turn.wait = kAgainSoon;
    return turn;
  }
  const bool bulk = request.priority == Priority::bulk;
  std::optional<BootTime> next = slots_.nextFree(bulk ? reserved_ : 0);
  const std::optional<BootTime> death = others_.nextUnchanged();
  if (death && (!next || *death < *next)) {
    next = death;
  }
  // Others may give back one at any time.
  const bool free = pool_ + pool_reserved_ > 0 || slots_.free(0, kAllSlots) > 0;
  if (next && *next > now) {
    turn.wait = *next - now;
    turn.certain = alone_ && !free;
  } else {
    turn.wait = poll();
  }
  return turn;
}

bool QuotaProtocol::mayStillSend(int ticket, BootTime now) const {
  return slots_.has(ticket) && now < lease_end_;
}

void QuotaProtocol::release(int ticket, SlotEnd end, BootTime now) {
  if (end == SlotEnd::unsent) {
    slots_.notUsed(ticket);
  } else {
    slots_.rest(ticket, now + restAfter(end));
  }
}

void QuotaProtocol::hold(milliseconds time, BootTime now) {
  if (now + time > hold_until_) {
    hold_until_ = now + time;
    new_hold_ = true;
    at_once_ = true;
  }
}

void QuotaProtocol::waiting(int interactive, int bulk, BootTime now) {
  if (interactive + bulk > 0) {
    used_ = now;
    if (state_ == State::idle) {
      state_ = State::outside;
      at_once_ = true;
    }
  }
  waiting_interactive_ = interactive;
  waiting_bulk_ = bulk;
}

bool QuotaProtocol::usedLately(BootTime now) const { return now - used_ < seconds{1}; }

int QuotaProtocol::ahead(BootTime now) const {
  if (!usedLately(now)) {
    return 0;
  }
  const int most = setup_.terms.requests;
  if (contended_) {
    return std::min(1, most / 100);
  }
  return std::min(2 + std::max(taken_, taken_before_) / 2, std::max(1, most / 4));
}

int QuotaProtocol::unusedFree() const {
  const bool more = waiting_interactive_ > 0;
  return std::max(0, slots_.free(reserved_, kAllSlots) - to_give_) +
         (more ? std::max(0, slots_.free(0, reserved_) - to_give_reserved_) : 0);
}

// A holder learns with its next beat that another one's calls wait, and then gives back what it
// does not need. Those who wait look every poll(), at most 250 ms. A slot that is given back
// unused, or that an idle holder has, thus reaches a call after 1.25 s and the time of three
// statements at the latest.
nanoseconds QuotaProtocol::beat(BootTime now) const {
  const nanoseconds longest = longestBeat();
  if (!usedLately(now) && !contended_ && slots_.inUse() == 0) {
    return longest;
  }
  return std::min(std::max<nanoseconds>(setup_.terms.per / 20, milliseconds{100}), longest);
}

nanoseconds QuotaProtocol::poll() const {
  return clamp(nanoseconds(setup_.terms.per) / 50, kAgainSoon, milliseconds{250});
}

// There are slots for an interactive call that waits.
bool QuotaProtocol::mayFetch() const {
  return waiting_interactive_ > 0 && unusedFree() == 0 &&
         ((pool_ > 0 && allowed_ > 0) || (pool_reserved_ > 0 && allowed_reserved_ > 0));
}

bool QuotaProtocol::wantsAtOnce(BootTime now) const {
  if (at_once_ || timeout_ > timeout_known_) {
    return true;
  }
  // Somebody waits for the response.
  if (hold_until_ <= now && waiting_interactive_ > waiting_told_ && unusedFree() == 0 &&
      (pool_ + pool_reserved_ > 0 || now - done_ > milliseconds{100})) {
    return true;
  }
  // The call may be older than the response: a member that has been idle joins first.
  if (hold_until_ <= now && mayFetch() && !in_vain_) {
    return true;
  }
  if ((to_give_ > 0 && slots_.free(reserved_, kAllSlots) > 0) ||
      (to_give_reserved_ > 0 && slots_.free(0, reserved_) > 0)) {
    return true;
  }
  // Fetches ahead before the last one is used.
  return pool_ > 0 && allowed_ > 0 && unusedFree() < (ahead(now) + 1) / 2;
}

BootTime QuotaProtocol::nextSync(BootTime now) const {
  if (!fatal_.empty() || state_ == State::idle) {
    return kNever;
  }
  if (failing_since_) {
    return done_ + backoff_;
  }
  if (at_once_ || state_ == State::outside || state_ == State::restored) {
    return now;
  }
  if (wantsAtOnce(now)) {
    return done_ + kGap;
  }
  BootTime next = sent_ + beat(now);
  const bool unmet = waiting_interactive_ + waiting_bulk_ > 0 && unusedFree() == 0;
  if (unmet && hold_until_ <= now) {
    next = std::min(next, done_ + poll());
  }
  if (to_give_ + to_give_reserved_ > 0) {
    if (const std::optional<BootTime> free = slots_.nextFree(0)) {
      next = std::min(next, std::max(*free, done_ + kGap));
    }
  }
  if (const std::optional<BootTime> death = others_.nextUnchanged()) {
    next = std::min(next, std::max(*death, done_ + poll()));
  }
  return next;
}

}  // namespace heymilo::postgres
