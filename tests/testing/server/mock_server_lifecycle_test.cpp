// Start, stop and connections of the mock server, and its effects on the process.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>

#include <chrono>
#include <csignal>
#include <heymilo/testing/mock_server.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/eventually.hpp"
#include "support/raw_client.hpp"
#include "testing/server/one_posting.hpp"

namespace heymilo::testing {
namespace {

using heymilo_test::eventually;
using heymilo_test::RawClient;
using Json = nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

MockServerOptions withPort(int port) {
  MockServerOptions options;
  options.port = port;
  return options;
}

std::unique_ptr<MockServer> startServer(MockServerOptions options = {}) {
  auto server = std::make_unique<MockServer>(options);
  server->addPosting("p1");
  return server;
}

// The limit for stopping. Far below any timeout of the server.
milliseconds timeToStop(std::unique_ptr<MockServer> server) {
  const Clock::time_point before = Clock::now();
  server.reset();
  return std::chrono::duration_cast<milliseconds>(Clock::now() - before);
}
constexpr milliseconds kPromptly{5'000};

TEST(MockServerLifecycle, ListensWhenItIsConstructed) {
  for (int round = 0; round < 20; ++round) {
    const MockServer server;
    EXPECT_GT(server.port(), 0);
    EXPECT_EQ(server.url(), "http://127.0.0.1:" + std::to_string(server.port()));
    EXPECT_EQ(RawClient(server.port()).get("/").status, 404);
  }
}

TEST(MockServerLifecycle, StartsAndStopsWithoutBeingUsed) {
  for (int round = 0; round < 50; ++round) {
    EXPECT_LT(timeToStop(startServer()), kPromptly);
  }
}

TEST(MockServerLifecycle, SaysThatAPortIsTaken) {
  const MockServer server;
  EXPECT_THROW(MockServer{withPort(server.port())}, std::runtime_error);
}

TEST(MockServerLifecycle, TakesAPortAgainAtOnce) {
  std::optional<MockServer> server(std::in_place);
  const int port = server->port();
  RawClient client(port);
  client.get("/");
  server.reset();
  server.emplace(withPort(port));
  EXPECT_EQ(RawClient(port).get("/").status, 404);
}

TEST(MockServerLifecycle, RefusesOptionsThatCantBeUsed) {
  const auto refused = [](const auto& change) {
    MockServerOptions options;
    change(options);
    EXPECT_THROW(MockServer{options}, std::invalid_argument);
  };
  refused([](MockServerOptions& options) { options.port = -1; });
  refused([](MockServerOptions& options) { options.port = 65'536; });
  refused([](MockServerOptions& options) { options.rate_limit = RateLimit{0, seconds{1}}; });
  refused([](MockServerOptions& options) { options.latency = milliseconds{-1}; });
  refused([](MockServerOptions& options) { options.time_scale = -1; });
  refused([](MockServerOptions& options) { options.queue_delay = milliseconds{-1}; });
  refused([](MockServerOptions& options) { options.null_rate = 1.5; });
  refused([](MockServerOptions& options) { options.unknown_property_rate = -0.5; });
  refused([](MockServerOptions& options) { options.keep_alive_timeout = milliseconds{0}; });
}

TEST(MockServerLifecycle, StopsPromptlyWithIdleConnections) {
  auto server = startServer();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int count = 0; count < 64; ++count) {
    clients.push_back(std::make_unique<RawClient>(server->port()));
    clients.back()->get("/");
  }
  EXPECT_EQ(server->openConnections(), 64u);
  EXPECT_LT(timeToStop(std::move(server)), kPromptly);
  for (const auto& client : clients) {
    EXPECT_EQ(client->receiveToEnd(), "");
  }
}

TEST(MockServerLifecycle, StopsPromptlyInTheMiddleOfWhatever) {
  auto server = startServer();
  server->respondNext("listCandidates",
                      ScriptedResponse::asUsual().delayedBy(std::chrono::hours{1}));
  server->respondNext("ingestCandidate",
                      ScriptedResponse::answer(200, "12345").trickled(1, std::chrono::hours{1}));
  server->respondNext("ingestCandidateAsync",
                      ScriptedResponse::answer(200, std::string(std::size_t{16} << 20, ' ')));
  RawClient delayed(server->port());
  RawClient trickled(server->port());
  RawClient not_reading(server->port());
  RawClient half_a_head(server->port());
  RawClient half_a_body(server->port());
  ASSERT_TRUE(delayed.send("GET " + kPath + " HTTP/1.1\r\nX-API-KEY: test-key\r\n\r\n"));
  ASSERT_TRUE(trickled.send("POST " + kPath + " HTTP/1.1\r\n\r\n"));
  ASSERT_TRUE(not_reading.send("POST " + kPath + "/async HTTP/1.1\r\n\r\n"));
  ASSERT_TRUE(half_a_head.send("GET / HTTP"));
  ASSERT_TRUE(half_a_body.send("POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nhalf"));
  ASSERT_TRUE(server->waitForRequests(3));
  ASSERT_TRUE(eventually([&] { return server->openConnections() == 5; }));
  EXPECT_LT(timeToStop(std::move(server)), kPromptly);
}

TEST(MockServerLifecycle, KeepsAConnectionForManyRequests) {
  const auto server = startServer();
  RawClient client(server->port(), {{"X-API-KEY", "test-key"}});
  for (int count = 0; count < 500; ++count) {
    ASSERT_EQ(client.get(kPath).status, 200);
  }
  EXPECT_EQ(server->openConnections(), 1u);
}

TEST(MockServerLifecycle, ReadsRequestsThatComeTogether) {
  const auto server = startServer();
  RawClient client(server->port());
  ASSERT_TRUE(
      client.send("GET /1 HTTP/1.1\r\n\r\nPOST /2 HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"
                  "GET /3 HTTP/1.1\r\nConnection: close\r\n\r\n"));
  for (int count = 0; count < 3; ++count) {
    EXPECT_TRUE(client.receive());
  }
  EXPECT_EQ(client.receiveToEnd(), "");
  EXPECT_EQ(server->requests()[2].path, "/3");
}

TEST(MockServerLifecycle, ClosesAConnectionThatWasIdleTooLong) {
  MockServerOptions options;
  options.keep_alive_timeout = milliseconds{50};
  const auto server = startServer(options);
  RawClient client(server->port());
  const Clock::time_point before = Clock::now();
  client.get("/");
  EXPECT_EQ(client.receiveToEnd(), "");
  EXPECT_GE(Clock::now() - before, milliseconds{50});
}

TEST(MockServerLifecycle, ClosesIdleConnectionsWhenTold) {
  const auto server = startServer();
  server->respondNext({"", [](const auto& request) { return request.path == "/busy"; }},
                      ScriptedResponse::answer(200).delayedBy(milliseconds{100}));
  for (int round = 0; round < 50; ++round) {
    RawClient idle(server->port());
    idle.get("/");
    server->closeIdleConnections();
    EXPECT_EQ(server->openConnections(), 0u);
    EXPECT_EQ(idle.receiveToEnd(), "");
    EXPECT_FALSE(idle.wasReset());
  }
  RawClient busy(server->port());
  ASSERT_TRUE(busy.send("GET /busy HTTP/1.1\r\n\r\n"));
  ASSERT_TRUE(server->waitForRequests(51));
  server->closeIdleConnections();
  const auto answer = busy.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
}

TEST(MockServerLifecycle, DelaysEveryAnswerByItsLatency) {
  MockServerOptions options;
  options.latency = milliseconds{30};
  const auto server = startServer(options);
  RawClient client(server->port(), {{"X-API-KEY", "test-key"}});
  for (const char* path : {"/", "/api/v2/postings/p1/candidates"}) {
    const Clock::time_point before = Clock::now();
    client.get(path);
    EXPECT_GE(Clock::now() - before, milliseconds{30});
  }
}

TEST(MockServerLifecycle, ServesManyConnectionsAtATime) {
  const auto server = startServer();
  std::vector<std::thread> threads;
  for (int number = 0; number < 64; ++number) {
    threads.emplace_back([&server, number] {
      RawClient client(server->port(), {{"X-API-KEY", "test-key"}});
      for (int count = 0; count < 10; ++count) {
        const std::string mailbox = std::to_string(number) + '.' + std::to_string(count);
        const Json person{{"name", mailbox}, {"email", mailbox + "@example.com"}};
        EXPECT_EQ(client.postJson(kPath, person).status, 201);
        EXPECT_EQ(client.postJson(kPath + "/async", person).status, 202);
        EXPECT_EQ(client.get(kPath + "?limit=2").status, 200);
        server->advance(std::chrono::minutes{1});
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  server->advance(std::chrono::hours{1});
  EXPECT_EQ(server->candidateCount("p1"), 1280u);
  EXPECT_EQ(server->requestCount(), 1920u);
}

void ignoreSignal(int) {}

TEST(MockServerLifecycle, LeavesTheDispositionOfSigpipeAlone) {
  for (void (*const disposition)(int) : {SIG_DFL, SIG_IGN, &ignoreSignal}) {
    std::signal(SIGPIPE, disposition);
    {
      const MockServer server;
      struct sigaction now {};
      sigaction(SIGPIPE, nullptr, &now);
      EXPECT_EQ(now.sa_handler, disposition);
    }
  }
  std::signal(SIGPIPE, SIG_DFL);
}

// SIGPIPE would end this process.
TEST(MockServerLifecycle, AnswersAClientThatHasGoneWithoutASignal) {
  std::signal(SIGPIPE, SIG_DFL);
  const auto server = startServer();
  server->respondNext({}, ScriptedResponse::answer(200, "12345").trickled(1, milliseconds{1}));
  {
    RawClient leaving(server->port());
    ASSERT_TRUE(leaving.send("GET / HTTP/1.1\r\n\r\n"));
    ASSERT_TRUE(server->waitForRequests(1));
  }
  EXPECT_TRUE(eventually([&] { return server->openConnections() == 0; }));
  EXPECT_EQ(RawClient(server->port()).get("/").status, 404);
}

std::optional<pthread_t> signalled;  // the thread that took the signal

void noteThread(int) { signalled = pthread_self(); }

TEST(MockServerLifecycle, LeavesSignalsToTheHostsThreads) {
  std::signal(SIGUSR1, noteThread);
  const auto server = startServer();
  RawClient client(server->port());
  client.get("/");
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &only, nullptr);
  kill(getpid(), SIGUSR1);  // no thread takes it until this one does
  client.get("/");
  EXPECT_FALSE(signalled);
  pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  ASSERT_TRUE(signalled);
  EXPECT_TRUE(pthread_equal(*signalled, pthread_self()));
  std::signal(SIGUSR1, SIG_DFL);
}

}  // namespace
}  // namespace heymilo::testing
