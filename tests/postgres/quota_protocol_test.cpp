// The protocol by which holders share a quota, without a database, a clock or a thread: many
// interleavings, each decided by a seed. HEYMILO_QUOTA_SEEDS=20000 tries more of them.

#include "postgres/quota_protocol.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

#include "heymilo/errors.hpp"
#include "postgres/quota_simulation.hpp"

namespace {

using heymilo::postgres::BootTime;
using heymilo_test::QuotaSimulation;
using std::chrono::milliseconds;
using std::chrono::seconds;
using World = QuotaSimulation::World;

std::uint64_t seeds(std::uint64_t otherwise) {
  const char* const text = std::getenv("HEYMILO_QUOTA_SEEDS");
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

World hostile() {
  World world;
  world.tick_ms = 30;
  world.connects = 0.2;
  world.lost = 0.05;
  world.late = 0.1;
  world.unanswered = 0.15;
  world.stops = 0.15;
  world.kills = 0.03;
  world.leaves = 0.05;
  world.restarts = 0.04;
  world.restores = 0.03;
  return world;
}

/// The first seed with which more than N requests come in a window.
std::optional<std::uint64_t> firstViolation(const World& world, std::uint64_t seeds) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    QuotaSimulation simulation(world, seed);
    simulation.run();
    if (simulation.shortest() <= world.window) {
      return seed;
    }
  }
  return std::nullopt;
}

/// With the library's own times.
heymilo::postgres::QuotaProtocol::Setup setup() {
  heymilo::postgres::QuotaProtocol::Setup setup;
  setup.terms.requests = 4;
  setup.terms.per = seconds{60};
  setup.terms.timeout = seconds{60};
  setup.fresh_holder = [] { return std::string("holder"); };
  return setup;
}

// A holder that nobody uses has slots that another one's call may wait for.
TEST(QuotaProtocol, AnIdleHolderLooksEverySecondWhetherOthersWait) {
  heymilo::postgres::QuotaProtocol holder(setup());
  heymilo::postgres::QuotaView view;
  view.epoch = "e";
  view.slots = {0, 1, 2, 3};
  BootTime now = seconds{1'000};
  holder.begin(now);
  holder.finished(view, now);
  now += seconds{1};  // it is idle from now on
  for (int beat = 0; beat < 10; ++beat) {
    const BootTime next = holder.nextSync(now);
    EXPECT_GE(next, now);
    EXPECT_LE(next, now + seconds{1});
    now = next;
    const heymilo::postgres::QuotaSync sync = holder.begin(now);
    EXPECT_EQ(sync.give.size(), beat < 9 ? 0u : 4u) << beat;
    view.holders.clear();
    if (beat == 8) {  // its call waits, and there is no other slot
      heymilo::postgres::QuotaView::Holder other;
      other.holder = "other";
      other.seq = 1;
      other.waiting_bulk = other.wants = 4;
      view.holders = {other};
    }
    holder.finished(view, now);
    now += milliseconds{1};
    if (beat == 8) {
      EXPECT_LE(holder.nextSync(now), now + milliseconds{10}) << "it gives back at once";
    }
  }
}

/// One call of a holder, and the holder's statements, each of which takes a millisecond.
struct Call {
  int statements = 0;
  bool slot = false;
};

/// Waits for a slot until then.
Call call(heymilo::postgres::QuotaProtocol& holder, heymilo_test::QuotaStoreModel& store,
          BootTime& now, BootTime end, heymilo::Priority priority) {
  Call made;
  const bool bulk = priority == heymilo::Priority::bulk;
  while (now < end) {
    if (holder.take({priority, setup().terms.timeout}, now).slot) {
      holder.waiting(0, 0, now);
      made.slot = true;
      return made;
    }
    holder.waiting(bulk ? 0 : 1, bulk ? 1 : 0, now);
    now = std::max(now, holder.nextSync(now));
    if (now < end) {
      const auto view = store.run(holder.begin(now));
      now += milliseconds{1};
      holder.finished(view, now);
      ++made.statements;
    }
  }
  return made;
}

/// A store in which a client's bulk calls wait for more than they have: all but the reserve.
class QuotaReserve : public ::testing::Test {
 protected:
  QuotaReserve() {
    EXPECT_TRUE(call(bulk, store, now, now + seconds{150}, heymilo::Priority::bulk).slot);
    EXPECT_TRUE(call(bulk, store, now, now + seconds{150}, heymilo::Priority::bulk).slot);
    run(seconds{1});
  }

  static heymilo::postgres::QuotaProtocol::Setup reserving() {
    heymilo::postgres::QuotaProtocol::Setup with_a_reserve = setup();
    with_a_reserve.terms.reserved_requests = 2;
    with_a_reserve.fresh_holder = [] { return std::string("bulk"); };
    return with_a_reserve;
  }

  /// Both run their statements for a while.
  void run(seconds time, heymilo::postgres::QuotaProtocol* other = nullptr) {
    for (const BootTime end = now + time; now < end; now += milliseconds{1}) {
      bulk.waiting(0, 9, now);
      for (heymilo::postgres::QuotaProtocol* const holder : {&bulk, other}) {
        if (holder != nullptr && holder->nextSync(now) <= now) {
          holder->finished(store.run(holder->begin(now)), now);
        }
      }
    }
  }

  /// What an interactive call of a holder needs now.
  int statements(heymilo::postgres::QuotaProtocol& holder) {
    const BootTime began = now;
    const Call made = call(holder, store, now, now + seconds{5}, heymilo::Priority::interactive);
    EXPECT_TRUE(made.slot);
    EXPECT_LT(now - began, milliseconds{20}) << "the time of the statements alone";
    return made.statements;
  }

  heymilo_test::QuotaStoreModel store{heymilo_test::QuotaStoreModel::Broken{}};
  BootTime now = seconds{1'000};
  heymilo::postgres::QuotaProtocol bulk{reserving()};
};

TEST_F(QuotaReserve, IsThereForTheFirstCallOfAProgram) {
  heymilo::postgres::QuotaProtocol fresh(setup());
  EXPECT_EQ(statements(fresh), 2) << "one that joins, and one that fetches";
}

TEST_F(QuotaReserve, IsThereForACallOfAClientThatHasJustJoined) {
  heymilo::postgres::QuotaProtocol joined(setup());
  run(seconds{3}, &joined);
  EXPECT_EQ(statements(joined), 1);
}

TEST_F(QuotaReserve, IsThereForACallOfAnIdleClient) {
  heymilo::postgres::QuotaProtocol idle(setup());
  run(seconds{25}, &idle);
  ASSERT_TRUE(idle.idle());
  EXPECT_EQ(statements(idle), 2);
}

// A store that shows a slot, and does not give it: a loop would ask every few milliseconds.
TEST(QuotaProtocol, AStatementThatBringsNothingIsNotRepeatedAtOnce) {
  heymilo::postgres::QuotaProtocol holder(setup());
  heymilo::postgres::QuotaView view;
  view.epoch = "e";
  view.reserved = 2;
  view.free_reserved = 2;
  BootTime now = seconds{1'000};
  int statements = 0;
  for (const BootTime end = now + seconds{2}; now < end; now += milliseconds{1}) {
    EXPECT_FALSE(holder.take({heymilo::Priority::interactive, setup().terms.timeout}, now).slot);
    holder.waiting(1, 0, now);
    if (holder.nextSync(now) <= now) {
      holder.begin(now);
      holder.finished(view, now);
      ++statements;
    }
  }
  EXPECT_GE(statements, 8) << "four a second";
  EXPECT_LE(statements, 12);
}

// A job with `timeout 120`, or somebody who presses Ctrl-C and tries again.
TEST(QuotaProtocol, ProgramsThatLiveShorterThanTheWaitHaveTheirTurnAfterIt) {
  for (const bool leaves : {false, true}) {
    for (const milliseconds life :
         {milliseconds{1'000}, milliseconds{3'000}, milliseconds{120'000}}) {
      if (life < seconds{2} && !leaves) {
        continue;  // one that is killed before its third beat tells nobody
      }
      heymilo_test::QuotaStoreModel store{heymilo_test::QuotaStoreModel::Broken{}};
      BootTime now = seconds{1'000};
      const BootTime began = now;
      const BootTime outlast = milliseconds{135'060};
      bool slot = false;
      while (!slot && now < began + seconds{400}) {
        auto terms = setup();
        terms.fresh_holder = [name = std::to_string(now.count())] { return name; };
        heymilo::postgres::QuotaProtocol program(terms);
        slot = call(program, store, now, now + life, heymilo::Priority::interactive).slot;
        if (leaves && !slot) {
          if (const auto sync = program.leave(now)) {
            store.run(*sync);
          }
        }
      }
      EXPECT_TRUE(slot) << life.count();
      EXPECT_GE(now - began, outlast);
      // What a killed one has waited since its last report is lost, and the last rows' own.
      EXPECT_LT(now - began, leaves || life > seconds{100} ? seconds{138} : seconds{300})
          << life.count();
    }
  }
}

TEST(QuotaProtocol, NeverLetsMoreThanNRequestsIntoAWindow) {
  std::size_t arrivals = 0;
  for (std::uint64_t seed = 1; seed <= seeds(250); ++seed) {
    QuotaSimulation simulation(hostile(), seed);
    simulation.run();
    ASSERT_GT(simulation.shortest(), milliseconds{1'000}) << "seed " << seed;
    arrivals += simulation.arrivals().size();
  }
  // Most of the time something is down, stopped or waited out; but the worlds are not idle.
  EXPECT_GT(arrivals / seeds(250), 40u);
}

TEST(QuotaProtocol, KeepsToTheWindowWithAReserve) {
  World world = hostile();
  world.reserved = 2;
  world.bulk = 0.6;
  const auto seed = firstViolation(world, seeds(300));
  EXPECT_FALSE(seed) << "seed " << *seed;
}

// What the simulation is worth: it finds each of these mistakes.

TEST(QuotaProtocol, FindsBeatsThatAreComparedByTheServersClock) {
  World world = hostile();
  world.beats_by_server_clock = true;
  EXPECT_TRUE(firstViolation(world, 300));
}

TEST(QuotaProtocol, FindsASlotThatIsFreeWithoutItsCooling) {
  World world;
  world.no_cooling = true;
  EXPECT_TRUE(firstViolation(world, 3));
}

TEST(QuotaProtocol, FindsSlotsOfTheDeadThatAreTakenTooEarly) {
  World world = hostile();
  world.dead_too_early = true;
  world.store.takes_dead_too_early = true;
  EXPECT_TRUE(firstViolation(world, 300));
}

TEST(QuotaProtocol, FindsALeaseThatIsNotLookedAt) {
  World world = hostile();
  world.lease_ignored = true;
  EXPECT_TRUE(firstViolation(world, 300));
}

TEST(QuotaProtocol, FindsAStoreThatCarriesAStatementOutAfterALaterOne) {
  World world;
  world.slots = 3;  // so that slots go round
  world.holders = 6;
  world.tick_ms = 30;
  world.late = 0.4;
  world.latest_ms = 1'500;
  world.store.ignores_order = true;
  EXPECT_TRUE(firstViolation(world, 3'000));
}

TEST(QuotaProtocol, FindsARestoredCopyThatIsTakenAsItIs) {
  World world = hostile();
  world.restores = 0.1;
  world.store.ignores_epoch = true;
  EXPECT_TRUE(firstViolation(world, 1'000));
}

TEST(QuotaProtocol, FindsWaitsOfSeveralThatAreAddedUp) {
  World world = hostile();
  world.store.adds_up_waits = true;
  EXPECT_TRUE(firstViolation(world, 300));
}

// Use of the quota.

/// The part of the quota that was used after the store's first rows were waited out.
double used(const QuotaSimulation& simulation, const World& world, seconds from) {
  std::size_t count = 0;
  for (const auto time : simulation.arrivals()) {
    count += time >= from ? 1u : 0u;
  }
  const double windows = std::chrono::duration<double>(world.length - from) /
                         std::chrono::duration<double>(world.window);
  return static_cast<double>(count) / (windows * world.slots);
}

TEST(QuotaProtocol, EightHoldersUseMostOfTheQuota) {
  World world;
  world.slots = 20;
  world.window = milliseconds{2'000};
  world.holders = 8;
  world.calls = 8;
  world.latency = milliseconds{10};
  world.length = seconds{130};
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    world.calls = seed == 1 ? 2 : 8;
    world.bulk = seed == 1 ? 0 : 0.3;
    QuotaSimulation simulation(world, seed);
    simulation.run();
    EXPECT_GE(used(simulation, world, seconds{30}), 0.97) << "seed " << seed;
    for (std::size_t holder = 0; holder < 8; ++holder) {
      EXPECT_GE(simulation.sent(holder), 90) << "seed " << seed;  // of 156 each
    }
    // A statement for each fifth request at most: slots do not wander.
    EXPECT_LT(simulation.statements(), 40'000);
  }
}

TEST(QuotaProtocol, EachOfMoreHoldersThanSlotsHasItsTurn) {
  World world;
  world.slots = 3;
  world.holders = 8;
  world.calls = 1;
  world.latency = milliseconds{10};
  world.length = seconds{120};
  QuotaSimulation simulation(world, 1);
  simulation.run();
  for (std::size_t holder = 0; holder < 8; ++holder) {
    EXPECT_GE(simulation.sent(holder), 15) << holder;  // of 42 each
  }
  EXPECT_GE(used(simulation, world, seconds{20}), 0.85);
}

}  // namespace
