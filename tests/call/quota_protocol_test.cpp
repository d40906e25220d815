// The protocol of the machine's quota under a seeded scheduler: sharers are run, stopped and killed
// between any two steps, the store is replaced and fails, and the arrivals are counted by a server
// whose clock runs at a rate of its own. And the same with the protocol broken on purpose, which
// the checks must find.

#include "call/machine/protocol.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "base/under_way.hpp"

namespace heymilo::machine {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kWindow{1000};
constexpr milliseconds kTimeout{2000};

/// What is broken on purpose.
enum class Broken {
  nothing,
  no_rest,
  busy_not_written,
  stamp_not_read,
  deaths_not_waited_out,
  reserve_not_counted,
  new_file_is_free,
  no_lock
};

struct Plan {
  int slots = 5;
  int sharers = 4;
  int reserved = 0;
  double kills = 0;  // the chance of each, at a step
  double stops = 0;
  double replaced = 0;  // the file
  double failures = 0;  // of a write
  double unanswered = 0.05;
  bool stopped_for_good = false;  // the first sharer, as soon as it waits
  Time length = seconds{40};
  Broken broken = Broken::nothing;
};

class Simulation {
 public:
  Simulation(const Plan& plan, std::uint64_t seed)
      : plan_(plan), random_(seed), rules_(kWindow), server_rate_(0.9995 + real() * 0.001) {
    sharers_.resize(static_cast<std::size_t>(plan.sharers));
    replaceFile();
    for (Slot& slot : file().slots) {
      slot.stamp.time = Time{0};
    }
    const Time end = now_ + plan.length;
    while (now_ < end) {
      step();
    }
  }

  /// The shortest time in which one more than the limit arrived, by the server's clock.
  Time shortestWindow(std::size_t limit, bool bulk_only) const {
    std::vector<Time> times;
    for (const Arrival& arrival : arrivals_) {
      if (!bulk_only || arrival.bulk) {
        times.push_back(arrival.at);
      }
    }
    std::sort(times.begin(), times.end());
    Time shortest = (Time::max)();
    for (std::size_t i = limit; i < times.size(); ++i) {
      shortest = (std::min)(shortest, times[i] - times[i - limit]);
    }
    return times.size() > limit ? std::chrono::duration_cast<Time>(shortest * server_rate_)
                                : shortest;
  }
  std::size_t arrivals() const { return arrivals_.size(); }
  std::vector<int> arrivalsOfEach() const {
    std::vector<int> each(sharers_.size());
    for (const Arrival& arrival : arrivals_) {
      ++each[static_cast<std::size_t>(arrival.sharer)];
    }
    return each;
  }

 private:
  struct Slot {
    Stamp stamp{};
    int locked_by = -1;
  };
  struct File {
    std::vector<Slot> slots;
  };
  struct Arrival {
    Time at;
    int sharer;
    bool bulk;
  };
  struct Sharer {
    enum class At { idle, taking, granted, sending, releasing, unlocking, dead } at = At::idle;
    std::size_t file = 0;
    Time not_before{0};  // it runs again
    std::optional<Taking> taking{};
    Taking::Step todo{};
    View view{};
    bool bulk = false;
    int slot = 0;
    Time sent{0}, ends{0};
    bool answered = true;
  };

  double real() { return std::uniform_real_distribution<double>(0, 1)(random_); }
  Time upTo(Time most) {
    return Time{std::uniform_int_distribution<std::int64_t>(0, most.count())(random_)};
  }
  bool chance(double of) { return of > 0 && real() < of; }

  File& file() { return files_.back(); }
  /// The one that the sharer has open: replaced ones stay.
  Slot& slotOf(const Sharer& sharer, int slot) {
    return files_[sharer.file].slots[static_cast<std::size_t>(slot)];
  }
  int numberOf(const Sharer& sharer) const { return static_cast<int>(&sharer - sharers_.data()); }

  void replaceFile() {
    File fresh;
    fresh.slots.resize(static_cast<std::size_t>(plan_.slots));
    for (Slot& slot : fresh.slots) {
      slot.stamp = abandoned(rules_,
                             0,
                             plan_.broken == Broken::new_file_is_free ? now_ - seconds{20} : now_,
                             kTimeout);
    }
    files_.push_back(fresh);
  }

  /// One sharer's next step, or an accident; where none can run, time passes until one can.
  void step() {
    std::vector<Sharer*> ready;
    Time earliest = (Time::max)();
    for (Sharer& sharer : sharers_) {
      if (sharer.not_before <= now_) {
        ready.push_back(&sharer);
      }
      earliest = (std::min)(earliest, sharer.not_before);
    }
    if (ready.empty()) {
      now_ = earliest;
      return;
    }
    Sharer& sharer =
        *ready[std::uniform_int_distribution<std::size_t>(0, ready.size() - 1)(random_)];
    if (chance(plan_.replaced)) {
      replaceFile();
    }
    if (chance(plan_.kills)) {
      kill(sharer);
    } else if (chance(plan_.stops) &&
               // Of a file that is replaced it is assumed that nobody stops right before sending.
               (plan_.replaced == 0 || !isAboutToSend(sharer))) {
      sharer.not_before = now_ + upTo(3 * rules_.unanswered_rest);
    } else {
      run(sharer);
    }
    now_ += upTo(microseconds{20});
  }

  static bool isAboutToSend(const Sharer& sharer) {
    return sharer.at == Sharer::At::granted ||
           (sharer.at == Sharer::At::taking && sharer.todo.what == Taking::Step::Do::send);
  }

  void kill(Sharer& sharer) {
    if (sharer.at == Sharer::At::sending) {
      arrived(sharer, sharer.sent, (std::min)(sharer.ends, now_) + kUnderWay);
    }
    for (File& each : files_) {
      for (Slot& slot : each.slots) {
        if (slot.locked_by == numberOf(sharer)) {
          slot.locked_by = -1;
        }
      }
    }
    sharer.at = Sharer::At::dead;
    sharer.not_before = now_ + upTo(milliseconds{500});
  }

  /// At a moment between the two.
  void arrived(const Sharer& sharer, Time from, Time until) {
    arrivals_.push_back({from + upTo(until - from), numberOf(sharer), sharer.bulk});
  }

  void run(Sharer& sharer) {
    using At = Sharer::At;
    switch (sharer.at) {
      case At::dead:
      case At::idle:
        sharer.file = files_.size() - 1;
        sharer.bulk = plan_.reserved > 0 && numberOf(sharer) % 2 == 0;
        begin(sharer);
        break;
      case At::taking:
        perform(sharer);
        break;
      case At::granted:
        sharer.sent = now_;
        sharer.ends =
            now_ + (chance(plan_.unanswered / 2) ? upTo(kTimeout) : upTo(milliseconds{5}));
        sharer.answered = !chance(plan_.unanswered);
        sharer.at = At::sending;
        sharer.not_before = sharer.ends;
        break;
      case At::sending:
        arrived(sharer, sharer.sent, sharer.ends + (sharer.answered ? Time{0} : Time{kUnderWay}));
        sharer.ends = now_;
        sharer.at = At::releasing;
        break;
      case At::releasing:
        if (!chance(plan_.failures)) {
          slotOf(sharer, sharer.slot).stamp =
              rested(rules_,
                     numberOf(sharer),
                     plan_.broken == Broken::no_rest ? sharer.ends - kWindow : sharer.ends,
                     sharer.answered);
        }
        sharer.at = At::unlocking;
        break;
      case At::unlocking:
        unlock(sharer, sharer.slot);
        sharer.at = At::idle;
        if (plan_.reserved > 0 && !sharer.bulk) {
          sharer.not_before = now_ + upTo(3 * kWindow);  // or bulk calls would never have a turn
        }
        break;
    }
  }

  void begin(Sharer& sharer) {
    sharer.taking.emplace(
        rules_,
        numberOf(sharer),
        SlotRequest{sharer.bulk ? Priority::bulk : Priority::interactive, kTimeout},
        true);
    sharer.todo = sharer.taking->begin();
    sharer.at = Sharer::At::taking;
  }

  void unlock(Sharer& sharer, int slot) {
    if (slotOf(sharer, slot).locked_by == numberOf(sharer)) {
      slotOf(sharer, slot).locked_by = -1;
    }
  }

  void look(Sharer& sharer) {
    sharer.view = View{};
    for (const Slot& slot : files_[sharer.file].slots) {
      sharer.view.slots.push_back(slot.stamp);
    }
    for (const Sharer& other : sharers_) {
      if (&other != &sharer && other.at == Sharer::At::taking) {
        sharer.view.waiting.push_back({numberOf(other), !other.bulk, other.bulk});
      }
    }
    sharer.view.longest_timeout = kTimeout;
    sharer.view.reserved = plan_.reserved;
  }

  /// The step of the taking that is due.
  void perform(Sharer& sharer) {
    using Do = Taking::Step::Do;
    const Taking::Step& step = sharer.todo;
    Taking::Result result;
    result.now = now_;
    switch (step.what) {
      case Do::view:
        look(sharer);
        if (plan_.broken == Broken::reserve_not_counted && sharer.bulk) {
          sharer.view.reserved = 0;
        }
        result.view = &sharer.view;
        break;
      case Do::lock: {
        Slot& slot = slotOf(sharer, step.slot);
        result.locked = slot.locked_by < 0 || plan_.broken == Broken::no_lock;
        if (result.locked) {
          slot.locked_by = numberOf(sharer);
        }
        break;
      }
      case Do::read:
        result.stamp = plan_.broken == Broken::stamp_not_read
                           ? sharer.view.slots[static_cast<std::size_t>(step.slot)]
                           : slotOf(sharer, step.slot).stamp;
        if (plan_.broken == Broken::deaths_not_waited_out &&
            result.stamp.state == Stamp::State::busy) {
          result.stamp = {Stamp::State::resting, 0, Time{0}, Time{0}};
        }
        break;
      case Do::write:
        if (chance(plan_.failures)) {  // StoreError: the slot is as it was
          unlock(sharer, step.slot);
          sharer.at = Sharer::At::idle;
          return;
        }
        if (plan_.broken != Broken::busy_not_written || step.stamp.state != Stamp::State::busy) {
          slotOf(sharer, step.slot).stamp = step.stamp;
        }
        break;
      case Do::unlock:
        unlock(sharer, step.slot);
        break;
      case Do::verify:
        if (sharer.file + 1 != files_.size()) {  // it is not sent; the old file is let go
          unlock(sharer, step.slot);
          sharer.at = Sharer::At::idle;
          return;
        }
        break;
      case Do::send:
        sharer.slot = step.slot;
        sharer.at = Sharer::At::granted;
        return;
      case Do::wait:
        sharer.not_before = now_ + step.turn.wait + upTo(microseconds{100});
        if (plan_.stopped_for_good && numberOf(sharer) == 0) {
          sharer.not_before = (Time::max)();
        }
        begin(sharer);
        return;
    }
    sharer.todo = sharer.taking->next(result);
  }

  const Plan plan_;
  std::mt19937_64 random_;
  const Rules rules_;
  const double server_rate_;
  Time now_{seconds{1000}};
  std::vector<File> files_;
  std::vector<Sharer> sharers_;
  std::vector<Arrival> arrivals_;
};

/// Runs the plan with so many seeds; how many of them broke the promise.
int violations(const Plan& plan, int seeds, std::uint64_t first_seed = 1) {
  int broken = 0;
  for (std::uint64_t seed = first_seed; seed < first_seed + static_cast<std::uint64_t>(seeds);
       ++seed) {
    const Simulation run(plan, seed);
    const auto limit = static_cast<std::size_t>(plan.slots);
    const auto bulk_limit = static_cast<std::size_t>(plan.slots - plan.reserved);
    const bool kept = run.shortestWindow(limit, false) > kWindow &&
                      (plan.reserved == 0 || run.shortestWindow(bulk_limit, true) > kWindow);
    if (!kept && plan.broken == Broken::nothing) {
      ADD_FAILURE() << "seed " << seed;
    }
    broken += kept ? 0 : 1;
    if (plan.broken == Broken::nothing) {
      EXPECT_GT(run.arrivals(), 20u) << seed;
    }
  }
  return broken;
}

Plan withAccidents(Broken broken = Broken::nothing) {
  Plan plan;
  plan.kills = 0.002;
  plan.stops = 0.002;
  plan.failures = 0.002;
  plan.broken = broken;
  return plan;
}

Plan withReserve(Broken broken = Broken::nothing) {
  Plan plan;
  plan.slots = 6;
  plan.sharers = 6;
  plan.reserved = 2;
  plan.broken = broken;
  return plan;
}

Plan withNewFiles(Broken broken = Broken::nothing) {
  Plan plan = withAccidents(broken);
  plan.replaced = 0.0005;
  return plan;
}

TEST(QuotaProtocol, NoWindowHasTooManyUnderDeathSleepAndFailures) {
  EXPECT_EQ(violations(withAccidents(), 1000), 0);
}

TEST(QuotaProtocol, NoWindowHasTooManyWhenTheFileIsReplaced) {
  EXPECT_EQ(violations(withNewFiles(), 1000), 0);
}

TEST(QuotaProtocol, BulkCallsOfAllSharersLeaveTheReserve) {
  EXPECT_EQ(violations(withReserve(), 300), 0);
  Plan plan = withReserve();
  plan.kills = plan.stops = 0.001;
  EXPECT_EQ(violations(plan, 300, 1000), 0);
}

TEST(QuotaProtocol, ChecksFindWhatIsBrokenOnPurpose) {
  EXPECT_GT(violations(withAccidents(Broken::no_rest), 20), 0);
  EXPECT_GT(violations(withAccidents(Broken::busy_not_written), 100), 0);
  EXPECT_GT(violations(withAccidents(Broken::stamp_not_read), 100), 0);
  EXPECT_GT(violations(withAccidents(Broken::deaths_not_waited_out), 100), 0);
  EXPECT_GT(violations(withAccidents(Broken::no_lock), 100), 0);
  EXPECT_GT(violations(withNewFiles(Broken::new_file_is_free), 100), 0);
  EXPECT_GT(violations(withReserve(Broken::reserve_not_counted), 20), 0);
}

TEST(QuotaProtocol, EightSharersUse97PercentAndEachHasItsShare) {
  Plan plan;
  plan.slots = 20;
  plan.sharers = 8;
  plan.unanswered = 0;
  constexpr int kSeconds = 40;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Simulation run(plan, seed);
    const double used = static_cast<double>(run.arrivals()) / (plan.slots * kSeconds);
    EXPECT_GT(used, 0.97) << seed;
    for (const int arrivals : run.arrivalsOfEach()) {
      EXPECT_GT(arrivals, static_cast<int>(run.arrivals()) / plan.sharers * 8 / 10) << seed;
    }
  }
}

TEST(QuotaProtocol, ALoneSharerUsesAllOfIt) {
  Plan plan;
  plan.sharers = 1;
  plan.unanswered = 0;
  const Simulation run(plan, 1);
  EXPECT_GT(run.arrivals(), static_cast<std::size_t>(plan.slots * 39));
}

TEST(QuotaProtocol, AStoppedSharerWithWaitingCallsHoldsNobodyUp) {
  Plan plan;
  plan.slots = 20;
  plan.stopped_for_good = true;
  plan.unanswered = 0;
  const Simulation run(plan, 1);
  EXPECT_GT(run.arrivals(), static_cast<std::size_t>(plan.slots * 38));
}

}  // namespace
}  // namespace heymilo::machine
