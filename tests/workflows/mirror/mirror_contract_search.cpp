// Deletions and erasures among candidates whom a run does not read otherwise.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <random>
#include <string>

#include "support/mirror_fakes.hpp"
#include "workflows/mirror/mirror_contract.hpp"
#include "workflows/mirror/mirror_rules.hpp"

namespace heymilo_test {
namespace {

using heymilo::CandidateResponse;
using heymilo::test::FakeList;
using heymilo::test::mirroredCandidate;
using heymilo::workflows::MirrorResult;
using heymilo::workflows::MirrorSearch;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr hours kLongEnough{24 * 8};

void deletionsAreFoundByAnyRun(MirrorDatabase& database) {
  FakeList list;
  list.add(700, kBegin, minutes{1});
  refresh(database, list);
  EXPECT_EQ(refresh(database, list).search.requests, 1u);
  for (const char* id : {"c3", "c400"}) {
    list.remove(id);
  }
  const MirrorResult result = refresh(database, list);
  EXPECT_EQ(result.gone, 2u);
  EXPECT_EQ(result.search.gone, 2u);
  EXPECT_EQ(result.search.outcome, MirrorSearch::Outcome::complete);
  EXPECT_LE(result.search.requests, 9u);
  EXPECT_FALSE(result.full);
  expectEqual(database, list);
  EXPECT_EQ(refresh(database, list).search.requests, 1u);
}

void randomListsAreMirrored(MirrorDatabase& database) {
  std::mt19937 random(16);
  const auto below = [&random](std::size_t bound) { return random() % bound; };
  FakeList list;
  heymilo::Timestamp at = kBegin;
  for (std::size_t i = 0; i < 250; ++i) {  // many in a second, and gaps
    at += below(40) == 0 ? milliseconds(hours{below(60)}) : milliseconds{below(300)};
    list.candidates.push_back(mirroredCandidate("c" + std::to_string(i), at));
  }
  list.candidates[3].created_at.reset();
  refresh(database, list);
  for (int run = 0; run < 3; ++run) {
    for (std::size_t i = 0; i < 6; ++i) {
      const std::size_t place = 10 + below(list.candidates.size() - 10);
      if (run % 2 == 0) {
        list.remove(list.candidates[place].interview_id);
      } else {
        const std::string id = "late" + std::to_string(run) + '-' + std::to_string(i);
        const auto time = *list.candidates[place].created_at + milliseconds{below(2'000)};
        list.candidates.insert(list.candidates.begin() + static_cast<std::ptrdiff_t>(place),
                               mirroredCandidate(id, time));
      }
    }
    EXPECT_FALSE(refresh(database, list).full);
    expectEqual(database, list);
  }
  list.candidates[3].name = "Somebody else";
  list.remove("c3");
  EXPECT_TRUE(refresh(database, list).full);  // who is in no window
  expectEqual(database, list);
}

/// A list of 500, of which these are gone for long enough.
void loseSome(MirrorDatabase& database, FakeList& list, const std::vector<std::string>& ids) {
  list.add(500, kBegin, minutes{1});
  refresh(database, list);
  for (const std::string& id : ids) {
    list.remove(id);
  }
  EXPECT_EQ(refresh(database, list).gone, ids.size());
  database.age(kLongEnough);
}

void whoIsDueIsErasedByReadingLittle(MirrorDatabase& database) {
  FakeList list;
  loseSome(database, list, {"c17", "c30", "c300", "c499"});
  const MirrorResult result = refresh(database, list);
  EXPECT_EQ(result.erased, 4u);
  EXPECT_FALSE(result.full);
  EXPECT_GT(result.created_after, kBegin + minutes{450});
  EXPECT_LE(result.requests, 6u);  // of the new part, two windows, and the search
  EXPECT_THAT(database.tombstones("p"), SizeIs(4));
  for (const char* id : {"c17", "c30", "c300", "c499"}) {
    EXPECT_FALSE(database.hasTrace(std::string(id) + "@example.com")) << id;
  }
  expectEqual(database, list);
  EXPECT_LE(refresh(database, list).requests, 2u);
}

void whoIsDueInACrowdIsErased(MirrorDatabase& database) {
  FakeList list;
  list.add(150, kBegin, minutes{1});
  list.add(150, kBegin + hours{6}, std::chrono::microseconds{50});
  list.add(150, kBegin + hours{9}, minutes{1});
  refresh(database, list);
  list.remove("c225");
  list.remove("c149");
  EXPECT_EQ(refresh(database, list).gone, 2u);
  database.age(kLongEnough);
  EXPECT_EQ(refresh(database, list).erased, 2u);
  expectEqual(database, list);
  EXPECT_THAT(database.tombstones("p"), SizeIs(2));
}

void whoIsBackIsNotErased(MirrorDatabase& database) {
  FakeList list;
  list.add(500, kBegin, minutes{1});
  refresh(database, list);
  const CandidateResponse one = list.candidates[200];
  list.remove("c200");
  refresh(database, list);
  list.candidates.insert(list.candidates.begin() + 200, one);
  database.age(kLongEnough);
  const MirrorResult result = refresh(database, list);
  EXPECT_EQ(result.erased, 0u);
  EXPECT_EQ(result.changed, 1u);
  EXPECT_THAT(database.tombstones("p"), IsEmpty());
  expectEqual(database, list);
}

// Around one of the two who are due is somebody whose interview_id can't be read.
void nobodyIsErasedAroundOneWhoIsUnknown(MirrorDatabase& database) {
  FakeList list;
  loseSome(database, list, {"c100", "c300"});
  list.spoiled["c110"] = [](const std::string& text) {
    nlohmann::json unknown = nlohmann::json::parse(text);
    unknown["interview_id"] = 30;
    return unknown.dump();
  };
  MirrorResult result = refresh(database, list);
  EXPECT_EQ(result.erased, 1u);
  EXPECT_EQ(result.gone, 0u);
  EXPECT_LE(result.requests, 5u);
  EXPECT_TRUE(database.hasTrace("c100@example.com"));
  list.spoiled.clear();
  result = refresh(database, list);
  EXPECT_EQ(result.erased, 1u);
  EXPECT_FALSE(database.hasTrace("c100@example.com"));
  expectEqual(database, list);
}

}  // namespace

std::vector<MirrorRule> searchContract() {
  return {{"DeletionsAreFoundByAnyRun", deletionsAreFoundByAnyRun},
          {"RandomListsAreMirrored", randomListsAreMirrored},
          {"WhoIsDueIsErasedByReadingLittle", whoIsDueIsErasedByReadingLittle},
          {"WhoIsDueInACrowdIsErased", whoIsDueInACrowdIsErased},
          {"WhoIsBackIsNotErased", whoIsBackIsNotErased},
          {"NobodyIsErasedAroundOneWhoIsUnknown", nobodyIsErasedAroundOneWhoIsUnknown}};
}

}  // namespace heymilo_test
