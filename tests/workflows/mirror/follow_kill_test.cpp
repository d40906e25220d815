// A follower is killed at random moments, also between the call of on_change and what is written
// after it: each change is handed out at least once, and in order for a candidate.
//
// HEYMILO_TEST_KILLS and HEYMILO_TEST_SEED make it longer, or repeat it.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "heymilo/testing/mock_server.hpp"
#include "heymilo/workflows/follow.hpp"
#include "heymilo/workflows/sqlite_mirror.hpp"
#include "support/faults.hpp"
#include "support/sanitizers.hpp"
#include "support/temporary_directory.hpp"

namespace heymilo_test {
namespace {

using heymilo::testing::MockServer;
using heymilo::workflows::FollowOptions;
using heymilo::workflows::MirrorChange;
using std::chrono::milliseconds;

/// The number of the state, which grows with each change; -1: none.
int numberOf(const std::optional<heymilo::CandidateResponse>& candidate) {
  return candidate ? static_cast<int>(candidate->score.value_or(0)) : -1;
}

/// What a child does until it is killed. What it has handed out is in the file, at once.
[[noreturn]] void followUntilKilled(const heymilo::ClientOptions& api, const std::string& mirror,
                                    const std::string& log) {
  const int out = open(log.c_str(), O_WRONLY | O_APPEND | O_CREAT, 0600);
  FollowOptions options;
  options.shortest_interval = options.longest_interval = milliseconds{1};
  options.requests_per_minute = 1'000'000;
  options.on_change = [&](const MirrorChange& change) {
    const std::string line = change.interview_id + ' ' + std::to_string(numberOf(change.before)) +
                             ' ' + std::to_string(numberOf(change.after)) + '\n';
    if (write(out, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
      _exit(2);
    }
    std::this_thread::yield();
  };
  try {
    heymilo::workflows::SqliteMirror sink(mirror, "p");
    followCandidates(heymilo::Client(api), "p", sink, options);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
  }
  _exit(1);
}

TEST(FollowKilled, EachChangeIsHandedOutAndInOrder) {
  const std::uint64_t seed = setting("HEYMILO_TEST_SEED", std::random_device{}());
  const std::uint64_t kills = setting("HEYMILO_TEST_KILLS", effort(60));
  std::cout << "HEYMILO_TEST_SEED=" << seed << '\n';
  std::mt19937_64 random(seed);
  const TemporaryDirectory directory;
  const std::string log = directory.file("log");
  MockServer server;
  server.addPosting("p");
  std::vector<std::string> people;
  std::map<std::string, int> numbers;
  const auto change = [&] {
    if (people.size() < 100 && random() % 3 == 0) {
      people.push_back(server.addCandidate("p", {{"status", "pending"}, {"score", 0}}));
      numbers[people.back()] = 0;
    } else if (!people.empty()) {
      const std::string& one = people[random() % people.size()];
      server.patchCandidate(one, {{"score", ++numbers[one]}});
    }
  };
  auto api = server.clientOptions();
  api.transport = nullptr;  // over a socket, as the child has no thread of the server
  api.base_url = server.url();
  api.clock = nullptr;
  api.rate_limit.reset();
  pid_t child = 0;
  const auto start = [&] {
    child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      followUntilKilled(api, directory.file("mirror.db"), log);
    }
  };
  const auto kill = [&] {
    int status = 0;
    EXPECT_EQ(::kill(child, SIGKILL), 0);
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status)) << "it ended with " << WEXITSTATUS(status);
  };
  for (std::uint64_t killed = 0; killed < kills; ++killed) {
    start();
    const auto end = std::chrono::steady_clock::now() + milliseconds{random() % 120};
    while (std::chrono::steady_clock::now() < end) {
      change();
      std::this_thread::sleep_for(milliseconds{1});
    }
    kill();
  }
  const auto last = [&] {
    std::map<std::string, int> all;
    std::ifstream in(log);
    std::string id;
    for (int before = 0, after = 0; in >> id >> before >> after;) {
      all[id] = after;
    }
    return all;
  };
  start();
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (last() != numbers && std::chrono::steady_clock::now() < limit) {
    std::this_thread::sleep_for(milliseconds{20});
  }
  kill();
  EXPECT_EQ(last(), numbers);

  std::ifstream in(log);
  std::map<std::string, int> known;
  std::string id;
  int lines = 0, again = 0;
  for (int before = 0, after = 0; in >> id >> before >> after; ++lines) {
    const auto found = known.try_emplace(id, -1).first;
    EXPECT_GE(after, found->second) << id << ": it goes back";
    if (before == found->second) {
      EXPECT_GT(after, before) << id;
    } else {  // the last one was handed out, and not written down
      EXPECT_LT(before, found->second) << id << ": a change is missing";
      ++again;
    }
    found->second = after;
  }
  std::cout << kills << " kills, " << lines << " changes handed out, " << again
            << " of them again, " << people.size() << " candidates\n";
  EXPECT_GT(lines, static_cast<int>(people.size()));
}

}  // namespace
}  // namespace heymilo_test
