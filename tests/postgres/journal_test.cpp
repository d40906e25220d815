// The journal in PostgreSQL: what each journal has to do, and what a server adds.

#include "heymilo/postgres/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "heymilo/errors.hpp"
#include "postgres/connection.hpp"
#include "postgres/journal_store.hpp"
#include "postgres/shared_server.hpp"
#include "support/eventually.hpp"
#include "support/postgres.hpp"
#include "workflows/job/journal_contract.hpp"
#include "workflows/job/journal_worker.hpp"

namespace heymilo_test {
namespace {

namespace wf = heymilo::workflows;
using heymilo::StoreError;
using heymilo::postgres::Connection;
using journal_contract::Outcome;
using journal_contract::State;
using journal_contract::Verdict;
using journal_contract::Worker;
using ::testing::HasSubstr;
using ::testing::Not;

OpensJournal opens(const std::string& url) {
  return [url] { return heymilo::postgres::journal(url); };
}

class PostgresJournalContract : public ::testing::TestWithParam<JournalRule> {};

TEST_P(PostgresJournalContract, Holds) {
  emptySharedServer();
  GetParam().check(opens(sharedServer().url()));
}

INSTANTIATE_TEST_SUITE_P(, PostgresJournalContract, ::testing::ValuesIn(journalContract()), nameOf);

class PostgresJournal : public ::testing::Test {
 protected:
  void SetUp() override { emptySharedServer(); }

  static std::string messageOf(wf::Journal& journal) {
    try {
      wf::JournalJoin join;
      join.stamp = {journal_contract::freshName(), 1, 0};
      join.posting = journal_contract::purpose();
      journal.join(join);
      return "it did not throw";
    } catch (const StoreError& error) {
      return error.what();
    }
  }
};

TEST_F(PostgresJournal, HoldsThroughPgbouncerInTransactionMode) {
  const Pgbouncer bouncer(sharedServer());
  for (const JournalRule& rule : journalContract()) {
    SCOPED_TRACE(rule.name);
    sharedServer().sql("DROP SCHEMA IF EXISTS heymilo CASCADE");
    rule.check(opens(bouncer.url()));
  }
}

TEST_F(PostgresJournal, IsSharedByWorkersInParallel) {
  constexpr std::size_t kKeys = 300;
  Worker(opens(sharedServer().url())).adopt();
  std::vector<std::vector<std::string>> claimed(4);
  std::vector<std::thread> threads;
  std::vector<std::unique_ptr<Worker>> workers;
  for (std::size_t i = 0; i < claimed.size(); ++i) {
    workers.push_back(std::make_unique<Worker>(opens(sharedServer().url())));
  }
  std::atomic<bool> begun{false};
  for (std::size_t i = 0; i < claimed.size(); ++i) {
    threads.emplace_back([&worker = *workers[i], &mine = claimed[i], &begun, i] {
      while (!begun) {
        std::this_thread::yield();
      }
      for (std::size_t begin = 0; begin < kKeys; begin += 10) {
        std::vector<std::string> keys;
        for (std::size_t key = begin; key < begin + 20 && key < kKeys; ++key) {
          keys.push_back(std::to_string(key));
        }
        const auto answers =
            worker.claim(keys, "token" + std::to_string(i) + "-" + std::to_string(begin));
        for (std::size_t at = 0; at < answers.size(); ++at) {
          if (answers[at].verdict == Verdict::claimed) {
            mine.push_back(keys[at]);
          }
        }
      }
    });
  }
  begun = true;
  for (std::thread& thread : threads) {
    thread.join();
  }
  std::map<std::string, int> times;
  for (const auto& mine : claimed) {
    for (const std::string& key : mine) {
      EXPECT_EQ(++times[key], 1) << key;
    }
  }
  EXPECT_EQ(times.size(), kKeys);
  EXPECT_EQ(sharedServer().sql("SELECT count(*) FROM heymilo.journal_record"), "300\n");
}

TEST_F(PostgresJournal, WhoeverJoinedBeforeItWasBoundAnewWritesNoKeys) {
  const OpensJournal open = opens(sharedServer().url());
  Worker before(open);
  wf::JournalJoin join;
  join.stamp = {journal_contract::freshName(), 1, 0};
  join.posting = journal_contract::purpose();
  join.posting.base_url = "http://localhost";
  EXPECT_EQ(open()->join(join).outcome, Outcome::refused);
  Worker other(open);
  other.beat({{before.id(), before.number()}});
  EXPECT_EQ(other.journal().leave(other.next()), Outcome::good);
  EXPECT_EQ(open()->join(join).outcome, Outcome::good);
  const auto settled =
      before.journal().settle({before.next(), {Worker::result("a", "t", State::ingested)}});
  EXPECT_EQ(settled.outcome, Outcome::gone);
  before.show("b", "interview");
  EXPECT_EQ(before.outcome(), Outcome::gone);
  EXPECT_TRUE(open()->rows("posting", "", 100).empty());
}

TEST_F(PostgresJournal, IsNotAdoptedAnyMoreAfterARestart) {
  Worker worker(opens(sharedServer().url()));
  Worker other(opens(sharedServer().url()));
  worker.adopt().claim({"a"}, "t");
  sharedServer().stop(PostgresServer::Stop::immediate);
  EXPECT_THROW(worker.beat(), StoreError);
  EXPECT_THROW(worker.beat(), StoreError);
  sharedServer().start();
  worker.beat();
  EXPECT_EQ(worker.outcome(), Outcome::restored);
  EXPECT_THROW(other.beat(), StoreError) << "the session has ended";
  other.beat();
  EXPECT_EQ(other.outcome(), Outcome::gone);  // with all that had joined the server before
  EXPECT_EQ(other.row("a").state, State::in_doubt);
  EXPECT_FALSE(Worker(opens(sharedServer().url())).beat().adopted);
}

TEST_F(PostgresJournal, IsNotAdoptedAnyMoreWithAnotherTable) {
  Worker worker(opens(sharedServer().url()));
  worker.adopt();
  EXPECT_TRUE(worker.beat().adopted);
  sharedServer().sql("TRUNCATE heymilo.journal_record");
  worker.beat();
  EXPECT_EQ(worker.outcome(), Outcome::restored);
}

TEST_F(PostgresJournal, ASessionThatEndsInACallIsAnErrorAndTheNextCallIsGood) {
  Worker worker(opens(sharedServer().url()));
  worker.adopt();
  Connection other(sharedServer().url());
  std::thread holder([&] {
    try {
      other.runScript("SELECT 1 FROM heymilo.journal_posting FOR UPDATE; SELECT pg_sleep(60)",
                      std::chrono::seconds{60});
    } catch (const heymilo::postgres::StatementError&) {  // its session is ended, too
    }
  });
  const std::string waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
  std::thread ender([&] {
    EXPECT_TRUE(eventually([&] { return !sharedServer().sql(waiting).empty(); }));
    sharedServer().sql("SELECT pg_terminate_backend(pid) FROM (" + waiting + ") AS w");
    sharedServer().sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
  });
  EXPECT_TRUE(eventually([&] {
    return !sharedServer()
                .sql("SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
                .empty();
  }));
  EXPECT_THROW(worker.claim({"a"}, "t"), StoreError);
  ender.join();
  holder.join();
  EXPECT_EQ(worker.claim({"a"}, "t2").at(0).verdict, Verdict::claimed);
  EXPECT_EQ(worker.outcome(), Outcome::good);
}

TEST_F(PostgresJournal, WaitsForALockNoLongerThanItsLimit) {
  Worker made(opens(sharedServer().url()));
  Connection other(sharedServer().url());
  std::thread holder([&] {
    other.runScript("SELECT 1 FROM heymilo.journal_posting FOR UPDATE; SELECT pg_sleep(1)",
                    std::chrono::seconds{10});
  });
  EXPECT_TRUE(eventually([&] {
    return !sharedServer()
                .sql("SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
                .empty();
  }));
  const auto journal =
      heymilo::postgres::makeJournal(sharedServer().url(), std::chrono::milliseconds{100});
  EXPECT_THAT(messageOf(*journal), HasSubstr("can't be used"));
  holder.join();
}

TEST_F(PostgresJournal, HoldsEachKeyAndNoTwoAsOne) {
  const std::vector<std::string> keys = {std::string("a\0b", 3),
                                         std::string("a\0c", 3),
                                         "\xff",
                                         "\xc3",
                                         "\\x41",
                                         "A",
                                         "a",
                                         "M\xc3\xbcller",
                                         "Mu\xcc\x88ller",
                                         "o'hara\"; --",
                                         " ",
                                         std::string(600, 'k'),
                                         std::string(600, '\xff')};
  Worker worker(opens(sharedServer().url()));
  worker.adopt();
  for (const auto& answer : worker.claim(keys, "t")) {
    EXPECT_EQ(answer.verdict, Verdict::claimed);
  }
  for (const std::string& key : keys) {
    worker.settle(key, "t", State::ingested);
    EXPECT_EQ(worker.row(key).interview_id, "interview-t") << key;
  }
  // Whatever a client's encoding is.
  Worker other(opens(sharedServer().url() + "&client_encoding=LATIN1"));
  for (const std::string& key : keys) {
    EXPECT_EQ(other.ask(key), Verdict::known) << key;
  }
  std::vector<std::string> listed;
  for (std::string after;;) {
    const auto rows = other.journal().rows("posting", after, 4);
    if (rows.empty()) {
      break;
    }
    for (const auto& row : rows) {
      listed.push_back(row.key);
    }
    after = rows.back().key;
  }
  EXPECT_THAT(listed, ::testing::UnorderedElementsAreArray(keys));
}

TEST_F(PostgresJournal, WritesOnlyTheWorkersRowWhereAllKeysAreKnown) {
  Worker worker(opens(sharedServer().url()));
  std::vector<std::string> keys;
  worker.adopt();
  for (std::size_t i = 0; i < 500; ++i) {
    keys.push_back("key" + std::to_string(i));
    worker.settle(keys.back(), "t", State::ingested);
  }
  const std::string written =
      "SELECT ctid, xmin FROM heymilo.journal_record UNION ALL SELECT ctid, xmin FROM "
      "heymilo.journal_posting UNION ALL SELECT ctid, xmin FROM heymilo.journal_count ORDER BY 1";
  const std::string before = sharedServer().sql(written);
  for (const auto& answer : worker.claim(keys, "t2")) {
    EXPECT_EQ(answer.verdict, Verdict::known);
  }
  EXPECT_EQ(sharedServer().sql(written), before);
}

TEST_F(PostgresJournal, KeepsPostingsApart) {
  Worker worker(opens(sharedServer().url()));
  worker.adopt().claim({"a"}, "t");
  const auto journal = heymilo::postgres::journal(sharedServer().url());
  wf::JournalJoin join;
  join.stamp = {journal_contract::freshName(), 1, 0};
  join.posting = {"another", "https://other.example", "id", 1};
  EXPECT_EQ(journal->join(join).outcome, Outcome::good);
  const wf::JournalView view = journal->beat({{join.stamp.worker, 2, 1}, {}, false});
  EXPECT_FALSE(view.adopted);
  EXPECT_THAT(view.others, ::testing::IsEmpty());
  EXPECT_EQ(view.counts.in_flight, 0U);
  EXPECT_TRUE(worker.beat().adopted);

  sharedServer().sql("DELETE FROM heymilo.journal_posting WHERE posting = 'posting'");
  EXPECT_EQ(sharedServer().sql("SELECT count(*) FROM heymilo.journal_record"), "0\n");
  EXPECT_EQ(sharedServer().sql("SELECT count(*) FROM heymilo.journal_count"), "0\n");
  worker.settle("a", "t", State::ingested);  // a receipt is kept whatever there is
  EXPECT_EQ(worker.outcome(), Outcome::restored);
  EXPECT_EQ(worker.row("a").state, State::ingested);
}

TEST_F(PostgresJournal, DoesNotKnowSinceWhenKeysAreQueuedWhereOneIsWithoutATime) {
  Worker worker(opens(sharedServer().url()));
  worker.adopt().claim({"a"}, "t1", "d", true);
  worker.settle("a", "t1", State::queued);
  EXPECT_EQ(worker.search().queued_since, journal_contract::time(0));
  worker.claim({"b"}, "t2", "d", true, std::nullopt);
  worker.settle("b", "t2", State::queued);
  EXPECT_FALSE(worker.search().queued_since);
}

TEST_F(PostgresJournal, KeepsAThousandOfThoseThatAreGone) {
  Worker worker(opens(sharedServer().url()));
  sharedServer().sql(
      "INSERT INTO heymilo.journal_worker SELECT 'posting', 'gone' || n, '', n, 1, 1, false, true, "
      "now() FROM generate_series(2, 1101) AS n");
  Worker other(opens(sharedServer().url()));
  EXPECT_EQ(
      sharedServer().sql("SELECT count(*), min(joined) FROM heymilo.journal_worker WHERE gone"),
      "1000|102\n");
  worker.beat();
  EXPECT_EQ(worker.outcome(), Outcome::good);
}

TEST_F(PostgresJournal, RefusesWhatItsProofDoesNotCover) {
  const auto serializable = heymilo::postgres::journal(
      sharedServer().url() + "&options=-c%20default_transaction_isolation%3Dserializable");
  EXPECT_THAT(messageOf(*serializable), HasSubstr("read committed"));

  sharedServer().sql("DROP DATABASE IF EXISTS latin", "postgres");
  sharedServer().sql("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0", "postgres");
  const auto latin = heymilo::postgres::journal("postgresql://heymilo@/latin?host=" +
                                                sharedServer().socketDirectory());
  EXPECT_THAT(messageOf(*latin), HasSubstr("encoding UTF8"));

  sharedServer().sql("UPDATE heymilo.version SET version = 2 WHERE component = 'journal'");
  EXPECT_THAT(messageOf(*heymilo::postgres::journal(sharedServer().url())),
              HasSubstr("another version"));
}

TEST_F(PostgresJournal, FlushesItsCommitsWhateverTheServersDefaultIs) {
  Worker worker(opens(sharedServer().url() + "&options=-c%20synchronous_commit%3Doff"));
  Connection connection(sharedServer().url() + "&options=-c%20synchronous_commit%3Doff");
  EXPECT_EQ(connection
                .run("SELECT current_setting('synchronous_commit') FROM "
                     "heymilo.journal_begin($1::jsonb)",
                     {R"({"posting": "posting", "base_url": "", "key_name": "", "worker": "w",
                          "number": 1, "answered": 0, "digest_version": 1,
                          "lock_timeout_ms": 1000})"},
                     std::chrono::seconds{10})
                .text(0, 0),
            "local");
}

TEST_F(PostgresJournal, NeedsNoMoreRightsThanItsHeaderSays) {
  sharedServer().sql(
      "CREATE ROLE maker LOGIN; GRANT CREATE ON DATABASE heymilo TO maker; CREATE ROLE user_only "
      "LOGIN");
  const std::string url = "/heymilo?host=" + sharedServer().socketDirectory();
  EXPECT_THAT(messageOf(*heymilo::postgres::journal("postgresql://user_only@" + url)),
              HasSubstr("permission denied"));
  Worker(opens("postgresql://maker@" + url)).adopt();
  sharedServer().sql(
      "GRANT USAGE ON SCHEMA heymilo TO user_only;"
      "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA heymilo TO user_only");
  Worker user(opens("postgresql://user_only@" + url));
  EXPECT_EQ(user.claim({"a"}, "t").at(0).verdict, Verdict::claimed);
  EXPECT_EQ(user.beat().counts.in_flight, 1U);
  sharedServer().sql(
      "DROP SCHEMA heymilo CASCADE; REVOKE ALL ON DATABASE heymilo FROM maker;"
      "DROP ROLE maker; DROP ROLE user_only");
}

TEST_F(PostgresJournal, MakesItsTablesWhereSeveralBeginInParallel) {
  std::vector<std::thread> threads;
  std::vector<std::string> messages(8);
  for (std::string& message : messages) {
    threads.emplace_back([&message] {
      try {
        const auto journal = heymilo::postgres::journal(sharedServer().url());
        journal->rows("posting", "", 1);
      } catch (const StoreError& error) {
        message = error.what();
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_THAT(messages, ::testing::Each(""));
}

TEST_F(PostgresJournal, NeverQuotesKeysInItsErrors) {
  Worker worker(opens(sharedServer().url()));
  worker.adopt();
  sharedServer().sql("ALTER TABLE heymilo.journal_record ADD CHECK (key <> 'secret@example.org')");
  try {
    worker.claim({"secret@example.org"}, "t");
    FAIL() << "it did not throw";
  } catch (const StoreError& error) {
    EXPECT_THAT(error.what(), HasSubstr("check constraint"));
    EXPECT_THAT(error.what(), Not(HasSubstr("secret")));
  }
}

TEST_F(PostgresJournal, NeedsAnUrl) {
  EXPECT_THROW(heymilo::postgres::journal("journal.sqlite"), heymilo::InvalidArgumentError);
  EXPECT_THROW(heymilo::postgres::journal("postgresql://host:port/db?nonsense=1"),
               heymilo::InvalidArgumentError);
}

}  // namespace
}  // namespace heymilo_test
