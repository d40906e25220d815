#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "heymilo/client.hpp"
#include "heymilo/testing/manual_clock.hpp"
#include "heymilo/testing/mock_server.hpp"
#include "heymilo/workflows/follow.hpp"
#include "support/temporary_directory.hpp"
#include "workflows/mirror/sqlite_files.hpp"

namespace heymilo_test {

inline constexpr std::chrono::hours kDay{24};

/// A follower of posting `p` in a time that passes only while somebody waits. The API's time begins
/// as this machine's.
class FollowTest : public ::testing::Test {
 protected:
  using Status = heymilo::workflows::FollowStatus;

  FollowTest() { server.addPosting("p"); }

  /// A candidate who was created so long ago, in this state until it is changed.
  std::string add(std::chrono::seconds age, std::string_view status = "completed") {
    return server.addCandidate("p",
                               {{"status", status},
                                {"created_at", secondsOf(server.now() - age)},
                                {"name", "Person"},
                                {"email", "person@example.com"}});
  }

  /// Follows for so long by the clock, then stops.
  heymilo::workflows::FollowResult follow(heymilo::workflows::MirrorSink& sink,
                                          std::chrono::milliseconds time) {
    const heymilo::CancellationSource source;
    options.stop = source.token();
    const auto end = clock->now() + time;
    options.on_status = [&, source](const Status& status) {
      statuses.push_back(status);
      if (on_status) {
        on_status(status);
      }
      if (clock->now() >= end) {
        source.cancel();
      }
    };
    heymilo::workflows::FollowResult result =
        followCandidates(heymilo::Client(server.clientOptions()), "p", sink, options);
    return result;
  }
  heymilo::workflows::FollowResult follow(std::chrono::milliseconds time) {
    const auto sink = files.open("p");
    return follow(*sink, time);
  }

  /// The mirror has what the API has, field by field.
  void expectInStep() {
    const nlohmann::json rows = files.candidates("p");
    const nlohmann::json all = server.candidates("p");
    std::size_t there = 0;
    for (const auto& row : rows) {
      there += row["gone_at"].is_null() ? 1U : 0U;
    }
    EXPECT_EQ(there, all.size());
    for (const auto& one : all) {
      const std::string id = one["interview_id"];
      ASSERT_TRUE(rows.contains(id)) << id;
      EXPECT_EQ(rows[id]["document"].get<heymilo::CandidateResponse>(),
                one.get<heymilo::CandidateResponse>())
          << id;
    }
  }

  /// The states, without repetitions.
  std::vector<std::string> states() const {
    std::vector<std::string> all;
    for (const Status& status : statuses) {
      const std::string state(toString(status.state));
      if (all.empty() || all.back() != state) {
        all.push_back(state);
      }
    }
    return all;
  }

  static double secondsOf(heymilo::Timestamp moment) {
    return static_cast<double>(moment.time_since_epoch().count()) / 1e6;
  }

  static heymilo::testing::MockServerOptions serverOptions(
      const std::shared_ptr<heymilo::testing::ManualClock>& clock) {
    heymilo::testing::MockServerOptions options;
    options.clock = clock;
    options.start_time = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return options;
  }

  const std::shared_ptr<heymilo::testing::ManualClock> clock =
      std::make_shared<heymilo::testing::ManualClock>();
  heymilo::testing::MockServer server{serverOptions(clock)};
  TemporaryDirectory directory;
  SqliteFiles files{directory.path()};
  heymilo::workflows::FollowOptions options;
  std::function<void(const Status&)> on_status;
  std::vector<Status> statuses;
};

}  // namespace heymilo_test
