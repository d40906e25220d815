// The mirror in PostgreSQL: what each mirror has to do, and what a server adds.

#include "heymilo/postgres/mirror.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "heymilo/errors.hpp"
#include "postgres/mirror_user.hpp"
#include "postgres/shared_server.hpp"
#include "support/mirror_fakes.hpp"
#include "support/postgres.hpp"
#include "workflows/mirror/mirror_contract.hpp"
#include "workflows/mirror/mirror_rules.hpp"

namespace heymilo_test {
namespace {

using heymilo::CandidateStatus;
using heymilo::StoreError;
using heymilo::test::FakeList;
using heymilo::test::mirroredCandidate;
using heymilo::workflows::MirrorWalk;
using std::chrono::minutes;
using ::testing::HasSubstr;

class PostgresMirrorContract : public ::testing::TestWithParam<MirrorRule> {
 protected:
  void SetUp() override { emptySharedServer(); }
};

TEST_P(PostgresMirrorContract, Holds) {
  PostgresUser user(sharedServer().url(), sharedServer().url());
  GetParam().check(user);
}

TEST_P(PostgresMirrorContract, HoldsThroughPgbouncerInTransactionMode) {
  const Pgbouncer bouncer(sharedServer());
  PostgresUser user(bouncer.url(), sharedServer().url());
  GetParam().check(user);
}

std::string nameOf(const ::testing::TestParamInfo<MirrorRule>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Store, PostgresMirrorContract, ::testing::ValuesIn(mirrorContract()),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(Changes, PostgresMirrorContract, ::testing::ValuesIn(changesContract()),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(Erasure, PostgresMirrorContract, ::testing::ValuesIn(erasureContract()),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(Windows, PostgresMirrorContract, ::testing::ValuesIn(windowContract()),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(Search, PostgresMirrorContract, ::testing::ValuesIn(searchContract()),
                         nameOf);

class PostgresMirror : public ::testing::Test {
 protected:
  void SetUp() override {
    emptySharedServer();
    user = std::make_unique<PostgresUser>(sharedServer().url(), sharedServer().url());
  }

  static MirrorWalk walkOf(std::uint64_t number) {
    MirrorWalk walk;
    walk.number = number;
    walk.full = true;
    return walk;
  }

  template <typename Operation>
  static std::string complaint(const Operation& operation) {
    try {
      operation();
    } catch (const StoreError& error) {
      return error.what();
    }
    return "none";
  }

  std::unique_ptr<PostgresUser> user;
};

TEST_F(PostgresMirror, HasPostgresOwnTypes) {
  user->open("p")->load();
  EXPECT_EQ(sharedServer().sql(
                "SELECT string_agg(column_name || ' ' || data_type, ', ' ORDER BY "
                "column_name) FROM information_schema.columns WHERE table_schema = "
                "'heymilo' AND table_name = 'candidates' AND column_name IN ('created_at', "
                "'document', 'score', 'shortlisted', 'current_step_order')"),
            "created_at timestamp with time zone, current_step_order bigint, document jsonb, score "
            "double precision, shortlisted boolean\n");
  EXPECT_EQ(sharedServer().sql("SELECT version FROM heymilo.version WHERE component = 'mirror'"),
            "1\n");
}

// The last run that began has the mirror.
TEST_F(PostgresMirror, AnEarlierRunStoresNothingMore) {
  const auto first = user->open("p");
  first->load();
  first->upsert({mirroredCandidate("a", kBegin)}, walkOf(1));
  const auto second = user->open("p");
  EXPECT_EQ(second->load().unfinished->number, 1u);
  const auto other = mirroredCandidate("b", kBegin);
  const auto has_ended = HasSubstr("another run has taken over");
  EXPECT_THAT(complaint([&] { first->upsert({other}, walkOf(1)); }), has_ended);
  EXPECT_THAT(complaint([&] { first->keep("a", walkOf(2)); }), has_ended);
  EXPECT_THAT(complaint([&] { first->finish(walkOf(2), {}); }), has_ended);
  EXPECT_THAT(complaint([&] { first->load(); }), has_ended);
  EXPECT_EQ(user->candidates("p").size(), 1u);
  EXPECT_EQ(user->candidates("p")["a"]["walk"], 1);
  EXPECT_TRUE(user->candidates("p")["a"]["gone_at"].is_null());
  second->upsert({other}, walkOf(1));
  EXPECT_EQ(user->candidates("p").size(), 2u);
}

TEST_F(PostgresMirror, AReaderCanNotWrite) {
  FakeList list;
  list.add(3, kBegin, minutes{1});
  refresh(*user, list);
  user->run("DO $$ BEGIN CREATE ROLE reader; EXCEPTION WHEN duplicate_object THEN END $$");
  sharedServer().sql(
      "GRANT USAGE ON SCHEMA heymilo TO reader; "
      "GRANT SELECT ON heymilo.candidates, heymilo.candidate_history TO reader");
  EXPECT_EQ(sharedServer().sql("SET ROLE reader; SELECT count(*) FROM heymilo.candidates"), "3\n");
  for (const char* sql : {"DELETE FROM heymilo.candidates",
                          "UPDATE heymilo.candidates SET name = ''",
                          "SELECT * FROM heymilo.mirror",
                          "SELECT * FROM heymilo.candidate_tombstones"}) {
    EXPECT_THROW(sharedServer().sql(std::string("SET ROLE reader; ") + sql), std::runtime_error)
        << sql;
  }
  sharedServer().sql("DROP OWNED BY reader");
}

// The first run made the tables as another role.
TEST_F(PostgresMirror, ALaterRunNeedsNoMoreThanTheRightsOfThePage) {
  FakeList list;
  list.add(3, kBegin, minutes{1});
  refresh(*user, list);
  user->run("DO $$ BEGIN CREATE ROLE runner LOGIN; EXCEPTION WHEN duplicate_object THEN END $$");
  const std::string url = sharedServer().url() + "&user=runner";
  EXPECT_THAT(complaint([&] { PostgresUser(url, url).open("p")->load(); }),
              HasSubstr("(SQLSTATE 42501)"));
  sharedServer().sql(
      "GRANT USAGE ON SCHEMA heymilo TO runner; "
      "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA heymilo TO runner; "
      "GRANT USAGE ON ALL SEQUENCES IN SCHEMA heymilo TO runner");
  PostgresUser runner(url, url);
  runner.open("p")->trackChanges(true);
  list.add(2, kBegin + minutes{60}, minutes{1});
  list.candidates.erase(list.candidates.begin());
  refresh(runner, list, true);
  expectEqual(*user, list);
  EXPECT_EQ(runner.open("p")->changes(10).size(), 3u);  // two are new, one is gone
  sharedServer().sql("DROP OWNED BY runner");
}

TEST_F(PostgresMirror, TablesOfSomethingElseAreNamed) {
  for (const char* const script : {"CREATE TABLE heymilo.version(v int)",
                                   "CREATE TABLE heymilo.candidates(id int)",
                                   "CREATE TABLE heymilo.mirror(width real)"}) {
    sharedServer().sql(
        std::string("DROP SCHEMA IF EXISTS heymilo CASCADE; CREATE SCHEMA heymilo; ") + script);
    EXPECT_THAT(complaint([&] { user->open("p")->load(); }),
                HasSubstr("the schema heymilo in PostgreSQL has tables that are not heymilo's: use "
                          "another database for the mirror ("))
        << script;
  }
}

TEST_F(PostgresMirror, TablesOfAnotherVersionAreRefused) {
  user->open("p")->load();
  user->run("UPDATE heymilo.version SET version = 2 WHERE component = 'mirror'");
  EXPECT_THROW(user->open("p")->load(), StoreError);
}

TEST_F(PostgresMirror, APropertyThatWasUnknownGetsItsColumn) {
  FakeList list;
  list.add(3, kBegin, minutes{1});
  refresh(*user, list);
  user->run("ALTER TABLE heymilo.candidates DROP COLUMN interview_url");
  list.candidates[1].interview_url = "https://example.com";
  refresh(*user, list, true);
  expectEqual(*user, list);
}

TEST_F(PostgresMirror, GoesOnAfterTheServerWasRestarted) {
  FakeList list;
  list.add(450, kBegin, minutes{1});
  list.before = [](std::size_t request) -> std::optional<heymilo::HttpResponse> {
    if (request == 3) {
      sharedServer().stop(PostgresServer::Stop::immediate);
    }
    return std::nullopt;
  };
  EXPECT_THROW(refresh(*user, list), StoreError);
  sharedServer().start();
  list.before = nullptr;
  user = std::make_unique<PostgresUser>(sharedServer().url(), sharedServer().url());
  EXPECT_TRUE(refresh(*user, list).resumed);
  expectEqual(*user, list);
}

TEST_F(PostgresMirror, TheQueriesOfTheExamplesRun) {
  FakeList list;
  list.add(20, kBegin, minutes{1}, CandidateStatus::pending);
  for (auto& one : list.candidates) {
    nlohmann::json json = one;
    json["score"] = 90;
    json["status"] = "completed";
    json["workflow"] = {
        {"all_complete", true},
        {"steps",
         {{{"step_id", "call"},
           {"order", 1},
           {"status", "completed"},
           {"started", true},
           {"completed", true},
           {"last_updated_at",
            static_cast<double>(one.created_at->time_since_epoch().count()) / 1e6 + 7200}}}}};
    one = json.get<heymilo::CandidateResponse>();
  }
  refresh(*user, list);
  const auto query = [&](const char* name) {
    std::ifstream in(std::string(HEYMILO_SOURCE_DIR "/examples/sql/") + name);
    return sharedServer().sql(std::string(std::istreambuf_iterator<char>(in), {}));
  };
  EXPECT_EQ(query("funnel_postgres.sql"), "1|call|20|20|0\n");
  EXPECT_EQ(query("time_in_step_postgres.sql"), "1|call|20|2.00|2.00\n");
  EXPECT_THAT(query("newly_completed_postgres.sql"), HasSubstr("c7@example.com"));
}

}  // namespace
}  // namespace heymilo_test
