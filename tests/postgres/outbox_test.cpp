// The outbox in PostgreSQL: what each outbox has to do, and what a server adds.

#include "heymilo/postgres/outbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "heymilo/errors.hpp"
#include "heymilo/postgres/journal.hpp"
#include "postgres/connection.hpp"
#include "postgres/shared_server.hpp"
#include "support/eventually.hpp"
#include "support/mock_client.hpp"
#include "support/postgres.hpp"
#include "workflows/job/journal_worker.hpp"
#include "workflows/outbox/outbox_contract.hpp"

namespace heymilo_test {
namespace {

using heymilo::postgres::Connection;
using heymilo::postgres::StatementError;
using heymilo::postgres::Value;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ValuesIn;

constexpr std::chrono::seconds kStatementLimit{20};

/// An application with a connection of its own.
class PostgresApplication : public OutboxDatabase {
 public:
  explicit PostgresApplication(std::string url)
      : url_(std::move(url)), connection_(sharedServer().url()) {}

  std::shared_ptr<heymilo::workflows::Outbox> open() override {
    auto outbox = heymilo::postgres::outbox(url_);
    outbox->pending();  // makes the tables
    return outbox;
  }
  void begin() override { run("BEGIN"); }
  void commit() override { run("COMMIT"); }
  void rollback() override { run("ROLLBACK"); }
  using OutboxDatabase::enqueue;
  void enqueue(const std::string& posting, const std::string& key,
               const std::string& request) override {
    add(posting, key, request);
  }
  /// What heymilo.enqueue() returns.
  std::string add(const std::string& posting, const std::string& key, const std::string& request) {
    return run("SELECT heymilo.enqueue($1, $2, $3::jsonb)",
               {Value(posting), Value(key), Value(request)});
  }
  std::string row(const std::string& posting, const std::string& key) override {
    return run(
        "SELECT state || ' ' || coalesce(code, '') || ' ' || coalesce(request::text, '-') "
        "FROM heymilo.outbox WHERE posting_id = $1 AND key = $2",
        {Value(posting), Value(key)});
  }
  std::string interviewOf(const std::string& posting, const std::string& key) override {
    return run(
        "SELECT coalesce(interview_id, '') FROM heymilo.outbox WHERE posting_id = $1 AND key = $2",
        {Value(posting), Value(key)});
  }
  std::string run(const char* sql, const std::vector<Value>& values = {}) {
    const auto rows = connection_.run(sql, values, kStatementLimit);
    return rows.empty() ? std::string() : rows.rows[0][0].value_or("NULL");
  }

 private:
  const std::string url_;
  Connection connection_;
};

std::string ruleName(const ::testing::TestParamInfo<OutboxRule>& info) { return info.param.name; }

class PostgresOutboxContract : public ::testing::TestWithParam<OutboxRule> {
 protected:
  void SetUp() override { emptySharedServer(); }
};

TEST_P(PostgresOutboxContract, Holds) {
  PostgresApplication application(sharedServer().url());
  GetParam().check(application);
}

TEST_P(PostgresOutboxContract, HoldsThroughPgbouncerInTransactionMode) {
  const Pgbouncer bouncer(sharedServer());
  PostgresApplication application(bouncer.url());
  GetParam().check(application);
}

INSTANTIATE_TEST_SUITE_P(Store, PostgresOutboxContract, ValuesIn(outboxContract()), ruleName);
INSTANTIATE_TEST_SUITE_P(Delivery, PostgresOutboxContract, ValuesIn(deliveryContract()), ruleName);

constexpr const char* kAda = R"({"name": "Ada", "email": "ada@example.com"})";
constexpr const char* kAdaAgain = R"({"email":"ada@example.com",   "name": "\u0041da"})";
constexpr const char* kBob = R"({"name": "Bob", "email": "bob@example.com"})";

class PostgresOutbox : public ::testing::Test {
 protected:
  void SetUp() override {
    emptySharedServer();
    application = std::make_unique<PostgresApplication>(sharedServer().url());
    outbox = application->open();
  }

  void settle(heymilo::workflows::OutboxState state) {
    for (const auto& row : outbox->pending("p", 0, 100)) {
      heymilo::workflows::OutboxOutcome outcome;
      outcome.id = row.id;
      outcome.state = state;
      if (state == heymilo::workflows::OutboxState::rejected) {
        outcome.error = heymilo::APIErrorDetail{"code", "message"};
      }
      outbox->settle({outcome});
    }
  }

  std::unique_ptr<PostgresApplication> application;
  std::shared_ptr<heymilo::workflows::Outbox> outbox;
};

TEST_F(PostgresOutbox, EnqueueSaysWhatIsKnown) {
  EXPECT_EQ(application->add("p", "1", kAda), "new");
  EXPECT_EQ(application->add("p", "1", kAdaAgain), "known");
  EXPECT_EQ(application->add("p", "1", kBob), "changed");
  EXPECT_EQ(application->add("q", "1", kBob), "new");
  settle(heymilo::workflows::OutboxState::ingested);
  EXPECT_EQ(application->add("p", "1", kAda), "known");
  EXPECT_EQ(application->add("p", "1", kBob), "changed");
  EXPECT_EQ(application->run("SELECT count(*) FROM heymilo.outbox WHERE state = 'pending'"), "1");
}

TEST_F(PostgresOutbox, ForgetsWhatItsJournalForgets) {
  journal_contract::Worker worker([] { return heymilo::postgres::journal(sharedServer().url()); });
  worker.adopt();
  for (const char* key : {"key:id:1", "key:id:2"}) {
    worker.claim({key}, key);
    worker.settle(key, key, journal_contract::State::ingested);
  }
  sharedServer().sql(heymilo::postgres::outboxSchema());
  sharedServer().sql(
      "SELECT heymilo.enqueue('posting', n::text, '{}') FROM generate_series(1, 2) AS n; "
      "UPDATE heymilo.outbox SET state = 'ingested', request = NULL, "
      "interview_id = 'interview-key:id:' || key; "
      "INSERT INTO heymilo.outbox (posting_id, key, state, digest, interview_id) "
      "VALUES ('other', '1', 'ingested', 'd', 'interview-key:id:1')");
  EXPECT_EQ(worker.journal().forget("posting", {{"key:id:1", {"interview-key:id:1"}}}), 1U);
  EXPECT_EQ(sharedServer().sql("SELECT posting_id, key, state, coalesce(interview_id, '-'), "
                               "length(digest) > 0 FROM heymilo.outbox ORDER BY 1, 2"),
            "other|1|ingested|interview-key:id:1|t\n"
            "posting|1|ingested|-|f\n"
            "posting|2|ingested|interview-key:id:2|t\n");
  EXPECT_EQ(sharedServer().sql("SELECT heymilo.enqueue('posting', '1', '{}'), "
                               "heymilo.enqueue('posting', '1', '[]'), "
                               "heymilo.enqueue('posting', '2', '{}'), "
                               "heymilo.enqueue('posting', '2', '[]')"),
            "known|known|known|changed\n");
}

TEST_F(PostgresOutbox, OnlyARejectedOneIsReplaced) {
  application->add("p", "1", kAda);
  settle(heymilo::workflows::OutboxState::rejected);
  EXPECT_EQ(application->add("p", "1", kAda), "new");
  settle(heymilo::workflows::OutboxState::rejected);
  EXPECT_EQ(application->add("p", "1", kBob), "new");
  EXPECT_EQ(application->add("p", "1", kAda), "changed");
  settle(heymilo::workflows::OutboxState::changed);
  EXPECT_EQ(application->add("p", "1", kBob), "changed");
}

TEST_F(PostgresOutbox, NothingThatIsEnqueuedEndsTheTransactionOfTheUser) {
  for (const char* request : {"[1]", "null", "\"text\"", "{}", R"({"name": 1e400})"}) {
    EXPECT_EQ(application->add("p", request, request), "new");
  }
  EXPECT_EQ(application->run("SELECT heymilo.enqueue('p', 'null', NULL)"), "changed");
  EXPECT_EQ(application->run("SELECT heymilo.enqueue('p', 'NULL', NULL)"), "new");
  EXPECT_EQ(application->run("SELECT heymilo.enqueue('p', 'NULL', NULL)"), "known");
  EXPECT_THROW(application->run("SELECT heymilo.enqueue(NULL, '1', '{}')"), StatementError);
  EXPECT_THROW(application->run("SELECT heymilo.enqueue('p', NULL, '{}')"), StatementError);
  EXPECT_THROW(application->run("SELECT heymilo.enqueue('p', repeat('x', 501), '{}')"),
               StatementError);
}

TEST_F(PostgresOutbox, OneOfTwoTransactionsIsNew) {
  PostgresApplication other(sharedServer().url());
  application->begin();
  EXPECT_EQ(application->add("p", "1", kAda), "new");
  std::string answer;
  std::thread thread([&] { answer = other.add("p", "1", kAda); });
  EXPECT_TRUE(eventually([] {
    return sharedServer().sql(
               "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == "1\n";
  }));
  application->commit();
  thread.join();
  EXPECT_EQ(answer, "known");
}

TEST_F(PostgresOutbox, OneThatIsRolledBackLeavesItToTheOther) {
  PostgresApplication other(sharedServer().url());
  application->begin();
  EXPECT_EQ(application->add("p", "1", kAda), "new");
  std::string answer;
  std::thread thread([&] { answer = other.add("p", "1", kBob); });
  EXPECT_TRUE(eventually([] {
    return sharedServer().sql(
               "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == "1\n";
  }));
  application->rollback();
  thread.join();
  EXPECT_EQ(answer, "new");
  EXPECT_THAT(application->row("p", "1"), HasSubstr("Bob"));
}

TEST_F(PostgresOutbox, AKnownKeyWaitsForNobody) {
  application->add("p", "1", kAda);
  PostgresApplication other(sharedServer().url());
  other.begin();
  EXPECT_EQ(other.add("p", "1", kAda), "known");
  application->run("SET lock_timeout = '2s'");
  EXPECT_EQ(application->add("p", "1", kAda), "known");
  settle(heymilo::workflows::OutboxState::ingested);  // nor does the delivery
  other.rollback();
}

TEST_F(PostgresOutbox, WhatIsCommittedLateIsNotPassedOver) {
  heymilo::testing::MockServer api;
  api.addPosting("p");
  heymilo::ClientOptions client = mockClientOptions(api);
  heymilo::workflows::OutboxOptions options;
  options.once = true;
  options.new_posting = true;
  options.poll = milliseconds{5};
  PostgresApplication late(sharedServer().url());
  late.begin();
  late.enqueue("1");
  application->enqueue("2");
  EXPECT_EQ(deliverOutbox(heymilo::Client(client), *outbox, options).delivered, 1u);
  late.commit();  // with an id before the one that was delivered
  EXPECT_EQ(deliverOutbox(heymilo::Client(client), *outbox, options).delivered, 1u);
  EXPECT_EQ(application->row("p", "1"), "ingested  -");
}

TEST_F(PostgresOutbox, TheApplicationNeedsTwoRights) {
  sharedServer().sql("DROP ROLE IF EXISTS shop; CREATE ROLE shop LOGIN");
  const auto asShop = [](const std::string& sql) {
    return sharedServer().sql("SET ROLE shop; SET search_path = public; " + sql);
  };
  const std::string call = "SELECT heymilo.enqueue('p', '1', '{}')";
  EXPECT_ANY_THROW(asShop(call));
  sharedServer().sql("GRANT USAGE ON SCHEMA heymilo TO shop");
  EXPECT_ANY_THROW(asShop(call));
  sharedServer().sql("GRANT EXECUTE ON FUNCTION heymilo.enqueue(text, text, jsonb) TO shop");
  EXPECT_THAT(asShop(call), HasSubstr("new"));
  EXPECT_ANY_THROW(asShop("SELECT * FROM heymilo.outbox"));
  EXPECT_ANY_THROW(asShop("INSERT INTO heymilo.outbox(posting_id, key) VALUES('p', '2')"));
  // What the caller puts first in its search_path is not what the function calls.
  EXPECT_THAT(sharedServer().sql("CREATE SCHEMA evil AUTHORIZATION shop; SET ROLE shop;"
                                 "CREATE FUNCTION evil.sha256(bytea) RETURNS bytea LANGUAGE sql "
                                 "AS 'SELECT 1/0; SELECT $1'; SET search_path = evil, pg_catalog;"
                                 "SELECT heymilo.enqueue('p', '3', '{}'); RESET ROLE;"
                                 "DROP SCHEMA evil CASCADE"),
              HasSubstr("new"));
  sharedServer().sql("DROP OWNED BY shop; DROP ROLE shop");
}

TEST_F(PostgresOutbox, DeliveringNeedsNoMoreRightsThanItsPageSays) {
  sharedServer().sql("DROP ROLE IF EXISTS delivery; CREATE ROLE delivery LOGIN");
  const auto other = heymilo::postgres::outbox("postgresql://delivery@/heymilo?host=" +
                                               sharedServer().socketDirectory());
  EXPECT_THROW(other->pending(), heymilo::StoreError);
  sharedServer().sql("GRANT USAGE ON SCHEMA heymilo TO delivery");
  EXPECT_THROW(other->pending(), heymilo::StoreError);
  sharedServer().sql(
      "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA heymilo TO delivery");
  heymilo::testing::MockServer api;
  api.addPosting("p");
  application->enqueue("1");
  application->add("p", "2", "[1]");
  heymilo::workflows::OutboxOptions options;
  options.once = true;
  options.new_posting = true;
  options.expire_after = std::chrono::seconds{0};
  const auto result = deliverOutbox(heymilo::Client(mockClientOptions(api)), *other, options);
  EXPECT_EQ(result.delivered, 1u);
  EXPECT_EQ(result.rejected, 1u);
  EXPECT_EQ(other->expire(std::chrono::seconds{0}), 1u);
  sharedServer().sql("DROP OWNED BY delivery; DROP ROLE delivery");
}

TEST_F(PostgresOutbox, TheScriptIsTheOneOfTheMigrations) {
  const std::string script = heymilo::postgres::outboxSchema();
  std::ifstream in(HEYMILO_SOURCE_DIR "/examples/sql/outbox_postgres.sql");
  EXPECT_EQ(script, std::string(std::istreambuf_iterator<char>(in), {}));
  sharedServer().sql("DROP SCHEMA heymilo CASCADE");
  sharedServer().sql("BEGIN;" + script + "COMMIT;");
  sharedServer().sql("BEGIN;" + script + "COMMIT;");
  EXPECT_EQ(application->add("p", "1", kAda), "new");  // before anybody has delivered
  EXPECT_EQ(heymilo::postgres::outbox(sharedServer().url())->pending("p", 0, 10).size(), 1u);
}

TEST_F(PostgresOutbox, ADatabaseThatIsAwayComesBack) {
  heymilo::testing::MockServer api;
  api.addPosting("p");
  heymilo::ClientOptions client = mockClientOptions(api);
  client.timeout = std::chrono::seconds{1};
  heymilo::workflows::OutboxOptions options;
  options.new_posting = true;
  options.poll = milliseconds{20};
  options.settling_time = milliseconds{20};
  heymilo::CancellationSource stop;
  options.stop = stop.token();
  std::atomic<int> failures{0};
  options.on_event = [&](const heymilo::workflows::OutboxEvent& event) {
    failures += event.kind == heymilo::workflows::OutboxEvent::Kind::failed ? 1 : 0;
  };
  std::thread thread([&] { deliverOutbox(heymilo::Client(client), *outbox, options); });
  application->enqueue("1");
  EXPECT_TRUE(eventually([&] { return api.candidateCount("p") == 1; }));
  sharedServer().stop(PostgresServer::Stop::immediate);
  EXPECT_TRUE(eventually([&] { return failures > 0; }));
  sharedServer().start();
  PostgresApplication again(sharedServer().url());
  again.enqueue("2");
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (again.row("p", "2") != "ingested  -" && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(milliseconds{20});
  }
  stop.cancel();
  thread.join();
  EXPECT_EQ(again.row("p", "2"), "ingested  -");
  EXPECT_EQ(api.candidateCount("p"), 2u);
}

TEST_F(PostgresOutbox, AUrlThatIsNoneIsRefused) {
  EXPECT_THROW(heymilo::postgres::outbox("file.db"), heymilo::InvalidArgumentError);
}

}  // namespace
}  // namespace heymilo_test
