#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "heymilo/quota.hpp"
#include "postgres/quota_others.hpp"
#include "postgres/quota_slots.hpp"
#include "postgres/quota_sync.hpp"

namespace heymilo::postgres {

/// The times of the protocol. Tests have shorter ones.
struct QuotaTimes {
  /// T_c: a holder uses its slots only until its last good beat was sent and this.
  std::chrono::milliseconds lease{10'000};
  /// U: how long packets are under way.
  std::chrono::milliseconds under_way{5'000};
};

/// One holder of slots of a quota that is kept in a store: what it does, as a state machine without
/// clock, socket, thread or lock. Its owner says what time it is, asks what to send and when, and
/// says what the store responded.
///
/// Why a slot has one holder at a time, and rests before it is another's:
/// - A slot is a row with an owner. A row changes its owner in three ways: its owner gives it back
///   after it has rested, or leaves and says how long it still rests, or others see the owner's row
///   unchanged for T_o. All statements of a quota are carried out one after the other.
/// - A holder uses slots only until T_c after it sent its last good beat, so that its last request
///   ends by T_c + timeout, and has no effect on the window by T_o = T_c + timeout + U + W. Others
///   saw that beat after it was sent, and wait for T_o and a thousandth by clocks of their own. A
///   wait goes on where a former program has left it, see QuotaOthers.
/// - A statement without a response may be carried out later, or never. A take or a beat counts as
///   not made, what was given back as given. The next statement has a later number, after which the
///   store does nothing any more for the former, and the store's list is the truth.
/// - A store that was restarted may have forgotten its last writes, or be an old copy: all rows are
/// a
///   ghost's, who is waited out as any other holder. Meanwhile a holder may claim what it knows to
///   be its own, if the store confirms that within the lease that it had: until then nobody can
///   have waited out that holder.
class QuotaProtocol {
 public:
  struct Setup {
    std::string quota{};  ///< QuotaSync::quota
    std::string name{};   ///< QuotaSync::name
    QuotaTerms terms{};
    QuotaTimes times{};
    std::function<std::string()> fresh_holder{};  ///< QuotaSync::holder
  };

  explicit QuotaProtocol(Setup setup);

  // What QuotaMember has.
  SlotTurn take(const SlotRequest& request, BootTime now);
  bool mayStillSend(int ticket, BootTime now) const;
  void release(int ticket, SlotEnd end, BootTime now);
  void hold(std::chrono::milliseconds time, BootTime now);
  void waiting(int interactive, int bulk, BootTime now);

  /// When begin() is to be called. Not while a statement is under way.
  BootTime nextSync(BootTime now) const;
  /// What to send now. failed() or finished() follows.
  QuotaSync begin(BootTime now);
  /// There was no response, and there will be none that counts.
  void failed(const std::string& reason, BootTime now);
  /// Whether a call that waits may have its turn now.
  bool finished(const QuotaView& view, BootTime now);
  /// The last statement: gives back what has rested, and says how long the others rest. Without
  /// value where there is nothing to say.
  std::optional<QuotaSync> leave(BootTime now);

  /// It has left the store, as nobody uses it: a connection is not needed until nextSync().
  bool idle() const { return state_ == State::idle; }
  /// For the message of an InvalidArgumentError at the first join; then it is of no use any more.
  const std::optional<QuotaView>& refused() const { return refused_; }

 private:
  enum class State {
    outside,   ///< no row: `join` is next
    inside,    ///< a row, slots, and a lease
    restored,  ///< the store has other rows: `claim` is next
    leaving,   ///< `leave` is under way, as nobody uses it
    idle,      ///< no row, and none needed
  };
  void lose();
  void share(const QuotaView& view, BootTime now);
  void observeHold(const QuotaView& view, BootTime now);
  bool wantsAtOnce(BootTime now) const;
  bool mayFetch() const;
  bool usedLately(BootTime now) const;
  void count(QuotaSync& sync, BootTime now);
  int ahead(BootTime now) const;
  int unusedFree() const;
  std::chrono::milliseconds outlast() const;
  std::chrono::nanoseconds restAfter(SlotEnd end) const;
  std::chrono::nanoseconds beat(BootTime now) const;
  std::chrono::nanoseconds longestBeat() const;
  std::chrono::nanoseconds poll() const;
  SlotTurn noTurn(const SlotRequest& request, BootTime now) const;

  const Setup setup_;
  State state_ = State::outside;
  QuotaSlots slots_;
  std::string holder_;
  std::string epoch_;      // of the rows that the slots are in
  std::string new_epoch_;  // to claim in
  int reserved_ = 0;       // the highest of those that share
  BootTime lease_end_{0};

  // Statements.
  long long seq_ = 0;
  long long acked_ = 0;
  BootTime sent_{0};
  BootTime done_{0};
  bool at_once_ = true;
  std::optional<BootTime> failing_since_;  // when the first statement of those was sent
  std::chrono::nanoseconds backoff_{0};
  std::string failure_;
  std::string fatal_;
  std::optional<QuotaView> refused_;

  // Timeouts: the longest, the one in the last statement, and the one that the store knows.
  std::chrono::milliseconds timeout_;
  std::chrono::milliseconds timeout_sent_{0};
  std::chrono::milliseconds timeout_known_{0};

  // What this holder wants.
  int waiting_interactive_ = 0;
  int waiting_bulk_ = 0;
  int waiting_told_ = 0;  // interactive ones, in the last statement
  BootTime used_{0};
  BootTime used_interactive_{0};
  int taken_ = 0;         // since the last statement
  int taken_before_ = 0;  // between the last two
  bool ever_interactive_ = false;

  // What others want, by the last response.
  QuotaOthers others_;
  int to_give_ = 0;
  int to_give_reserved_ = 0;
  int allowed_ = 0;
  int allowed_reserved_ = 0;
  int pool_ = 0;
  int pool_reserved_ = 0;
  bool alone_ = false;      // no other holder lives
  bool contended_ = false;  // others wait
  bool fetching_ = false;   // the statement takes a slot for a call that waits
  bool in_vain_ = false;    // the last one of those brought none
  int owned_before_ = 0;    // when it was sent

  // The 429.
  long long hold_id_ = 0;
  BootTime hold_until_{0};
  bool new_hold_ = false;
  bool new_hold_sent_ = false;
};

}  // namespace heymilo::postgres
