// Lists with unreadable candidates: all others are returned once, and the unreadable ones are
// reported, wherever in a page they are.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "heymilo/errors.hpp"
#include "support/unreadable.hpp"
#include "support/unreadable_list.hpp"

namespace heymilo {
namespace {

using heymilo_test::brokenStructures;
using heymilo_test::everyUnreadableKind;
using heymilo_test::instead;
using heymilo_test::UnreadableKind;
using heymilo_test::unreadableValues;
using heymilo_test::with;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const Timestamp kFirst = parseTimestamp("2026-03-01");
const auto kNaN = with(R"("x":NaN)");

TEST_F(UnreadableCandidates, EverybodyElseIsHandedOutWhateverIsWrongAndWhereverItIs) {
  for (const UnreadableKind& kind : everyUnreadableKind()) {
    for (const std::size_t count : {1U, 3U, 7U}) {
      for (std::size_t at = 0; at < count; ++at) {
        for (const bool prefetch : {false, true}) {
          SCOPED_TRACE(std::string(kind.name) + " at " + std::to_string(at) + " of " +
                       std::to_string(count) + (prefetch ? ", fetching ahead" : ""));
          fill(count);
          const std::string id = "c" + std::to_string(at);
          list.spoiled[id] = kind.spoil;
          auto range = list.client().listAllCandidates("p", pagesOf(3));
          range.prefetch(prefetch).onUnreadable(report());
          EXPECT_EQ(prefetch ? idsOf(range) : idsOfPages(range), allBut(id));
          ASSERT_THAT(reported, ElementsAre(kind.id_known ? id : "?"));
          const DecodeError& error = reports.front().error;
          EXPECT_THAT(error.path(), ::testing::StartsWith("/data/"));
          if (kind.place != nullptr) {
            EXPECT_THAT(error.path(), ::testing::EndsWith(kind.place));
          }
          EXPECT_THAT(error.what(), Not(HasSubstr("Person")));
          EXPECT_THAT(error.what(), Not(HasSubstr("example.com")));
          EXPECT_EQ(reports.front().created_at.has_value(), kind.created_known);
        }
      }
    }
  }
}

TEST_F(UnreadableCandidates, SoItIsWithARequestForEach) {
  for (const UnreadableKind& kind : everyUnreadableKind()) {
    SCOPED_TRACE(kind.name);
    fill(4);
    list.spoiled["c1"] = kind.spoil;
    auto range = list.client().listAllCandidates("p", pagesOf(1));
    range.onUnreadable(report());
    EXPECT_EQ(idsOf(range), allBut("c1"));
    EXPECT_THAT(reported, SizeIs(1));
  }
}

// Commas without a candidate in between, also at the beginning and at the end of a page.
TEST_F(UnreadableCandidates, SoItIsWhereOneIsMissingBetweenCommas) {
  const auto nothing = [](const std::string&) { return std::string(); };
  for (std::size_t at = 0; at < 8; ++at) {
    SCOPED_TRACE(at);
    fill(8);
    const std::string id = "c" + std::to_string(at);
    list.spoiled[id] = nothing;
    auto range = list.client().listAllCandidates("p", pagesOf(3));
    range.onUnreadable(report());
    EXPECT_EQ(idsOf(range), allBut(id));
    ASSERT_THAT(reported, ElementsAre("?"));
    EXPECT_THAT(reports[0].error.path(),
                ::testing::AllOf(::testing::StartsWith("/data/"), ::testing::SizeIs(7)));
    EXPECT_EQ(reports[0].after,
              at == 0 ? std::nullopt : std::optional("c" + std::to_string(at - 1)));
  }
  fill(8);
  list.spoiled["c3"] = list.spoiled["c4"] = nothing;
  auto range = list.client().listAllCandidates("p");
  range.onUnreadable(report());
  EXPECT_THAT(idsOf(range), SizeIs(6));
  EXPECT_THAT(reported, ElementsAre("?", "?"));
}

// A candidate at the position of a comma is not skipped.
TEST_F(UnreadableCandidates, SoItIsWhereSomethingElseIsBetweenThem) {
  for (const char* after : {" ", "; ", ":", "x,", ",x ", ",,x ", "/**/, ", "]", "],"}) {
    SCOPED_TRACE(after);
    fill(7);
    list.before = [&](std::size_t request) -> std::optional<HttpResponse> {
      if (request != 1) {
        return std::nullopt;
      }
      const auto text = [&](std::size_t i) { return nlohmann::json(list.candidates[i]).dump(); };
      return testing::jsonAnswer(200,
                                 R"({"data":[)" + text(0) + "," + text(1) + after + text(2) +
                                     R"(],"pagination":{"has_more":true}})");
    };
    auto range = list.client().listAllCandidates("p", pagesOf(3));
    range.onUnreadable(report());
    Ids ids;
    try {
      ids = idsOf(range);
    } catch (const DecodeError&) {
      continue;  // no end is reported either
    }
    EXPECT_EQ(ids, allBut("c1"));
    EXPECT_THAT(reported, ElementsAre("c1"));
  }
}

// An empty interview_id is the same as none: it can't be a cursor.
TEST_F(UnreadableCandidates, SoItIsWithAnEmptyIdInALoaderOfTheUsersOwn) {
  CandidateRange range([&](const std::optional<std::string>& cursor, const CancellationToken&) {
    ListResponse<CandidateResponse> page;
    page.data = list.candidates;
    page.data[6].interview_id.clear();
    if (cursor) {
      EXPECT_EQ(cursor, "c5");
      page.data.erase(page.data.begin(), page.data.begin() + 6);
    }
    return page;
  });
  EXPECT_THROW(idsOf(range), DecodeError);
  range.onUnreadable(report());
  EXPECT_THAT(idsOf(range), IsEmpty());  // the others have been returned
  ASSERT_THAT(reported, ElementsAre("?"));
  EXPECT_EQ(reports[0].error.path(), "/data/0/interview_id");
  EXPECT_EQ(reports[0].after, "c5");
  EXPECT_THAT(reports[0].unreadable_properties, ElementsAre("interview_id"));
  EXPECT_EQ(reports[0].readable["email"], "c6@example.com");
}

TEST_F(UnreadableCandidates, AParallelListWithoutAHandlerDoesNotHandOutAnEmptyId) {
  fill(100);
  list.spoiled["c50"] = instead("interview_id", "\"\"");
  auto range = list.client().listAllCandidatesInParallel("p", 4, pagesOf(3));
  EXPECT_THROW(idsOf(range), DecodeError);
}

TEST_F(UnreadableCandidates, SoItIsInParallel) {
  for (const UnreadableKind& kind : everyUnreadableKind()) {
    for (const std::size_t at : {0U, 1U, 2U, 50U, 97U, 98U, 99U}) {
      SCOPED_TRACE(std::string(kind.name) + " at " + std::to_string(at));
      fill(100);
      const std::string id = "c" + std::to_string(at);
      list.spoiled[id] = kind.spoil;
      auto range = list.client().listAllCandidatesInParallel("p", 4, pagesOf(3));
      range.onUnreadable(report());
      Ids ids = idsOf(range), expected = allBut(id);
      std::sort(ids.begin(), ids.end());
      std::sort(expected.begin(), expected.end());
      EXPECT_EQ(ids, expected);
      EXPECT_THAT(reported, ElementsAre(kind.id_known ? id : "?"));
    }
  }
}

// Without the end of the first page, its total is missing.
TEST_F(UnreadableCandidates, InParallelThoseWithoutATimeAreFoundAllTheSame) {
  for (const UnreadableKind& kind : brokenStructures()) {
    SCOPED_TRACE(kind.name);
    fill(100);
    list.candidates[50].created_at.reset();
    list.spoiled["c1"] = kind.spoil;
    auto range = list.client().listAllCandidatesInParallel("p", 4, pagesOf(3));
    range.onUnreadable(report());
    EXPECT_THAT(idsOf(range), ::testing::UnorderedElementsAreArray(allBut("c1")));
    EXPECT_THAT(reported, ElementsAre("c1"));
  }
}

TEST_F(UnreadableCandidates, AnyNumberOfThemOneAfterTheOther) {
  for (const auto& spoil : {kNaN, brokenStructures().front().spoil}) {
    fill(9);
    for (const char* id : {"c2", "c3", "c4", "c5", "c8"}) {
      list.spoiled[id] = spoil;
    }
    auto range = list.client().listAllCandidates("p", pagesOf(3));
    range.onUnreadable(report());
    EXPECT_THAT(idsOf(range), ElementsAre("c0", "c1", "c6", "c7"));
    EXPECT_THAT(reported, ElementsAre("c2", "c3", "c4", "c5", "c8"));
  }
}

TEST_F(UnreadableCandidates, NobodyCanBeRead) {
  for (const auto& one : list.candidates) {
    list.spoiled[one.interview_id] = kNaN;
  }
  auto range = list.client().listAllCandidates("p", pagesOf(3));
  range.onUnreadable(report());
  EXPECT_THAT(idsOf(range), IsEmpty());
  EXPECT_THAT(reported, SizeIs(7));
  EXPECT_EQ(range.cursor(), std::nullopt);
}

TEST_F(UnreadableCandidates, CostNoRequestWhereTheTextHasItsStructure) {
  for (const UnreadableKind& kind : unreadableValues()) {
    SCOPED_TRACE(kind.name);
    fill(7);
    list.spoiled["c2"] = kind.spoil;
    auto range = list.client().listAllCandidates("p", pagesOf(3));
    range.onUnreadable(report());
    idsOf(range);
    EXPECT_THAT(list.queries, SizeIs(3));
  }
}

TEST_F(UnreadableCandidates, AreReportedAtTheirPlace) {
  list.spoiled["c1"] = list.spoiled["c2"] = kNaN;
  Ids seen;
  auto range = list.client().listAllCandidates("p", pagesOf(3));
  range.onUnreadable([&](const UnreadableCandidate& one) {
    seen.push_back(one.interview_id.value_or("?") + " after " + one.after.value_or("?"));
  });
  for (const auto& candidate : range) {
    seen.push_back(candidate.interview_id);
  }
  EXPECT_THAT(seen, ElementsAre("c0", "c1 after c0", "c2 after c1", "c3", "c4", "c5", "c6"));
}

TEST_F(UnreadableCandidates, SayWhatCanBeRead) {
  list.spoiled["c3"] = with(R"("x":NaN,"score":"high","metadata":{"k":"v"},"y":5)");
  auto range = list.client().listAllCandidates("p");
  range.onUnreadable(report());
  idsOf(range);
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ(reports[0].created_at, kFirst + minutes{30});
  EXPECT_THAT(reports[0].unreadable_properties, ElementsAre("score", "x"));
  EXPECT_EQ(reports[0].readable["email"], "c3@example.com");
  EXPECT_EQ(reports[0].readable["metadata"]["k"], "v");
  EXPECT_EQ(reports[0].readable["y"], 5);
  EXPECT_EQ(reports[0].error.http().status, 200);
  EXPECT_THAT(reports[0].error.rawBody(), HasSubstr("NaN"));
  EXPECT_THAT(reports[0].error.rawBody(), Not(HasSubstr("c2")));
}

// Waiting.

class WaitingAmongUnreadable : public UnreadableCandidates {
 protected:
  std::vector<CandidateResponse> waitFor(const std::vector<std::string>& keys,
                                         const CandidateKey& key = {}) {
    WaitOptions how;
    how.key = key;
    RequestOptions options;
    options.total_timeout = seconds{1};  // no second look fits in
    return list.client().waitForCandidates("p", keys, hasFinalStatus, how, options);
  }
};

TEST_F(WaitingAmongUnreadable, IsNotDisturbedByOthers) {
  for (const UnreadableKind& kind : everyUnreadableKind()) {
    for (const char* id : {"c0", "c3", "c6"}) {
      SCOPED_TRACE(std::string(kind.name) + ": " + id);
      fill(7);
      list.spoiled[id] = kind.spoil;
      EXPECT_THAT(waitFor({"c1", "c5"}), SizeIs(2));
    }
  }
}

TEST_F(WaitingAmongUnreadable, ForOneOfThemIsAnError) {
  for (const UnreadableKind& kind : everyUnreadableKind()) {
    SCOPED_TRACE(kind.name);
    fill(7);
    list.spoiled["c3"] = kind.spoil;
    EXPECT_THROW(waitFor({"c1", "c3", "c5"}), DecodeError);
  }
}

TEST_F(WaitingAmongUnreadable, GoesByTheKeyAsFarAsItCanBeRead) {
  for (std::size_t i = 0; i < 7; ++i) {
    list.candidates[i].metadata = {{"ats", "a" + std::to_string(i)}};
  }
  list.spoiled["c3"] = kNaN;
  EXPECT_THAT(waitFor({"a1"}, metadataKey("ats")), SizeIs(1));
  EXPECT_THROW(waitFor({"a3"}, metadataKey("ats")), DecodeError);
  EXPECT_THROW(waitFor({"nobody yet"}, metadataKey("ats")), WaitTimeoutError);
  list.spoiled["c3"] = instead("ats", "1");
  EXPECT_THAT(waitFor({"a1"}, metadataKey("ats")), SizeIs(1));
  EXPECT_THROW(waitFor({"a3"}, metadataKey("ats")), DecodeError);
  EXPECT_THROW(waitFor({"nobody yet"}, metadataKey("ats")),
               DecodeError);  // it may be the unreadable one
}

}  // namespace
}  // namespace heymilo
