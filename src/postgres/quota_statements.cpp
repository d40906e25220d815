#include <algorithm>

#include "postgres/quota_messages.hpp"
#include "postgres/quota_protocol.hpp"
#include "postgres/quota_shares.hpp"

// What QuotaProtocol tells the store, and what it makes of the response.
namespace heymilo::postgres {

namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr milliseconds kFirstBackoff{50};
constexpr milliseconds kLongestBackoff{1'000};

}  // namespace

void QuotaProtocol::count(QuotaSync& sync, BootTime now) {
  const int waiting = waiting_interactive_ + waiting_bulk_;
  const int others = setup_.terms.requests - reserved_;
  const int used = slots_.owned(reserved_, kAllSlots) - slots_.free(reserved_, kAllSlots);
  const int used_reserved = slots_.owned(0, reserved_) - slots_.free(0, reserved_);
  sync.in_use = slots_.inUse();
  sync.resting = slots_.resting();
  sync.waiting_interactive = waiting_interactive_;
  sync.waiting_bulk = waiting_bulk_;
  sync.wants = std::min(used + waiting + ahead(now), others);
  const bool interactive =
      waiting_interactive_ > 0 || (ever_interactive_ && now - used_interactive_ < seconds{1});
  sync.wants_reserved =
      std::min(used_reserved + waiting_interactive_ + (interactive ? 1 : 0), reserved_);
}

QuotaSync QuotaProtocol::begin(BootTime now) {
  slots_.settle(now);
  if (state_ == State::restored && now >= lease_end_) {
    lose();
  }
  QuotaSync sync;
  sync.quota = setup_.quota;
  sync.key = setup_.terms.key;
  sync.name = setup_.name;
  sync.requests = setup_.terms.requests;
  sync.per_ms = setup_.terms.per.count();
  sync.reserved = setup_.terms.reserved_requests;
  timeout_sent_ = timeout_;
  sync.outlast_ms = outlast().count();
  count(sync, now);
  fetching_ = false;
  const milliseconds longest_rest =
      timeout_ + std::chrono::ceil<milliseconds>(restAfter(SlotEnd::unanswered));
  switch (state_) {
    case State::outside:
    case State::idle:
      state_ = State::outside;
      sync.action = QuotaSync::Action::join;
      if (acked_ == 0 && used_ == BootTime{0}) {
        used_ = now;
      }
      break;
    case State::restored:
      sync.action = QuotaSync::Action::claim;
      sync.epoch = new_epoch_;
      sync.claims = slots_.all();
      break;
    case State::inside:
    case State::leaving: {
      sync.action = QuotaSync::Action::sync;
      sync.epoch = epoch_;
      const bool unused = slots_.inUse() == 0 && slots_.resting() == 0 &&
                          waiting_interactive_ + waiting_bulk_ == 0 &&
                          now - used_ >= 2 * setup_.times.lease && !new_hold_ && hold_until_ <= now;
      if (state_ == State::leaving || unused) {
        state_ = State::leaving;
        sync.action = QuotaSync::Action::leave;
        sync.give = slots_.give(kAllSlots, 0, kAllSlots);
        sync.left = slots_.notFree(now, longest_rest);
        sync.unchanged = others_.unchanged(now, true);
        break;
      }
      fetching_ = mayFetch();
      sync.give = slots_.give(to_give_, reserved_, kAllSlots);
      const std::vector<int> more = slots_.give(to_give_reserved_, 0, reserved_);
      to_give_ -= static_cast<int>(sync.give.size());
      to_give_reserved_ -= static_cast<int>(more.size());
      sync.give.insert(sync.give.end(), more.begin(), more.end());
      sync.take = std::min(allowed_, std::max(0, sync.wants - slots_.owned(reserved_, kAllSlots)));
      sync.take_reserved = std::min(allowed_reserved_,
                                    std::max(0, sync.wants_reserved - slots_.owned(0, reserved_)));
      owned_before_ = slots_.owned(0, kAllSlots);
      sync.unchanged = others_.unchanged(now, false);
      break;
    }
  }
  sync.holder = holder_;
  sync.seq = ++seq_;
  sync.acked = acked_;
  sync.hold_id = hold_id_;
  sync.hold_ms = std::max<long long>(0, std::chrono::ceil<milliseconds>(hold_until_ - now).count());
  sync.new_hold = new_hold_;
  new_hold_sent_ = new_hold_;
  new_hold_ = false;
  waiting_told_ = waiting_interactive_;
  taken_before_ = taken_;
  taken_ = 0;
  sent_ = now;
  at_once_ = false;
  return sync;
}

void QuotaProtocol::failed(const std::string& reason, BootTime now) {
  new_hold_ = new_hold_ || new_hold_sent_;
  waiting_told_ = 0;
  failure_ = reason;
  done_ = now;
  if (!failing_since_) {
    // This process may have been stopped since it sent the statement.
    failing_since_ = now - sent_ <= setup_.times.lease ? sent_ : now;
    backoff_ = kFirstBackoff;
  } else {
    backoff_ = std::min<nanoseconds>(backoff_ * 2, kLongestBackoff);
  }
  backoff_ = std::min<nanoseconds>(backoff_, setup_.times.lease / 10);
  if (state_ == State::leaving) {  // its row is waited out
    lose();
    failing_since_.reset();
    state_ = State::idle;
  }
}

void QuotaProtocol::lose() {
  slots_.lose();
  lease_end_ = BootTime{0};
  holder_ = setup_.fresh_holder();
  seq_ = 0;
  acked_ = 0;
  state_ = State::outside;
  at_once_ = true;
}

bool QuotaProtocol::finished(const QuotaView& view, BootTime now) {
  failing_since_.reset();
  done_ = now;
  const bool leaving = state_ == State::leaving;
  const bool too_late = state_ == State::restored && now >= lease_end_;
  switch (view.outcome) {
    case QuotaView::Outcome::terms:
      refused_ = view;
      fatal_ = "rate_limit " + otherLimit(setup_.terms, view, setup_.quota);
      return true;
    case QuotaView::Outcome::key:
      refused_ = view;
      fatal_ = "the quota of this name in the store belongs to another API key";
      return true;
    case QuotaView::Outcome::restored:
      new_epoch_ = view.epoch;
      if (state_ == State::inside || state_ == State::restored) {
        state_ = State::restored;
        at_once_ = true;
        return false;
      }
      break;
    case QuotaView::Outcome::lost:
    case QuotaView::Outcome::stale:
      break;
    case QuotaView::Outcome::good:
      if (leaving || too_late) {
        break;
      }
      // Without memory for these the response counts as none: the lease is not longer.
      reserved_ = view.reserved;
      slots_.adopt(view.slots);
      in_vain_ = fetching_ && slots_.owned(0, kAllSlots) <= owned_before_;
      slots_.settle(now);
      observeHold(view, now);
      others_.see(view.holders, now);
      share(view, now);
      state_ = State::inside;
      epoch_ = view.epoch;
      acked_ = seq_;
      lease_end_ = sent_ + setup_.times.lease;
      timeout_known_ = timeout_sent_;
      return true;
  }
  lose();
  if (leaving) {
    others_.forget();
    state_ = State::idle;
    at_once_ = false;
  }
  return true;
}

std::optional<QuotaSync> QuotaProtocol::leave(BootTime now) {
  if (state_ != State::inside || failing_since_) {
    return std::nullopt;
  }
  state_ = State::leaving;
  return begin(now);
}

void QuotaProtocol::observeHold(const QuotaView& view, BootTime now) {
  if (view.hold_id == hold_id_) {
    return;
  }
  hold_id_ = view.hold_id;
  hold_until_ = std::max(hold_until_, now + milliseconds(view.hold_ms));
}

void QuotaProtocol::share(const QuotaView& view, BootTime now) {
  pool_ = view.free;
  pool_reserved_ = view.free_reserved;
  const int normal = setup_.terms.requests - reserved_;
  std::vector<Sharer> sharers(1);
  std::vector<Sharer> sharers_reserved(1);
  std::vector<int> waiting(1, waiting_interactive_ + waiting_bulk_);
  std::vector<int> waiting_reserved(1, waiting_interactive_);
  QuotaSync own;
  count(own, now);
  sharers[0] = {own.wants, waiting_interactive_, slots_.owned(reserved_, kAllSlots), view.turn};
  sharers_reserved[0] = {
      own.wants_reserved, waiting_interactive_, slots_.owned(0, reserved_), view.turn};
  int away = 0;
  int away_reserved = 0;
  // Who has not beaten for so long has no wishes; its slots are its own until it is waited out.
  const nanoseconds fresh = std::max<nanoseconds>(nanoseconds(setup_.times.lease) / 4, 2 * poll());
  alone_ = true;
  for (const QuotaView::Holder& row : view.holders) {
    // Living holders may still claim what is a former row's, within their leases.
    const bool former = row.holder.rfind("ghost:", 0) == 0 &&
                        others_.unchangedFor(row.holder, now) > setup_.times.lease;
    alone_ = alone_ && (row.gone || former);
    if (row.gone || others_.unchangedFor(row.holder, now) > fresh) {
      away += row.owned;
      away_reserved += row.owned_reserved;
      continue;
    }
    sharers.push_back({row.wants, row.waiting_interactive, row.owned, row.turn});
    sharers_reserved.push_back(
        {row.wants_reserved, row.waiting_interactive, row.owned_reserved, row.turn});
    waiting.push_back(row.waiting_interactive + row.waiting_bulk);
    waiting_reserved.push_back(row.waiting_interactive);
  }
  int unmet_any = 0;
  const auto divide = [&](int slots,
                          const std::vector<Sharer>& who,
                          const std::vector<int>& calls,
                          int unused,
                          int pool,
                          int& give,
                          int& allowed) {
    const std::vector<int> shares = sharesOf(slots, who);
    int unmet = 0;
    for (std::size_t i = 1; i < who.size(); ++i) {
      unmet += std::min(std::max(0, shares[i] - who[i].owned), calls[i]);
    }
    // One that came for a call is used for it before it goes on.
    const int kept = std::max(shares[0], std::min(unused, calls[0]));
    give = std::max(0, std::min(who[0].owned - kept, unmet - pool));
    allowed = std::max({0, shares[0] - who[0].owned, pool - unmet});
    unmet_any += unmet;
  };
  divide(normal - away,
         sharers,
         waiting,
         slots_.unused(reserved_, kAllSlots),
         pool_,
         to_give_,
         allowed_);
  divide(reserved_ - away_reserved,
         sharers_reserved,
         waiting_reserved,
         slots_.unused(0, reserved_),
         pool_reserved_,
         to_give_reserved_,
         allowed_reserved_);
  contended_ = unmet_any > 0;
}

}  // namespace heymilo::postgres
