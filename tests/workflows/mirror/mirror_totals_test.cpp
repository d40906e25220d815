// What a run does where the API's totals can't be used, and when it reads everything.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "heymilo/errors.hpp"
#include "support/mirror_search_fixture.hpp"

namespace heymilo::workflows {
namespace {

using heymilo::test::mirroredCandidate;
using std::chrono::hours;
using std::chrono::minutes;

using Outcome = MirrorSearch::Outcome;

class MirrorTotals : public MirrorSearchFixture {};

TEST_F(MirrorTotals, WithoutTotalsItSaysSoAndReadsEverythingOnceADay) {
  mirrored(2'000);
  list.totals = false;
  list.remove("c7");
  MirrorResult result = mirror();
  EXPECT_EQ(result.search.outcome, Outcome::no_totals);
  EXPECT_EQ(result.search.requests, 1u);
  EXPECT_FALSE(result.full);
  EXPECT_EQ(result.gone, 0u);

  sink.state.last_full = machineNow() - hours{24};
  result = mirror();
  EXPECT_EQ(result.search.outcome, Outcome::no_totals);
  EXPECT_TRUE(result.full);
  EXPECT_EQ(result.gone, 1u);
  EXPECT_EQ(result.requests, list.queries.size());
  expectMirrored();
  EXPECT_FALSE(mirror().full);
}

TEST_F(MirrorTotals, TotalsThatIgnoreTheWindowAreNoticed) {
  for (const std::size_t deleted : {0U, 1U, 11U, 12U}) {  // 11 are newer than the range's start
    SCOPED_TRACE(deleted);
    mirrored(2'000);
    list.total = [&](const auto&, std::size_t) { return list.candidates.size(); };
    for (std::size_t i = 0; i < deleted; ++i) {
      list.remove('c' + std::to_string(i * 50));
    }
    MirrorResult result = mirror();
    EXPECT_EQ(result.search.outcome, Outcome::bad_totals);
    EXPECT_EQ(result.gone, 0u);
    EXPECT_FALSE(result.full);
    sink.state.last_full = machineNow() - hours{25};
    result = mirror();
    EXPECT_TRUE(result.full);
    EXPECT_EQ(result.gone, deleted);
    expectMirrored();
  }
}

TEST_F(MirrorTotals, TotalsThatAreStaleMakeNobodyGone) {
  mirrored(3'000);
  const std::vector<CandidateResponse> before = list.candidates;
  list.total = [&](const std::map<std::string, std::string>& query, std::size_t number) {
    return query.at("limit") == "1" && query.count("created_after") == 0 ? number + 3 : number;
  };
  mirror();
  expectMirrored();
  list.remove("c9");
  mirror();
  expectNobodyIsMissing();
  list.total = nullptr;
  mirror();
  expectMirrored();
}

TEST_F(MirrorTotals, AnUndatedDeletionMakesTheRunReadEverything) {
  mirrored(1'000);
  list.candidates[400].created_at.reset();
  list.candidates[500].created_at.reset();
  fill(sink);
  EXPECT_EQ(mirror().search.requests, 2u);
  list.remove("c400");
  const MirrorResult result = mirror();
  EXPECT_EQ(result.search.outcome, Outcome::undated);
  EXPECT_TRUE(result.full);
  EXPECT_EQ(result.gone, 1u);
  expectMirrored();
}

// It can't be told whether they can be stored: so not in each run.
TEST_F(MirrorTotals, MoreUndatedOnesAreLookedForOnceADay) {
  mirrored(1'000);
  list.candidates[400].created_at.reset();
  fill(sink);
  list.candidates.insert(list.candidates.begin(), list.candidates[400]);
  list.candidates[0].interview_id = "new";
  EXPECT_EQ(mirror().search.outcome, Outcome::undated);
  EXPECT_EQ(sink.rows.count("new"), 0u);
  sink.state.last_full = machineNow() - hours{24};
  EXPECT_TRUE(mirror().full);
  expectMirrored();
  EXPECT_EQ(mirror().search.outcome, Outcome::complete);
}

// Somebody is new since the walk, before one of the totals.
TEST_F(MirrorTotals, ANewOneIsNotTakenForAnUndatedOne) {
  mirrored(1'000);
  list.candidates[400].created_at.reset();
  fill(sink);
  for (const std::size_t last : {3U, 4U, 5U}) {
    list.before = [&](std::size_t request) {
      if (request >= 3 && request <= last) {
        const std::string id = "new" + std::to_string(last) + '-' + std::to_string(request);
        list.candidates.push_back(mirroredCandidate(id, first + minutes{1'000 + last}));
      }
      return std::nullopt;
    };
    const MirrorResult result = mirror();
    EXPECT_EQ(result.search.outcome, Outcome::complete);
    EXPECT_FALSE(result.full);
    list.before = nullptr;
    mirror();
    expectMirrored();
  }
}

TEST_F(MirrorTotals, ARunReadsEverythingAfterAWeek) {
  mirrored(1'000);
  list.candidates[5].score = 77;
  const auto changedAfter = [&](hours age) {
    sink.state.last_full = machineNow() - age;
    return mirror().changed;
  };
  EXPECT_EQ(changedAfter(hours{24 * 7 - 1}), 0u);
  EXPECT_EQ(changedAfter(hours{24 * 7 + 1}), 1u);
  EXPECT_FALSE(mirror().full);
  list.candidates[5].score = 78;
  options.full_after = hours{0};
  EXPECT_EQ(changedAfter(hours{24 * 700}), 0u);
  options.full_after = hours{2};
  EXPECT_EQ(changedAfter(hours{3}), 1u);
  EXPECT_EQ(changedAfter(-hours{24 * 700}), 0u);  // again: nothing is different
  EXPECT_LT(sink.state.last_full, machineNow() + hours{1});
  options.full_after = hours{-1};
  EXPECT_THROW(mirror(), InvalidArgumentError);
}

TEST_F(MirrorTotals, AnUnreadableCandidateDoesNotHideTheTotal) {
  mirrored(1'000);
  list.spoiled["c0"] = [](const std::string& text) {
    return text.substr(0, text.size() - 1) + R"(,"x":NaN})";
  };
  list.remove("c700");
  const MirrorResult result = mirror();
  EXPECT_EQ(result.search.outcome, Outcome::complete);
  EXPECT_EQ(result.gone, 1u);
  EXPECT_TRUE(sink.rows["c700"].gone);
}

}  // namespace
}  // namespace heymilo::workflows
