// Following with on_change: each change is handed out at least once, and in order for a candidate.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "heymilo/errors.hpp"
#include "workflows/mirror/follow_fixture.hpp"

namespace heymilo_test {
namespace {

using heymilo::CandidateResponse;
using heymilo::workflows::FollowStatus;
using heymilo::workflows::MirrorChange;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class FollowChanges : public FollowTest {
 protected:
  FollowChanges() {
    options.on_change = [this](const MirrorChange& change) { note(change); };
  }

  /// What was handed out last of a candidate is `before` now.
  void note(const MirrorChange& change) {
    changes.push_back(change);
    EXPECT_TRUE(change.before || change.after);
    std::optional<CandidateResponse>& known = handed_out[change.interview_id];
    EXPECT_EQ(known, change.before) << change.interview_id;
    known = change.after;
  }

  static std::string text(const MirrorChange& change) {
    const auto status = [](const std::optional<CandidateResponse>& candidate) {
      return candidate ? std::string(candidate->status.text()) : std::string("-");
    };
    return status(change.before) + '>' + status(change.after);
  }

  std::vector<std::string> texts() const {
    std::vector<std::string> all;
    for (const MirrorChange& change : changes) {
      all.push_back(text(change));
    }
    return all;
  }

  std::vector<MirrorChange> changes;
  std::map<std::string, std::optional<CandidateResponse>> handed_out;
  const heymilo::Clock::TimePoint begin = clock->now();
};

TEST_F(FollowChanges, IntoAnEmptyMirrorEachIsNew) {
  for (int i = 0; i < 250; ++i) {
    add(hours{i}, "pending");
  }
  EXPECT_EQ(follow(seconds{1}).handled, 250u);
  ASSERT_THAT(changes, SizeIs(250));
  for (const nlohmann::json& one : server.candidates("p")) {
    EXPECT_EQ(handed_out[one["interview_id"]], one.get<CandidateResponse>());
  }
  changes.clear();
  follow(seconds{1});
  EXPECT_THAT(changes, IsEmpty());
}

TEST_F(FollowChanges, WhoIsInTheMirrorAlreadyIsKnown) {
  const std::string one = add(hours{2}, "pending");
  add(kDay * 50);
  options.on_change = nullptr;
  follow(seconds{1});
  server.patchCandidate(one, {{"status", "evaluating"}});
  follow(hours{1});
  options.on_change = [this](const MirrorChange& change) { changes.push_back(change); };
  follow(seconds{1});
  EXPECT_THAT(changes, IsEmpty());
  server.patchCandidate(one, {{"status", "completed"}});
  follow(hours{1});
  EXPECT_THAT(texts(), ElementsAre("evaluating>completed"));
}

TEST_F(FollowChanges, EachChangeComesOnceAndInOrder) {
  const std::string one = add(hours{2}, "pending"), other = add(hours{3}, "pending");
  int step = 0;
  on_status = [&](const FollowStatus&) {
    const auto time = clock->now() - begin;
    if (step == 0 && time > hours{1}) {
      step = 1;
      server.patchCandidate(one, {{"status", "in_progress"}});
    } else if (step == 1 && time > hours{2}) {
      step = 2;
      server.patchCandidate(one, {{"status", "completed"}});
      server.removeCandidate(other);
    }
  };
  follow(hours{3});
  EXPECT_THAT(
      texts(),
      ::testing::UnorderedElementsAre(
          "->pending", "->pending", "pending>in_progress", "in_progress>completed", "pending>-"));
}

// What was found by a run that came in between, too.
TEST_F(FollowChanges, RunsInBetweenTakeNothingAway) {
  const std::string one = add(hours{2}, "pending");
  follow(seconds{1});
  changes.clear();
  server.patchCandidate(one, {{"status", "completed"}});
  {
    const auto sink = files.open("p");
    mirrorCandidates(heymilo::Client(server.clientOptions()), "p", *sink);
  }
  follow(seconds{1});
  EXPECT_THAT(texts(), ElementsAre("pending>completed"));
}

TEST_F(FollowChanges, WhatItThrowsEndsTheFollowAndComesAgain) {
  for (int i = 0; i < 5; ++i) {
    add(hours{2}, "pending");
  }
  std::size_t calls = 0;
  options.on_change = [&](const MirrorChange& change) {
    if (++calls == 3) {
      throw std::runtime_error("the user's");
    }
    note(change);
  };
  EXPECT_THROW(follow(hours{1}), std::runtime_error);
  EXPECT_EQ(calls, 3u);
  follow(seconds{1});
  EXPECT_EQ(calls, 6u);
  EXPECT_THAT(changes, SizeIs(5));
}

// It is not taken for an outage of the API, or of the database.
TEST_F(FollowChanges, AnErrorOfTheLibraryThatItThrowsEndsTheFollow) {
  add(hours{2}, "pending");
  options.on_change = [](const MirrorChange&) { throw heymilo::ConnectionError("of the user's"); };
  EXPECT_THROW(follow(hours{1}), heymilo::ConnectionError);
  options.on_change = [](const MirrorChange&) { throw heymilo::StoreError("of the user's"); };
  EXPECT_THROW(follow(hours{1}), heymilo::StoreError);
  EXPECT_THAT(statuses.back().error, ::testing::IsNull());
}

TEST_F(FollowChanges, ADeletionIsHandedOutBeforeTheErasure) {
  const std::string one = add(hours{2}, "pending");
  add(kDay * 3);
  options.erase_after = hours{0};
  bool removed = false;
  on_status = [&](const FollowStatus& status) {
    if (!removed && status.state == FollowStatus::State::in_step) {
      removed = true;
      server.removeCandidate(one);
    }
  };
  options.on_change = [&](const MirrorChange& change) {
    note(change);
    if (!change.after) {
      EXPECT_TRUE(files.candidates("p").contains(change.interview_id));
    }
  };
  EXPECT_EQ(follow(hours{2}).erased, 1u);
  EXPECT_THAT(texts(), ::testing::Contains("pending>-"));
  EXPECT_FALSE(files.candidates("p").contains(one));
}

// Stopped while changes are handed out: who is gone is erased by the next one.
TEST_F(FollowChanges, NobodyIsErasedWhoWasNotHandedOut) {
  const std::string one = add(hours{2}, "pending");
  const std::string other = add(hours{2} + seconds{1}, "pending");
  options.erase_after = hours{0};
  follow(seconds{1});
  changes.clear();
  server.removeCandidate(one);
  server.removeCandidate(other);
  const heymilo::CancellationSource source;
  options.stop = source.token();
  options.on_status = nullptr;
  options.on_change = [&](const MirrorChange& change) {
    note(change);
    source.cancel();
  };
  const auto follower = [&] {
    const auto sink = files.open("p");
    return followCandidates(heymilo::Client(server.clientOptions()), "p", *sink, options);
  };
  EXPECT_EQ(follower().erased, 0u);
  EXPECT_THAT(changes, SizeIs(1));
  options.on_change = [this](const MirrorChange& change) { note(change); };
  EXPECT_EQ(follow(hours{1}).erased, 2u);
  EXPECT_THAT(changes, SizeIs(2));
}

// A posting that lives, with exceptions at random moments: each as if the process had been killed
// between the call and what is written after it.
TEST_F(FollowChanges, InTheEndEverythingWasHandedOut) {
  std::mt19937 random(17);
  std::vector<std::string> people;
  for (int i = 0; i < 60; ++i) {
    people.push_back(add(hours{30 + i}, "pending"));
  }
  std::size_t failed = 0;
  std::set<std::string> repeated;  // are handed out again
  options.on_change = [&](const MirrorChange& change) {
    changes.push_back(change);
    std::optional<CandidateResponse>& known = handed_out[change.interview_id];
    EXPECT_TRUE(repeated.erase(change.interview_id) != 0 || known == change.before)
        << change.interview_id;
    known = change.after;
    if (random() % 15 == 0) {
      repeated.insert(change.interview_id);
      throw std::runtime_error("killed");
    }
  };
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 6; ++i) {
      server.patchCandidate(people[random() % people.size()], {{"score", random() % 100}});
    }
    const std::size_t gone = random() % people.size();
    server.removeCandidate(people[gone]);
    people[gone] = add(hours{25}, "pending");
    try {
      follow(hours{2});
    } catch (const std::runtime_error&) {
      ++failed;
    }
  }
  options.on_change = [this](const MirrorChange& change) {
    handed_out[change.interview_id] = change.after;
  };
  follow(hours{8});
  EXPECT_GT(failed, 3u);
  EXPECT_GT(changes.size(), 120u);
  expectInStep();
  std::size_t there = 0;
  for (const auto& [id, after] : handed_out) {
    there += after ? 1U : 0U;
  }
  EXPECT_EQ(there, people.size());
  for (const nlohmann::json& one : server.candidates("p")) {
    EXPECT_EQ(handed_out[one["interview_id"]], one.get<CandidateResponse>());
  }
}

}  // namespace
}  // namespace heymilo_test
