#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "postgres/quota_sync.hpp"

namespace heymilo_test {

/// What heymilo.quota_sync() does, in memory: for the simulation of the protocol, and held to the
/// SQL by quota_sql_test.cpp.
class QuotaStoreModel {
 public:
  using Sync = heymilo::postgres::QuotaSync;
  using View = heymilo::postgres::QuotaView;

  /// Faults of a store that does not keep to the protocol, for tests that must find them.
  struct Broken {
    bool takes_dead_too_early = false;  ///< the time that others must wait is not looked at
    bool ignores_order = false;         ///< a statement is carried out after a later one
    bool ignores_epoch = false;         ///< a restored copy is taken as it is
    bool adds_up_waits = false;         ///< of several holders, which overlap
  };

  explicit QuotaStoreModel(const Broken& broken) : broken_(broken) {}

  /// The server is started again; `restored`: with an older copy of its rows.
  void restart(std::optional<QuotaStoreModel> restored = std::nullopt) {
    const int incarnation = incarnation_ + 1;
    const int ghosts = ghosts_;
    if (restored) {
      rows_ = restored->rows_;
    }
    incarnation_ = incarnation;
    ghosts_ = ghosts;
  }

  View run(const Sync& sync) {
    Rows& q = rows_;
    if (!q.made) {
      if (sync.action != Sync::Action::join) {
        return outcome(View::Outcome::lost);
      }
      q = Rows{};
      q.made = true;
      q.requests = sync.requests;
      q.per_ms = sync.per_ms;
      q.key = sync.key;
      q.incarnation = -1;
    }
    if (q.requests != sync.requests || q.per_ms != sync.per_ms) {
      return outcome(View::Outcome::terms);
    }
    if (!q.key.empty() && !sync.key.empty() && q.key != sync.key) {
      return outcome(View::Outcome::key);
    }
    if (q.key.empty()) {
      q.key = sync.key;
    }
    q.longest_outlast_ms = std::max(q.longest_outlast_ms, sync.outlast_ms);
    if ((q.incarnation != incarnation_ && !(broken_.ignores_epoch && q.incarnation >= 0)) ||
        (q.holders.count(sync.holder) != 0 && q.holders[sync.holder].seq < sync.acked)) {
      reset();
    }
    if (sync.action != Sync::Action::join && sync.epoch != q.epoch) {
      return outcome(View::Outcome::restored);
    }
    const auto mine = q.holders.find(sync.holder);
    if (mine == q.holders.end()) {
      if (sync.action != Sync::Action::join && sync.action != Sync::Action::claim) {
        return outcome(View::Outcome::lost);
      }
    } else if ((mine->second.seq >= sync.seq && !broken_.ignores_order) || mine->second.gone) {
      return outcome(View::Outcome::stale);
    }
    Row& me = q.holders[sync.holder];
    me.seq = std::max(me.seq, sync.seq);
    me.waited_ms = 0;
    me.reserved = sync.reserved;
    me.outlast_ms = std::max(me.outlast_ms, sync.outlast_ms);
    me.waiting_interactive = sync.waiting_interactive;
    me.waiting_bulk = sync.waiting_bulk;
    me.wants = sync.wants;
    me.wants_reserved = sync.wants_reserved;
    if (sync.new_hold) {
      q.hold_ms = sync.hold_id == q.hold_id ? sync.hold_ms : std::max(q.hold_ms, sync.hold_ms);
      ++q.hold_id;
    } else if (sync.hold_id == q.hold_id) {
      q.hold_ms = std::min(q.hold_ms, sync.hold_ms);
    }
    for (const int slot : sync.claims) {
      if (at(slot).owner.rfind("ghost:", 0) == 0) {
        at(slot) = {sync.holder, 0};
      }
    }
    for (const int slot : sync.give) {
      if (at(slot).owner == sync.holder) {
        at(slot) = {};
      }
    }
    for (const auto& seen : sync.unchanged) {
      bury(seen);
    }
    if (sync.action == Sync::Action::leave) {
      leave(sync);
    } else {
      const bool any = take(sync, sync.take, reserved(), q.requests);
      if (take(sync, sync.take_reserved, 0, reserved()) || any) {
        me.turn = ++q.turn;
      }
    }
    return view(sync.holder);
  }

 private:
  struct Slot {
    std::string owner{};
    long long rests_ms = 0;
  };
  struct Row {
    long long seq = 0;
    bool gone = false;
    int reserved = 0;
    long long outlast_ms = 0;
    long long waited_ms = 0;
    int waiting_interactive = 0;
    int waiting_bulk = 0;
    int wants = 0;
    int wants_reserved = 0;
    long long turn = 0;
  };
  struct Rows {
    bool made = false;
    std::string key{};
    int requests = 0;
    long long per_ms = 0;
    long long longest_outlast_ms = 0;
    int incarnation = 0;
    std::string epoch{};
    long long turn = 0;
    long long hold_id = 0;
    long long hold_ms = 0;
    std::map<std::string, Row> holders{};
    std::vector<Slot> slots{};
  };

  Slot& at(int slot) { return rows_.slots.at(static_cast<std::size_t>(slot)); }

  View outcome(View::Outcome what) const {
    View view;
    view.outcome = what;
    view.epoch = rows_.epoch;
    view.requests = rows_.requests;
    view.per_ms = rows_.per_ms;
    return view;
  }

  void reset() {
    Rows& q = rows_;
    long long outlast_ms = q.longest_outlast_ms;
    for (const auto& [holder, row] : q.holders) {
      outlast_ms = std::max(outlast_ms, row.outlast_ms);
    }
    const std::string ghost = "ghost:" + std::to_string(++ghosts_);
    q.epoch = std::to_string(ghosts_);
    q.incarnation = incarnation_;
    q.holders.clear();
    q.holders[ghost].outlast_ms = outlast_ms;
    q.slots.assign(static_cast<std::size_t>(q.requests), Slot{ghost, 0});
  }

  int reserved() const {
    int most = 0;
    for (const auto& [holder, row] : rows_.holders) {
      most = std::max(most, row.gone ? 0 : row.reserved);
    }
    return most;
  }

  void bury(const heymilo::postgres::Unchanged& seen) {
    const auto row = rows_.holders.find(seen.holder);
    if (row == rows_.holders.end() || row->second.seq != seen.seq) {
      return;
    }
    long long& waited_ms = row->second.waited_ms;
    waited_ms =
        broken_.adds_up_waits ? waited_ms + seen.waited_ms : std::max(waited_ms, seen.waited_ms);
    bool rest = false;
    for (Slot& slot : rows_.slots) {
      if (slot.owner == seen.holder) {
        const long long wait = row->second.gone ? slot.rests_ms : row->second.outlast_ms;
        if (waited_ms >= wait || broken_.takes_dead_too_early) {
          slot = {};
        } else {
          rest = true;
        }
      }
    }
    if (!rest && (row->second.gone || waited_ms >= row->second.outlast_ms)) {
      rows_.holders.erase(row);
    }
  }

  bool take(const Sync& sync, int most, int from, int to) {
    bool any = false;
    for (int slot = from; slot < to && most > 0; ++slot) {
      if (at(slot).owner.empty()) {
        at(slot) = {sync.holder, 0};
        --most;
        any = true;
      }
    }
    return any;
  }

  void leave(const Sync& sync) {
    bool any = false;
    for (const auto& left : sync.left) {
      Slot& slot = at(left.slot);
      if (slot.owner == sync.holder) {
        slot.rests_ms = left.rests_ms;
      }
    }
    for (std::size_t i = 0; i < rows_.slots.size(); ++i) {
      if (rows_.slots[i].owner == sync.holder) {
        const auto named = std::any_of(sync.left.begin(), sync.left.end(), [&](const auto& left) {
          return left.slot == static_cast<int>(i);
        });
        if (!named) {  // a slot that the holder does not know of: taken, and never used
          rows_.slots[i] = {};
        } else {
          any = true;
        }
      }
    }
    if (any) {
      rows_.holders[sync.holder].gone = true;
    } else {
      rows_.holders.erase(sync.holder);
    }
  }

  View view(const std::string& holder) const {
    View seen = outcome(View::Outcome::good);
    seen.reserved = reserved();
    seen.hold_id = rows_.hold_id;
    seen.hold_ms = rows_.hold_ms;
    std::map<std::string, View::Holder> others;
    for (const auto& [name, row] : rows_.holders) {
      if (name == holder) {
        seen.turn = row.turn;
        continue;
      }
      View::Holder& other = others[name];
      other.holder = name;
      other.seq = row.seq;
      other.gone = row.gone;
      other.outlast_ms = row.outlast_ms;
      other.waited_ms = row.waited_ms;
      other.waiting_interactive = row.waiting_interactive;
      other.waiting_bulk = row.waiting_bulk;
      other.wants = row.wants;
      other.wants_reserved = row.wants_reserved;
      other.turn = row.turn;
    }
    for (std::size_t i = 0; i < rows_.slots.size(); ++i) {
      const Slot& slot = rows_.slots[i];
      const bool in_reserve = static_cast<int>(i) < seen.reserved;
      if (slot.owner.empty()) {
        ++(in_reserve ? seen.free_reserved : seen.free);
      } else if (slot.owner == holder) {
        seen.slots.push_back(static_cast<int>(i));
      } else if (const auto other = others.find(slot.owner); other != others.end()) {
        ++(in_reserve ? other->second.owned_reserved : other->second.owned);
        if (other->second.gone) {
          other->second.rests_ms.push_back(slot.rests_ms);
        }
      }
    }
    for (auto& [name, other] : others) {
      seen.holders.push_back(std::move(other));
    }
    return seen;
  }

  Broken broken_;
  int incarnation_ = 0;
  int ghosts_ = 0;
  Rows rows_;
};

}  // namespace heymilo_test
