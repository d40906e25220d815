// heymilo.quota_sync() in a PostgreSQL server: that it does what the simulation's store does, so
// that what the simulation shows holds for it too; who may make the tables, and who may use them.

#include "postgres/quota_sql.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "heymilo/errors.hpp"
#include "postgres/connection.hpp"
#include "postgres/quota_store.hpp"
#include "postgres/quota_store_model.hpp"
#include "support/postgres.hpp"

namespace {

using heymilo::postgres::Connection;
using heymilo::postgres::prepareQuotaTables;
using heymilo::postgres::QuotaSync;
using heymilo::postgres::QuotaView;
using heymilo::postgres::StatementError;
using heymilo::postgres::Value;
using heymilo_test::PostgresServer;
using heymilo_test::QuotaStoreModel;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

constexpr std::chrono::milliseconds kSqlLimit{10'000};

class PostgresQuotaSql : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = new PostgresServer(); }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  void TearDown() override { server_->sql("DROP SCHEMA IF EXISTS heymilo CASCADE"); }

  static QuotaView run(Connection& connection, const QuotaSync& sync) {
    return heymilo::postgres::quotaView(
        connection
            .run("SELECT heymilo.quota_sync($1::jsonb)", {Value(toJson(sync, 5'000))}, kSqlLimit)
            .text(0, 0));
  }

  static PostgresServer* server_;
};

PostgresServer* PostgresQuotaSql::server_ = nullptr;

QuotaSync joining(const std::string& holder) {
  QuotaSync sync;
  sync.action = QuotaSync::Action::join;
  sync.quota = "name:test";
  sync.holder = holder;
  sync.name = "a test";
  sync.seq = 1;
  sync.requests = 5;
  sync.per_ms = 1'000;
  sync.outlast_ms = 3'000;
  return sync;
}

/// Random statements of a few holders. What one side calls an epoch or a ghost has another name on
/// the other.
class Statements {
 public:
  explicit Statements(unsigned seed) : random_(seed) {}

  QuotaSync next() {
    QuotaSync sync = joining("holder" + std::to_string(below(4)));
    Known& known = known_[sync.holder];
    const int kind = below(20);
    sync.action = kind == 0   ? QuotaSync::Action::join
                  : kind == 1 ? QuotaSync::Action::claim
                  : kind == 2 ? QuotaSync::Action::leave
                              : QuotaSync::Action::sync;
    known.seq += below(10) == 0 ? 0 : 1;
    sync.seq = known.seq;
    sync.acked = below(100) == 0 ? known.seq + 5 : 0;
    sync.requests = below(100) == 0 ? 6 : 5;
    sync.key = below(100) == 0 ? "another" : below(2) == 0 ? "the key" : "";
    sync.reserved = below(3) == 0 ? 2 : 0;
    sync.outlast_ms = 3'000 + below(2) * 500;
    sync.wants = below(6);
    sync.wants_reserved = below(3);
    sync.waiting_interactive = below(3);
    sync.waiting_bulk = below(3);
    sync.take = below(3);
    sync.take_reserved = below(2);
    sync.new_hold = below(10) == 0;
    sync.hold_id = below(4);
    sync.hold_ms = below(1'000);
    for (int slot = 0; slot < 5; ++slot) {
      if (below(3) == 0) {
        sync.give.push_back(slot);
      }
      if (sync.action == QuotaSync::Action::claim && below(2) == 0) {
        sync.claims.push_back(slot);
      }
      if (sync.action == QuotaSync::Action::leave && below(2) == 0) {
        sync.left.push_back({slot, below(1'000)});
      }
    }
    return sync;
  }

  int below(int end) { return std::uniform_int_distribution<int>(0, end - 1)(random_); }

 private:
  struct Known {
    long long seq = 0;
  };
  std::mt19937 random_;
  std::map<std::string, Known> known_;
};

/// Comparable: ghosts by their word alone.
std::vector<std::string> lines(const QuotaView& view) {
  std::vector<std::string> all = {"outcome " + std::to_string(static_cast<int>(view.outcome))};
  if (view.outcome != QuotaView::Outcome::good) {
    return all;
  }
  all.push_back("reserved " + std::to_string(view.reserved) + " hold " +
                std::to_string(view.hold_id) + " " + std::to_string(view.hold_ms) + " turn " +
                std::to_string(view.turn) + " free " + std::to_string(view.free) + " " +
                std::to_string(view.free_reserved));
  for (const int slot : view.slots) {
    all.push_back("slot " + std::to_string(slot));
  }
  for (const QuotaView::Holder& other : view.holders) {
    std::string line = other.holder.substr(0, other.holder.find(':'));
    for (const long long number : {other.seq,
                                   other.gone ? 1LL : 0LL,
                                   other.outlast_ms,
                                   other.waited_ms,
                                   other.turn,
                                   static_cast<long long>(other.owned),
                                   static_cast<long long>(other.owned_reserved)}) {
      line += " " + std::to_string(number);
    }
    if (!other.gone) {  // of one that has left, nothing is asked for
      line += " wants " + std::to_string(other.wants) + " " + std::to_string(other.wants_reserved) +
              " waits " + std::to_string(other.waiting_interactive) + " " +
              std::to_string(other.waiting_bulk);
    }
    for (const long long rest : other.rests_ms) {
      line += " rests " + std::to_string(rest);
    }
    all.push_back(line);
  }
  return all;
}

TEST_F(PostgresQuotaSql, DoesWhatTheStoreOfTheSimulationDoes) {
  Connection connection(server_->url());
  for (unsigned seed = 1; seed <= 12; ++seed) {
    prepareQuotaTables(connection, kSqlLimit);
    server_->sql("DELETE FROM heymilo.quota");
    QuotaStoreModel model{QuotaStoreModel::Broken{}};
    Statements statements(seed);
    std::string model_epoch;
    std::string epoch;
    std::map<std::string, std::string> ghosts;  // of the model, to the server's
    std::vector<QuotaView::Holder> others;
    for (int step = 0; step < 120; ++step) {
      QuotaSync sync = statements.next();
      if (statements.below(40) == 0) {
        model.restart();
        server_->sql("UPDATE heymilo.quota SET incarnation = 'of another server'");
      }
      const bool known_epoch = statements.below(8) != 0;
      for (const QuotaView::Holder& other : others) {
        if (statements.below(3) == 0) {
          sync.unchanged.push_back({other.holder, other.seq, statements.below(4'000)});
        }
      }
      QuotaSync real = sync;
      sync.epoch = known_epoch ? model_epoch : "no such epoch";
      real.epoch = known_epoch ? epoch : "no such epoch";
      for (auto& other : real.unchanged) {
        if (const auto ghost = ghosts.find(other.holder); ghost != ghosts.end()) {
          other.holder = ghost->second;
        }
      }
      const QuotaView expected = model.run(sync);
      const QuotaView view = run(connection, real);
      ASSERT_THAT(lines(view), ElementsAreArray(lines(expected)))
          << "seed " << seed << " step " << step << "\n"
          << toJson(real, 1);
      if (!view.epoch.empty()) {
        epoch = view.epoch;
        model_epoch = expected.epoch;
      }
      if (view.outcome == QuotaView::Outcome::good) {
        others = expected.holders;
        for (std::size_t i = 0; i < others.size(); ++i) {
          if (others[i].holder != view.holders[i].holder) {
            ghosts[others[i].holder] = view.holders[i].holder;
          }
        }
      }
    }
  }
}

TEST_F(PostgresQuotaSql, KnowsAnotherServerAnotherTableAndOtherRows) {
  Connection connection(server_->url());
  prepareQuotaTables(connection, kSqlLimit);
  QuotaSync sync = joining("one");
  std::string epoch = run(connection, sync).epoch;
  const auto again = [&] {
    sync.action = QuotaSync::Action::sync;
    sync.epoch = epoch;
    ++sync.seq;
    const QuotaView view = run(connection, sync);
    if (view.outcome == QuotaView::Outcome::restored) {
      epoch = view.epoch;
      sync.action = QuotaSync::Action::join;
      ++sync.seq;
      run(connection, sync);
    }
    return view.outcome;
  };
  EXPECT_EQ(again(), QuotaView::Outcome::good);

  server_->stop(PostgresServer::Stop::fast);
  server_->start();
  EXPECT_THROW(run(connection, sync), StatementError) << "the session has ended";
  EXPECT_EQ(again(), QuotaView::Outcome::restored);
  EXPECT_EQ(again(), QuotaView::Outcome::good);

  server_->sql(
      "CREATE TABLE copy AS TABLE heymilo.quota_slot; TRUNCATE heymilo.quota_slot;"
      "INSERT INTO heymilo.quota_slot TABLE copy; DROP TABLE copy");
  EXPECT_EQ(again(), QuotaView::Outcome::restored);
  EXPECT_EQ(again(), QuotaView::Outcome::good);

  server_->sql("UPDATE heymilo.quota_holder SET seq = 1 WHERE holder = 'one'");
  sync.acked = sync.seq;
  EXPECT_EQ(again(), QuotaView::Outcome::restored) << "its own row is an old one";
}

TEST_F(PostgresQuotaSql, MakesTheTablesWhereSeveralBeginAtOnce) {
  for (int round = 0; round < 3; ++round) {
    std::vector<std::thread> threads;
    std::vector<std::string> errors(8);
    for (std::size_t i = 0; i < errors.size(); ++i) {
      threads.emplace_back([&error = errors[i]] {
        try {
          Connection connection(server_->url());
          prepareQuotaTables(connection, kSqlLimit);
          run(connection, joining("one"));
        } catch (const std::exception& thrown) {
          error = thrown.what();
        }
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
    EXPECT_THAT(errors, ::testing::Each(""));
    EXPECT_EQ(server_->sql("SELECT count(*) FROM heymilo.quota_slot"), "5\n");
    server_->sql("DROP SCHEMA heymilo CASCADE");
  }
}

// Nobody would wait out its slots, for ever.
TEST_F(PostgresQuotaSql, TheRowOfAHolderIsNotDeletedWithoutItsSlots) {
  Connection connection(server_->url());
  prepareQuotaTables(connection, kSqlLimit);
  QuotaSync sync = joining("one");
  sync.epoch = run(connection, sync).epoch;
  try {
    connection.run("DELETE FROM heymilo.quota_holder", {}, kSqlLimit);
    ADD_FAILURE() << "it did not throw";
  } catch (const StatementError& error) {
    EXPECT_EQ(error.sqlstate(), "23503");
  }
  EXPECT_EQ(server_->sql("SELECT count(*) FROM heymilo.quota_holder"), "2\n");

  // The rows of a former server, whose slots get a new owner.
  server_->sql("UPDATE heymilo.quota SET incarnation = 'of another server'");
  sync.action = QuotaSync::Action::join;
  sync.seq = 2;
  sync.epoch = run(connection, sync).epoch;
  EXPECT_EQ(server_->sql("SELECT count(*) FROM heymilo.quota_slot WHERE owner LIKE 'ghost:%'"),
            "5\n");
  // One that leaves with slots, and one that leaves without.
  sync.action = QuotaSync::Action::claim;
  sync.claims = {0, 1};
  sync.seq = 3;
  run(connection, sync);
  QuotaSync other = joining("two");
  run(connection, other);
  other.action = sync.action = QuotaSync::Action::leave;
  other.epoch = sync.epoch;
  other.seq = 2;
  EXPECT_EQ(run(connection, other).outcome, QuotaView::Outcome::good);
  sync.seq = 4;
  sync.left = {{0, 500}};
  EXPECT_EQ(run(connection, sync).outcome, QuotaView::Outcome::good);
  EXPECT_EQ(server_->sql("SELECT holder FROM heymilo.quota_holder WHERE holder NOT LIKE 'ghost:%'"),
            "one\n");
  // All of it: what the page tells who changes the limit.
  server_->sql("DELETE FROM heymilo.quota");
  EXPECT_EQ(server_->sql("SELECT count(*) FROM heymilo.quota_slot"), "0\n");
  EXPECT_EQ(server_->sql("SELECT count(*) FROM heymilo.quota_holder"), "0\n");
}

TEST_F(PostgresQuotaSql, NeedsNoMoreRightsThanThePageSays) {
  server_->sql(
      "CREATE ROLE maker LOGIN; GRANT CREATE ON DATABASE heymilo TO maker; CREATE ROLE user_only "
      "LOGIN");
  const std::string url = "/heymilo?host=" + server_->socketDirectory();
  Connection user("postgresql://user_only@" + url);
  try {
    prepareQuotaTables(user, kSqlLimit);
    FAIL() << "it may not make them";
  } catch (const StatementError& error) {
    EXPECT_EQ(error.sqlstate(), "42501");
  }
  Connection maker("postgresql://maker@" + url);
  prepareQuotaTables(maker, kSqlLimit);
  EXPECT_EQ(run(maker, joining("maker")).outcome, QuotaView::Outcome::good);
  server_->sql(
      "GRANT USAGE ON SCHEMA heymilo TO user_only;"
      "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA heymilo TO user_only");
  prepareQuotaTables(user, kSqlLimit);
  EXPECT_EQ(run(user, joining("user")).outcome, QuotaView::Outcome::good);
  server_->sql(
      "DROP SCHEMA heymilo CASCADE; REVOKE ALL ON DATABASE heymilo FROM maker;"
      "DROP ROLE maker; DROP ROLE user_only");
}

TEST_F(PostgresQuotaSql, RefusesWhatItsProofDoesNotCover) {
  Connection connection(server_->url() +
                        "&options=-c%20default_transaction_isolation%3Dserializable");
  prepareQuotaTables(connection, kSqlLimit);
  try {
    run(connection, joining("one"));
    FAIL() << "it did not throw";
  } catch (const StatementError& error) {
    EXPECT_THAT(error.what(), HasSubstr("read committed"));
  }
  server_->sql("UPDATE heymilo.version SET version = 2 WHERE component = 'quota'");
  EXPECT_THROW(prepareQuotaTables(connection, kSqlLimit), heymilo::StoreError);
}

TEST_F(PostgresQuotaSql, FlushesItsCommitsWhateverTheServersDefaultIs) {
  Connection connection(server_->url() + "&options=-c%20synchronous_commit%3Doff");
  prepareQuotaTables(connection, kSqlLimit);
  const heymilo::postgres::Rows rows = connection.run(
      "SELECT current_setting('synchronous_commit') FROM heymilo.quota_sync($1::jsonb)",
      {Value(toJson(joining("one"), 5'000))},
      kSqlLimit);
  EXPECT_EQ(rows.text(0, 0), "local");
}

TEST_F(PostgresQuotaSql, WaitsForALockNoLongerThanItsCaller) {
  Connection connection(server_->url());
  prepareQuotaTables(connection, kSqlLimit);
  run(connection, joining("one"));
  Connection other(server_->url());
  std::thread holder([&] {
    other.runScript("SELECT 1 FROM heymilo.quota FOR UPDATE; SELECT pg_sleep(2)", kSqlLimit);
  });
  while (server_->sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") !=
         "1\n") {
  }
  try {
    connection.run(
        "SELECT heymilo.quota_sync($1::jsonb)", {Value(toJson(joining("two"), 100))}, kSqlLimit);
    ADD_FAILURE() << "it did not throw";
  } catch (const StatementError& error) {
    EXPECT_EQ(error.sqlstate(), "55P03");
    EXPECT_FALSE(error.maybeCommitted());
  }
  holder.join();
}

}  // namespace
