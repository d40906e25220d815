#include "heymilo/workflows/sqlite_mirror.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "heymilo/testing/mock_server.hpp"
#include "support/mirror_file.hpp"
#include "support/sqlite_mirror_fixture.hpp"

namespace heymilo::workflows {
namespace {

using heymilo::testing::MockServer;
using heymilo::testing::RecordedRequest;
using heymilo::testing::RequestMatch;
using heymilo::testing::ScriptedResponse;
using heymilo_test::MirrorFile;
using std::chrono::hours;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(SqliteMirrorTest, HasAColumnForEachScalarPropertyOfTheContract) {
  SqliteMirror(file, "p");
  const std::vector<std::string> columns =
      texts("SELECT name FROM pragma_table_info('candidates')");
  for (const auto& [name, type] : heymilo_test::scalarProperties()) {
    EXPECT_THAT(columns, Contains(name));
  }
  EXPECT_EQ(heymilo_test::scalarProperties().size(), 13u);
  for (const char* name : {"document", "first_seen", "last_seen", "changed_at", "gone_at"}) {
    EXPECT_THAT(columns, Contains(name));
  }
  EXPECT_THAT(texts("SELECT name FROM pragma_table_info('candidates') WHERE pk"),
              ElementsAre("interview_id"));
}

TEST_F(SqliteMirrorTest, EqualsTheServerRunAfterRun) {
  server.addPosting("p", 330);
  for (int run = 0; run < 6; ++run) {
    mirror();
    expectEqual();
    server.advance(hours{60});
    server.addPosting("p", 3);
  }
  mirror();
  expectEqual();
}

#ifndef _WIN32
TEST_F(SqliteMirrorTest, IsForItsOwnerAlone) {
  server.addPosting("p", 3);
  mirror();
  const SqliteMirror open(file, "p");  // SQLite's files next to it exist
  for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
    EXPECT_EQ(entry.status().permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
        << entry.path();
  }
}
#endif

TEST_F(SqliteMirrorTest, KeepsWhatTheModelDoesNotKnow) {
  server.addCandidate("p",
                      {{"interview_id", "i"},
                       {"status", "completed"},
                       {"created_at", 1772323200.654321},
                       {"referrer", {{"name", "Zoë"}, {"since", 3}}}});
  mirror();
  expectEqual();
  EXPECT_THAT(texts("SELECT json_extract(document, '$.referrer.name') FROM candidates"),
              ElementsAre("Zoë"));
  EXPECT_THAT(
      texts("SELECT strftime('%Y-%m-%dT%H:%M:%f', created_at, 'unixepoch') FROM candidates"),
      ElementsAre("2026-03-01T00:00:00.654"));
}

TEST_F(SqliteMirrorTest, KnowsWhenItSawAndWhatChanged) {
  server.addCandidate("p", {{"interview_id", "a"}, {"status", "pending"}});
  server.addCandidate("p", {{"interview_id", "b"}, {"status", "pending"}});
  mirror();
  server.patchCandidate("a", {{"score", 71.5}});
  const MirrorResult result = mirror();
  EXPECT_EQ(result.changed, 1u);
  EXPECT_THAT(texts("SELECT interview_id FROM candidates WHERE changed_at > first_seen"),
              ElementsAre("a"));
  EXPECT_THAT(texts("SELECT interview_id FROM candidates WHERE changed_at = last_seen"),
              ElementsAre("a"));
  EXPECT_EQ(
      MirrorFile(file).integer("SELECT count(*) FROM candidates WHERE last_seen > first_seen"), 2);
}

TEST_F(SqliteMirrorTest, ALinkThatIsSignedAnewIsKeptAndNoChange) {
  const auto summary = [](const std::string& link, double score) {
    return nlohmann::json{
        {"web_interview", {{"score", score}, {"audio_recording_link", link + "audio"}}}};
  };
  server.addCandidate(
      "p", {{"interview_id", "a"}, {"status", "evaluating"}, {"agent_summary", summary("1", 50)}});
  mirror();
  server.patchCandidate("a", {{"agent_summary", summary("2", 50)}});
  EXPECT_EQ(mirror().changed, 0u);
  expectEqual();
  server.patchCandidate("a", {{"agent_summary", summary("2", 51)}});
  EXPECT_EQ(mirror().changed, 1u);
}

TEST_F(SqliteMirrorTest, HistoryHasARowForEachStatusAndStep) {
  const auto workflow = [](int current) {
    nlohmann::json steps = nlohmann::json::array();
    for (int order = 1; order <= 2; ++order) {
      steps.push_back({{"step_id", "step" + std::to_string(order)},
                       {"order", order},
                       {"status", order == current ? "in_progress" : "not_started"},
                       {"started", order <= current},
                       {"completed", order < current}});
    }
    return nlohmann::json{{"steps", steps}, {"all_complete", false}};
  };
  server.addCandidate("p", {{"interview_id", "a"}, {"status", "pending"}});
  mirror();
  mirror();
  server.patchCandidate("a", {{"status", "in_progress"}, {"workflow", workflow(1)}});
  mirror();
  mirror();
  server.patchCandidate("a", {{"workflow", workflow(2)}});
  mirror();
  server.patchCandidate("a", {{"status", "on_hold"}, {"workflow", workflow(0)}});
  mirror();
  EXPECT_THAT(texts("SELECT status || ' ' || ifnull(current_step_id, '') || ' ' || "
                    "ifnull(current_step_order, '') FROM candidate_history ORDER BY observed_at"),
              ElementsAre("pending  ", "in_progress step1 1", "in_progress step2 2", "on_hold  "));
  EXPECT_THAT(texts("SELECT current_step_id FROM candidates"), ElementsAre(""));
}

TEST_F(SqliteMirrorTest, MarksThoseThatAreGoneAndTakesThemBack) {
  server.addPosting("p", 250);
  server.advance(MockServer::workflow_time);
  mirror();
  const nlohmann::json one = server.candidates("p")[17];
  const std::string id = one["interview_id"];
  server.removeCandidate(id);
  EXPECT_EQ(mirror().gone, 1u);
  expectEqual();
  EXPECT_THAT(texts("SELECT interview_id FROM candidates WHERE gone_at IS NOT NULL"),
              ElementsAre(id));
  server.addCandidate("p", one);
  EXPECT_EQ(mirror(true).changed, 1u);
  expectEqual();
}

TEST_F(SqliteMirrorTest, GoesOnAtTheCursorOfAnEarlierProcess) {
  server.addPosting("p", 550);
  server.respondNext(RequestMatch("listCandidates",
                                  [&](const RecordedRequest& request) {
                                    return request.query.find("starting_after") !=
                                           std::string::npos;
                                  }),
                     ScriptedResponse::asUsual().times(2));
  server.respondNext(RequestMatch("listCandidates",
                                  [&](const RecordedRequest& request) {
                                    return request.query.find("starting_after") !=
                                           std::string::npos;
                                  }),
                     ScriptedResponse::answer(500));
  EXPECT_THROW(mirror(), ServerError);
  EXPECT_EQ(MirrorFile(file).integer("SELECT count(*) FROM candidates"), 300);
  const std::string cursor = server.candidates("p")[299]["interview_id"];
  EXPECT_EQ(MirrorFile(file).text("SELECT walk_cursor FROM mirror"), cursor);

  server.clearRequests();
  EXPECT_TRUE(mirror().resumed);
  EXPECT_THAT(server.requests()[0].query, HasSubstr("starting_after=" + cursor));
  expectEqual();
}

TEST_F(SqliteMirrorTest, StoresAPageAndItsCursorOrNeither) {
  SqliteMirror sink(file, "p");
  std::vector<CandidateResponse> batch(3);
  batch[0].interview_id = "a";
  batch[1].interview_id = "b";
  batch[2].interview_id = "c";
  batch[2].name = "\xff";  // no UTF-8: it can't be written as JSON
  MirrorWalk walk;
  walk.number = 1;
  walk.cursor = "c";
  EXPECT_ANY_THROW(sink.upsert(batch, walk));
  EXPECT_EQ(MirrorFile(file).integer("SELECT count(*) FROM candidates"), 0);
  EXPECT_EQ(MirrorFile(file).integer("SELECT count(*) FROM candidate_history"), 0);
  EXPECT_FALSE(sink.load().unfinished);
  batch[2].name = "C";
  EXPECT_EQ(sink.upsert(batch, walk).added, 3u);
  EXPECT_EQ(sink.load().unfinished->cursor, "c");
}

TEST_F(SqliteMirrorTest, RemembersAWalkAsItIsGiven) {
  MirrorWalk walk;
  walk.number = 7;
  walk.full = false;
  walk.created_after = parseTimestamp("2026-03-01T00:00:00.123456Z");
  walk.started_at = parseTimestamp("2026-03-02T00:00:00.654321Z");
  walk.newest = parseTimestamp("2026-03-03T00:00:00.000001Z");
  walk.cursor = "a";
  CandidateResponse open;
  open.interview_id = "a";
  open.status = CandidateStatus("on_hold");
  open.created_at = walk.newest;
  SqliteMirror(file, "p").upsert({open}, walk);
  {
    SqliteMirror sink(file, "p");
    const MirrorState state = sink.load();
    ASSERT_TRUE(state.unfinished);
    EXPECT_EQ(state.unfinished->number, walk.number);
    EXPECT_EQ(state.unfinished->full, walk.full);
    EXPECT_EQ(state.unfinished->created_after, walk.created_after);
    EXPECT_EQ(state.unfinished->started_at, walk.started_at);
    EXPECT_EQ(state.unfinished->newest, walk.newest);
    EXPECT_EQ(state.unfinished->cursor, walk.cursor);
    EXPECT_EQ(state.oldest_open, open.created_at);
    EXPECT_FALSE(state.watermark);
    sink.finish(walk, walk.newest);
  }
  const MirrorState state = SqliteMirror(file, "p").load();
  EXPECT_FALSE(state.unfinished);
  EXPECT_EQ(state.watermark, walk.newest);
  EXPECT_EQ(state.last_walk, 7u);
}

TEST_F(SqliteMirrorTest, AReaderSeesWholePagesAndNeverWaits) {
  constexpr std::int64_t kPage = 100, kAll = 2'000;
  server.addPosting("p", kAll);
  SqliteMirror sink(file, "p");
  std::atomic<bool> over{false};
  std::set<std::int64_t> counts;
  std::thread reader([&] {
    sqlite::Database database(file, std::chrono::milliseconds{0});  // without waiting
    sqlite::Statement count(database, R"(
        SELECT count(*), (SELECT count(*) FROM candidate_history),
               (SELECT walk_cursor IS NULL OR walk_cursor = (
                  SELECT interview_id FROM candidates ORDER BY created_at DESC LIMIT 1) FROM mirror)
        FROM candidates)");
    while (!over) {
      count.step();
      counts.insert(count.integer(0));
      EXPECT_EQ(count.integer(0), count.integer(1));
      EXPECT_TRUE(count.integer(2) != 0) << "the cursor is another page's";
      count.reset();
    }
  });
  mirrorCandidates(client(), "p", sink);
  over = true;
  reader.join();
  for (const std::int64_t count : counts) {
    EXPECT_EQ(count % kPage, 0) << count;
  }
  EXPECT_GT(counts.size(), 2u);
}

TEST_F(SqliteMirrorTest, TheQueriesOfTheReadmeAnswer) {
  server.addPosting("p", 200);
  server.advance(hours{30});
  mirror();
  server.advance(MockServer::workflow_time);
  mirror();
  MirrorFile reader(file);
  const auto query = [&](const char* name) {
    std::ifstream in(std::string(HEYMILO_SOURCE_DIR "/examples/sql/") + name);
    return sqlite::Statement(reader.database(),
                             std::string(std::istreambuf_iterator<char>(in), {}));
  };
  const nlohmann::json all = server.candidates("p");

  sqlite::Statement funnel = query("funnel.sql");
  for (std::int64_t step = 0; step < 4; ++step) {
    std::int64_t started = 0, completed = 0, knocked_out = 0;
    for (const nlohmann::json& one : all) {
      if (one["workflow"].is_object()) {
        const nlohmann::json& status = one["workflow"]["steps"][static_cast<std::size_t>(step)];
        started += status["started"].get<bool>() ? 1 : 0;
        completed += status["completed"].get<bool>() ? 1 : 0;
        knocked_out += status["knocked_out"].get<bool>() ? 1 : 0;
      }
    }
    ASSERT_TRUE(funnel.step());
    EXPECT_EQ(funnel.integer(0), step + 1);
    EXPECT_EQ(funnel.integer(2), started);
    EXPECT_EQ(funnel.integer(3), completed);
    EXPECT_EQ(funnel.integer(4), knocked_out);
  }
  EXPECT_FALSE(funnel.step());

  sqlite::Statement time = query("time_in_step.sql");
  for (int step = 1; step <= 4; ++step) {
    ASSERT_TRUE(time.step());
    EXPECT_EQ(time.integer(0), step);
    EXPECT_GT(time.integer(2), 0);
    EXPECT_GT(time.real(4), 0);
    EXPECT_GE(time.real(4), time.real(3));
    EXPECT_LT(time.real(4), 24 * 14);
  }
  EXPECT_FALSE(time.step());

  std::set<std::string> expected, found;
  for (const nlohmann::json& one : all) {
    if (one["status"] == "completed" && one["score"] > 80) {
      expected.insert(one["email"].get<std::string>());
    }
  }
  sqlite::Statement newly = query("newly_completed.sql");
  while (newly.step()) {
    found.insert(newly.text(1));
  }
  EXPECT_EQ(found, expected);
  EXPECT_FALSE(found.empty());
}

}  // namespace
}  // namespace heymilo::workflows
