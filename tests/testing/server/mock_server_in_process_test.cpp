// The mock server without a socket: the same API, script and record, and the same faults for a
// client.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <thread>

#include "heymilo/client.hpp"
#include "heymilo/testing/expectations.hpp"
#include "heymilo/testing/manual_clock.hpp"
#include "heymilo/testing/mock_server.hpp"
#include "support/transport_calls.hpp"

namespace heymilo::testing {
namespace {

using heymilo_test::failureOf;
using heymilo_test::get;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

MockServerOptions onClock(std::shared_ptr<Clock> clock) {
  MockServerOptions options;
  options.clock = std::move(clock);
  return options;
}

class MockServerInProcess : public ::testing::Test {
 protected:
  MockServerInProcess() { server.addPosting("p1"); }

  Outcome outcomeOfIngest() const {
    try {
      client.ingestCandidate("p1", ada);
    } catch (const Error& error) {
      return error.outcome();
    }
    ADD_FAILURE() << "an answer came";
    return Outcome::applied;
  }

  const std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
  MockServer server{onClock(clock)};
  const Client client{server.clientOptions()};
  const CandidateIngestRequest ada{"Ada", "ada@example.com"};
};

TEST_F(MockServerInProcess, IsAsStrict) {
  EXPECT_THROW(client.ingestCandidate("p1", {"Bob", "no address"}), UnprocessableEntityError);
  EXPECT_THROW(client.listCandidates("elsewhere"), NotFoundError);
  ClientOptions options = server.clientOptions();
  options.api_key = "another";
  EXPECT_THROW(Client(options).listCandidates("p1"), AuthenticationError);
}

TEST_F(MockServerInProcess, BreaksConnectionsAsToldWithTheRightOutcome) {
  server.respondNext("ingestCandidate", ScriptedResponse::disconnect());
  EXPECT_EQ(outcomeOfIngest(), Outcome::unknown);
  EXPECT_EQ(server.candidateCount("p1"), 0u);
  server.respondNext("ingestCandidate", ScriptedResponse::disconnect().afterCommit());
  EXPECT_EQ(outcomeOfIngest(), Outcome::unknown);
  EXPECT_EQ(server.candidateCount("p1"), 1u);
  server.respondNext("ingestCandidate", ScriptedResponse::asUsual().cutAfter(250));
  EXPECT_EQ(outcomeOfIngest(), Outcome::unknown);
  EXPECT_EQ(server.candidateCount("p1"), 2u);
  server.respondNext("ingestCandidate", ScriptedResponse::answer(201, "{").afterCommit());
  EXPECT_EQ(outcomeOfIngest(), Outcome::applied);
  EXPECT_TRUE(received(server, "ingestCandidate", 4));
}

TEST_F(MockServerInProcess, AnInterruptedRequestNeverArrivedAndIsSentAgain) {
  ClientOptions options = server.clientOptions();
  options.retry.initial_backoff = options.retry.max_backoff = hours{1};  // drawn by lot: not 0
  server.respondNext("ingestCandidate", ScriptedResponse::interrupt().times(2));
  EXPECT_EQ(Client(options).ingestCandidate("p1", ada).http.attempts, 3);
  EXPECT_TRUE(received(server, "ingestCandidate", 1));
  EXPECT_EQ(server.candidateCount("p1"), 1u);
  EXPECT_EQ(clock->waits().size(), 2u);
}

TEST_F(MockServerInProcess, AStalledAnswerTimesOutInNoTime) {
  const auto start = clock->now();
  server.respondNext("ingestCandidate", ScriptedResponse::asUsual().held());
  EXPECT_EQ(outcomeOfIngest(), Outcome::unknown);
  EXPECT_EQ(clock->now() - start, ClientOptions{}.timeout);
  EXPECT_EQ(server.candidateCount("p1"), 1u);
  server.respondNext("listCandidates", ScriptedResponse::asUsual().delayedBy(seconds{30}));
  client.listCandidates("p1");
  EXPECT_EQ(clock->now() - start, ClientOptions{}.timeout + seconds{30});
}

TEST_F(MockServerInProcess, AnHoursWaitTakesNoTime) {
  ClientOptions options = server.clientOptions();
  options.retry.max_retry_after = hours{2};
  const auto start = clock->now();
  server.respondNext("ingestCandidate", ScriptedResponse::rateLimited(hours{1}));
  EXPECT_EQ(Client(options).ingestCandidate("p1", ada).http.attempts, 2);
  EXPECT_GE(clock->now() - start, hours{1});
  EXPECT_TRUE(receivedApart(server, "ingestCandidate", {hours{1}}));
}

TEST_F(MockServerInProcess, ItsQuotaAndItsWorldGoByTheClockToo) {
  server.setRateLimit(RateLimit{1, seconds{60}});
  const auto start = server.now();
  client.listCandidates("p1");
  EXPECT_EQ(client.listCandidates("p1").http.attempts, 2);  // 429, then after a minute
  EXPECT_GE(server.now() - start, seconds{60});
  server.setRateLimit(std::nullopt);
  client.ingestCandidateAsync("p1", ada);
  EXPECT_EQ(server.candidateCount("p1"), 0u);
  clock->advance(MockServerOptions{}.queue_delay);
  EXPECT_EQ(server.candidateCount("p1"), 1u);
}

TEST_F(MockServerInProcess, LimitsOneOperation) {
  server.setRateLimit("ingestCandidate", RateLimit{1, seconds{10}});
  EXPECT_THROW(server.setRateLimit("noOperation", std::nullopt), std::invalid_argument);
  client.ingestCandidate("p1", ada);
  EXPECT_EQ(client.listCandidates("p1").http.attempts, 1);
  EXPECT_EQ(client.ingestCandidate("p1", ada).http.attempts, 2);
  EXPECT_TRUE(receivedApart(server, "ingestCandidate", {milliseconds{0}, seconds{10}}));
  server.setRateLimit("ingestCandidate", std::nullopt);
  EXPECT_EQ(client.ingestCandidate("p1", ada).http.attempts, 1);
}

TEST(MockServerByHand, HoldsAnAnswerUntilItIsReleased) {
  MockServer server;
  server.addPosting("p1");
  const Client client(server.clientOptions());
  server.respondNext("listCandidates", ScriptedResponse::asUsual().held());
  auto call = std::async(std::launch::async, [&] { return client.listCandidates("p1"); });
  ASSERT_TRUE(server.waitForRequests(1));
  EXPECT_EQ(call.wait_for(seconds{0}), std::future_status::timeout);
  server.release();
  EXPECT_EQ(call.get().http.status, 200);
}

TEST(MockServerByHand, CancellingEndsAHeldCall) {
  MockServer server;
  server.addPosting("p1");
  CancellationSource source;
  server.respondNext({}, ScriptedResponse::asUsual().held());
  std::thread canceller([&] {
    EXPECT_TRUE(server.waitForRequests(1));
    source.cancel();
  });
  const std::string url = server.clientOptions().base_url + "/api/v2/postings/p1/candidates";
  const auto error = failureOf<CancelledError>(*server.transport(), get(url), source.token());
  EXPECT_EQ(error.outcome(), Outcome::unknown);
  canceller.join();
  failureOf<CancelledError>(*server.transport(), get(url), source.token());
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST(MockServerByHand, SendsOnlyWhatMayBeSent) {
  MockServer server;
  HttpRequest request = get(server.clientOptions().base_url + "/api/v2/postings/p1/candidates");
  request.may_send = [] { return false; };
  EXPECT_EQ(failureOf<TransportError>(*server.transport(), request).outcome(), Outcome::not_sent);
  EXPECT_EQ(server.requests().size(), 0u);
}

TEST(MockServerByHand, SendsWithoutBlocking) {
  MockServer server;
  server.addPosting("p1");
  HttpRequest request = get(server.clientOptions().base_url + "/api/v2/postings/p1/candidates");
  request.headers.add("X-API-KEY", "test-key");
  server.respondNext({}, ScriptedResponse::asUsual().held());
  std::promise<int> status;
  server.transport()->start(request, {}, [&](const HttpResponse& answer, std::exception_ptr) {
    status.set_value(answer.status);
  });
  ASSERT_TRUE(server.waitForRequests(1));
  server.release();
  EXPECT_EQ(status.get_future().get(), 200);
}

TEST(MockServerByHand, ATransportMayOutliveIt) {
  std::shared_ptr<NonBlockingTransport> transport;
  std::future<void> held;
  std::string url;
  {
    MockServer server;
    url = server.clientOptions().base_url;
    transport = server.transport();
    server.respondNext({}, ScriptedResponse::asUsual().held());
    held = std::async(std::launch::async, [transport, request = get(url)] {
      EXPECT_EQ(failureOf<ConnectionError>(*transport, request).outcome(), Outcome::unknown);
    });
    ASSERT_TRUE(server.waitForRequests(1));
  }
  held.get();
  EXPECT_EQ(failureOf<ConnectionError>(*transport, get(url)).outcome(), Outcome::not_sent);
}

TEST(MockServerByHand, RawBytesTakeASocket) {
  MockServer server;
  server.respondNext({}, ScriptedResponse::raw("HTTP/1.1 200 OK\r\n\r\n"));
  EXPECT_THROW(server.transport()->send(get(server.clientOptions().base_url), {}),
               std::logic_error);
}

}  // namespace
}  // namespace heymilo::testing
