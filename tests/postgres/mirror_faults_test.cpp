// The mirror in PostgreSQL when its server is stopped, frozen, cut off or restored from an older
// copy. After each of these, the next run makes it equal to the API's list, field by field, and
// nobody who was erased is back.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <exception>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "heymilo/errors.hpp"
#include "postgres/mirror_store.hpp"
#include "postgres/mirror_user.hpp"
#include "postgres/postgres_relay.hpp"
#include "support/eventually.hpp"
#include "support/faults.hpp"
#include "support/mirror_fakes.hpp"
#include "support/sanitizers.hpp"
#include "workflows/mirror/mirror_rules.hpp"

namespace heymilo_test {
namespace {

using heymilo::CandidateResponse;
using heymilo::StoreError;
using heymilo::test::FakeList;
using heymilo::workflows::MirrorOptions;
using heymilo::workflows::MirrorResult;
using std::chrono::milliseconds;
using std::chrono::minutes;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr milliseconds kLong{30'000};

class PostgresMirrorFaults : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server = new PostgresServer(); }
  static void TearDownTestSuite() {
    delete server;
    server = nullptr;
  }

  PostgresMirrorFaults() {
    server->sql("DROP SCHEMA IF EXISTS heymilo CASCADE");
    std::cout << "HEYMILO_TEST_SEED=" << seed << '\n';
    list.add(250, kBegin, minutes{1});
    run(server->url());
  }

  /// A run over everything that erases at once.
  MirrorResult run(const std::string& url, milliseconds limit = kLong) {
    MirrorOptions options;
    options.full = true;
    options.erase_after = std::chrono::hours{0};
    options.on_progress = on_progress;
    const auto sink = heymilo::postgres::makeMirror(url, "p", limit);
    return mirrorCandidates(list.client(), "p", *sink, options);
  }

  /// The words of its StoreError; empty: it is done.
  std::string failureOf(const std::string& url, milliseconds limit = kLong) {
    try {
      run(url, limit);
      return {};
    } catch (const StoreError& error) {
      return error.what();
    }
  }

  /// Somebody progresses, somebody is new, somebody is deleted.
  void change() {
    for (int count = 0; count < 3; ++count) {
      list.candidates[random() % list.candidates.size()].score =
          static_cast<double>(random() % 1'000);
    }
    ++added;
    list.candidates.push_back(heymilo::test::mirroredCandidate("new" + std::to_string(added),
                                                               kBegin + minutes{1'000 + added}));
    const std::size_t at = random() % list.candidates.size();
    removed.push_back(list.candidates[at]);
    list.candidates.erase(list.candidates.begin() + static_cast<std::ptrdiff_t>(at));
  }

  /// After a run without a fault.
  void expectInStep() {
    list.before = nullptr;
    on_progress = nullptr;
    bool resumed = false;
    ASSERT_NO_THROW(resumed = run(server->url()).resumed);
    if (resumed) {  // what was stored before is not read again
      run(server->url());
    }
    PostgresUser user(server->url(), server->url());
    expectEqual(user.candidates("p"), list.candidates);
    for (const CandidateResponse& one : removed) {
      ASSERT_FALSE(user.hasTrace(one.email)) << one.interview_id;
      ASSERT_FALSE(user.hasTrace('"' + one.interview_id + '"'));
      ASSERT_FALSE(user.candidates("p").contains(one.interview_id));
      ASSERT_THAT(user.history(one.interview_id), IsEmpty());
    }
  }

  /// Before this request of a run.
  void atRequest(std::size_t number, const std::function<void()>& happens) {
    list.queries.clear();
    list.before = [number, happens](std::size_t request) -> std::optional<heymilo::HttpResponse> {
      if (request == number) {
        happens();
      }
      return std::nullopt;
    };
  }

  /// How many statements of runs wait for a lock.
  static int waiting() {
    return std::stoi(
        server->sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"));
  }

  static PostgresServer* server;
  const std::uint64_t seed = setting("HEYMILO_TEST_SEED", std::random_device{}());
  std::mt19937_64 random{seed};
  FakeList list;
  std::vector<CandidateResponse> removed;
  std::function<void(const heymilo::workflows::MirrorProgress&)> on_progress;
  int added = 0;
};

PostgresServer* PostgresMirrorFaults::server = nullptr;

TEST_F(PostgresMirrorFaults, StoppedBetweenPages) {
  for (std::size_t request = 1; request <= 3; ++request) {
    SCOPED_TRACE(request);
    change();
    atRequest(request, [] { server->stop(PostgresServer::Stop::immediate); });
    const std::string failure = failureOf(server->url());
    server->start();
    EXPECT_THAT(failure, HasSubstr("the mirror in PostgreSQL can't be used: "));
    expectInStep();
  }
}

/// What keeps a statement of a run waiting.
struct Blocked {
  const char* name;
  const char* lock;
  std::uint64_t after;  // candidates that were stored
};
void PrintTo(const Blocked& blocked, std::ostream* out) { *out << blocked.name; }

class PostgresMirrorBlocked : public PostgresMirrorFaults,
                              public ::testing::WithParamInterface<Blocked> {
 protected:
  /// A user takes a lock in the middle of the run, whose statement waits.
  void lock(PostgresUser& user) {
    on_progress = [this, &user](const heymilo::workflows::MirrorProgress& progress) {
      if (progress.seen >= GetParam().after && !locked) {
        locked = true;
        user.run("BEGIN");
        user.run(GetParam().lock);
      }
    };
  }

  bool locked = false;
};

TEST_P(PostgresMirrorBlocked, StoppedWithinAStatement) {
  change();
  PostgresUser user(server->url(), server->url());
  lock(user);
  std::string failure;
  std::thread runs([&] { failure = failureOf(server->url()); });
  const bool waits = eventually([] { return waiting() == 1; });
  server->stop(PostgresServer::Stop::immediate);
  runs.join();
  server->start();
  EXPECT_TRUE(waits);
  EXPECT_THAT(failure, HasSubstr("the mirror in PostgreSQL can't be used: "));
  expectInStep();
}

// The statement is carried out after its run has given up, and maybe after the next one began.
TEST_P(PostgresMirrorBlocked, AStatementThatIsCarriedOutLate) {
  change();
  PostgresUser user(server->url(), server->url());
  lock(user);
  EXPECT_THAT(failureOf(server->url(), milliseconds{300}), HasSubstr("timed out after 300 ms"));
  EXPECT_EQ(waiting(), 1);
  change();
  std::string failure;
  on_progress = nullptr;
  std::thread next([&] { failure = failureOf(server->url()); });
  EXPECT_TRUE(eventually([] { return waiting() == 2; }));
  user.run("COMMIT");
  next.join();
  EXPECT_EQ(failure, "");
  expectInStep();
}

INSTANTIATE_TEST_SUITE_P(
    , PostgresMirrorBlocked,
    ::testing::Values(Blocked{"Page", "SELECT 1 FROM heymilo.mirror FOR UPDATE", 100},
                      Blocked{"Finish", "SELECT 1 FROM heymilo.mirror FOR UPDATE", 250},
                      Blocked{
                          "Erase", "LOCK TABLE heymilo.candidate_tombstones IN EXCLUSIVE MODE", 0}),
    [](const ::testing::TestParamInfo<Blocked>& one) { return std::string(one.param.name); });

TEST_F(PostgresMirrorFaults, FrozenForLongerThanAStatementMayTake) {
  for (std::size_t request = 1; request <= 3; ++request) {
    SCOPED_TRACE(request);
    change();
    atRequest(request, [] { server->freeze(true); });
    const std::string failure = failureOf(server->url(), milliseconds{300});
    server->freeze(false);
    EXPECT_THAT(failure, HasSubstr("timed out after 300 ms"));
    expectInStep();
  }
}

TEST_F(PostgresMirrorFaults, FrozenForAMomentIsNoFault) {
  change();
  std::thread thaw;
  atRequest(2, [&] {
    server->freeze(true);
    thaw = std::thread([] {
      std::this_thread::sleep_for(milliseconds{200});
      server->freeze(false);
    });
  });
  EXPECT_EQ(failureOf(server->url()), "");
  thaw.join();
  expectInStep();
}

// At any byte, on its way to the server or back.
TEST_F(PostgresMirrorFaults, TheConnectionIsCutAtAnyByte) {
  list.candidates.resize(8);
  expectInStep();
  PostgresRelay relay(*server);
  change();
  relay.passOnAll();
  run(relay.url());
  const std::int64_t to_server = relay.sentToServer(), to_client = relay.sentToClient();
  std::cout << to_server << " bytes to the server, " << to_client << " from it\n";
  const std::size_t cuts = setting("HEYMILO_TEST_CUTS", effort(30));
  std::size_t failed = 0;
  for (std::size_t cut = 0; cut < 2 * cuts; ++cut) {
    const bool back = cut % 2 != 0;
    const std::int64_t all = back ? to_client : to_server;
    const auto part = static_cast<std::int64_t>(cut / 2) * all / static_cast<std::int64_t>(cuts);
    const auto at =
        part + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(
                                                        all / static_cast<std::int64_t>(cuts) + 1));
    SCOPED_TRACE((back ? "cut on the way back after " : "cut after ") + std::to_string(at));
    change();
    relay.cutAfter(back ? PostgresRelay::kNever : at, back ? at : PostgresRelay::kNever);
    failed += failureOf(relay.url()).empty() ? 0U : 1U;
    relay.passOnAll();
    expectInStep();
    if (HasFatalFailure() || HasFailure()) {
      return;
    }
  }
  EXPECT_GT(failed, cuts);
}

// It was carried out, which the run can't know.
TEST_F(PostgresMirrorFaults, TheResponseToAStatementIsLost) {
  PostgresRelay relay(*server);
  for (const char* statement : {"INSERT INTO heymilo.mirror AS m",
                                "stored AS (INSERT INTO heymilo.candidates",
                                "ahead AS (UPDATE heymilo.candidates",
                                "buried AS (INSERT INTO heymilo.candidate_tombstones"}) {
    SCOPED_TRACE(statement);
    change();
    relay.loseResponseTo(statement);
    EXPECT_THAT(failureOf(relay.url()), HasSubstr("the mirror in PostgreSQL can't be used: "));
    const std::string walk =
        server->sql("SELECT walk->>'cursor', walk IS NULL FROM heymilo.mirror");
    if (std::string(statement).rfind("stored", 0) == 0) {
      EXPECT_THAT(walk, HasSubstr("|f")) << "the page was not stored";
    } else {
      EXPECT_EQ(walk, "|t\n");
    }
    expectInStep();
  }
}

// The copy has people who were erased since, and an earlier state of others.
TEST_F(PostgresMirrorFaults, AnOlderCopyIsRestored) {
  const auto restored = [&](const char* copy) {
    server->stop(PostgresServer::Stop::fast);
    server->restore(copy);
    server->start();
  };
  const auto saved = [&](const char* copy) {
    server->stop(PostgresServer::Stop::fast);
    server->save(copy);
    server->start();
  };
  saved("first");
  change();
  change();
  atRequest(2, [] { server->stop(PostgresServer::Stop::immediate); });
  EXPECT_NE(failureOf(server->url()), "");
  server->start();
  saved("within a walk");
  expectInStep();
  change();
  restored("within a walk");
  expectInStep();
  change();
  expectInStep();
  restored("first");
  expectInStep();
  // While a run is under way, from the thread of the test, which the server must not outlive.
  saved("second");
  change();
  bool once = false;
  on_progress = [&](const heymilo::workflows::MirrorProgress&) {
    if (!once) {
      once = true;
      restored("second");
    }
  };
  EXPECT_THAT(failureOf(server->url()), HasSubstr("the mirror in PostgreSQL can't be used: "));
  expectInStep();
}

TEST_F(PostgresMirrorFaults, ItsSessionsAreEnded) {
  for (std::size_t request = 1; request <= 3; ++request) {
    change();
    atRequest(request, [] {
      server->sql(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
          "AND backend_type = 'client backend'");
    });
    EXPECT_THAT(failureOf(server->url()), HasSubstr("the mirror in PostgreSQL can't be used: "));
    expectInStep();
  }
}

}  // namespace
}  // namespace heymilo_test
