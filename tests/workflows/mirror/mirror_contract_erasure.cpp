// Erasure: who is gone is erased, content and history, and does not come back.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/mirror_fakes.hpp"
#include "workflows/mirror/mirror_contract.hpp"
#include "workflows/mirror/mirror_rules.hpp"

namespace heymilo_test {
namespace {

using heymilo::CandidateResponse;
using heymilo::CandidateStatus;
using heymilo::Timestamp;
using heymilo::test::FakeList;
using heymilo::workflows::MirrorResult;
using heymilo::workflows::MirrorWalk;
using std::chrono::hours;
using std::chrono::minutes;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr hours kOneDay{24};

/// A list of 250 in final states, mirrored, from which c17 is removed.
CandidateResponse loseOne(MirrorDatabase& database, FakeList& list) {
  list.add(250, kBegin, minutes{1});
  refresh(database, list);
  CandidateResponse one = list.candidates[17];
  list.remove(one.interview_id);
  return one;
}

void expectErased(MirrorDatabase& database, const CandidateResponse& one) {
  EXPECT_FALSE(database.candidates("p").contains(one.interview_id));
  EXPECT_THAT(database.history(one.interview_id), IsEmpty());
  EXPECT_FALSE(database.hasTrace(one.email)) << one.email;
  EXPECT_FALSE(database.hasTrace(one.name + '"')) << one.name;
  EXPECT_FALSE(database.hasTrace('"' + one.interview_id + '"'));
}

void afterSevenDays(MirrorDatabase& database) {
  FakeList list;
  const CandidateResponse one = loseOne(database, list);
  const MirrorResult found = refresh(database, list, true);
  EXPECT_EQ(found.gone, 1u);
  EXPECT_EQ(found.erased, 0u);
  EXPECT_TRUE(database.hasTrace(one.email));
  database.age(kOneDay * 7 - hours{1});
  EXPECT_EQ(refresh(database, list, true).erased, 0u);
  EXPECT_THAT(database.tombstones("p"), IsEmpty());
  database.age(hours{2});
  EXPECT_EQ(refresh(database, list, true).erased, 1u);
  expectErased(database, one);
  EXPECT_THAT(database.tombstones("p"), SizeIs(1));
  expectEqual(database, list);
  EXPECT_EQ(refresh(database, list, true).erased, 0u);
}

// It begins earlier for that: nobody has to run with `full`.
void byAnOrdinaryRun(MirrorDatabase& database) {
  FakeList list;
  const CandidateResponse one = loseOne(database, list);
  refresh(database, list, true);
  EXPECT_EQ(refresh(database, list).seen, 11u);
  database.age(kOneDay * 8);
  EXPECT_EQ(refresh(database, list).erased, 1u);
  expectErased(database, one);
  EXPECT_EQ(refresh(database, list).seen, 11u);
}

void withoutATime(MirrorDatabase& database) {
  FakeList list;
  list.add(3, kBegin, minutes{1});
  list.candidates[1].created_at.reset();
  const CandidateResponse one = list.candidates[1];
  refresh(database, list);
  list.remove("c1");
  refresh(database, list, true);
  database.age(kOneDay * 8);
  EXPECT_EQ(refresh(database, list).erased, 1u);
  expectErased(database, one);
  EXPECT_FALSE(refresh(database, list).full);
}

void atOnce(MirrorDatabase& database) {
  FakeList list;
  const CandidateResponse one = loseOne(database, list);
  const MirrorResult result = refresh(database, list, true, "p", hours{0});
  EXPECT_EQ(result.gone, 1u);
  EXPECT_EQ(result.erased, 1u);
  expectErased(database, one);
}

// The API left somebody out by mistake, who is in the list again when the time has come.
void notWhoIsBack(MirrorDatabase& database) {
  FakeList list;
  const CandidateResponse one = loseOne(database, list);
  refresh(database, list, true);
  list.candidates.insert(list.candidates.begin() + 17, one);
  list.totals = false;
  EXPECT_EQ(refresh(database, list).changed, 0u);  // can't search so far back
  list.totals = true;
  database.age(kOneDay * 8);
  const MirrorResult result = refresh(database, list);
  EXPECT_EQ(result.erased, 0u);
  EXPECT_EQ(result.changed, 1u);
  expectEqual(database, list);
}

// From a late page, by a run that was interrupted, or from an API that lists them again.
void neverBack(MirrorDatabase& database) {
  FakeList list;
  const CandidateResponse one = loseOne(database, list);
  refresh(database, list, true, "p", hours{0});
  {
    const auto sink = database.open("p");
    MirrorWalk walk;
    walk.number = sink->load().last_walk + 1;
    walk.full = true;
    walk.cursor = "c16";
    const auto changes = sink->upsert({one}, walk);
    EXPECT_EQ(changes.withheld, 1u);
    EXPECT_EQ(changes.added + changes.changed, 0u);
  }
  expectErased(database, one);
  EXPECT_TRUE(refresh(database, list, true).resumed);
  expectErased(database, one);
  list.candidates.insert(list.candidates.begin() + 17, one);
  const MirrorResult result = refresh(database, list, true);
  EXPECT_EQ(result.withheld, 1u);
  EXPECT_EQ(result.added, 0u);
  expectErased(database, one);
  EXPECT_THAT(database.tombstones("p"), SizeIs(1));
}

void notWhoCannotBeRead(MirrorDatabase& database) {
  FakeList list;
  list.add(3, kBegin, minutes{1});
  refresh(database, list);
  list.spoiled["c1"] = [](const std::string& text) {
    nlohmann::json one = nlohmann::json::parse(text);
    one["score"] = "high";
    return one.dump();
  };
  EXPECT_EQ(refresh(database, list, true, "p", hours{0}).erased, 0u);
  EXPECT_EQ(database.candidates("p").size(), 3u);
  EXPECT_TRUE(database.candidates("p")["c1"]["gone_at"].is_null());
}

// Somebody is in the list whose interview_id can't be read: it may be anybody.
void nobodyWhileOneIsUnknown(MirrorDatabase& database) {
  FakeList list;
  const CandidateResponse one = loseOne(database, list);
  refresh(database, list, true);
  database.age(kOneDay * 8);
  list.spoiled["c30"] = [](const std::string& text) {
    nlohmann::json unknown = nlohmann::json::parse(text);
    unknown["interview_id"] = 30;
    return unknown.dump();
  };
  EXPECT_EQ(refresh(database, list, true).erased, 0u);
  EXPECT_TRUE(database.hasTrace(one.email));
  list.spoiled.clear();
  EXPECT_EQ(refresh(database, list, true).erased, 1u);
  expectErased(database, one);
}

// This machine's clock was years ahead when somebody was marked as gone.
void aTimeInTheFutureBeginsAgain(MirrorDatabase& database) {
  FakeList list;
  const CandidateResponse one = loseOne(database, list);
  refresh(database, list, true);
  database.age(-kOneDay * 3650);
  EXPECT_EQ(refresh(database, list).erased, 0u);
  database.age(kOneDay * 8);
  EXPECT_EQ(refresh(database, list).erased, 1u);
  expectErased(database, one);
}

void tombstonesOfTwoMirrorsDiffer(MirrorDatabase& database) {
  for (const char* posting : {"p", "q"}) {
    FakeList list;
    list.add(2, kBegin, minutes{1});
    refresh(database, list, true, posting);
    list.remove("c1");
    EXPECT_EQ(refresh(database, list, true, posting, hours{0}).erased, 1u);
  }
  ASSERT_THAT(database.tombstones("p"), SizeIs(1));
  ASSERT_THAT(database.tombstones("q"), SizeIs(1));
  EXPECT_NE(database.tombstones("p"), database.tombstones("q"));
}

}  // namespace

std::vector<MirrorRule> erasureContract() {
  return {{"AfterSevenDays", afterSevenDays},
          {"ByAnOrdinaryRun", byAnOrdinaryRun},
          {"WithoutATime", withoutATime},
          {"AtOnce", atOnce},
          {"NotWhoIsBack", notWhoIsBack},
          {"NeverBack", neverBack},
          {"NotWhoCannotBeRead", notWhoCannotBeRead},
          {"NobodyWhileOneIsUnknown", nobodyWhileOneIsUnknown},
          {"ATimeInTheFutureBeginsAgain", aTimeInTheFutureBeginsAgain},
          {"TombstonesOfTwoMirrorsDiffer", tombstonesOfTwoMirrorsDiffer}};
}

}  // namespace heymilo_test
