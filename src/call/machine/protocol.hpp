#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "heymilo/quota.hpp"

// How the slots of a machine's quota go from one sharer to another: the rules, without a file, a
// clock or a thread. Of the store it is assumed that each slot has a stamp, that a slot's lock has
// one holder at a time and goes with it, and that who has the lock sees what the last holder wrote.
// quota_protocol_test.cpp tries all that can come between two steps.
namespace heymilo::machine {

/// The machine's boot time.
using Time = std::chrono::nanoseconds;

/// What is written down about a slot.
struct Stamp {
  enum class State {
    resting,  ///< free from `time` on, which may have come long ago
    busy,     ///< since `time`: its holder has the lock, or has died
    damaged   ///< it can't be read
  };
  State state = State::damaged;
  int user = 0;     ///< the sharer that uses it, or was the last to do so
  Time time{0};     ///< by boot time
  Time timeout{0};  ///< of one that is busy: the longest that its request takes
};

/// Another sharer that has calls waiting.
struct Waiting {
  int sharer = 0;
  bool interactive = false;
  bool bulk = false;
};

/// The store at a moment, as one sharer sees it without any lock: what it says may be over.
struct View {
  std::vector<Stamp> slots;
  std::vector<Waiting> waiting;
  Time held_until{0};       ///< the API wants no requests before
  Time longest_timeout{0};  ///< of any sharer
  int reserved = 0;         ///< slots that bulk calls leave free
};

/// What goes by the limit's window alone.
struct Rules {
  explicit Rules(std::chrono::milliseconds window);

  Time rest;             ///< after a response
  Time unanswered_rest;  ///< where there was none
  Time grace;            ///< for so long a free slot is left to those who have used less
  Time pace;             ///< between two looks for slots that are free earlier than was expected
};

/// The stamp of a slot whose request has ended now.
Stamp rested(const Rules& rules, int sharer, Time now, bool answered);
/// The stamp of a slot of which nothing is known but that no request of it can have a longer
/// timeout, found now.
Stamp abandoned(const Rules& rules, int sharer, Time now, Time timeout);

/// One sharer's taking of one slot. Each step is one thing to do with the store; what came of it
/// gives the next one. It may end after any step, with the process.
class Taking {
 public:
  struct Step {
    enum class Do {
      view,    ///< look at the store
      lock,    ///< try to lock `slot`
      read,    ///< read the stamp of `slot`, which is locked
      write,   ///< write `stamp` to `slot`, which is locked
      unlock,  ///< unlock `slot`
      verify,  ///< see to it that the store is still the one that its name leads to
      send,    ///< done: a request may be sent, and `slot` is locked and busy
      wait     ///< done: there is no slot; ask again after `turn.wait`
    };
    Do what = Do::view;
    int slot = 0;
    Stamp stamp{};
    SlotTurn turn{};
  };
  /// What came of a step.
  struct Result {
    Time now{0};                 ///< not later than the step's end
    const View* view = nullptr;  ///< of a look
    bool locked = false;         ///< of a try to lock
    Stamp stamp{};               ///< of a reading
  };

  /// `sharer` is this one's number. `probe`: also look whether holders of slots have died.
  Taking(const Rules& rules, int sharer, const SlotRequest& request, bool probe)
      : rules_(rules), sharer_(sharer), request_(request), probe_(probe) {}

  Step begin() const { return {}; }
  Step next(const Result& result);

  /// The stamp of the slot to be sent with, from before this: for one that is not used.
  const Stamp& before() const noexcept { return before_; }
  /// It has looked for holders that have died.
  bool probed() const noexcept { return next_probe_ > 0; }

 private:
  enum class State {
    viewing,
    locking,
    reading,
    recording,
    counting,
    verifying,
    undoing,
    settling,
    unlocking,
    leaving
  };

  Step choose(Time now);
  Step probe(Time now);
  Step judge(const Stamp& stamp, Time now);
  Step count(const View& view, Time now);
  Step wait(Time time, bool certain);
  Step does(State state, Step::Do what, const Stamp& stamp = {});
  std::vector<int> freeSlots(Time now) const;
  bool defers(Time now) const;
  int usedBy(int sharer, Time now) const;
  Stamp& seen(int slot) { return view_.slots[static_cast<std::size_t>(slot)]; }
  bool bulk() const { return request_.priority == Priority::bulk; }

  const Rules& rules_;
  const int sharer_;
  const SlotRequest request_;
  const bool probe_;

  State state_ = State::viewing;
  View view_;
  std::vector<bool> tried_;
  bool lost_ = false;     // another one had a slot that seemed to be free
  bool probing_ = false;  // what is locked now is tried for its holder's death only
  std::size_t next_probe_ = 0;
  int slot_ = 0;
  Stamp before_;
};

}  // namespace heymilo::machine
