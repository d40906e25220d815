// Deletions among the candidates that a run does not read.

#include "workflows/mirror/mirror_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "heymilo/errors.hpp"
#include "support/mirror_search_fixture.hpp"

namespace heymilo::workflows {
namespace {

using heymilo::test::MemorySink;
using heymilo::test::mirroredCandidate;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

using Outcome = MirrorSearch::Outcome;

class MirrorRunTest : public MirrorSearchFixture {};

TEST_F(MirrorRunTest, NothingDeletedCostsOneRequest) {
  mirrored(20'000);
  MemorySink without;
  fill(without);
  const std::uint64_t requests = mirrorCandidates(list.client(), "p", without, options).requests;
  const MirrorResult result = mirror();
  EXPECT_EQ(result.requests, requests + 1);
  EXPECT_EQ(result.requests, list.queries.size());
  EXPECT_EQ(result.search.outcome, Outcome::complete);
  EXPECT_EQ(result.search.requests, 1u);
  EXPECT_EQ(result.search.gone, 0u);
  EXPECT_EQ(list.queries.back().at("limit"), "1");
  EXPECT_EQ(result.seen, 11u);  // the search stores nothing
}

TEST_F(MirrorRunTest, OneDeletionAmongTwentyThousandIsFoundByAnyRun) {
  for (const std::size_t at : {0U, 7'777U, 19'900U}) {
    mirrored(20'000);
    list.remove(list.candidates[at].interview_id);
    const MirrorResult result = mirror();
    EXPECT_EQ(result.gone, 1u);
    EXPECT_EQ(result.search.gone, 1u);
    EXPECT_LE(result.search.requests, 13u);
    EXPECT_FALSE(result.full);
    EXPECT_GT(result.created_after, first + hours{300});  // of the new part
    expectMirrored();
    EXPECT_EQ(mirror().search.requests, 1u);
  }
}

TEST_F(MirrorRunTest, TheWatermarkIsNotMovedByAWindow) {
  mirrored(5'000);
  const auto watermark = sink.state.watermark;
  list.remove("c7");
  mirror();
  EXPECT_EQ(sink.state.watermark, watermark);
}

TEST_F(MirrorRunTest, WhoAppearedLateIsFound) {
  mirrored(5'000);
  list.candidates.insert(list.candidates.begin() + 2'000,
                         mirroredCandidate("late", first + minutes{2'000} + seconds{5}));
  const MirrorResult result = mirror();
  EXPECT_EQ(result.added, 1u);
  EXPECT_EQ(result.gone, 0u);
  EXPECT_LE(result.search.requests, 12u);
  expectMirrored();
}

// Runs over a list that changes between them. Of only deletions or only late arrivals, each run
// finds all.
TEST_F(MirrorRunTest, RandomListsAreMirrored) {
  for (unsigned seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto below = [&random](std::size_t bound) { return random() % bound; };
    list.candidates.clear();
    list.whole_seconds = seed % 2 == 0;
    const std::size_t count = 500 + below(2'500);
    Timestamp at = first;
    for (std::size_t i = 0; i < count; ++i) {
      at += below(30) == 0 ? milliseconds(hours{below(60)}) : milliseconds{below(900)};
      list.candidates.push_back(mirroredCandidate("c" + std::to_string(i), at));
    }
    fill(sink);
    for (int run = 0; run < 4; ++run) {
      const std::size_t changes = below(10);
      const bool deletes = below(2) == 0;
      for (std::size_t i = 0; i < changes; ++i) {
        const auto place =
            list.candidates.begin() + static_cast<std::ptrdiff_t>(below(list.candidates.size()));
        if (deletes) {
          list.candidates.erase(place);
        } else {
          const std::string id = "late" + std::to_string(run) + '-' + std::to_string(i);
          list.candidates.insert(
              place, mirroredCandidate(id, *place->created_at + milliseconds{below(3'000)}));
        }
      }
      const MirrorResult result = mirror();
      EXPECT_FALSE(result.full);
      expectMirrored();
      const double halvings = std::log2(static_cast<double>(count) / 100 + 2);
      EXPECT_LE(static_cast<double>(result.search.requests),
                4 + static_cast<double>(changes) * (2 * halvings + 6));
    }
  }
}

TEST_F(MirrorRunTest, FractionsOfASecondMakeNoDifference) {
  for (const bool whole_seconds : {false, true}) {
    list.whole_seconds = whole_seconds;
    mirrored(4'000, milliseconds{333});
    list.remove("c1500");
    EXPECT_EQ(mirror().gone, 1u);
    expectMirrored();
  }
}

// The total of a window is too small then, but nobody who is in the list is gone.
TEST_F(MirrorRunTest, BoundsThatAreTruncatedMakeNobodyGone) {
  list.whole_bounds = true;
  options.overlap = milliseconds{0};
  list.add(200, first, milliseconds{333});
  list.candidates[150].status = CandidateStatus("on_hold");
  fill(sink);
  list.remove("c30");
  const MirrorResult result = mirror();
  EXPECT_EQ(result.created_after, first + seconds{49});
  EXPECT_EQ(result.gone, 1u);
  expectMirrored();
}

TEST_F(MirrorRunTest, AListThatChangesDuringTheSearchLosesNobody) {
  for (unsigned seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    mirrored(3'000);
    list.remove("c1000");
    list.before = [&](std::size_t request) {
      auto& all = list.candidates;
      const auto place = all.begin() + static_cast<std::ptrdiff_t>(random() % all.size());
      if (random() % 2 == 0) {
        all.erase(place);
      } else {
        const std::string id = "n" + std::to_string(request);
        all.insert(place, mirroredCandidate(id, *place->created_at + seconds{random() % 50}));
      }
      return std::nullopt;
    };
    mirror();
    for (const auto& [id, row] : sink.rows) {
      if (row.gone) {
        EXPECT_TRUE(
            std::none_of(list.candidates.begin(),
                         list.candidates.end(),
                         [&wanted = id](const auto& one) { return one.interview_id == wanted; }))
            << id;
      }
    }
    list.before = nullptr;
    options.full = true;
    mirror();
    options.full = false;
    expectMirrored();
  }
}

// It may be anybody whose interview_id can't be read.
TEST_F(MirrorRunTest, NobodyIsGoneFromAWindowWithOneWhoIsUnknown) {
  mirrored(1'000);
  list.spoiled["c700"] = [](const std::string& text) {
    nlohmann::json one = nlohmann::json::parse(text);
    one["interview_id"] = 7;
    return one.dump();
  };
  list.remove("c705");
  const auto watermark = sink.state.watermark;
  const MirrorResult result = mirror();
  EXPECT_EQ(result.gone, 0u);
  EXPECT_EQ(sink.state.watermark, watermark);
  EXPECT_EQ(result.unreadable, 1u);
  list.spoiled.clear();
  EXPECT_EQ(mirror().gone, 1u);
}

TEST_F(MirrorRunTest, ASearchThatWasInterruptedIsMadeAgain) {
  mirrored(5'000);
  list.remove("c7");
  list.remove("c4000");
  sink.pages = 2;  // of the new part, and a window
  EXPECT_THROW(mirror(), std::runtime_error);
  sink.pages = 1'000;
  const MirrorResult result = mirror();
  EXPECT_FALSE(result.resumed);
  expectMirrored();
}

TEST_F(MirrorRunTest, StopsInTheMiddle) {
  for (const std::size_t at : {2U, 3U, 5U, 7U}) {
    mirrored(5'000);
    list.remove("c7");
    CancellationSource stop;
    options.stop = stop.token();
    list.before = [&](std::size_t request) {
      if (request == at) {
        stop.cancel();
        throw CancelledError("cancelled");
      }
      return std::nullopt;
    };
    const MirrorResult result = mirror();
    EXPECT_TRUE(result.stopped);
    EXPECT_EQ(result.search.outcome, Outcome::none);
    EXPECT_EQ(result.gone, 0u);
    list.before = nullptr;
    options.stop = {};
    EXPECT_EQ(mirror().gone, 1u);
    expectMirrored();
  }
}

TEST_F(MirrorRunTest, AFullRunNeedsNoSearch) {
  mirrored(1'000);
  options.full = true;
  const MirrorResult result = mirror();
  EXPECT_EQ(result.search.outcome, Outcome::none);
  EXPECT_EQ(result.requests, 10u);
}

}  // namespace
}  // namespace heymilo::workflows
