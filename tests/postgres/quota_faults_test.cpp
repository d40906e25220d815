// Processes that share a quota in PostgreSQL: they die and sleep, and the database is stopped,
// restarted, frozen, cut off and restored from a copy, while the API writes down what arrives when.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "heymilo/errors.hpp"
#include "postgres/quota_processes.hpp"
#include "support/postgres.hpp"
#include "support/raw_server.hpp"
#include "support/sanitizers.hpp"
#include "support/temporary_file.hpp"
#include "support/tls_certificates.hpp"

namespace {

using heymilo_test::kQuotaOutlast;
using heymilo_test::kQuotaPer;
using heymilo_test::Pgbouncer;
using heymilo_test::PostgresServer;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;

const std::size_t kEnough =  // requests to judge by: two windows
    2 * static_cast<std::size_t>(heymilo_test::kQuotaRequests);

class PostgresQuotaFaults : public heymilo_test::QuotaProcesses {
 protected:
  PostgresServer database;
};

TEST_F(PostgresQuotaFaults, IsUsedToTheFullAndNeverMore) {
  const Workers all = workers(database.url(), sharers);
  waitForFirst(kEnough);
  api.clearRequests();
  std::this_thread::sleep_for(length);
  expectRunning(all);
  // 97% is promised, which a busy machine can't judge.
  EXPECT_GT(check("shared"), heymilo_test::kSanitized ? 0.5 : 0.9) << database.sql(
      "SELECT h.*, (SELECT count(*) FROM heymilo.quota_slot WHERE owner = h.holder) "
      "FROM heymilo.quota_holder h");
}

TEST_F(PostgresQuotaFaults, WorksThroughPgbouncerWhoseSessionsAreEnded) {
  const Pgbouncer bouncer(database);
  Workers all = workers(bouncer.url(), sharers);
  waitForFirst();
  for (const auto end = steady_clock::now() + length; steady_clock::now() < end;) {
    std::this_thread::sleep_for(upTo(500));
    database.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND "
        "backend_type = 'client backend'");
  }
  expectRunning(all);
  waitForFirst(kEnough);
  EXPECT_GT(check("pgbouncer"), heymilo_test::kSanitized ? 0.3 : 0.7);
}

TEST_F(PostgresQuotaFaults, HoldsUnderKillsAtRandom) {
  respondSlowly();
  Workers all = workers(database.url(), sharers / 2);
  waitForFirst();
  for (const auto end = steady_clock::now() + length + kQuotaOutlast; steady_clock::now() < end;) {
    std::this_thread::sleep_for(upTo(400));
    auto& process = all[random() % all.size()];
    process->signal(SIGKILL);
    process = worker(database.url());
  }
  waitForFirst(kEnough);
  all.clear();
  check("killed");
}

TEST_F(PostgresQuotaFaults, HoldsWhereProcessesAreStoppedForLongerThanOthersWait) {
  respondSlowly();
  const Workers all = workers(database.url(), 3);
  waitForFirst();
  for (const auto end = steady_clock::now() + length; steady_clock::now() < end;) {
    const auto& process = all[random() % all.size()];
    process->signal(SIGSTOP);
    std::this_thread::sleep_for(kQuotaOutlast + upTo(600));
    process->signal(SIGCONT);
    std::this_thread::sleep_for(upTo(300));
  }
  waitForFirst(kEnough);
  check("stopped");
}

TEST_F(PostgresQuotaFaults, HoldsWithChildrenOfForkAndWhenTheirParentIsKilled) {
  Workers all;
  for (int i = 0; i < 3; ++i) {
    all.push_back(worker(database.url(), 2, "interactive", "forking"));
  }
  waitForFirst(10);
  std::this_thread::sleep_for(length / 3);
  all.pop_back();  // its children go on
  std::this_thread::sleep_for(length);
  waitForFirst(kEnough);
  check("forked");
  all.clear();
}

TEST_F(PostgresQuotaFaults, HoldsWhereTheServerIsKilledAndStartedAgain) {
  respondSlowly();
  const Workers all = workers(database.url(), sharers / 2);
  waitForFirst();
  for (const auto end = steady_clock::now() + length; steady_clock::now() < end;) {
    std::this_thread::sleep_for(upTo(800));
    database.stop(PostgresServer::Stop::immediate);
    std::this_thread::sleep_for(upTo(1'600));  // shorter and longer than a lease
    database.start();
  }
  std::this_thread::sleep_for(kQuotaOutlast);
  expectRunning(all);
  waitForFirst(kEnough);
  check("restarted");
}

TEST_F(PostgresQuotaFaults, ARestartWithinTheLeaseCostsNothing) {
  const Workers all = workers(database.url(), sharers / 2);
  waitForFirst(60);
  api.clearRequests();
  std::this_thread::sleep_for(length / 4);
  database.stop(PostgresServer::Stop::fast);
  database.start();
  std::this_thread::sleep_for(length);
  expectRunning(all);
  // If the former rows were waited out, two and a half windows of five would be lost.
  EXPECT_GT(check("restarted at once"), heymilo_test::kSanitized ? 0.4 : 0.8);
}

TEST_F(PostgresQuotaFaults, HoldsWhereTheServerIsFrozen) {
  respondSlowly();
  const Workers all = workers(database.url(), sharers / 2);
  waitForFirst();
  for (const auto end = steady_clock::now() + length; steady_clock::now() < end;) {
    std::this_thread::sleep_for(upTo(500));
    database.freeze(true);
    std::this_thread::sleep_for(upTo(4'000));
    database.freeze(false);
  }
  std::this_thread::sleep_for(kQuotaOutlast);
  expectRunning(all);
  waitForFirst(kEnough);
  check("frozen");
}

TEST_F(PostgresQuotaFaults, HoldsWhereAnOldCopyIsRestored) {
  respondSlowly();
  const auto first = worker(database.url(), 8);
  waitForFirst(kEnough);
  database.stop(PostgresServer::Stop::fast);
  database.save("copy");  // here one process has all slots
  database.start();
  const Workers all = workers(database.url(), 3);
  std::this_thread::sleep_for(length);
  database.stop(PostgresServer::Stop::immediate);
  database.restore("copy");
  database.start();
  const Workers more = workers(database.url(), 2);
  std::this_thread::sleep_for(length + kQuotaOutlast);
  expectRunning(all);
  expectRunning(more);
  waitForFirst(kEnough);
  check("restored");
}

// The process is stopped when the server has accepted its connection, and goes on, with the TLS
// handshake, when its lease has ended and can't be had anew.
TEST_F(PostgresQuotaFaults, NothingIsSentWhereTheLeaseEndedWhileTheProcessConnected) {
  const heymilo_test::CertificateAuthority authority;
  const heymilo_test::TemporaryFile ca_file(authority.certificate());
  const heymilo_test::RawServer https(
      heymilo_test::answering(heymilo_test::httpAnswer("500 Oops", "{}")),
      heymilo_test::RawServerTls{authority.issue()});
  std::unique_ptr<heymilo_test::RunningProcess> process;
  std::mutex mutex;  // guards `process` while it is set
  const heymilo_test::RawServer slow([&](heymilo_test::RawConnection& connection) {
    if (connection.number() == 0) {
      const std::lock_guard<std::mutex> lock(mutex);
      process->signal(SIGSTOP);
      database.stop(PostgresServer::Stop::fast);
      std::this_thread::sleep_for(heymilo_test::kQuotaTimes.lease + milliseconds{200});
      process->signal(SIGCONT);
    }
    connection.relayTo(https.port());
  });
  {
    const std::lock_guard<std::mutex> lock(mutex);
    process = workerOf(database.url(),
                       {{"HEYMILO_BASE_URL", "https://127.0.0.1:" + std::to_string(slow.port())},
                        {"HEYMILO_RATE_LIMIT", "20/1"},
                        {"SSL_CERT_FILE", ca_file.path()}},
                       {"1", "interactive", "plain", "4000"});  // longer than it is stopped
  }
  ASSERT_TRUE(slow.waitForConnections(1)) << logged();
  ASSERT_TRUE(slow.waitForFinishedScripts(1)) << "it does not wait for a response";
  ASSERT_TRUE(https.waitForScripts());
  EXPECT_THAT(https.received(), ::testing::Each("")) << "nothing of the request";
  EXPECT_EQ(process->wait(milliseconds{0}), std::nullopt) << logged();

  database.start();
  EXPECT_TRUE(https.waitForRequests(1)) << "it goes on with another slot";
}

// One member, without a pacer.

heymilo::QuotaTerms faultTerms() {
  heymilo::QuotaTerms given;
  given.key = std::string(64, 'a');
  given.requests = heymilo_test::kQuotaRequests;
  given.per = kQuotaPer;
  given.timeout = milliseconds{500};
  return given;
}

TEST_F(PostgresQuotaFaults, EndsInAStoreErrorWhereItCannotBeReachedForALease) {
  const auto quota = heymilo::postgres::makeQuota(database.url(), "", heymilo_test::kQuotaTimes);
  const auto member = quota->join(faultTerms(), [] {});
  const auto take = [&] {
    return member->take({heymilo::Priority::interactive, milliseconds{500}}).slot;
  };
  std::optional<int> slot;
  while (!slot) {
    slot = take();
    std::this_thread::sleep_for(milliseconds{5});
  }
  EXPECT_TRUE(member->mayStillSend(*slot));
  database.stop(PostgresServer::Stop::fast);
  const auto stopped = steady_clock::now();
  try {
    for (;;) {
      if (const auto more = take()) {  // it goes on with what it holds
        member->release(*more, heymilo::SlotEnd::unsent);
        EXPECT_LT(steady_clock::now() - stopped, heymilo_test::kQuotaTimes.lease);
      }
      ASSERT_LT(steady_clock::now() - stopped, std::chrono::seconds{20});
      std::this_thread::sleep_for(milliseconds{5});
    }
  } catch (const heymilo::StoreError& error) {
    EXPECT_EQ(error.outcome(), heymilo::Outcome::not_sent);
    EXPECT_THAT(error.what(), HasSubstr("can't be reached"));
  }
  EXPECT_FALSE(member->mayStillSend(*slot)) << "the lease has ended";
  EXPECT_THROW(quota->join(faultTerms(), [] {}), heymilo::StoreError);
  EXPECT_THROW(quota->status(faultTerms().key), heymilo::StoreError);

  database.start();
  while (true) {
    try {
      if (take()) {
        break;
      }
    } catch (const heymilo::StoreError&) {
    }
    ASSERT_LT(steady_clock::now() - stopped, std::chrono::seconds{30});
    std::this_thread::sleep_for(milliseconds{5});
  }
}

}  // namespace
