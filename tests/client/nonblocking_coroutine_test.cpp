// As C++20, where the compiler and its library have coroutines.

#include <gtest/gtest.h>

#include <exception>
#include <future>
#include <string>
#include <vector>

#include "heymilo/nonblocking.hpp"
#include "heymilo/testing/mock_server.hpp"
#include "support/mock_client.hpp"

namespace heymilo {
namespace {

/// The least that a coroutine needs: begins at once, and tells a promise of its end.
struct Task {
  struct promise_type {
    std::promise<void> ended;

    Task get_return_object() { return {ended.get_future()}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() { ended.set_value(); }
    void unhandled_exception() { ended.set_exception(std::current_exception()); }
  };
  std::future<void> ended;
};

class Coroutines : public ::testing::Test {
 protected:
  Coroutines() { server.addPosting("p", 250); }

  testing::MockServer server;
};

Task walk(NonBlockingClient calls, std::vector<std::string>& ids) {
  ListCandidatesParams params;
  params.limit = 100;
  for (bool more = true; more;) {
    const auto page = co_await calls.listCandidates("p", params);
    for (const CandidateResponse& candidate : page.data) {
      ids.push_back(candidate.interview_id);
    }
    params.starting_after = ids.back();
    more = page.pagination.has_more;
  }
}

TEST_F(Coroutines, WalkAPostingPageAfterPage) {
  const NonBlockingClient calls{Client(heymilo_test::mockClientOptions(server))};
  std::vector<std::string> ids;
  walk(calls, ids).ended.get();
  EXPECT_EQ(ids.size(), 250u);
  EXPECT_EQ(server.requestCount(), 3u);
}

TEST_F(Coroutines, DoNotGrowTheStackWhereCallsEndAtOnce) {
  const NonBlockingClient calls{Client(server.clientOptions())};
  const auto many = [](NonBlockingClient client) -> Task {
    ListCandidatesParams one;
    one.limit = 1;
    for (int i = 0; i < 200; ++i) {
      co_await client.listCandidates("p", one);
    }
  };
  many(calls).ended.get();
  EXPECT_EQ(server.requestCount(), 200u);
}

Task ingest(NonBlockingClient calls, std::string posting_id) {
  const CandidateIngestRequest ada{"Ada Example", "ada@example.com"};
  co_await calls.ingestCandidate(posting_id, ada);
}

TEST_F(Coroutines, ThrowTheErrorOfTheCall) {
  const NonBlockingClient calls{Client(server.clientOptions())};
  EXPECT_THROW(ingest(calls, "nowhere").ended.get(), NotFoundError);
  EXPECT_THROW(ingest(calls, "").ended.get(), InvalidArgumentError);
  ingest(calls, "p").ended.get();
  EXPECT_EQ(server.candidateCount("p"), 251u);
}

}  // namespace
}  // namespace heymilo
