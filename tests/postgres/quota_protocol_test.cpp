// The protocol by which holders share a quota, without a database, a clock or a thread: many
// interleavings, each decided by a seed. HEYMILO_QUOTA_SEEDS=20000 tries more of them.

#include "postgres/quota_protocol.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

#include "heymilo/errors.hpp"
#include "postgres/quota_simulation.hpp"

namespace {

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
  using heymilo::postgres::BootTime;
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
