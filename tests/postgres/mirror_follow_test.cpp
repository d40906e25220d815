// Followers of a mirror in PostgreSQL: who has it, and what happens when the server restarts.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "heymilo/errors.hpp"
#include "heymilo/postgres/mirror.hpp"
#include "heymilo/testing/mock_server.hpp"
#include "heymilo/workflows/follow.hpp"
#include "postgres/mirror_user.hpp"
#include "support/eventually.hpp"
#include "support/mirror_fakes.hpp"
#include "support/postgres.hpp"

namespace heymilo_test {
namespace {

using heymilo::StoreError;
using heymilo::test::mirroredCandidate;
using heymilo::testing::MockServer;
using heymilo::workflows::FollowOptions;
using heymilo::workflows::FollowStatus;
using heymilo::workflows::MirrorChange;
using heymilo::workflows::MirrorClaim;
using heymilo::workflows::MirrorHold;
using heymilo::workflows::MirrorWalk;
using std::chrono::milliseconds;
using std::chrono::seconds;
using FollowState = FollowStatus::State;

class PostgresFollow : public ::testing::Test {
 protected:
  PostgresFollow() { api.addPosting("p", 120); }

  std::shared_ptr<heymilo::workflows::MirrorSink> open() const {
    return heymilo::postgres::mirror(database.url(), "p");
  }
  std::string there() const {
    return database.sql("SELECT count(*) FROM heymilo.candidates WHERE gone_at IS NULL");
  }

  MockServer api;
  const PostgresServer database;
};

/// A follower on a thread of its own. It is stopped in the end.
class Following {
 public:
  Following(const MockServer& api, const std::shared_ptr<heymilo::workflows::MirrorSink>& sink,
            std::function<void(const MirrorChange&)> on_change = nullptr) {
    options_.stop = stop_.token();
    options_.shortest_interval = options_.longest_interval = milliseconds{50};
    options_.requests_per_minute = 100'000;
    options_.silence = seconds{2};
    options_.on_change = std::move(on_change);
    options_.on_status = [this](const FollowStatus& status) {
      state = status.state;
      const std::lock_guard lock(mutex_);
      states_.insert(std::string(toString(status.state)));
    };
    auto client_options = api.clientOptions();
    client_options.rate_limit.reset();
    thread_ = std::thread([this, client = heymilo::Client(client_options), sink] {
      try {
        followCandidates(client, "p", *sink, options_);
      } catch (const std::exception& error) {
        ADD_FAILURE() << error.what();
      }
    });
  }
  ~Following() { stop(); }
  Following(const Following&) = delete;
  Following& operator=(const Following&) = delete;

  void stop() {
    stop_.cancel();
    if (thread_.joinable()) {
      thread_.join();
    }
  }

  bool was(const std::string& name) {
    const std::lock_guard lock(mutex_);
    return states_.count(name) != 0;
  }

  std::atomic<FollowState> state{FollowState::catching_up};

 private:
  std::mutex mutex_;
  std::set<std::string> states_;
  heymilo::CancellationSource stop_;
  FollowOptions options_;
  std::thread thread_;
};

TEST_F(PostgresFollow, EverythingThatARunDoesIsSeenByOthers) {
  const auto one = open(), other = open();
  EXPECT_FALSE(other->hold(MirrorClaim::keep).own);
  EXPECT_EQ(other->hold(MirrorClaim::keep).other, "");  // nobody has it yet
  one->load();
  std::set<std::string> beats;
  const auto look = [&] {
    const MirrorHold hold = other->hold(MirrorClaim::keep);
    EXPECT_FALSE(hold.own);
    EXPECT_EQ(other->hold(MirrorClaim::keep).other, hold.other);
    EXPECT_TRUE(beats.insert(hold.other).second) << hold.other;
  };
  look();
  MirrorWalk walk;
  walk.number = 1;
  walk.full = true;
  one->upsert({mirroredCandidate("a", heymilo::parseTimestamp("2026-03-01"))}, walk);
  look();
  one->keep("a", walk);
  look();
  one->finish(walk, std::nullopt);
  look();
  EXPECT_TRUE(one->hold(MirrorClaim::keep).own);
  look();
  one->trackChanges(true);
  look();
  one->handled({"a", {}, {}, 1});
  look();
  walk.number = 2;
  one->finish(walk, std::nullopt);
  look();
  EXPECT_EQ(one->erase(walk, heymilo::Timestamp::max()), 1u);
  look();
}

TEST_F(PostgresFollow, TheMirrorIsTakenAndGivenBackOnlyExpressly) {
  const auto one = open(), other = open();
  one->load();
  EXPECT_TRUE(one->hold(MirrorClaim::keep).own);
  EXPECT_TRUE(other->hold(MirrorClaim::take).own);
  EXPECT_FALSE(one->hold(MirrorClaim::keep).own);
  EXPECT_THROW(one->load(), StoreError);
  EXPECT_THROW(one->finish({}, {}), StoreError);
  EXPECT_THROW(one->trackChanges(true), StoreError);
  EXPECT_FALSE(one->hold(MirrorClaim::give).own);  // it has nothing to give
  EXPECT_TRUE(other->hold(MirrorClaim::keep).own);
  EXPECT_TRUE(one->hold(MirrorClaim::take).own);
  one->load();
  one->hold(MirrorClaim::give);
  EXPECT_EQ(other->hold(MirrorClaim::keep).other, "");
  EXPECT_THROW(other->load(), StoreError);
}

TEST_F(PostgresFollow, ASecondFollowerStandsByAndTakesOver) {
  auto first = std::make_unique<Following>(api, open());
  ASSERT_TRUE(eventually([&] { return first->state == FollowState::in_step; }));
  Following second(api, open());
  ASSERT_TRUE(eventually([&] { return second.state == FollowState::standing_by; }));
  api.addCandidate("p");
  // Longer than it takes to think that the first one is dead.
  const auto end = std::chrono::steady_clock::now() + seconds{5};
  while (std::chrono::steady_clock::now() < end) {
    EXPECT_NE(first->state, FollowState::standing_by);
    EXPECT_EQ(second.state, FollowState::standing_by);
    std::this_thread::yield();
  }
  EXPECT_EQ(there(), "121\n");
  first->stop();
  EXPECT_TRUE(eventually([&] { return second.state == FollowState::in_step; }));
  EXPECT_FALSE(first->was("standing_by"));
  EXPECT_FALSE(first->was("failing"));
}

// It hangs in the user's callback, and comes to itself again.
TEST_F(PostgresFollow, AFollowerThatIsSilentIsReplacedAndDoesNotFight) {
  std::atomic<bool> hang{true};
  Following first(api, open(), [&](const MirrorChange&) {
    while (hang) {
      std::this_thread::yield();
    }
  });
  EXPECT_TRUE(eventually([&] { return api.requestCount() >= 2; }));
  std::atomic<std::size_t> handed_out{0};
  Following second(api, open(), [&](const MirrorChange&) { ++handed_out; });
  EXPECT_TRUE(eventually([&] { return second.state == FollowState::in_step; }));
  EXPECT_TRUE(eventually([&] { return handed_out == 120; }));  // by the first one: none
  hang = false;
  EXPECT_TRUE(eventually([&] { return first.state == FollowState::standing_by; }));
  EXPECT_FALSE(first.was("failing"));
  EXPECT_FALSE(second.was("failing"));
  EXPECT_EQ(second.state, FollowState::in_step);
}

TEST_F(PostgresFollow, ARunInBetweenHasTheMirrorUntilItsEnd) {
  Following follower(api, open());
  ASSERT_TRUE(eventually([&] { return follower.state == FollowState::in_step; }));
  auto client_options = api.clientOptions();
  client_options.rate_limit.reset();
  heymilo::workflows::MirrorOptions options;
  options.full = true;
  const auto sink = open();
  EXPECT_EQ(mirrorCandidates(heymilo::Client(client_options), "p", *sink, options).seen, 120u);
  EXPECT_TRUE(eventually([&] { return follower.was("standing_by"); }));
  EXPECT_TRUE(eventually([&] { return follower.state == FollowState::in_step; }));
  EXPECT_FALSE(follower.was("failing"));
  EXPECT_THROW(sink->load(), StoreError);
}

TEST_F(PostgresFollow, ARestartOfTheServerIsWaitedOut) {
  PostgresServer server;
  std::set<std::string> handed_out;
  std::mutex mutex;
  Following follower(
      api, heymilo::postgres::mirror(server.url(), "p"), [&](const MirrorChange& change) {
        const std::lock_guard lock(mutex);
        handed_out.insert(change.interview_id);
      });
  ASSERT_TRUE(eventually([&] { return follower.state == FollowState::in_step; }));
  server.stop(PostgresServer::Stop::immediate);
  ASSERT_TRUE(eventually([&] { return follower.state == FollowState::failing; }));
  const std::string late = api.addCandidate("p");
  server.start();
  EXPECT_TRUE(eventually([&] { return follower.state == FollowState::in_step; }));
  EXPECT_TRUE(eventually([&] {
    const std::lock_guard lock(mutex);
    return handed_out.count(late) != 0;
  }));
  EXPECT_EQ(handed_out.size(), 121u);
}

}  // namespace
}  // namespace heymilo_test
