// Programs that end in different ways, and children of fork(): what becomes of their slots and of
// what they have waited.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "heymilo/client.hpp"
#include "heymilo/testing/mock_server.hpp"
#include "postgres/quota_store.hpp"
#include "support/eventually.hpp"
#include "support/postgres.hpp"

namespace {

using heymilo::Priority;
using heymilo::QuotaMember;
using heymilo::QuotaTerms;
using heymilo_test::eventually;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A statement may take a quarter of the lease, on a busy machine too.
constexpr heymilo::postgres::QuotaTimes kLifetimes{milliseconds{1'600}, milliseconds{50}};
constexpr milliseconds kLifetimeTimeout{50};

QuotaTerms lifetimeTerms() {
  QuotaTerms given;
  given.key = std::string(64, 'a');
  given.requests = 6;
  given.per = milliseconds{300};
  given.timeout = kLifetimeTimeout;
  return given;
}

class PostgresQuotaLifetimes : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = new heymilo_test::PostgresServer(); }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  void TearDown() override { server_->sql("DROP SCHEMA IF EXISTS heymilo CASCADE"); }

  static std::optional<int> take(QuotaMember& member) {
    return member.take({Priority::interactive, kLifetimeTimeout}).slot;
  }

  /// The status of a child that does this.
  static int inChild(const std::function<int()>& what) {
    const pid_t child = fork();
    if (child == 0) {
      _exit(what());
    }
    int status = -1;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    return status;
  }

  static heymilo_test::PostgresServer* server_;
  const std::shared_ptr<heymilo::SharedQuota> shared =
      heymilo::postgres::makeQuota(server_->url(), "", kLifetimes);
};

heymilo_test::PostgresServer* PostgresQuotaLifetimes::server_ = nullptr;

// Each is killed before the end of the wait, which the next one goes on with.
// They live longer than the time after which one tells what it has waited, 0.3 of the lease.
TEST_F(PostgresQuotaLifetimes, ShortLivedProgramsComeToTheEndOfTheWait) {
  const auto began = steady_clock::now();
  int status = -1;
  for (int program = 0; program < 20 && status != 0; ++program) {
    status = inChild([&]() -> int {
      const auto member = shared->join(lifetimeTerms(), [] {});
      for (const auto end = steady_clock::now() + milliseconds{800}; steady_clock::now() < end;) {
        member->waiting(1, 0);
        if (take(*member)) {
          _exit(0);
        }
        usleep(5'000);
      }
      _exit(1);  // its member is not destroyed, as if it were killed
    });
  }
  EXPECT_EQ(status, 0) << "nobody had a slot";
  EXPECT_GT(steady_clock::now() - began, milliseconds{2'000});  // T_c + timeout + U + W
}

TEST_F(PostgresQuotaLifetimes, AChildOfForkJoinsAnew) {
  const auto member = shared->join(lifetimeTerms(), [] {});
  const auto waitFor = [](QuotaMember& who) {
    return eventually([&who] {
      who.waiting(1, 0);
      return take(who).has_value();
    });
  };
  ASSERT_TRUE(waitFor(*member));
  EXPECT_EQ(inChild([&] {
              const auto own = shared->join(lifetimeTerms(), [] {});
              return waitFor(*own) ? 0 : 1;
            }),
            0);
  EXPECT_TRUE(waitFor(*member));
}

/// Clients of one key.
class PostgresQuotaChildren : public PostgresQuotaLifetimes {
 protected:
  PostgresQuotaChildren() {
    api.addPosting("p", 1);
    options.base_url = api.url();
    options.api_key = "test-key";
    options.workspace_id = "w";
    options.proxy = "";
    options.timeout = milliseconds{1'000};
    options.quota = shared;
    options.rate_limit = heymilo::RateLimit{6, std::chrono::seconds{1}};
  }

  /// Slots of members that live no more, and have not said how long these rest.
  std::string left() {
    return server_->sql(
        "SELECT count(*) FROM heymilo.quota_slot s JOIN heymilo.quota_holder h "
        "ON h.holder = s.owner WHERE NOT h.gone AND h.name LIKE 'pid%' AND h.name NOT LIKE 'pid " +
        std::to_string(getpid()) + " %'");
  }

  heymilo::testing::MockServer api;
  heymilo::ClientOptions options;
};

TEST_F(PostgresQuotaChildren, OneThatDestroysItsOwnClientLeavesNothing) {
  const heymilo::Client client(options);
  client.listCandidates("p");
  EXPECT_EQ(inChild([&] {
              const heymilo::Client own(options);
              own.listCandidates("p");
              return 0;
            }),
            0);
  EXPECT_EQ(left(), "0\n");
}

TEST_F(PostgresQuotaChildren, OneThatUsesItsParentsClientLeavesItsSlotsToTheWait) {
  const heymilo::Client client(options);
  client.listCandidates("p");
  EXPECT_EQ(inChild([&] {
              client.listCandidates("p");
              return 0;
            }),
            0);
  EXPECT_NE(left(), "0\n");
}

}  // namespace
