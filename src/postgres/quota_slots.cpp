#include "postgres/quota_slots.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

namespace heymilo::postgres {

void QuotaSlots::settle(BootTime now) {
  while (!rests_.empty() && rests_.top().first <= now) {
    const auto [until, number] = rests_.top();
    rests_.pop();
    const auto found = slots_.find(number);
    if (found != slots_.end() && !found->second.free && !found->second.ticket &&
        found->second.rests_until <= now) {
      found->second.free = true;
      free_.insert(number);
    }
  }
}

std::optional<int> QuotaSlots::take(int from, int to) {
  const auto found = free_.lower_bound(from);
  if (found == free_.end() || *found >= to) {
    return std::nullopt;
  }
  const int number = *found;
  free_.erase(found);
  unused_.erase(number);
  Slot& slot = slots_.at(number);
  slot.free = false;
  slot.ticket = next_ticket_;
  tickets_[next_ticket_] = number;
  next_ticket_ = next_ticket_ == std::numeric_limits<int>::max() ? 1 : next_ticket_ + 1;
  return slot.ticket;
}

void QuotaSlots::rest(int ticket, BootTime until) {
  const auto found = tickets_.find(ticket);
  if (found == tickets_.end()) {
    return;
  }
  Slot& slot = slots_.at(found->second);
  slot.ticket.reset();
  slot.rests_until = until;
  rests_.emplace(until, found->second);
  tickets_.erase(found);
}

void QuotaSlots::notUsed(int ticket) {
  const auto found = tickets_.find(ticket);
  if (found == tickets_.end()) {
    return;
  }
  Slot& slot = slots_.at(found->second);
  slot.ticket.reset();
  slot.free = true;
  free_.insert(found->second);
  tickets_.erase(found);
}

void QuotaSlots::adopt(const std::vector<int>& listed) {
  const std::set<int> now(listed.begin(), listed.end());
  for (auto slot = slots_.begin(); slot != slots_.end();) {
    if (now.count(slot->first) != 0) {
      ++slot;
      continue;
    }
    if (slot->second.ticket) {
      tickets_.erase(*slot->second.ticket);
    }
    free_.erase(slot->first);
    unused_.erase(slot->first);
    slot = slots_.erase(slot);
  }
  for (const int number : now) {
    if (slots_.try_emplace(number).second) {
      free_.insert(number);
      unused_.insert(number);
    }
  }
}

void QuotaSlots::lose() { adopt({}); }

std::vector<int> QuotaSlots::give(int most, int from, int to) {
  std::vector<int> given;
  auto next = free_.lower_bound(from);
  while (next != free_.end() && *next < to && static_cast<int>(given.size()) < most) {
    given.push_back(*next);
    slots_.erase(*next);
    unused_.erase(*next);
    next = free_.erase(next);
  }
  return given;
}

std::vector<int> QuotaSlots::all() const {
  std::vector<int> numbers;
  numbers.reserve(slots_.size());
  for (const auto& [number, slot] : slots_) {
    numbers.push_back(number);
  }
  return numbers;
}

std::vector<LeftSlot> QuotaSlots::notFree(BootTime now, std::chrono::milliseconds in_use) const {
  std::vector<LeftSlot> slots;
  for (const auto& [number, slot] : slots_) {
    if (slot.ticket) {
      slots.push_back({number, in_use.count()});
    } else if (!slot.free) {
      const auto rest = std::chrono::ceil<std::chrono::milliseconds>(slot.rests_until - now);
      slots.push_back({number, std::max<long long>(rest.count(), 0)});
    }
  }
  return slots;
}

int QuotaSlots::free(int from, int to) const {
  return static_cast<int>(std::distance(free_.lower_bound(from), free_.lower_bound(to)));
}

int QuotaSlots::unused(int from, int to) const {
  return static_cast<int>(std::distance(unused_.lower_bound(from), unused_.lower_bound(to)));
}

int QuotaSlots::owned(int from, int to) const {
  return static_cast<int>(std::distance(slots_.lower_bound(from), slots_.lower_bound(to)));
}

std::optional<BootTime> QuotaSlots::nextFree(int from) const {
  // Only asked where no slot is free, and then by the few calls that wait.
  std::optional<BootTime> next;
  for (auto slot = slots_.lower_bound(from); slot != slots_.end(); ++slot) {
    if (!slot->second.free && !slot->second.ticket && (!next || slot->second.rests_until < *next)) {
      next = slot->second.rests_until;
    }
  }
  return next;
}

}  // namespace heymilo::postgres
