// The job under a seeded scheduler: many interleavings of several workers, their journal and the
// API, without a clock, a thread or a socket. HEYMILO_JOB_SEEDS=20000 tries more of each world. And
// the same with a guard broken on purpose, which the checks must find.

#include "workflows/job/job_simulation.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <ostream>
#include <string>

namespace heymilo_test {
namespace {

using std::chrono::milliseconds;

std::uint64_t seeds(std::uint64_t otherwise) {
  const char* const text = std::getenv("HEYMILO_JOB_SEEDS");
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// Processes sleep for about as long as it takes until others say that they are dead.
JobWorld drowsy() {
  JobWorld world;
  world.kills = 0;
  world.sleeps = 0.5;
  world.shortest_sleep_ms = 1'500;
  world.longest_sleep_ms = 4'200;
  world.workers = 4;
  world.connects = 1;
  world.late = 0.95;
  world.lost_before = world.lost_in = 0;
  world.lost_after = 0.6;
  world.store_ms = 5;
  world.outages = 0;
  world.times.poll = milliseconds{100};
  world.page_size = 50;
  return world;
}

/// They sleep for less than their lease, send, and die.
JobWorld nodding() {
  JobWorld world = drowsy();
  world.kills = 0.15;
  world.sleeps = 1;
  world.shortest_sleep_ms = 400;
  world.longest_sleep_ms = 1'400;
  world.new_posting = true;
  return world;
}

JobWorld restored() {
  JobWorld world;
  world.restores = 0.05;
  world.empties = 0.02;
  return world;
}

/// Requests wait for their turn for longer than a lease, and the journal is restored meanwhile.
JobWorld queueing() {
  JobWorld world = restored();
  world.restores = 0.1;
  world.kills = world.outages = 0;
  world.connects = 0.7;
  world.longest_turn_ms = 10'000;
  world.late = 0.95;
  world.lost_after = 0.4;
  world.new_posting = true;
  world.empties = 0;
  return world;
}

/// The store knows who lives, and the journal's file is deleted.
JobWorld onOneMachine() {
  JobWorld world;
  world.knows_who_lives = true;
  world.replacements = 0.05;
  return world;
}

/// The same, while living workers send.
JobWorld sending() {
  JobWorld world = nodding();
  world.knows_who_lives = true;
  world.new_posting = false;
  world.kills = 0;
  world.replacements = 0.1;
  return world;
}

/// With an old copy in place of the journal, which nobody notices.
JobWorld restoredInSilence() {
  JobWorld world;
  world.knows_who_lives = true;
  world.silent_restores = 0.1;
  world.new_posting = true;
  return world;
}

/// The queue takes seven times as long as a request, and nobody has said so.
JobWorld behind() {
  JobWorld world;
  world.async = true;
  world.queue_late_ms = 20'000;
  return world;
}

struct Case {
  const char* name;
  JobWorld world;
};
void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

template <typename Change>
Case changed(const char* name, JobWorld world, Change change) {
  change(world);
  return {name, world};
}

template <typename Param>
std::string nameOfWorld(const ::testing::TestParamInfo<Param>& info) {
  return info.param.name;
}

class JobKeepsItsPromise : public ::testing::TestWithParam<Case> {};

TEST_P(JobKeepsItsPromise, EachKeyIsThereOnce) {
  std::size_t requests = 0;
  for (std::uint64_t seed = 1; seed <= seeds(40); ++seed) {
    JobSimulation simulation(GetParam().world, seed);
    simulation.run();
    ASSERT_EQ(simulation.complaint(), "") << "seed " << seed;
    requests += simulation.requests();
  }
  EXPECT_GT(requests / seeds(40), 5U);  // the worlds are not idle
}

INSTANTIATE_TEST_SUITE_P(
    , JobKeepsItsPromise,
    ::testing::Values(
        Case{"AsItIs", {}},
        changed("WhereNothingDies", {}, [](JobWorld& w) { w.kills = w.sleeps = 0; }),
        changed("WhereTheStoreKnowsWhoLives", {}, [](JobWorld& w) { w.knows_who_lives = true; }),
        changed("InANewPosting", {}, [](JobWorld& w) { w.new_posting = true; }),
        Case{"WithRestoredJournals", restored()}, Case{"WithDeletedJournals", onOneMachine()},
        changed("WithRestoredJournalsOnOneMachine", onOneMachine(),
                [](JobWorld& w) { w.restores = 0.05; }),
        Case{"WithOldCopiesThatNobodyNotices", restoredInSilence()},
        changed("Async", {}, [](JobWorld& w) { w.async = true; }),
        changed("AsyncWithRestoredJournals", restored(), [](JobWorld& w) { w.async = true; }),
        Case{"AsyncWithAQueueThatIsBehind", behind()},
        changed("AsyncWithAQueueOfWhichTheTimeIsKnown", behind(),
                [](JobWorld& w) { w.times.queue = milliseconds{20'000 + 20'000}; }),
        changed("WithoutDates", {}, [](JobWorld& w) { w.no_dates = true; }),
        changed("WithDatesThatAreAhead", {},
                [](JobWorld& w) { w.date_ahead = milliseconds{60'000}; }),
        changed("WithCandidatesThatAreDeleted", {}, [](JobWorld& w) { w.removals = 0.3; }),
        changed("WithASlowStore", drowsy(), [](JobWorld& w) { w.store_ms = 200; }),
        Case{"WithRequestsThatWaitForTheirTurn", queueing()},
        changed("WithWorkersThatDieWhileItIsRestored", queueing(),
                [](JobWorld& w) { w.kills = w.restores = w.connects = 0.2; }),
        Case{"Drowsy", drowsy()}, Case{"Nodding", nodding()},
        Case{"WithDeletedJournalsWhileOthersSend", sending()}),
    nameOfWorld<Case>);

// What the simulation is worth: it finds each of these mistakes.

struct Mistake {
  const char* name;
  JobWorld world;
  std::uint64_t seeds = 300;
};
void PrintTo(const Mistake& one, std::ostream* out) { *out << one.name; }

template <typename Break>
Mistake broken(const char* name, JobWorld world, std::uint64_t seeds, Break breaks) {
  breaks(world);
  return {name, world, seeds};
}

class JobSimulationFinds : public ::testing::TestWithParam<Mistake> {};

TEST_P(JobSimulationFinds, AMistake) {
  for (std::uint64_t seed = 1; seed <= GetParam().seeds; ++seed) {
    JobSimulation simulation(GetParam().world, seed);
    simulation.run();
    if (!simulation.complaint().empty()) {
      return;
    }
  }
  FAIL() << "not found";
}

INSTANTIATE_TEST_SUITE_P(
    , JobSimulationFinds,
    ::testing::Values(
        // In the store.
        broken("AKeyInFlightThatIsClaimed", {}, 30,
               [](JobWorld& w) { w.store.claims_what_is_in_flight = true; }),
        broken("AKeyInDoubtThatIsClaimed", {}, 30,
               [](JobWorld& w) { w.store.claims_what_is_in_doubt = true; }),
        broken("ARestoredCopyThatIsTakenAsItIs", restored(), 2'000,
               [](JobWorld& w) { w.store.ignores_incarnation = true; }),
        broken("AResultThatIsWrittenToAnothersClaim", {}, 100,
               [](JobWorld& w) { w.store.forgets_claims = true; }),
        broken("ASearchThatFreesOtherClaims", drowsy(), 100,
               [](JobWorld& w) { w.store.frees_other_claims = true; }),
        broken("KeysOfTheDeadThatAreFree", {}, 200,
               [](JobWorld& w) { w.store.dead_are_free = true; }),
        broken("AWorkerThatIsBuriedAlive", drowsy(), 2'000,
               [](JobWorld& w) { w.store.buries_the_living = true; }),
        broken("AnotherWorkerThatIsOverlooked", sending(), 2'000,
               [](JobWorld& w) { w.store.overlooks_others = true; }),
        broken("AnOperationThatIsCarriedOutAfterALaterOne", {}, 100,
               [](JobWorld& w) {
                 w.store.carries_out_stale = true;
                 w.store_late = 0.3;
               }),
        // In the worker and in what drives it.
        broken("ALeaseThatIsIgnored", drowsy(), 100, [](JobWorld& w) { w.lease_ignored = true; }),
        broken("ARequestWithoutAResponseThatCountsAsUnsent", {}, 30,
               [](JobWorld& w) { w.doubts_are_unsent = true; }),
        broken("AListThatEndsAfterItsFirstPage", {}, 100,
               [](JobWorld& w) { w.first_page_only = true; }),
        broken("AListThatBeginsTooLate", restoredInSilence(), 500,
               [](JobWorld& w) { w.lists_from_later = true; }),
        broken("ANewJournalForWhichNothingWasLookedAt", restored(), 100,
               [](JobWorld& w) {
                 w.empties = 0.05;
                 w.new_posting = true;
                 w.probes_show_nobody = true;
               }),
        // In the times.
        broken("NoSettlingTime", {}, 200, [](JobWorld& w) { w.times.settling = milliseconds{0}; }),
        broken("NoTimeForPacketsUnderWay", nodding(), 500,
               [](JobWorld& w) { w.times.under_way = milliseconds{0}; }),
        broken("NoTimeForTheLastAttemptOfTheDead", nodding(), 3'000,
               [](JobWorld& w) { w.times.attempt = milliseconds{0}; }),
        broken("AQueueThatIsTrusted", behind(), 1'000,
               [](JobWorld& w) { w.times.queue = milliseconds{100}; })),
    nameOfWorld<Mistake>);

}  // namespace
}  // namespace heymilo_test
