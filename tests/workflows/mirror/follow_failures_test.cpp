// Following while the API or the database fails, and while another run has the mirror.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "heymilo/errors.hpp"
#include "support/mirror_fakes.hpp"
#include "workflows/mirror/follow_fixture.hpp"

namespace heymilo_test {
namespace {

using heymilo::StoreError;
using heymilo::testing::ScriptedResponse;
using heymilo::workflows::FollowResult;
using heymilo::workflows::FollowStatus;
using heymilo::workflows::MirrorChanges;
using heymilo::workflows::MirrorClaim;
using heymilo::workflows::MirrorHold;
using heymilo::workflows::MirrorState;
using heymilo::workflows::MirrorWalk;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;

/// A sink that fails, or that others have.
class ScriptedSink final : public heymilo::test::MemorySink {
 public:
  MirrorState load() override {
    check();
    return MemorySink::load();
  }
  MirrorChanges upsert(const std::vector<heymilo::CandidateResponse>& batch,
                       const MirrorWalk& walk) override {
    check();
    if (!hold_.own) {
      throw StoreError("another run has taken over");
    }
    ++stored;
    return MemorySink::upsert(batch, walk);
  }
  MirrorHold hold(MirrorClaim claim) override {
    check();
    claims.push_back(claim);
    if (on_hold) {
      on_hold(claim);
    }
    if (claim == MirrorClaim::take) {
      hold_ = {};
    }
    return hold_;
  }
  void requireInPlace() override {
    if (deleted) {
      throw StoreError("the file was deleted");
    }
  }

  void give(const std::string& other) { hold_ = {false, other}; }

  bool down = false, deleted = false;
  std::size_t stored = 0;
  std::vector<MirrorClaim> claims;
  std::function<void(MirrorClaim)> on_hold;

 private:
  void check() const {
    if (down) {
      throw StoreError("the database is away");
    }
  }

  MirrorHold hold_;
};

class FollowFailures : public FollowTest {
 protected:
  FollowFailures() {
    for (int i = 0; i < 150; ++i) {
      add(hours{24 * 3} + minutes{i});
    }
  }

  std::size_t times(MirrorClaim claim) const {
    return static_cast<std::size_t>(std::count(sink.claims.begin(), sink.claims.end(), claim));
  }

  /// `text` of the error that is waited out first.
  std::string problem() const {
    for (const FollowStatus& status : statuses) {
      if (status.error) {
        try {
          std::rethrow_exception(status.error);
        } catch (const std::exception& error) {
          return error.what();
        }
      }
    }
    return "none";
  }

  ScriptedSink sink;
  const heymilo::Clock::TimePoint begin = clock->now();
};

TEST_F(FollowFailures, AnOutageIsWaitedOutLongerAndLonger) {
  const auto out = [this](const ScriptedResponse& response) {
    server.respondNext("listCandidates", ScriptedResponse(response).times(100'000));
  };
  for (const ScriptedResponse& response :
       {ScriptedResponse::answer(503),
        ScriptedResponse::disconnect(),
        ScriptedResponse::error(429, "rate_limited", "Later.")}) {
    sink = ScriptedSink();
    statuses.clear();
    server.clearRequests();
    out(response);
    const auto end = clock->now() + hours{2};
    std::vector<milliseconds> waits;
    on_status = [&](const FollowStatus& status) {
      if (status.state == FollowStatus::State::failing &&
          (waits.empty() || status.next > waits.back())) {
        waits.push_back(status.next);
      }
      if (clock->now() >= end && server.pendingResponses() > 0) {
        server.clearResponses();
      }
    };
    follow(sink, hours{3});
    EXPECT_THAT(states(), ElementsAre("catching_up", "failing", "in_step"));
    EXPECT_GE(waits.size(), 6u);
    EXPECT_LE(waits.front(), seconds{1});
    EXPECT_GE(waits.back(), minutes{2});
    EXPECT_LE(waits.back(), minutes{5});
    EXPECT_LE(server.requestCount(), 500u);  // each with the client's own retries
    EXPECT_EQ(sink.rows.size(), 150u);
  }
}

TEST_F(FollowFailures, RetryAfterIsKept) {
  follow(sink, seconds{1});
  server.respondNext("listCandidates", ScriptedResponse::rateLimited(seconds{3'000}));
  server.clearRequests();
  const auto before = clock->now();
  std::optional<heymilo::Clock::TimePoint> again;
  on_status = [&](const FollowStatus&) {
    if (!again && server.requestCount() > 1) {
      again = clock->now();
    }
  };
  follow(sink, hours{2});
  ASSERT_TRUE(again);
  EXPECT_GE(*again - before, seconds{3'000});
}

TEST_F(FollowFailures, WhatARepetitionDoesNotHelpIsThrown) {
  server.respondNext("listCandidates", ScriptedResponse::error(401, "unauthorized", "No."));
  EXPECT_THROW(follow(sink, hours{1}), heymilo::AuthenticationError);
  server.respondNext("listCandidates", ScriptedResponse::error(403, "forbidden", "No."));
  EXPECT_THROW(follow(sink, hours{1}), heymilo::PermissionDeniedError);
  server.respondNext("listCandidates", ScriptedResponse::error(404, "not_found", "No."));
  EXPECT_THROW(follow(sink, hours{1}), heymilo::NotFoundError);
  server.respondNext("listCandidates", ScriptedResponse::answer(200, "<html>"));
  EXPECT_THROW(follow(sink, hours{1}), heymilo::DecodeError);
  EXPECT_EQ(times(MirrorClaim::give), 4u);  // so that the next one need not wait
}

// Of a gateway, during maintenance. At the start it is a wrong base_url.
TEST_F(FollowFailures, APageThatIsNotTheApisIsWaitedOutOnceItWasInStep) {
  on_status = [&](const FollowStatus&) {
    const auto time = clock->now() - begin;
    const bool out = time >= hours{1} && time < hours{2};
    if (out && server.pendingResponses() == 0) {
      server.respondNext("listCandidates", ScriptedResponse::answer(200, "<html>").times(100'000));
      add(seconds{0});
    } else if (!out && server.pendingResponses() > 0) {
      server.clearResponses();
    }
  };
  follow(sink, hours{3});
  EXPECT_THAT(states(), ElementsAre("catching_up", "in_step", "failing", "in_step"));
  EXPECT_EQ(sink.rows.size(), 151u);
}

TEST_F(FollowFailures, StandsByAgainAfterTheDatabaseWasAway) {
  sink.give("other 1");
  int beat = 1;
  sink.on_hold = [&](MirrorClaim claim) {
    if (claim == MirrorClaim::keep && clock->now() < begin + hours{1}) {
      sink.give("other " + std::to_string(++beat));
    }
  };
  on_status = [&](const FollowStatus&) {
    const auto time = clock->now() - begin;
    sink.down = time >= minutes{10} && time < minutes{20};
  };
  follow(sink, hours{2});
  EXPECT_THAT(states(),
              ElementsAre("standing_by", "failing", "standing_by", "catching_up", "in_step"));
}

TEST_F(FollowFailures, ADatabaseThatIsAwayIsWaitedFor) {
  bool added = false;
  on_status = [&](const FollowStatus&) {
    const auto time = clock->now() - begin;
    sink.down = (time >= hours{1} && time < hours{2}) || (time >= minutes{160} && time < hours{3});
    if (sink.down && !added) {
      added = true;
      add(seconds{0});
    }
  };
  follow(sink, hours{4});
  EXPECT_THAT(states(),
              ElementsAre("catching_up", "in_step", "failing", "in_step", "failing", "in_step"));
  for (std::size_t i = 1; i < statuses.size(); ++i) {
    if (statuses[i].error && !statuses[i - 1].error) {
      EXPECT_LE(statuses[i].next, seconds{1});  // each outage is a new one
    }
  }
  EXPECT_EQ(problem(), "the database is away");
  EXPECT_EQ(sink.rows.size(), 151u);
}

TEST_F(FollowFailures, ADatabaseThatCanNotBeUsedAtFirstIsAnError) {
  sink.down = true;
  EXPECT_THROW(follow(sink, hours{1}), StoreError);
  EXPECT_EQ(server.requestCount(), 0u);
}

TEST_F(FollowFailures, AFileThatWasDeletedIsAnError) {
  on_status = [&](const FollowStatus&) {
    sink.down = sink.deleted = clock->now() >= begin + hours{1};
  };
  try {
    follow(sink, hours{3});
    ADD_FAILURE() << "it goes on";
  } catch (const StoreError& error) {
    EXPECT_STREQ(error.what(), "the file was deleted");
  }
}

TEST_F(FollowFailures, StandsByWhileAnotherRunStores) {
  sink.give("other 1");
  int beat = 1;
  sink.on_hold = [&](MirrorClaim claim) {
    if (claim == MirrorClaim::keep && clock->now() < begin + hours{1}) {
      sink.give("other " + std::to_string(++beat));
    }
  };
  on_status = [&](const FollowStatus& status) {
    if (clock->now() < begin + hours{1}) {
      EXPECT_EQ(status.state, FollowStatus::State::standing_by);
      EXPECT_EQ(sink.stored, 0u);
    }
  };
  follow(sink, hours{2});
  EXPECT_THAT(states(), ElementsAre("standing_by", "catching_up", "in_step"));
  EXPECT_EQ(times(MirrorClaim::take), 1u);
  EXPECT_EQ(sink.rows.size(), 150u);
}

TEST_F(FollowFailures, ASilentRunIsTakenForDead) {
  sink.give("other 1");
  std::optional<heymilo::Clock::TimePoint> took;
  sink.on_hold = [&](MirrorClaim claim) {
    if (claim == MirrorClaim::take) {
      took = clock->now();
    }
  };
  follow(sink, minutes{2});
  ASSERT_TRUE(took);
  EXPECT_GE(*took - begin, seconds{30});
  EXPECT_LE(*took - begin, seconds{40});
}

TEST_F(FollowFailures, WhatNobodyHasIsTakenAtOnce) {
  sink.give("");
  follow(sink, seconds{1});
  EXPECT_EQ(sink.rows.size(), 150u);
}

// A run of mirrorCandidates(), which takes the mirror.
TEST_F(FollowFailures, TakesTheMirrorBackAfterTheEndOfAnotherRun) {
  bool taken = false;
  std::size_t stored = 0;
  on_status = [&](const FollowStatus& status) {
    if (!taken && clock->now() >= begin + hours{1}) {
      taken = true;
      sink.give("cron 1");
      stored = sink.stored;
    }
    if (taken && status.state == FollowStatus::State::standing_by) {
      EXPECT_EQ(sink.stored, stored);
    }
  };
  follow(sink, hours{2});
  EXPECT_THAT(states(), ElementsAre("catching_up", "in_step", "standing_by", "in_step"));
  EXPECT_GT(sink.stored, stored);
}

// It says that it is there, also where it waits for minutes.
TEST_F(FollowFailures, BeatsWhileItWaits) {
  follow(sink, hours{1});
  EXPECT_GE(times(MirrorClaim::keep), 300u);
  EXPECT_LE(times(MirrorClaim::keep), 800u);
  EXPECT_EQ(times(MirrorClaim::give), 1u);
  EXPECT_EQ(sink.claims.back(), MirrorClaim::give);
}

TEST_F(FollowFailures, UnreadableOnesAreReportedOnce) {
  const std::string one = add(hours{1});
  server.patchCandidate(one, {{"score", "high"}});
  std::vector<std::string> reported;
  options.on_unreadable = [&](const heymilo::UnreadableCandidate& candidate) {
    reported.push_back(candidate.interview_id.value_or("?"));
  };
  EXPECT_EQ(follow(sink, hours{3}).unreadable, 1u);
  EXPECT_THAT(reported, ElementsAre(one));
  EXPECT_EQ(sink.rows.size(), 150u);
  options.on_unreadable = [](const heymilo::UnreadableCandidate&) {
    throw heymilo::TimeoutError("of the user's");
  };
  EXPECT_THROW(follow(sink, hours{3}), heymilo::TimeoutError);
}

}  // namespace
}  // namespace heymilo_test
