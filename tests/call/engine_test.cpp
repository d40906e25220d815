#include "heymilo/engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "heymilo/testing/manual_clock.hpp"
#include "support/nonblocking_calls.hpp"

#ifndef _WIN32
#include <sys/wait.h>
#include <unistd.h>
#endif

namespace heymilo {
namespace {

using std::chrono::milliseconds;
using test::failureOf;
using test::kAda;
using test::optionsFor;
using testing::ManualClock;
using testing::MockServer;
using testing::MockServerOptions;
using testing::RecordedRequest;
using testing::ScriptedResponse;

class EngineTest : public test::NonBlockingCalls {};

TEST_F(EngineTest, RunsManyCallsOnOneThread) {
  MockServerOptions slow;
  slow.latency = milliseconds{30};
  MockServer slow_server(slow);
  slow_server.addPosting("p", 1);
  std::mutex mutex;
  std::set<std::thread::id> threads;
  ClientOptions slow_options = optionsFor(slow_server);
  slow_options.on_event = [&](const Event&) {
    const std::lock_guard<std::mutex> lock(mutex);
    threads.insert(std::this_thread::get_id());
  };
  const NonBlockingClient calls{Client(slow_options)};
  std::vector<std::future<ListResponse<CandidateResponse>>> futures;
  for (int i = 0; i < 100; ++i) {
    futures.push_back(calls.listCandidates("p").future());
  }
  std::size_t most_connections = 0;
  while (futures.back().wait_for(milliseconds{1}) != std::future_status::ready) {
    most_connections = (std::max)(most_connections, slow_server.openConnections());
  }
  for (auto& future : futures) {
    EXPECT_EQ(future.get().data.size(), 1u);
  }
  EXPECT_GT(most_connections, 8u) << "side by side";
  EXPECT_LE(most_connections, 64u);
  EXPECT_EQ(slow_server.requestCount(), 100u);
  EXPECT_EQ(threads.size(), 1u);
}

TEST_F(EngineTest, KeepsToTheConnectionsOfTheEngine) {
  EngineOptions engine_options;
  engine_options.max_connections = 2;
  const NonBlockingClient calls{Client(options), Engine(engine_options)};
  std::vector<std::future<ListResponse<CandidateResponse>>> futures;
  for (int i = 0; i < 20; ++i) {
    futures.push_back(calls.listCandidates("p").future());
  }
  for (auto& future : futures) {
    future.get();
  }
  std::set<std::size_t> connections;
  for (const RecordedRequest& request : server.requests()) {
    connections.insert(request.connection);
  }
  EXPECT_LE(connections.size(), 2u);
}

TEST_F(EngineTest, RefusesMoreCallsThanMayBePending) {
  EngineOptions engine_options;
  engine_options.max_pending = 1;
  const NonBlockingClient calls{Client(options), Engine(engine_options)};
  RequestOptions stop;
  const CancellationSource source;
  stop.cancellation = source.token();
  server.respondNext("listCandidates",
                     ScriptedResponse::asUsual().delayedBy(std::chrono::hours{1}));
  auto held = calls.listCandidates("p", {}, stop).future();
  ASSERT_TRUE(server.waitForRequests(1));
  EXPECT_EQ(calls.engine().pending(), 1u);
  EXPECT_EQ(failureOf<OverloadError>(calls.ingestCandidate("p", kAda).future()).outcome(),
            Outcome::not_sent);
  source.cancel();
  failureOf<CancelledError>(std::move(held));
  calls.engine().wait();
  calls.ingestCandidate("p", kAda).future().get();
  EXPECT_EQ(server.requests("ingestCandidate").size(), 1u);
}

TEST_F(EngineTest, TheEndOfTheEngineEndsWhatIsUnderWay) {
  options.rate_limit = RateLimit{1, std::chrono::hours{1}};
  server.respondNext("ingestCandidate",
                     ScriptedResponse::asUsual().delayedBy(std::chrono::hours{1}));
  std::future<SingleResponse<IngestCandidateResponse>> sent;
  std::future<SingleResponse<IngestCandidateResponse>> queued;
  {
    const NonBlockingClient calls{Client(options)};
    sent = calls.ingestCandidate("p", kAda).future();
    ASSERT_TRUE(server.waitForRequests(1));
    queued = calls.ingestCandidate("p", kAda).future();
  }
  EXPECT_EQ(sent.wait_for(milliseconds{0}), std::future_status::ready);
  EXPECT_EQ(failureOf<CancelledError>(std::move(sent)).outcome(), Outcome::unknown);
  EXPECT_EQ(failureOf<CancelledError>(std::move(queued)).outcome(), Outcome::not_sent);
  EXPECT_EQ(server.requestCount(), 1u);
}

TEST_F(EngineTest, TheLastClientMayGoInACompletion) {
  auto calls = std::make_shared<NonBlockingClient>(Client(options));
  std::promise<void> gone;
  auto call = calls->listCandidates("p");
  std::move(call).then([calls, &gone](auto) mutable {
    calls.reset();
    gone.set_value();
  });
  calls.reset();
  gone.get_future().get();
}

TEST_F(EngineTest, RefusesAnEngineThatCantWork) {
  options.clock = std::make_shared<ManualClock>();
  EXPECT_THROW(NonBlockingClient(Client(options), Engine()), InvalidArgumentError);
  EngineOptions engine_options;
  engine_options.max_pending = 0;
  EXPECT_THROW(Engine{engine_options}, InvalidArgumentError);
  engine_options.max_pending = 1;
  engine_options.max_connections = 0;
  EXPECT_THROW(Engine{engine_options}, InvalidArgumentError);
}

TEST_F(EngineTest, ClientsShareAnEngine) {
  const Engine engine;
  ClientOptions other = options;
  other.api_key = "wrong";
  const NonBlockingClient first(Client(options), engine);
  const NonBlockingClient second(Client(other), engine);
  auto right = first.listCandidates("p").future();
  auto wrong = second.listCandidates("p").future();
  EXPECT_EQ(right.get().data.size(), 20u);
  failureOf<AuthenticationError>(std::move(wrong));
  engine.wait();
  EXPECT_EQ(engine.pending(), 0u);
}

#ifndef _WIN32
TEST_F(EngineTest, AChildHasAnEngineOfItsOwn) {
  const NonBlockingClient calls{Client(options)};
  calls.listCandidates("p").future().get();
  server.respondNext("ingestCandidate", ScriptedResponse::asUsual().delayedBy(milliseconds{100}));
  auto under_way = calls.ingestCandidate("p", kAda).future();
  const pid_t child = fork();
  if (child == 0) {
    const bool good =
        calls.engine().pending() == 0 && calls.listCandidates("p").future().get().data.size() == 20;
    _exit(good ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  under_way.get();
  EXPECT_EQ(server.requests("ingestCandidate").size(), 1u);
}
#endif

}  // namespace
}  // namespace heymilo
