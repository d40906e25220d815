// A quota in PostgreSQL, through its public interface: who may join, what members tell each other,
// what they give back, and what status() shows.

#include "heymilo/postgres/quota.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "heymilo/client.hpp"
#include "heymilo/errors.hpp"
#include "postgres/quota_store.hpp"
#include "support/eventually.hpp"
#include "support/postgres.hpp"

namespace {

using heymilo::InvalidArgumentError;
using heymilo::Priority;
using heymilo::QuotaMember;
using heymilo::QuotaTerms;
using heymilo::SharedQuota;
using heymilo::SlotEnd;
using heymilo_test::eventually;
using heymilo_test::PostgresServer;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;
using ::testing::Not;

// A statement may take a quarter of the lease, on a busy machine too.
constexpr heymilo::postgres::QuotaTimes kTimes{milliseconds{1'600}, milliseconds{50}};
constexpr milliseconds kTimeout{50};

QuotaTerms terms(int requests = 6, int reserved = 0) {
  QuotaTerms given;
  given.key = std::string(64, 'a');
  given.requests = requests;
  given.per = milliseconds{300};
  given.reserved_requests = reserved;
  given.timeout = kTimeout;
  return given;
}

class PostgresQuota : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = new PostgresServer(); }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  void TearDown() override { server_->sql("DROP SCHEMA IF EXISTS heymilo CASCADE"); }

  static std::shared_ptr<SharedQuota> quota(const std::string& name = {}) {
    return heymilo::postgres::makeQuota(server_->url(), name, kTimes);
  }

  static std::optional<int> take(QuotaMember& member, Priority priority = Priority::interactive,
                                 milliseconds timeout = kTimeout) {
    return member.take({priority, timeout}).slot;
  }

  /// As a pacer does: says that a call waits, asks again until there is a slot.
  static int waitFor(QuotaMember& member, Priority priority = Priority::interactive,
                     milliseconds timeout = kTimeout) {
    std::optional<int> slot;
    EXPECT_TRUE(eventually([&] {
      slot = take(member, priority, timeout);
      const bool bulk = priority == Priority::bulk;
      member.waiting(slot || bulk ? 0 : 1, slot || !bulk ? 0 : 1);
      return slot.has_value();
    }));
    return slot.value_or(-1);
  }

  static PostgresServer* server_;
};

PostgresServer* PostgresQuota::server_ = nullptr;

TEST_F(PostgresQuota, RefusesAnUrlThatIsNone) {
  for (const char* const url : {"", "mysql://host", "host=/tmp", "postgresql://host/?nonsense=1"}) {
    EXPECT_THROW(heymilo::postgres::quota(url), InvalidArgumentError) << url;
  }
  EXPECT_NE(heymilo::postgres::quota("postgres://nobody@192.0.2.1/x"), nullptr)
      << "nothing is connected yet";
}

TEST_F(PostgresQuota, IsMadeFromTheEnvironment) {
  unsetenv("HEYMILO_QUOTA");
  EXPECT_EQ(heymilo::postgres::quotaFromEnvironment(), nullptr);
  for (const char* const other : {"", "process", "machine", "machine:/postgresql://"}) {
    setenv("HEYMILO_QUOTA", other, 1);
    EXPECT_EQ(heymilo::postgres::quotaFromEnvironment(), nullptr) << other;
  }
  for (const char* const scheme : {"postgresql://", "postgres://"}) {
    setenv("HEYMILO_QUOTA", (std::string(scheme) + "me@/db?host=/tmp").c_str(), 1);
    EXPECT_NE(heymilo::postgres::quotaFromEnvironment(), nullptr);
  }
  setenv("HEYMILO_QUOTA", "postgresql://me:pass-word@host/?nonsense=1", 1);
  try {
    heymilo::postgres::quotaFromEnvironment();
    ADD_FAILURE() << "it did not throw";
  } catch (const InvalidArgumentError& error) {
    EXPECT_THAT(error.what(), Not(HasSubstr("pass-word")));
  }
  unsetenv("HEYMILO_QUOTA");
}

TEST_F(PostgresQuota, RefusesOtherTermsAndNamesBoth) {
  const auto first = quota()->join(terms(), [] {});
  try {
    quota()->join(terms(7), [] {});
    ADD_FAILURE() << "it did not throw";
  } catch (const InvalidArgumentError& error) {
    EXPECT_EQ(error.param(), "rate_limit");
    EXPECT_THAT(error.what(), HasSubstr("7 requests in 300 ms"));
    EXPECT_THAT(error.what(), HasSubstr("6 requests in 300 ms"));
    EXPECT_THAT(error.what(),
                HasSubstr("DELETE FROM heymilo.quota WHERE quota = 'key:" + terms().key + "'"));
  }
  QuotaTerms slower = terms();
  slower.per = milliseconds{301};
  EXPECT_THROW(quota()->join(slower, [] {}), InvalidArgumentError);
  EXPECT_NO_THROW(quota()->join(terms(6, 2), [] {})) << "a reserve is each one's own";
}

TEST_F(PostgresQuota, NamesTheRightsThatARoleNeeds) {
  server_->sql("CREATE ROLE nobody LOGIN");
  const auto refused = heymilo::postgres::makeQuota(
      "postgresql://nobody@/heymilo?host=" + server_->socketDirectory(), "", kTimes);
  for (const bool tables : {false, true}) {
    if (tables) {
      quota()->join(terms(), [] {});
    }
    try {
      refused->join(terms(), [] {});
      ADD_FAILURE() << "it did not throw";
    } catch (const heymilo::StoreError& error) {
      EXPECT_THAT(error.what(), HasSubstr("permission denied"));
      EXPECT_THAT(error.what(), HasSubstr("the role needs USAGE on the schema heymilo"));
    }
  }
  try {
    refused->status(terms().key);
    ADD_FAILURE() << "it did not throw";
  } catch (const heymilo::StoreError& error) {
    EXPECT_THAT(error.what(), HasSubstr("the role needs USAGE on the schema heymilo"));
  }
  server_->sql("DROP ROLE nobody");
}

TEST_F(PostgresQuota, BelongsToAKeyOrToAName) {
  QuotaTerms rotating = terms();
  rotating.key.clear();
  EXPECT_THROW(quota()->join(rotating, [] {}), InvalidArgumentError);
  const auto named = quota("nightly")->join(rotating, [] {});
  const auto with_a_key = quota("nightly")->join(terms(), [] {});
  QuotaTerms other = terms();
  other.key = std::string(64, 'b');
  EXPECT_THROW(quota("nightly")->join(other, [] {}), InvalidArgumentError);
  EXPECT_NO_THROW(quota()->join(other, [] {}));
}

TEST_F(PostgresQuota, ANewStoreIsWaitedOut) {
  const auto began = steady_clock::now();
  const auto member = quota()->join(terms(), [] {});
  heymilo::SlotTurn turn = member->take({Priority::interactive, kTimeout});
  EXPECT_FALSE(turn.slot);
  EXPECT_FALSE(turn.certain) << "a holder of former rows may show itself within its lease";
  EXPECT_TRUE(eventually([&] {
    turn = member->take({Priority::interactive, kTimeout});
    return turn.certain;
  }));
  EXPECT_FALSE(turn.slot) << "a call with a shorter deadline ends now";
  waitFor(*member);
  EXPECT_GT(steady_clock::now() - began, milliseconds{2'000});  // T_c + timeout + U + W
}

TEST_F(PostgresQuota, ASlotRestsAfterItsUse) {
  const auto member = quota()->join(terms(1), [] {});
  const int slot = waitFor(*member);
  EXPECT_FALSE(take(*member));
  EXPECT_TRUE(member->mayStillSend(slot));
  member->release(slot, SlotEnd::unsent);
  EXPECT_TRUE(member->take({Priority::bulk, kTimeout}).slot) << "it was not used";
  const auto released = steady_clock::now();
  member->release(slot + 1, SlotEnd::answered);
  waitFor(*member);
  EXPECT_GT(steady_clock::now() - released, milliseconds{300});
}

TEST_F(PostgresQuota, AMemberThatHoldsAllGivesBackWhatOthersNeed) {
  const auto first = quota()->join(terms(), [] {});
  for (int i = 0; i < 6; ++i) {
    first->release(waitFor(*first), SlotEnd::answered);
  }
  std::atomic<int> woken{0};
  const auto second = quota()->join(terms(), [&] { ++woken; });
  waitFor(*second);
  EXPECT_GT(woken, 0);
}

// Nothing else can free a slot: the others stay in use.
TEST_F(PostgresQuota, AnUnusedSlotThatIsGivenBackReachesACallThatWaitsSoon) {
  for (const Priority priority : {Priority::interactive, Priority::bulk}) {
    auto first = quota()->join(terms(), [] {});
    std::vector<int> slots(6);
    for (int& slot : slots) {
      slot = waitFor(*first);
    }
    const auto second = quota()->join(terms(), [] {});
    ASSERT_FALSE(take(*second, priority));
    second->waiting(priority == Priority::interactive ? 1 : 0, priority == Priority::bulk ? 1 : 0);
    const auto given_back = steady_clock::now();
    first->release(slots[0], SlotEnd::unsent);
    waitFor(*second, priority);
    EXPECT_LT(steady_clock::now() - given_back, milliseconds{1'250});
    for (std::size_t slot = 1; slot < slots.size(); ++slot) {
      first->release(slots[slot], SlotEnd::unsent);
    }
  }
}

TEST_F(PostgresQuota, RefusesAClockOfATest) {
  QuotaTerms manual = terms();
  manual.real_time = false;
  try {
    quota()->join(manual, [] {});
    ADD_FAILURE() << "it did not throw";
  } catch (const InvalidArgumentError& error) {
    EXPECT_EQ(error.param(), "clock");
  }
}

TEST_F(PostgresQuota, WhatALeavingMemberHeldIsFreeWhenItHasRested) {
  auto first = quota()->join(terms(), [] {});
  waitFor(*first);
  for (int i = 0; i < 5; ++i) {
    waitFor(*first);
  }
  for (int slot = 1; slot <= 6; ++slot) {
    first->release(slot, SlotEnd::answered);
  }
  const auto left = steady_clock::now();
  first.reset();
  const auto second = quota()->join(terms(), [] {});
  waitFor(*second);
  const auto waited = steady_clock::now() - left;
  EXPECT_GT(waited, milliseconds{280});
  EXPECT_LT(waited, milliseconds{1'990}) << "it did not wait as for one that has died";
}

TEST_F(PostgresQuota, ACallThatMayTakeLongerIsToldToTheStoreFirst) {
  const auto member = quota()->join(terms(), [] {});
  member->release(waitFor(*member), SlotEnd::unsent);
  EXPECT_FALSE(take(*member, Priority::interactive, milliseconds{5'000}));
  waitFor(*member, Priority::interactive, milliseconds{5'000});
  EXPECT_EQ(server_->sql("SELECT max(outlast_ms) FROM heymilo.quota_holder"), "6951\n");
}

TEST_F(PostgresQuota, BulkCallsNeverTakeTheReserve) {
  const auto bulk = quota()->join(terms(6, 2), [] {});
  for (int i = 0; i < 4; ++i) {
    waitFor(*bulk, Priority::bulk);
  }
  bulk->waiting(0, 1);
  for (int i = 0; i < 50; ++i) {
    EXPECT_FALSE(take(*bulk, Priority::bulk));
    std::this_thread::sleep_for(milliseconds{2});
  }
  const auto interactive = quota()->join(terms(6), [] {});
  waitFor(*interactive);
  waitFor(*interactive);
}

TEST_F(PostgresQuota, A429HoldsAllSharers) {
  const auto first = quota()->join(terms(), [] {});
  const auto second = quota()->join(terms(), [] {});
  first->release(waitFor(*first), SlotEnd::unsent);
  second->release(waitFor(*second), SlotEnd::unsent);
  const auto held = steady_clock::now();
  first->hold(milliseconds{1'500});
  const heymilo::SlotTurn turn = first->take({Priority::interactive, kTimeout});
  EXPECT_FALSE(turn.slot);
  EXPECT_GT(turn.held, milliseconds{1'000});
  EXPECT_GE(turn.wait, turn.held);
  EXPECT_TRUE(eventually([&] {
    const heymilo::SlotTurn other = second->take({Priority::interactive, kTimeout});
    if (other.slot) {
      second->release(*other.slot, SlotEnd::unsent);
    }
    return other.held > milliseconds{0};
  }));
  const auto third = quota()->join(terms(), [] {});
  EXPECT_GT(third->take({Priority::interactive, kTimeout}).held, milliseconds{0});
  waitFor(*second);
  EXPECT_GT(steady_clock::now() - held, milliseconds{1'499});
}

TEST_F(PostgresQuota, AMemberThatNobodyUsesLeavesTheDatabase) {
  const auto member = quota()->join(terms(), [] {});
  member->release(waitFor(*member), SlotEnd::answered);
  EXPECT_TRUE(eventually([] {
    return server_->sql("SELECT count(*) FROM heymilo.quota_holder") == "0\n" &&
           server_->sql(
               "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%quota_sync%' "
               "AND pid <> pg_backend_pid()") == "0\n";
  }));
  const auto began = steady_clock::now();
  waitFor(*member);
  EXPECT_LT(steady_clock::now() - began, milliseconds{1'900}) << "its slots were given back";
}

TEST_F(PostgresQuota, TellsWhoHoldsWhat) {
  EXPECT_EQ(quota()->status(terms().key), std::nullopt);
  const auto member = quota()->join(terms(6, 1), [] {});
  auto status = quota()->status(terms().key);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->free, 0);
  waitFor(*member);
  ASSERT_TRUE(eventually([&] {
    member->waiting(2, 3);
    status = quota()->status(terms().key);
    return status && status->sharers.size() == 1 && status->sharers[0].in_use == 1 &&
           status->sharers[0].waiting_bulk == 3;
  }));
  EXPECT_THAT(status->store, HasSubstr("PostgreSQL, database heymilo on "));
  EXPECT_EQ(status->requests, 6);
  EXPECT_EQ(status->per, milliseconds{300});
  EXPECT_EQ(status->reserved_requests, 1);
  EXPECT_EQ(status->free, 5);
  EXPECT_EQ(status->used, 1);
  EXPECT_THAT(status->sharers[0].name, HasSubstr("pid " + std::to_string(getpid())));
  EXPECT_EQ(status->sharers[0].waiting_interactive, 2);
  EXPECT_TRUE(status->sharers[0].alive);
  EXPECT_THROW(quota()->status(""), InvalidArgumentError);
  server_->sql("UPDATE heymilo.version SET version = version + 1");
  EXPECT_THROW(quota()->status(terms().key), heymilo::StoreError);
}

TEST_F(PostgresQuota, ARequestCostsNoStatement) {
  const auto member = quota()->join(terms(6), [] {});
  waitFor(*member);
  const auto statements = [] {
    return std::stoll(
        server_->sql("SELECT seq FROM heymilo.quota_holder "
                     "WHERE holder NOT LIKE 'ghost:%'"));
  };
  const long long before = statements();
  int taken = 0;
  for (const auto end = steady_clock::now() + milliseconds{1'000}; steady_clock::now() < end;) {
    if (const auto slot = take(*member)) {
      member->release(*slot, SlotEnd::unsent);
      ++taken;
    }
  }
  EXPECT_GT(taken, 10'000);
  EXPECT_LT(statements() - before, 100);
}

}  // namespace
