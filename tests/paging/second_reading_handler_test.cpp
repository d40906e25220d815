// Lists with candidates who can't be read: what a handler, or none, and a response that is not a
// page make of them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <string>

#include "heymilo/errors.hpp"
#include "support/unreadable.hpp"
#include "support/unreadable_list.hpp"

namespace heymilo {
namespace {

using heymilo_test::everyUnreadableKind;
using heymilo_test::instead;
using heymilo_test::UnreadableKind;
using heymilo_test::with;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const auto kInvalid = with(R"("x":NaN)");

class UnreadableCandidatesHandler : public UnreadableCandidates {};

TEST_F(UnreadableCandidatesHandler, WithoutAHandlerTheOnesBeforeAreHandedOutAndThenItIsAnError) {
  for (const UnreadableKind& kind : everyUnreadableKind()) {
    for (std::size_t at = 0; at < 7; ++at) {
      SCOPED_TRACE(std::string(kind.name) + " at " + std::to_string(at));
      fill(7);
      list.spoiled["c" + std::to_string(at)] = kind.spoil;
      auto range = list.client().listAllCandidates("p", pagesOf(3));
      Ids ids;
      const auto read = [&] {
        for (const auto& candidate : range) {
          ids.push_back(candidate.interview_id);
        }
      };
      EXPECT_THROW(read(), DecodeError);
      EXPECT_THROW(read(), DecodeError);  // it is still there
      EXPECT_THAT(ids, SizeIs(at));
      EXPECT_EQ(range.cursor(), at == 0 ? std::nullopt : std::optional(ids.back()));
      range.onUnreadable(report());
      read();
      EXPECT_EQ(ids, allBut("c" + std::to_string(at)));
      EXPECT_THAT(reported, SizeIs(1));
    }
  }
}

TEST_F(UnreadableCandidatesHandler, WithoutAHandlerTheRangeResumesWhenTheApiSendsSomethingElse) {
  list.spoiled["c4"] = kInvalid;
  auto range = list.client().listAllCandidates("p", pagesOf(3));
  Ids ids;
  const auto read = [&] {
    for (const auto& page : range.pages()) {
      EXPECT_TRUE(page.pagination.has_more || page.data.back().interview_id == "c6");
      for (const auto& candidate : page.data) {
        ids.push_back(candidate.interview_id);
      }
    }
  };
  EXPECT_THROW(read(), DecodeError);
  EXPECT_THAT(ids, ElementsAre("c0", "c1", "c2", "c3"));
  list.spoiled.clear();
  read();
  EXPECT_EQ(ids, allBut(""));
}

TEST_F(UnreadableCandidatesHandler, ArePassedOverByAHandlerThatThrows) {
  list.spoiled["c4"] = kInvalid;
  auto range = list.client().listAllCandidates("p", pagesOf(3));
  range.onUnreadable([](const UnreadableCandidate&) { throw std::runtime_error("enough"); });
  Ids ids;
  const auto read = [&] {
    for (const auto& candidate : range) {
      ids.push_back(candidate.interview_id);
    }
  };
  EXPECT_THROW(read(), std::runtime_error);
  EXPECT_THAT(ids, SizeIs(4));
  read();
  EXPECT_EQ(ids, allBut("c4"));
}

TEST_F(UnreadableCandidatesHandler, AreReportedAgainByARangeThatResumesBeforeThem) {
  list.spoiled["c6"] = kInvalid;
  for (int i = 0; i < 2; ++i) {
    ListCandidatesParams params = pagesOf(3);
    if (i != 0) {
      params.starting_after = "c5";
    }
    auto range = list.client().listAllCandidates("p", params);
    range.onUnreadable(report());
    idsOf(range);
    EXPECT_EQ(range.cursor(), "c5");
  }
  EXPECT_THAT(reported, ElementsAre("c6", "c6"));
}

// What has no cursor after it: a page whose structure breaks in somebody without an interview_id.
TEST_F(UnreadableCandidatesHandler, AreAnErrorWhereTheirIdAndTheirEndAreUnknown) {
  list.spoiled["c4"] = instead("interview_id", "\"c4");
  auto range = list.client().listAllCandidates("p", pagesOf(3));
  range.onUnreadable(report());
  Ids ids;
  EXPECT_THROW(
      {
        for (const auto& candidate : range) {
          ids.push_back(candidate.interview_id);
        }
      },
      DecodeError);
  EXPECT_THAT(ids, ElementsAre("c0", "c1", "c2", "c3"));
}

TEST_F(UnreadableCandidatesHandler, AreNoneInAResponseThatIsNoPage) {
  for (const char* body : {"",
                           "<html>",
                           "[]",
                           "null",
                           R"({"data":{}})",
                           R"({"data":[NaN]})",
                           R"({"data":[],"data":[NaN],"pagination":{"has_more":false}})",
                           R"({"data":[NaN],"pagination":{"has_more":"no"}})",
                           R"({"data":[NaN],"pagination":{"has_more":false}} x)",
                           R"({"data":[{]],"pagination":{"has_more":false}})",
                           R"({"data":[)",
                           R"({"data")"}) {
    SCOPED_TRACE(body);
    list.before = [body](std::size_t) { return testing::jsonAnswer(200, body); };
    auto range = list.client().listAllCandidates("p");
    range.onUnreadable(report());
    EXPECT_THROW(idsOf(range), DecodeError);
    EXPECT_THAT(reported, IsEmpty());
  }
}

// The structure is that of a page, each element can be read, and yet the text is no JSON.
TEST_F(UnreadableCandidatesHandler, AreNeverNoneWhereAResponseIsNoJson) {
  for (const char* body : {R"({"data":[],"pagination":{"has_more":false},})",
                           R"({"data":[],"d\u0061ta":[],"pagination":{"has_more":false}})",
                           R"({"data":[],"pagination":{"has_more":false}} {})",
                           R"({"data":[],"pagination":{"has_more":false},"x":NaN})"}) {
    SCOPED_TRACE(body);
    list.before = [body](std::size_t) { return testing::jsonAnswer(200, body); };
    auto range = list.client().listAllCandidates("p");
    range.onUnreadable(report());
    EXPECT_THROW(idsOf(range), DecodeError);
  }
}

TEST_F(UnreadableCandidatesHandler, AResponseThatEndsWithinACandidateIsAskedForFromThereOn) {
  list.before = [this](std::size_t request) -> std::optional<HttpResponse> {
    if (request != 1) {
      return std::nullopt;
    }
    std::string body = R"({"data":[)" + nlohmann::json(list.candidates[0]).dump() + ',' +
                       nlohmann::json(list.candidates[1]).dump();
    body.resize(body.size() - 9);
    return testing::jsonAnswer(200, body);
  };
  auto range = list.client().listAllCandidates("p", pagesOf(3));
  range.onUnreadable(report());
  EXPECT_EQ(idsOf(range), allBut(""));
  EXPECT_THAT(reported, IsEmpty());
}

TEST_F(UnreadableCandidatesHandler, AreWithALoaderOfTheUsersOwn) {
  list.spoiled["c2"] = kInvalid;
  const Client client = list.client();
  CandidateRange range([&](const std::optional<std::string>& cursor, const CancellationToken&) {
    ListCandidatesParams params = pagesOf(3);
    params.starting_after = cursor;
    return client.listCandidates("p", params);
  });
  range.onUnreadable(report());
  EXPECT_EQ(idsOf(range), allBut("c2"));
  EXPECT_THAT(reported, ElementsAre("c2"));
}

}  // namespace
}  // namespace heymilo
