#include <gmock/gmock.h>

#include <chrono>
#include <functional>
#include <heymilo/workflows/follow.hpp>
#include <heymilo/workflows/sqlite_mirror.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "heymilo/testing/manual_clock.hpp"
#include "recipe.hpp"
#include "support/temporary_directory.hpp"

namespace {

using heymilo::testing::MockServer;
using heymilo::testing::MockServerOptions;

// [follow]
using heymilo::CandidateResponse;
using heymilo::CandidateStatus;

/// Keeps the copy in step until `options.stop`, and calls `invite` for each candidate who has
/// completed the interview: at least once, so it must bear a repetition.
void follow(const heymilo::Client& client, const std::string& file,
            const std::function<void(const CandidateResponse&)>& invite,
            heymilo::workflows::FollowOptions options) {
  heymilo::workflows::SqliteMirror database(file, "posting-id");  // or postgres::mirror(url, id)
  options.on_change = [&](const heymilo::workflows::MirrorChange& change) {
    const auto isCompleted = [](const auto& candidate) {
      return candidate && candidate->status == CandidateStatus::completed;
    };
    if (isCompleted(change.after) && !isCompleted(change.before)) {
      invite(*change.after);
    }
  };
  heymilo::workflows::followCandidates(client, "posting-id", database, options);
}
// [/follow]

TEST(Follow, WhoHasCompletedIsInvited) {
  const auto clock = std::make_shared<heymilo::testing::ManualClock>();
  MockServerOptions server_options;
  server_options.clock = clock;
  MockServer server(server_options);
  server.addPosting("posting-id");
  const std::string early = server.addCandidate("posting-id", {{"status", "completed"}});
  const std::string late = server.addCandidate("posting-id", {{"status", "pending"}});
  const auto completes = clock->now() + std::chrono::hours{1};
  bool completed = false;
  const heymilo_test::TemporaryDirectory directory;
  std::vector<std::string> invited;
  const heymilo::CancellationSource stop;
  heymilo::workflows::FollowOptions options;
  options.stop = stop.token();
  options.on_status = [&](const heymilo::workflows::FollowStatus&) {
    if (!std::exchange(completed, completed || clock->now() > completes) && completed) {
      server.patchCandidate(late, {{"status", "completed"}});
    }
    if (clock->now() > completes + std::chrono::hours{1}) {
      stop.cancel();
    }
  };
  const auto invite = [&](const CandidateResponse& candidate) {
    invited.push_back(candidate.interview_id);
  };
  follow(heymilo::Client(server.clientOptions()), directory.file("candidates.db"), invite, options);
  EXPECT_THAT(invited, testing::ElementsAre(early, late));
}

}  // namespace
