#include "heymilo/workflows/mirror.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "heymilo/errors.hpp"
#include "support/mirror_fakes.hpp"

namespace heymilo::workflows {
namespace {

using heymilo::test::FakeList;
using heymilo::test::MemorySink;
using heymilo::test::mirroredCandidate;
using heymilo::testing::FakeTransport;
using heymilo::testing::jsonAnswer;
using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Timestamp at(const char* iso8601) { return parseTimestamp(iso8601); }

class Mirror : public ::testing::Test {
 protected:
  MirrorResult mirror() {
    list.queries.clear();
    return mirrorCandidates(list.client(), "p", sink, options);
  }

  MirrorResult mirrorFully() {
    options.full = true;
    const MirrorResult result = mirror();
    options.full = false;
    return result;
  }

  /// A run that stops after storing this many pages.
  void breakOffAfter(std::size_t pages) {
    sink.pages = pages;
    EXPECT_THROW(mirror(), std::runtime_error);
    sink.pages = 1'000;
  }

  void expectMirrored() const {
    std::size_t there = 0;
    for (const auto& [id, row] : sink.rows) {
      there += row.gone ? 0U : 1U;
    }
    EXPECT_EQ(there, list.candidates.size());
    for (const CandidateResponse& one : list.candidates) {
      ASSERT_EQ(sink.rows.count(one.interview_id), 1u) << one.interview_id;
      EXPECT_FALSE(sink.rows.at(one.interview_id).gone) << one.interview_id;
      EXPECT_EQ(sink.rows.at(one.interview_id).candidate, one) << one.interview_id;
    }
  }

  FakeList list;
  MemorySink sink;
  MirrorOptions options;
};

TEST_F(Mirror, FinalStatesAreTheDocumentedOnes) {
  for (const char* status : {"completed", "shortlisted", "dismissed", "knocked_out"}) {
    EXPECT_TRUE(isFinal(CandidateStatus(status))) << status;
  }
  for (const char* status : {"pending", "in_progress", "evaluating", "on_hold", ""}) {
    EXPECT_FALSE(isFinal(CandidateStatus(status))) << status;
  }
}

TEST_F(Mirror, TheFirstRunReadsEverything) {
  list.add(250, at("2026-03-01"), minutes{1});
  list.candidates[7].created_at.reset();

  const MirrorResult result = mirror();

  EXPECT_EQ(result.seen, 250u);
  EXPECT_EQ(result.added, 250u);
  EXPECT_EQ(result.changed, 0u);
  EXPECT_EQ(result.requests, 3u);
  EXPECT_TRUE(result.full);
  EXPECT_FALSE(result.created_after);
  EXPECT_FALSE(result.resumed);
  ASSERT_THAT(list.queries, SizeIs(3));
  EXPECT_THAT(list.queries[0], ElementsAre(std::pair("limit", "100")));
  expectMirrored();
}

TEST_F(Mirror, AnEmptyPostingIsReadAsAWholeAgain) {
  EXPECT_EQ(mirror().requests, 1u);
  // Created long before this machine's time of the first run: clocks differ.
  list.add(1, at("2026-03-01"), minutes{1});
  const MirrorResult result = mirror();
  EXPECT_TRUE(result.full);
  EXPECT_FALSE(result.created_after);
  EXPECT_EQ(result.added, 1u);
}

TEST_F(Mirror, ALaterRunReadsFromTheNewestLessTheOverlap) {
  list.add(300, at("2026-03-01T00:00:00.25Z"), hours{1});
  mirror();
  options.overlap = minutes{90};

  const MirrorResult result = mirror();

  EXPECT_FALSE(result.full);
  EXPECT_EQ(result.created_after, at("2026-03-13T09:30:00Z"));  // the newest is of 11:00:00.25
  EXPECT_EQ(result.seen, 2u);
  EXPECT_EQ(result.added + result.changed + result.gone, 0u);
  EXPECT_EQ(result.requests, 1u);
  ASSERT_THAT(list.queries, SizeIs(1));
  EXPECT_EQ(list.queries[0].at("created_after"), "2026-03-13T09%3A30%3A00Z");
}

TEST_F(Mirror, AnAnswerWithoutCandidatesIsARequestAllTheSame) {
  list.add(1, at("2026-03-01"), hours{1});
  mirror();
  list.candidates.clear();
  const MirrorResult result = mirror();
  EXPECT_EQ(result.requests, 1u);
  EXPECT_EQ(result.gone, 1u);
  EXPECT_FALSE(mirror().full);  // the known state is kept
}

TEST_F(Mirror, ALaterRunReadsFromTheOldestThatIsNotFinalAndNoFurtherBack) {
  list.add(50, at("2026-03-01"), hours{1});
  list.candidates[0].status = CandidateStatus::pending;  // it will be gone
  list.candidates[20].status = CandidateStatus("on_hold");
  list.candidates[30].status = CandidateStatus::evaluating;
  mirror();
  sink.rows.at("c0").gone = true;

  EXPECT_EQ(mirror().created_after, list.candidates[20].created_at);

  list.candidates[20].status = CandidateStatus::shortlisted;
  list.add(1, at("2026-03-05"), hours{1});
  const MirrorResult result = mirror();
  EXPECT_EQ(result.created_after, list.candidates[20].created_at);
  EXPECT_EQ(result.seen, 31u);
  EXPECT_EQ(result.changed, 1u);
  EXPECT_EQ(result.added, 1u);
  EXPECT_EQ(mirror().created_after, list.candidates[30].created_at);
}

TEST_F(Mirror, OnlyAFullRunSeesWhatHappensToTheFinalOnes) {
  list.add(50, at("2026-03-01"), hours{1});
  list.candidates[9].created_at.reset();
  mirror();
  list.candidates[5].status = CandidateStatus::shortlisted;
  list.candidates[9].score = 3;
  list.remove("c6");

  const MirrorResult later = mirror();
  EXPECT_EQ(later.changed + later.gone, 0u);

  const MirrorResult full = mirrorFully();
  EXPECT_TRUE(full.full);
  EXPECT_EQ(full.changed, 2u);
  EXPECT_EQ(full.gone, 1u);
  expectMirrored();
}

TEST_F(Mirror, WhatIsGoneFromThePartThatWasReadIsMarkedAndComesBack) {
  list.add(50, at("2026-03-01"), hours{1});
  list.candidates[20].status = CandidateStatus::pending;
  mirror();
  const CandidateResponse open = list.candidates[20];
  list.remove("c20");
  list.remove("c30");
  list.remove("c3");

  EXPECT_EQ(mirror().gone, 2u);
  EXPECT_TRUE(sink.rows.at("c20").gone);
  EXPECT_TRUE(sink.rows.at("c30").gone);
  EXPECT_FALSE(sink.rows.at("c3").gone);
  // And it no longer delays later runs.
  EXPECT_GT(mirror().created_after, open.created_at);

  list.candidates.push_back(open);
  EXPECT_EQ(mirrorFully().changed, 1u);
  EXPECT_FALSE(sink.rows.at("c20").gone);
}

TEST_F(Mirror, ARunThatBrokeOffIsFinishedAtItsCursor) {
  list.add(450, at("2026-03-01"), minutes{1});
  breakOffAfter(2);
  EXPECT_THAT(sink.rows, SizeIs(200));

  const MirrorResult result = mirror();

  EXPECT_TRUE(result.resumed);
  EXPECT_EQ(list.queries[0].at("starting_after"), "c199");
  EXPECT_EQ(list.queries[1].at("starting_after"), "c299");
  EXPECT_EQ(result.added, 250u);
  expectMirrored();
  // Then again from the watermark on.
  ASSERT_THAT(list.queries, SizeIs(4));
  EXPECT_EQ(list.queries[3].count("starting_after"), 0u);
  EXPECT_EQ(list.queries[3].count("created_after"), 1u);
  EXPECT_FALSE(result.full);
  EXPECT_EQ(result.requests, 4u);
}

TEST_F(Mirror, AnIncrementalRunThatBrokeOffGoesOnWithItsOwnBounds) {
  list.add(450, at("2026-03-01"), minutes{1}, CandidateStatus::pending);
  mirror();
  list.candidates[0].status = CandidateStatus::completed;  // the oldest that is open is another now
  breakOffAfter(1);

  mirror();
  EXPECT_EQ(list.queries[0].at("created_after"), "2026-03-01T00%3A00%3A00Z");
  EXPECT_EQ(list.queries[0].at("starting_after"), "c99");
  expectMirrored();
}

TEST_F(Mirror, WhatChangedBeforeTheCursorMeanwhileIsSeen) {
  list.add(450, at("2026-03-01"), minutes{1}, CandidateStatus::in_progress);
  breakOffAfter(2);
  list.candidates[5].status = CandidateStatus::completed;
  list.remove("c7");
  mirror();
  expectMirrored();
}

TEST_F(Mirror, AListWithTheNewestFirstIsMirroredAsWell) {
  list.add(450, at("2026-03-01"), minutes{1});
  std::reverse(list.candidates.begin(), list.candidates.end());
  breakOffAfter(2);
  list.candidates.insert(list.candidates.begin(), mirroredCandidate("new", at("2026-03-02")));
  mirror();
  expectMirrored();
}

TEST_F(Mirror, WhoCameLateBehindTheCursorOfAnOldWalkIsSeen) {
  const auto begun = std::chrono::time_point_cast<Timestamp::duration>(
      std::chrono::system_clock::now() - hours{24});
  list.add(100, begun - hours{48}, minutes{1});
  list.add(50, begun - minutes{50}, minutes{1});
  breakOffAfter(0);
  sink.upsert({list.candidates.begin(), list.candidates.end()},
              {1, true, {}, begun, list.candidates.back().created_at, "c149"});
  // A day later: one that was accepted just before the walk began, and many since.
  list.candidates.insert(list.candidates.end() - 1, mirroredCandidate("late", begun - minutes{2}));
  list.add(150, begun + hours{1}, minutes{9});
  mirror();
  expectMirrored();
}

TEST_F(Mirror, AFullRunSideBySideSeesTheSame) {
  list.add(2'000, at("2026-03-01"), minutes{7});
  for (const std::size_t without_date : {0u, 3u}) {
    for (const bool reversed : {false, true}) {
      for (const bool totals : {true, false}) {
        SCOPED_TRACE(::testing::Message() << without_date << reversed << totals);
        sink = {};
        list.totals = totals;
        std::reverse(list.candidates.begin(), list.candidates.end());
        for (std::size_t i = 0; i < without_date; ++i) {
          list.candidates[i * 600 + 5].created_at.reset();
        }
        options.concurrency = 4;
        const MirrorResult result = mirror();
        EXPECT_EQ(result.seen, 2'000u);
        EXPECT_EQ(result.gone, 0u);
        EXPECT_TRUE(result.full);
        EXPECT_EQ(result.requests, list.queries.size());
        expectMirrored();
        list.candidates[700].score = 7;
        const std::string gone = list.candidates[1'500].interview_id;
        const CandidateResponse removed = list.candidates[1'500];
        list.remove(gone);
        EXPECT_EQ(mirrorFully().gone, 1u);
        EXPECT_TRUE(sink.rows.at(gone).gone);
        expectMirrored();
        list.candidates.insert(list.candidates.begin() + 1'500, removed);
      }
    }
  }
}

TEST_F(Mirror, AFullRunSideBySideGoesOnWhereItBrokeOff) {
  list.add(1'500, at("2026-03-01"), minutes{7});
  options.concurrency = 4;
  for (const std::size_t pages : {1u, 4u, 2u, 3u}) {
    breakOffAfter(pages);
    EXPECT_LE(sink.rows.size(), 1'500u);
  }
  EXPECT_GE(sink.rows.size(), 500u);
  const MirrorResult result = mirror();
  EXPECT_TRUE(result.resumed);
  EXPECT_LT(result.seen, 1'100u);  // stored pages are not read again
  expectMirrored();
}

TEST_F(Mirror, FullGivesUpAnIncrementalWalkButFinishesAFullOne) {
  list.add(250, at("2026-03-01"), minutes{1}, CandidateStatus::pending);
  mirror();
  breakOffAfter(1);
  options.full = true;
  breakOffAfter(1);
  EXPECT_EQ(list.queries[0].count("created_after"), 0u);
  EXPECT_EQ(list.queries[0].count("starting_after"), 0u);
  const MirrorResult result = mirror();
  EXPECT_TRUE(result.resumed);
  EXPECT_EQ(list.queries[0].at("starting_after"), "c99");
  expectMirrored();
}

TEST_F(Mirror, AWalkWhoseCursorIsGoneBeginsAgain) {
  list.add(250, at("2026-03-01"), minutes{1});
  breakOffAfter(1);
  list.remove("c99");
  list.remove("c50");

  const MirrorResult result = mirror();

  EXPECT_EQ(list.queries[0].at("starting_after"), "c99");
  EXPECT_EQ(list.queries[1].count("starting_after"), 0u);
  EXPECT_EQ(result.gone, 2u);
  EXPECT_EQ(result.requests, list.queries.size());
  expectMirrored();
}

TEST_F(Mirror, AServerThatRefusesEveryCursorIsToldOf) {
  list.add(250, at("2026-03-01"), minutes{1});
  list.before = [&](std::size_t) -> std::optional<HttpResponse> {
    if (list.queries.back().count("starting_after") != 0) {
      return jsonAnswer(400, "{}");
    }
    return std::nullopt;
  };
  EXPECT_THROW(mirror(), BadRequestError);
  EXPECT_LT(list.queries.size(), 15u);
}

TEST_F(Mirror, WhatIsNotAboutTheCursorIsThrown) {
  list.before = [&](std::size_t) { return jsonAnswer(404, "{}"); };
  EXPECT_THROW(mirror(), NotFoundError);
  EXPECT_THAT(list.queries, SizeIs(1));
  list.before = nullptr;
  list.add(250, at("2026-03-01"), minutes{1});
  breakOffAfter(1);
  list.before = [&](std::size_t) { return jsonAnswer(401, "{}"); };
  EXPECT_THROW(mirror(), AuthenticationError);
  EXPECT_THAT(list.queries, SizeIs(1));
  EXPECT_EQ(sink.load().unfinished->cursor, "c99");
}

TEST_F(Mirror, StopsAfterAPageAndGoesOnThere) {
  list.add(450, at("2026-03-01"), minutes{1});
  const CancellationSource stop;
  options.stop = stop.token();
  options.on_progress = [&](const MirrorProgress& progress) {
    if (progress.walked == 200) {
      stop.cancel();
    }
  };
  const MirrorResult result = mirror();
  EXPECT_TRUE(result.stopped);
  EXPECT_EQ(result.seen, 200u);
  EXPECT_EQ(sink.load().unfinished->cursor, "c199");

  options = {};
  EXPECT_FALSE(mirror().stopped);
  expectMirrored();
}

TEST_F(Mirror, StopWakesARequestThatWaits) {
  const CancellationSource stop;
  options.stop = stop.token();
  ClientOptions client;
  client.api_key = "test-key";
  client.transport = std::make_shared<FakeTransport>(
      [&](const HttpRequest&, const CancellationToken& cancellation) -> HttpResponse {
        stop.cancel();
        EXPECT_TRUE(cancellation.cancelled());
        throw CancelledError("cancelled");
      });
  EXPECT_TRUE(mirrorCandidates(Client(client), "p", sink, options).stopped);
}

TEST_F(Mirror, ProgressSaysHowFarItIs) {
  list.add(250, at("2026-03-01"), minutes{1});
  std::vector<std::uint64_t> walked;
  options.on_progress = [&](const MirrorProgress& progress) {
    walked.push_back(progress.walked);
    EXPECT_EQ(progress.expected, 250u);
    EXPECT_EQ(progress.added, progress.seen);
    EXPECT_GE(progress.requests, walked.size());
    EXPECT_TRUE(progress.full);
  };
  mirror();
  EXPECT_THAT(walked, ElementsAre(100u, 200u, 250u));
}

TEST_F(Mirror, OptionsThatCanNotBeUsedAreRefused) {
  const auto refused = [this](const std::function<void(MirrorOptions&)>& change) {
    const MirrorOptions usable = options;
    change(options);
    std::string param;
    try {
      mirror();
    } catch (const InvalidArgumentError& error) {
      param = error.param();
    }
    options = usable;
    return param;
  };
  EXPECT_EQ(refused([](MirrorOptions& of) { of.overlap = minutes{-1}; }), "overlap");
  // As microseconds it would be minus one millisecond: nobody who is late would be read.
  EXPECT_EQ(refused([](MirrorOptions& of) { of.overlap = (of.overlap.max)(); }), "overlap");
  EXPECT_EQ(refused([](MirrorOptions& of) { of.erase_after = (hours::max)(); }), "erase_after");
  EXPECT_EQ(refused([](MirrorOptions& of) { of.full_after = hours{24 * 36'500 + 1}; }),
            "full_after");
  EXPECT_THAT(list.queries, IsEmpty());
}

}  // namespace
}  // namespace heymilo::workflows
