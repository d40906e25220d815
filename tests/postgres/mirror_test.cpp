// The mirror in PostgreSQL: what each mirror has to do, and what a server adds.

#include "heymilo/postgres/mirror.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "heymilo/errors.hpp"
#include "postgres/connection.hpp"
#include "support/mirror_fakes.hpp"
#include "support/postgres.hpp"
#include "workflows/mirror/mirror_contract.hpp"
#include "workflows/mirror/mirror_rules.hpp"

namespace heymilo_test {
namespace {

using heymilo::CandidateStatus;
using heymilo::StoreError;
using heymilo::postgres::Connection;
using heymilo::postgres::Rows;
using heymilo::postgres::StatementError;
using heymilo::postgres::Value;
using heymilo::test::FakeList;
using heymilo::test::mirroredCandidate;
using heymilo::workflows::MirrorSink;
using heymilo::workflows::MirrorWalk;
using std::chrono::hours;
using std::chrono::minutes;
using testing::HasSubstr;

constexpr std::chrono::seconds kLimit{20};

/// One server for all tests of this file: it takes a second to make.
PostgresServer* server = nullptr;

class MirrorServer : public testing::Environment {
 public:
  void TearDown() override {
    delete server;
    server = nullptr;
  }
};
const testing::Environment* const kServer = testing::AddGlobalTestEnvironment(new MirrorServer);

void makeServer() {
  if (server == nullptr) {
    server = new PostgresServer();
  }
  server->sql("DROP SCHEMA IF EXISTS heymilo CASCADE");
}

/// A user with a connection of its own.
class PostgresUser : public MirrorDatabase {
 public:
  explicit PostgresUser(std::string url) : url_(std::move(url)), connection_(server->url()) {}

  std::shared_ptr<MirrorSink> open(const std::string& posting) override {
    return heymilo::postgres::mirror(url_, posting);
  }

  nlohmann::json candidates(const std::string& posting) override {
    std::string times;
    for (const char* name :
         {"created_at", "interviewed_at", "first_seen", "last_seen", "changed_at", "gone_at"}) {
      times += (times.empty() ? "'" : ", '") + std::string(name) + "', extract(epoch FROM " + name +
               ")::double precision";
    }
    const Rows rows = run("SELECT (to_jsonb(c) || jsonb_build_object(" + times +
                              "))::text FROM heymilo.candidates c WHERE posting = $1",
                          {Value(posting)});
    nlohmann::json all = nlohmann::json::object();
    for (std::size_t at = 0; at < rows.size(); ++at) {
      const auto row = nlohmann::json::parse(rows.text(at, 0));
      all[row["interview_id"].get<std::string>()] = row;
    }
    return all;
  }

  std::vector<std::string> history(const std::string& interview_id) override {
    return texts(
        "SELECT status || ' ' || coalesce(current_step_id, '-') || ' ' || "
        "coalesce(current_step_order::text, '-') FROM heymilo.candidate_history "
        "WHERE interview_id = $1 ORDER BY observed_at",
        interview_id);
  }

  std::vector<std::string> tombstones(const std::string& posting) override {
    return texts("SELECT tombstone FROM heymilo.candidate_tombstones WHERE posting = $1", posting);
  }

  void age(hours time) override {
    run("UPDATE heymilo.candidates SET gone_at = gone_at - $1::bigint * interval '1 hour'",
        {Value(std::to_string(time.count()))});
  }

  bool hasTrace(const std::string& text) override {
    for (const std::string& table :
         texts("SELECT tablename FROM pg_tables WHERE schemaname = $1", "heymilo")) {
      const std::string sql =
          "SELECT count(*) FROM heymilo." + table + " t WHERE strpos(t::text, $1) > 0";
      if (run(sql, {Value(text)}).number(0, 0) > 0) {
        return true;
      }
    }
    return false;
  }

  Rows run(const std::string& sql, const std::vector<Value>& values = {}) {
    return connection_.run(sql.c_str(), values, kLimit);
  }

 private:
  std::vector<std::string> texts(const std::string& sql, const std::string& value) {
    const Rows rows = run(sql, {Value(value)});
    std::vector<std::string> all;
    for (std::size_t at = 0; at < rows.size(); ++at) {
      all.push_back(rows.text(at, 0));
    }
    return all;
  }

  const std::string url_;
  Connection connection_;
};

class PostgresMirrorContract : public testing::TestWithParam<MirrorRule> {
 protected:
  void SetUp() override { makeServer(); }
};

TEST_P(PostgresMirrorContract, Holds) {
  PostgresUser user(server->url());
  GetParam().check(user);
}

TEST_P(PostgresMirrorContract, HoldsThroughPgbouncerInTransactionMode) {
  const Pgbouncer bouncer(*server);
  PostgresUser user(bouncer.url());
  GetParam().check(user);
}

std::string nameOf(const testing::TestParamInfo<MirrorRule>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Store, PostgresMirrorContract, testing::ValuesIn(mirrorContract()),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(Erasure, PostgresMirrorContract, testing::ValuesIn(erasureContract()),
                         nameOf);

class PostgresMirror : public testing::Test {
 protected:
  void SetUp() override {
    makeServer();
    user = std::make_unique<PostgresUser>(server->url());
  }

  static MirrorWalk walkOf(std::uint64_t number) {
    MirrorWalk walk;
    walk.number = number;
    walk.full = true;
    return walk;
  }

  std::unique_ptr<PostgresUser> user;
};

TEST_F(PostgresMirror, HasPostgresOwnTypes) {
  user->open("p")->load();
  EXPECT_EQ(server->sql("SELECT string_agg(column_name || ' ' || data_type, ', ' ORDER BY "
                        "column_name) FROM information_schema.columns WHERE table_schema = "
                        "'heymilo' AND table_name = 'candidates' AND column_name IN ('created_at', "
                        "'document', 'score', 'shortlisted', 'current_step_order')"),
            "created_at timestamp with time zone, current_step_order bigint, document jsonb, score "
            "double precision, shortlisted boolean\n");
  EXPECT_EQ(server->sql("SELECT version FROM heymilo.version WHERE component = 'mirror'"), "1\n");
}

// The last run that began has the mirror.
TEST_F(PostgresMirror, AnEarlierRunStoresNothingMore) {
  const auto first = user->open("p");
  first->load();
  first->upsert({mirroredCandidate("a", kBegin)}, walkOf(1));
  const auto second = user->open("p");
  EXPECT_EQ(second->load().unfinished->number, 1u);
  const auto refused = [](const auto& operation) {
    try {
      operation();
    } catch (const StoreError& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  const auto other = mirroredCandidate("b", kBegin);
  const auto has_ended = HasSubstr("another run has taken over");
  EXPECT_THAT(refused([&] { first->upsert({other}, walkOf(1)); }), has_ended);
  EXPECT_THAT(refused([&] { first->keep("a", walkOf(2)); }), has_ended);
  EXPECT_THAT(refused([&] { first->finish(walkOf(2), {}); }), has_ended);
  EXPECT_THAT(refused([&] { first->load(); }), has_ended);
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
  server->sql(
      "GRANT USAGE ON SCHEMA heymilo TO reader; "
      "GRANT SELECT ON heymilo.candidates, heymilo.candidate_history TO reader");
  EXPECT_EQ(server->sql("SET ROLE reader; SELECT count(*) FROM heymilo.candidates"), "SET\n3\n");
  for (const char* sql : {"DELETE FROM heymilo.candidates",
                          "UPDATE heymilo.candidates SET name = ''",
                          "SELECT * FROM heymilo.mirror",
                          "SELECT * FROM heymilo.candidate_tombstones"}) {
    EXPECT_THROW(server->sql(std::string("SET ROLE reader; ") + sql), std::runtime_error) << sql;
  }
  server->sql("DROP OWNED BY reader");
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
      server->stop(PostgresServer::Stop::immediate);
    }
    return std::nullopt;
  };
  EXPECT_THROW(refresh(*user, list), StoreError);
  server->start();
  list.before = nullptr;
  user = std::make_unique<PostgresUser>(server->url());
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
    return server->sql(std::string(std::istreambuf_iterator<char>(in), {}));
  };
  EXPECT_EQ(query("funnel_postgres.sql"), "1|call|20|20|0\n");
  EXPECT_EQ(query("time_in_step_postgres.sql"), "1|call|20|2.00|2.00\n");
  EXPECT_THAT(query("newly_completed_postgres.sql"), HasSubstr("c7@example.com"));
}

}  // namespace
}  // namespace heymilo_test
