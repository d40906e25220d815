#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <queue>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "postgres/quota_sync.hpp"

namespace heymilo::postgres {

/// A moment by the boot-time clock, as the time since the machine's start.
using BootTime = std::chrono::nanoseconds;

/// The end of all numbers of slots.
constexpr int kAllSlots = (std::numeric_limits<int>::max)();

/// The slots that a holder has: which are free, in use, or resting. Slots with a number below
/// `reserved` are the reserve's. A slot in use is known by a ticket, which is never used again, so
/// that the end of a request whose slot was lost says nothing of a later holding of that slot.
class QuotaSlots {
 public:
  /// What has rested until `now` is free.
  void settle(BootTime now);

  /// The ticket of a free slot, which is in use now. `from` and `to` are numbers of slots.
  std::optional<int> take(int from, int to);
  bool has(int ticket) const { return tickets_.count(ticket) != 0; }
  /// It rests until then. A ticket of a slot that was lost does nothing.
  void rest(int ticket, BootTime until);
  /// It is free at once.
  void notUsed(int ticket);

  /// The store's list: others are lost, and those that were not known are free, as they have
  /// rested.
  void adopt(const std::vector<int>& listed);
  /// All are lost.
  void lose();
  /// Removes up to so many free ones.
  std::vector<int> give(int most, int from, int to);

  std::vector<int> all() const;
  /// All that are not free, with the time that they still rest; `in_use` for those in use.
  std::vector<LeftSlot> notFree(BootTime now, std::chrono::milliseconds in_use) const;

  int free(int from, int to) const;
  /// Free ones that were not used since they came.
  int unused(int from, int to) const;
  int owned(int from, int to) const;
  int inUse() const { return static_cast<int>(tickets_.size()); }
  int resting() const { return static_cast<int>(slots_.size() - free_.size() - tickets_.size()); }
  bool empty() const { return slots_.empty(); }
  /// When the next one from `from` on is free.
  std::optional<BootTime> nextFree(int from) const;

 private:
  struct Slot {
    std::optional<int> ticket{};
    BootTime rests_until{0};
    bool free = true;
  };
  using Resting = std::pair<BootTime, int>;

  std::map<int, Slot> slots_;
  std::set<int> free_;
  std::set<int> unused_;                  // some of the free ones
  std::unordered_map<int, int> tickets_;  // to the slot's number
  // May have entries of slots that were lost since.
  std::priority_queue<Resting, std::vector<Resting>, std::greater<>> rests_;
  int next_ticket_ = 1;
};

}  // namespace heymilo::postgres
