#pragma once

#include <string>
#include <vector>

namespace heymilo::postgres {

/// Another holder's row, and a lower bound of the time for which it has not changed.
struct Unchanged {
  std::string holder{};
  long long seq = 0;
  /// What the store knew of it, and what has passed since by this holder's boot-time clock, made a
  /// thousandth shorter: clocks may differ by that.
  long long waited_ms = 0;
};

/// A slot that is left behind, and how long it still rests.
struct LeftSlot {
  int slot = 0;
  long long rests_ms = 0;
};

/// What a holder tells the store, in one statement: the parameter of heymilo.quota_sync().
struct QuotaSync {
  enum class Action {
    join,   ///< makes the holder's row
    sync,   ///< a beat, with what is given back and taken
    claim,  ///< the store was restarted or restored: these slots are the holder's
    leave,  ///< takes the row away, or leaves it to the slots that still rest
  };
  Action action = Action::sync;
  std::string quota{};   ///< whose quota: `key:` and a hash, or `name:` and a name
  std::string key{};     ///< the hash of the key; empty: not known
  std::string holder{};  ///< a random name, never used again by another holder
  std::string name{};    ///< for people: host and pid
  std::string epoch{};   ///< of the rows that the holder knows, or wants to claim in

  /// Grows with each statement of a holder. The store does nothing for one that is not later than
  /// the last, so that a statement which was given up can't be carried out after its successors.
  long long seq = 0;
  long long acked = 0;  ///< the last one that had a response: a row before that is an old copy

  int requests = 0;          ///< N
  long long per_ms = 0;      ///< W
  int reserved = 0;          ///< this holder's wish
  long long outlast_ms = 0;  ///< T_o: who sees the row unchanged for so long may take its slots

  int in_use = 0;               ///< for status(), as are the next three
  int resting = 0;              ///< slots
  int waiting_interactive = 0;  ///< calls
  int waiting_bulk = 0;         ///< calls
  int wants = 0;                ///< how many slots it would have, the reserve's not counted
  int wants_reserved = 0;       ///< how many of the reserve

  std::vector<int> give{};             ///< slots that have rested
  std::vector<int> claims{};           ///< all that it holds; for `claim`
  std::vector<LeftSlot> left{};        ///< all others that it holds; for `leave`
  int take = 0;                        ///< at most so many that are nobody's
  int take_reserved = 0;               ///< the same of the reserve
  std::vector<Unchanged> unchanged{};  ///< holders that may be gone, and news of how long
  long long hold_id = 0;               ///< the last 429 that it knows of
  long long hold_ms = 0;               ///< how much longer that one, or a new one, lasts
  bool new_hold = false;               ///< it has met a 429 since
};

/// What the store responds.
struct QuotaView {
  enum class Outcome {
    good,      ///< carried out
    lost,      ///< there is no such holder: others have taken its slots, or it has never joined
    restored,  ///< the rows are of another epoch: nothing was done
    stale,     ///< a later statement was carried out before: nothing was done
    terms,     ///< another N or W: see `requests` and `per_ms`
    key,       ///< another key's
  };

  /// Another holder's row.
  struct Holder {
    std::string holder{};
    long long seq = 0;
    bool gone = false;  ///< it has left, or is a ghost's that others have left
    long long outlast_ms = 0;
    long long waited_ms = 0;  ///< `seq` has been the same for so long at least
    int waiting_interactive = 0;
    int waiting_bulk = 0;
    int wants = 0;
    int wants_reserved = 0;
    int owned = 0;  ///< slots, the reserve's not counted
    int owned_reserved = 0;
    long long turn = 0;                 ///< who took a slot longer ago has a smaller one
    std::vector<long long> rests_ms{};  ///< of a gone one's slots
  };

  Outcome outcome = Outcome::good;
  std::string epoch{};
  int requests = 0;
  long long per_ms = 0;
  int reserved = 0;  ///< the highest of those that share
  long long hold_id = 0;
  long long hold_ms = 0;
  long long turn = 0;        ///< this holder's
  std::vector<int> slots{};  ///< this holder's
  int free = 0;              ///< slots that are nobody's, the reserve's not counted
  int free_reserved = 0;
  std::vector<Holder> holders{};  ///< all others
};

}  // namespace heymilo::postgres
