// Windows of time: what a store counts in them, and that a walk over one is about nobody else.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "support/mirror_fakes.hpp"
#include "workflows/mirror/mirror_contract.hpp"
#include "workflows/mirror/mirror_rules.hpp"

namespace heymilo_test {
namespace {

using heymilo::CandidateResponse;
using heymilo::CandidateStatus;
using heymilo::Timestamp;
using heymilo::test::FakeList;
using heymilo::test::mirroredCandidate;
using heymilo::workflows::MirrorSink;
using heymilo::workflows::MirrorWalk;
using heymilo::workflows::MirrorWindow;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

MirrorWalk fullWalk(std::uint64_t number) {
  MirrorWalk walk;
  walk.number = number;
  walk.full = true;
  walk.cursor = "z";
  return walk;
}

MirrorWalk walkOver(std::uint64_t number, const MirrorWindow& window) {
  MirrorWalk walk = fullWalk(number);
  walk.full = false;
  walk.created_after = window.created_after;
  walk.created_before = window.created_before;
  return walk;
}

/// a to e, a minute apart, and one without a time.
std::vector<CandidateResponse> six() {
  std::vector<CandidateResponse> all;
  for (const char* id : {"a", "b", "c", "d", "e"}) {
    all.push_back(mirroredCandidate(id, kBegin + minutes{all.size()}));
  }
  all.push_back(mirroredCandidate("undated", kBegin));
  all.back().created_at.reset();
  return all;
}

/// From b to d, both included.
MirrorWindow bToD() { return {kBegin + minutes{1}, kBegin + minutes{3}}; }

std::vector<std::string> gone(MirrorDatabase& database) {
  std::vector<std::string> ids;
  const nlohmann::json rows = database.candidates("p");
  for (const auto& [id, row] : rows.items()) {
    if (!row["gone_at"].is_null()) {
      ids.push_back(id);
    }
  }
  return ids;
}

std::uint64_t dated(MirrorSink& sink, const MirrorWindow& window) {
  const auto count = sink.count(window);
  EXPECT_TRUE(count);
  return count ? count->dated : 0;
}

void countsWhoIsThere(MirrorDatabase& database) {
  const auto sink = database.open("p");
  sink->load();
  ASSERT_TRUE(sink->count({}));
  EXPECT_EQ(sink->count({})->dated, 0u);
  EXPECT_EQ(sink->count({})->undated, 0u);
  sink->upsert(six(), fullWalk(1));
  EXPECT_EQ(dated(*sink, {}), 5u);
  EXPECT_EQ(sink->count({})->undated, 1u);
  EXPECT_EQ(dated(*sink, bToD()), 3u);
  EXPECT_EQ(sink->count(bToD())->undated, 1u);
  const Timestamp b = *bToD().created_after, d = *bToD().created_before;
  EXPECT_EQ(dated(*sink, {b + microseconds{1}, d - microseconds{1}}), 1u);
  EXPECT_EQ(dated(*sink, {b, std::nullopt}), 4u);
  EXPECT_EQ(dated(*sink, {std::nullopt, d}), 4u);
  sink->upsert({six()[2]}, walkOver(2, bToD()));
  sink->finish(walkOver(2, bToD()), {});
  EXPECT_EQ(dated(*sink, bToD()), 1u);
  EXPECT_EQ(dated(*sink, {}), 3u);
  sink->finish(fullWalk(3), {});
  EXPECT_EQ(sink->count({})->dated, 0u);
  EXPECT_EQ(sink->count({})->undated, 0u);
}

void countsToTheMicrosecond(MirrorDatabase& database) {
  const auto sink = database.open("p");
  sink->load();
  const Timestamp last = kBegin + seconds{1} - microseconds{1};
  sink->upsert({mirroredCandidate("a", kBegin),
                mirroredCandidate("b", last),
                mirroredCandidate("c", last + microseconds{1})},
               fullWalk(1));
  EXPECT_EQ(dated(*sink, {kBegin, last}), 2u);
  EXPECT_EQ(dated(*sink, {last + microseconds{1}, std::nullopt}), 1u);
  EXPECT_EQ(dated(*sink, {std::nullopt, kBegin - microseconds{1}}), 0u);
  EXPECT_EQ(sink->createdAt({}, 1), last);
}

void findsInOrderOfTime(MirrorDatabase& database) {
  const auto sink = database.open("p");
  sink->load();
  auto all = six();
  std::swap(all[0], all[4]);
  sink->upsert(all, fullWalk(1));
  EXPECT_EQ(sink->createdAt({}, 0), kBegin);
  EXPECT_EQ(sink->createdAt({}, 4), kBegin + minutes{4});
  EXPECT_FALSE(sink->createdAt({}, 5));
  EXPECT_EQ(sink->createdAt(bToD(), 0), kBegin + minutes{1});
  EXPECT_EQ(sink->createdAt(bToD(), 2), kBegin + minutes{3});
  EXPECT_FALSE(sink->createdAt(bToD(), 3));
  sink->upsert({six()[2]}, walkOver(2, bToD()));
  sink->finish(walkOver(2, bToD()), {});
  EXPECT_EQ(sink->createdAt(bToD(), 0), kBegin + minutes{2});  // b is gone
}

void findsTheOldestOpenOne(MirrorDatabase& database) {
  const auto sink = database.open("p");
  sink->load();
  auto all = six();
  for (const std::size_t at : {0U, 2U, 4U, 5U}) {
    all[at].status = CandidateStatus("on_hold");
  }
  sink->upsert(all, fullWalk(1));
  EXPECT_EQ(sink->nextOpen({}), kBegin);
  EXPECT_EQ(sink->nextOpen(bToD()), kBegin + minutes{2});
  EXPECT_EQ(sink->nextOpen({kBegin + minutes{3}, std::nullopt}), kBegin + minutes{4});
  EXPECT_FALSE(sink->nextOpen({kBegin + minutes{3}, kBegin + minutes{3}}));
  sink->finish(walkOver(2, bToD()), {});
  EXPECT_FALSE(sink->nextOpen(bToD()));
}

void goneAreThoseInTheWindowOnly(MirrorDatabase& database) {
  const auto sink = database.open("p");
  sink->load();
  sink->upsert(six(), fullWalk(1));
  sink->finish(fullWalk(1), kBegin);
  sink->upsert({six()[2]}, walkOver(2, bToD()));
  EXPECT_EQ(sink->finish(walkOver(2, bToD()), kBegin), 2u);
  EXPECT_THAT(gone(database), UnorderedElementsAre("b", "d"));
  EXPECT_EQ(sink->finish(walkOver(3, {std::nullopt, kBegin}), kBegin), 1u);
  EXPECT_THAT(gone(database), UnorderedElementsAre("a", "b", "d"));
  EXPECT_EQ(sink->finish(walkOver(4, {kBegin + minutes{4}, std::nullopt}), kBegin), 1u);
  EXPECT_THAT(gone(database), UnorderedElementsAre("a", "b", "d", "e"));
}

void erasedAreThoseInTheWindowOnly(MirrorDatabase& database) {
  const auto sink = database.open("p");
  sink->load();
  sink->upsert(six(), fullWalk(1));
  sink->finish(fullWalk(2), {});
  EXPECT_EQ(sink->due(Timestamp::max(), {}).candidates, 6u);
  const auto due = sink->due(Timestamp::max(), bToD());
  EXPECT_EQ(due.candidates, 4u);
  EXPECT_TRUE(due.undated);
  EXPECT_EQ(due.oldest, bToD().created_after);
  EXPECT_EQ(sink->erase(walkOver(3, bToD()), Timestamp::max()), 3u);
  sink->wipe();
  EXPECT_THAT(gone(database), UnorderedElementsAre("a", "e", "undated"));
  EXPECT_EQ(sink->due(Timestamp::max(), bToD()).candidates, 1u);
  EXPECT_FALSE(sink->due(Timestamp::max(), bToD()).oldest);
}

// It is not mistaken for a walk to the end of the list, and does not move the watermark.
void anInterruptedWindowIsDropped(MirrorDatabase& database) {
  FakeList list;
  list.add(250, kBegin, minutes{1});
  refresh(database, list);
  const auto before = database.open("p")->load();
  {
    const auto sink = database.open("p");
    MirrorWalk walk = walkOver(sink->load().last_walk + 1, bToD());
    walk.cursor = "c1";
    walk.newest = kBegin + hours{100};
    sink->upsert({list.candidates[1]}, walk);
    const auto unfinished = sink->load().unfinished;
    ASSERT_TRUE(unfinished);
    EXPECT_EQ(unfinished->created_after, walk.created_after);
    EXPECT_EQ(unfinished->created_before, walk.created_before);
  }
  list.queries.clear();
  const auto result = refresh(database, list);
  EXPECT_FALSE(result.resumed);
  EXPECT_EQ(result.gone, 0u);
  EXPECT_EQ(list.queries.at(0).count("starting_after"), 0u);
  expectEqual(database, list);
  EXPECT_EQ(database.open("p")->load().watermark, before.watermark);
}

void knowsWhenItReadEverything(MirrorDatabase& database) {
  const auto sink = database.open("p");
  EXPECT_FALSE(sink->load().last_full);
  MirrorWalk walk = fullWalk(1);
  walk.began_at = kBegin + microseconds{654'321};
  walk.started_at = kBegin;
  sink->upsert(six(), walk);
  EXPECT_FALSE(sink->load().last_full);
  EXPECT_EQ(sink->load().unfinished->began_at, walk.began_at);
  sink->finish(walk, {});
  EXPECT_EQ(sink->load().last_full, walk.began_at);
  MirrorWalk later = walkOver(2, bToD());
  later.began_at = kBegin + hours{1};
  sink->finish(later, {});
  EXPECT_EQ(sink->load().last_full, walk.began_at);
  later = fullWalk(3);
  later.began_at = kBegin + hours{2};
  sink->finish(later, {});
  EXPECT_EQ(sink->load().last_full, later.began_at);
}

}  // namespace

std::vector<MirrorRule> windowContract() {
  return {{"CountsWhoIsThere", countsWhoIsThere},
          {"CountsToTheMicrosecond", countsToTheMicrosecond},
          {"FindsInOrderOfTime", findsInOrderOfTime},
          {"FindsTheOldestOpenOne", findsTheOldestOpenOne},
          {"GoneAreThoseInTheWindowOnly", goneAreThoseInTheWindowOnly},
          {"ErasedAreThoseInTheWindowOnly", erasedAreThoseInTheWindowOnly},
          {"AnInterruptedWindowIsDropped", anInterruptedWindowIsDropped},
          {"KnowsWhenItReadEverything", knowsWhenItReadEverything}};
}

}  // namespace heymilo_test
