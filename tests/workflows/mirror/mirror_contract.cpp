#include "workflows/mirror/mirror_contract.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "heymilo/errors.hpp"
#include "support/mirror_fakes.hpp"
#include "workflows/mirror/mirror_rules.hpp"

namespace heymilo_test {
namespace {

using heymilo::CandidateResponse;
using heymilo::CandidateStatus;
using heymilo::parseTimestamp;
using heymilo::test::FakeList;
using heymilo::test::mirroredCandidate;
using heymilo::workflows::MirrorResult;
using heymilo::workflows::MirrorState;
using heymilo::workflows::MirrorWalk;
using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;

MirrorWalk walkOf(std::uint64_t number, const std::string& cursor) {
  MirrorWalk walk;
  walk.number = number;
  walk.full = true;
  walk.cursor = cursor;
  return walk;
}

void equalsTheList(MirrorDatabase& database) {
  FakeList list;
  list.add(230, kBegin, minutes{1});
  list.candidates[3].created_at.reset();
  list.candidates[4].score = 66.625;
  list.candidates[5].shortlisted = true;
  list.candidates[6].interview_url = "https://example.com/?a=1&b='\"\\";
  list.candidates[7].name = "Zoë \xF0\x9F\x98\x80";
  list.candidates[8].additional_properties = {{"referrer", {{"since", 3}, {"a", {1.5, nullptr}}}}};
  list.candidates[9].created_at = parseTimestamp("2026-03-01T00:09:00.654321Z");
  EXPECT_EQ(refresh(database, list).added, 230u);
  expectEqual(database, list);

  list.candidates[200].status = CandidateStatus::dismissed;
  list.add(20, kBegin + hours{4}, minutes{1}, CandidateStatus::pending);
  const MirrorResult second = refresh(database, list, true);
  EXPECT_EQ(second.added, 20u);
  EXPECT_EQ(second.changed, 1u);
  expectEqual(database, list);
  EXPECT_EQ(refresh(database, list).changed, 0u);
}

void knowsWhatChanged(MirrorDatabase& database) {
  FakeList list;
  list.add(2, kBegin, minutes{1}, CandidateStatus::pending);
  refresh(database, list);
  list.candidates[0].score = 71.5;
  EXPECT_EQ(refresh(database, list).changed, 1u);
  const auto rows = database.candidates("p");
  EXPECT_GT(rows["c0"]["changed_at"], rows["c0"]["first_seen"]);
  EXPECT_EQ(rows["c0"]["changed_at"], rows["c0"]["last_seen"]);
  EXPECT_EQ(rows["c1"]["changed_at"], rows["c1"]["first_seen"]);
  EXPECT_GT(rows["c1"]["last_seen"], rows["c1"]["first_seen"]);
}

void signedLinks(MirrorDatabase& database) {
  FakeList list;
  list.add(1, kBegin, minutes{1}, CandidateStatus::evaluating);
  const auto sign = [&](const char* link, double score) {
    nlohmann::json one = list.candidates[0];
    one["agent_summary"] = {{"web_interview", {{"score", score}, {"audio_recording_link", link}}}};
    list.candidates[0] = one.get<CandidateResponse>();
  };
  sign("1", 50);
  refresh(database, list);
  sign("2", 50);
  EXPECT_EQ(refresh(database, list).changed, 0u);
  expectEqual(database, list);
  sign("2", 51);
  EXPECT_EQ(refresh(database, list).changed, 1u);
}

void historyOfStatusAndStep(MirrorDatabase& database) {
  FakeList list;
  list.add(1, kBegin, minutes{1}, CandidateStatus::pending);
  const auto at = [&](const char* status, int current) {
    nlohmann::json one = list.candidates[0];
    one["status"] = status;
    one["workflow"] = {{"all_complete", false}, {"steps", nlohmann::json::array()}};
    for (int order = 1; order <= 2; ++order) {
      one["workflow"]["steps"].push_back(
          {{"step_id", "step" + std::to_string(order)},
           {"order", order},
           {"status", order == current ? "in_progress" : "not_started"},
           {"started", order <= current},
           {"completed", order < current}});
    }
    list.candidates[0] = one.get<CandidateResponse>();
  };
  refresh(database, list);
  refresh(database, list);
  for (const int step : {1, 1, 2}) {
    at("in_progress", step);
    refresh(database, list);
  }
  at("on_hold", 0);
  refresh(database, list);
  EXPECT_THAT(
      database.history("c0"),
      ElementsAre("pending - -", "in_progress step1 1", "in_progress step2 2", "on_hold - -"));
  EXPECT_TRUE(database.candidates("p")["c0"]["current_step_id"].is_null());
}

void goneAndBack(MirrorDatabase& database) {
  FakeList list;
  list.add(150, kBegin, minutes{1});
  refresh(database, list);
  const CandidateResponse one = list.candidates[17];
  list.remove(one.interview_id);
  EXPECT_EQ(refresh(database, list).gone, 1u);
  expectEqual(database, list);
  EXPECT_FALSE(database.candidates("p")[one.interview_id]["gone_at"].is_null());
  list.candidates.push_back(one);
  EXPECT_EQ(refresh(database, list, true).changed, 1u);
  expectEqual(database, list);
  list.totals = false;  // without them, only a full run finds it
  list.remove(one.interview_id);
  EXPECT_EQ(refresh(database, list).gone, 0u);
  EXPECT_EQ(refresh(database, list, true).gone, 1u);
}

void resumesAtTheCursor(MirrorDatabase& database) {
  FakeList list;
  list.add(450, kBegin, minutes{1});
  list.before = [](std::size_t request) -> std::optional<heymilo::HttpResponse> {
    if (request == 4) {
      throw std::runtime_error("cut");
    }
    return std::nullopt;
  };
  EXPECT_ANY_THROW(refresh(database, list));
  EXPECT_EQ(database.candidates("p").size(), 300u);
  list.before = nullptr;
  list.queries.clear();
  EXPECT_TRUE(refresh(database, list).resumed);
  EXPECT_EQ(list.queries.at(0).at("starting_after"), "c299");
  expectEqual(database, list);
}

void aWalkIsRememberedAsItIsGiven(MirrorDatabase& database) {
  MirrorWalk walk;
  walk.number = 7;
  walk.created_after = parseTimestamp("2026-03-01T00:00:00.123456Z");
  walk.started_at = parseTimestamp("2026-03-02T00:00:00.654321Z");
  walk.newest = parseTimestamp("2026-03-03T00:00:00.000001Z");
  walk.oldest_unreadable = parseTimestamp("2026-02-03T00:00:00.999999Z");
  walk.unidentified = true;
  walk.began_at = parseTimestamp("2026-03-04T00:00:00.5Z");
  walk.cursor = R"({"windows":[{"after":"a"}]})";
  auto open = mirroredCandidate("a", *walk.newest, CandidateStatus("on_hold"));
  database.open("p")->upsert({open}, walk);
  {
    const auto sink = database.open("p");
    const MirrorState state = sink->load();
    ASSERT_TRUE(state.unfinished);
    EXPECT_EQ(state.last_walk, 7u);
    EXPECT_EQ(state.unfinished->number, walk.number);
    EXPECT_EQ(state.unfinished->full, walk.full);
    EXPECT_EQ(state.unfinished->created_after, walk.created_after);
    EXPECT_EQ(state.unfinished->started_at, walk.started_at);
    EXPECT_EQ(state.unfinished->newest, walk.newest);
    EXPECT_EQ(state.unfinished->oldest_unreadable, walk.oldest_unreadable);
    EXPECT_EQ(state.unfinished->unidentified, walk.unidentified);
    EXPECT_EQ(state.unfinished->began_at, walk.began_at);
    EXPECT_FALSE(state.unfinished->created_before);
    EXPECT_EQ(state.unfinished->cursor, walk.cursor);
    EXPECT_EQ(state.oldest_open, open.created_at);
    EXPECT_FALSE(state.watermark);
    sink->finish(walk, walk.newest);
  }
  const MirrorState state = database.open("p")->load();
  EXPECT_FALSE(state.unfinished);
  EXPECT_EQ(state.watermark, walk.newest);
  EXPECT_EQ(state.last_walk, 7u);
}

void aPageAndItsCursorOrNeither(MirrorDatabase& database) {
  const auto sink = database.open("p");
  std::vector<CandidateResponse> page;
  for (const char* id : {"a", "b", "c"}) {
    page.push_back(mirroredCandidate(id, kBegin));
  }
  page[2].name = "\xff";  // not UTF-8: it can't be written as JSON
  EXPECT_ANY_THROW(sink->upsert(page, walkOf(1, "c")));
  EXPECT_EQ(database.candidates("p").size(), 0u);
  EXPECT_TRUE(database.history("a").empty());
  EXPECT_FALSE(sink->load().unfinished);
  page[2].name = "C";
  EXPECT_EQ(sink->upsert(page, walkOf(1, "c")).added, 3u);
  EXPECT_EQ(sink->load().unfinished->cursor, "c");
}

void oneTwiceInAPage(MirrorDatabase& database) {
  const auto first = mirroredCandidate("a", kBegin, CandidateStatus::pending);
  const auto last = mirroredCandidate("a", kBegin, CandidateStatus::completed);
  const auto changes = database.open("p")->upsert({first, last, last}, walkOf(1, "a"));
  EXPECT_EQ(changes.added, 1u);
  EXPECT_EQ(changes.changed, 1u);
  EXPECT_EQ(database.candidates("p")["a"]["status"], "completed");
  EXPECT_THAT(database.history("a"), ElementsAre("pending - -", "completed - -"));
}

void postingsAreApart(MirrorDatabase& database) {
  FakeList list, other;
  list.add(3, kBegin, minutes{1});
  other.add(2, kBegin, minutes{1}, CandidateStatus::pending);
  refresh(database, list, false, "p");
  refresh(database, other, false, "q");
  list.remove("c0");
  EXPECT_EQ(refresh(database, list, true, "p").gone, 1u);
  expectEqual(database, list, "p");
  expectEqual(database, other, "q");
}

// A text of PostgreSQL has no NUL, which must not stop a mirror for good, nor be a change each
// time.
void textsThatAreHardToStore(MirrorDatabase& database) {
  FakeList list;
  list.add(2, kBegin, minutes{1}, CandidateStatus::pending);
  list.candidates[0].name = std::string("A\0da", 4);
  list.candidates[0].additional_properties = {{std::string("k\0", 2), std::string("\0", 1)}};
  list.candidates[1].name = R"(\u0000 \x41 '' $1)";
  EXPECT_EQ(refresh(database, list).added, 2u);
  EXPECT_EQ(refresh(database, list).changed, 0u);
  EXPECT_EQ(database.candidates("p")["c1"]["name"], list.candidates[1].name);
}

}  // namespace

std::vector<MirrorRule> mirrorContract() {
  return {{"EqualsTheList", equalsTheList},
          {"KnowsWhatChanged", knowsWhatChanged},
          {"SignedLinksAreNoChange", signedLinks},
          {"HistoryOfStatusAndStep", historyOfStatusAndStep},
          {"GoneAndBack", goneAndBack},
          {"ResumesAtTheCursor", resumesAtTheCursor},
          {"AWalkIsRememberedAsItIsGiven", aWalkIsRememberedAsItIsGiven},
          {"APageAndItsCursorOrNeither", aPageAndItsCursorOrNeither},
          {"OneTwiceInAPage", oneTwiceInAPage},
          {"PostingsAreApart", postingsAreApart},
          {"TextsThatAreHardToStore", textsThatAreHardToStore}};
}

}  // namespace heymilo_test
