#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "recipe.hpp"

namespace {

using ThreadsAndFork = Recipe;

// [threads]
/// The number of candidates of each posting: one client, a thread for each posting.
std::vector<std::int64_t> countAll(const heymilo::Client& client,
                                   const std::vector<std::string>& postings) {
  std::vector<std::int64_t> counts(postings.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < postings.size(); ++i) {
    threads.emplace_back([&, i] {
      const auto page = client.listCandidates(postings[i]);
      counts[i] = page.pagination.total_count.value_or(0);
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  return counts;
}
// [/threads]

TEST_F(ThreadsAndFork, ManyThreadsUseOneClient) {
  std::vector<std::string> postings;
  std::vector<std::int64_t> expected;
  for (int i = 0; i < 8; ++i) {
    postings.push_back("posting-" + std::to_string(i));
    server.addPosting(postings.back(), static_cast<std::size_t>(i));
    expected.push_back(i);
  }
  EXPECT_EQ(countAll(heymilo::Client(options), postings), expected);
}

// [fork]
/// Lists in a child process, with the parent's client. The child opens its own connections.
bool childCanAsk(const heymilo::Client& client) {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      client.listCandidates("posting-id");
      ::_exit(0);  // no destructors, no flushing: they are the parent's
    } catch (...) {
      ::_exit(1);
    }
  }
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}
// [/fork]

TEST_F(ThreadsAndFork, AChildMayUseItsParentsClient) {
  const heymilo::Client client(options);
  client.listCandidates("posting-id");
  EXPECT_TRUE(childCanAsk(client));
  client.listCandidates("posting-id");
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_NE(requests[1].connection, requests[0].connection);
  EXPECT_EQ(requests[2].connection, requests[0].connection);
}

}  // namespace
