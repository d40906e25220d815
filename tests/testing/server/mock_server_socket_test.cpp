// The mock server over a socket, with a client of the library: the same faults as in process.

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <future>
#include <nlohmann/json.hpp>

#include "heymilo/client.hpp"
#include "heymilo/testing/expectations.hpp"
#include "heymilo/testing/mock_server.hpp"
#include "support/mock_client.hpp"

namespace heymilo::testing {
namespace {

using heymilo_test::mockClientOptions;
using std::chrono::milliseconds;
using std::chrono::seconds;

class MockServerSocket : public ::testing::Test {
 protected:
  MockServerSocket() { server.addPosting("p1"); }

  MockServer server;
  ClientOptions options = mockClientOptions(server);
};

TEST_F(MockServerSocket, LeadsToTheSameServerAsInProcess) {
  const CandidateIngestRequest ada{"Ada", "ada@example.com"};
  const Client client(server.clientOptions());
  const Client by_socket(options);
  const auto ingested = client.ingestCandidate("p1", ada);
  by_socket.ingestCandidate("p1", {"Bob", "bob@example.com"});
  EXPECT_EQ(by_socket.listCandidates("p1").data.at(0).interview_id, ingested.data.interview_id);
  EXPECT_EQ(client.listCandidates("p1").data.size(), 2u);
  EXPECT_TRUE(receivedInOrder(
      server, {"ingestCandidate", "ingestCandidate", "listCandidates", "listCandidates"}));
  EXPECT_EQ(server.requests()[0].connection, 0u);
  EXPECT_EQ(server.requests()[1].connection, 1u);
  EXPECT_EQ(server.requests()[0].json(), nlohmann::json(ada));
  EXPECT_EQ(server.requests()[0].header("X-API-KEY"), "test-key");
  EXPECT_EQ(ingested.http.request_id, server.requests()[0].request_id);
  EXPECT_EQ(ingested.http.headers.get("Content-Type"), "application/json");
}

TEST_F(MockServerSocket, HoldsAnAnswerOnASocketToo) {
  const Client client(options);
  server.respondNext("listCandidates", ScriptedResponse::asUsual().held());
  auto call = std::async(std::launch::async, [&] { return client.listCandidates("p1"); });
  ASSERT_TRUE(server.waitForRequests(1));
  EXPECT_EQ(call.wait_for(seconds{0}), std::future_status::timeout);
  server.release();
  EXPECT_EQ(call.get().http.status, 200);
}

TEST_F(MockServerSocket, InterruptsAConnectionWithinTheBody) {
  const Client client(options);
  BulkCandidateIngestRequest bulk;
  bulk.data.assign(10'000, {"Ada Example", "ada@example.com"});
  for (const std::size_t bytes : {0u, 1u, 100'000u}) {
    server.respondNext("ingestCandidatesBulk", ScriptedResponse::interrupt(bytes));
    RequestOptions once;
    once.max_retries = 0;
    EXPECT_THROW(client.ingestCandidatesBulk("p1", bulk, once), ConnectionError);
    EXPECT_EQ(server.pendingResponses(), 0u);
  }
  EXPECT_EQ(server.requestCount(), 0u);
  EXPECT_EQ(server.candidateCount("p1"), 0u);
  client.ingestCandidatesBulk("p1", bulk);
  EXPECT_EQ(server.candidateCount("p1"), bulk.data.size());
}

TEST_F(MockServerSocket, InterruptsAConnectionThatHasNoBodyToSend) {
  options.retry.initial_backoff = milliseconds{1};
  server.respondNext("listCandidates", ScriptedResponse::interrupt());
  EXPECT_EQ(Client(options).listCandidates("p1").http.attempts, 2);
  EXPECT_EQ(server.requestCount(), 1u);
}

}  // namespace
}  // namespace heymilo::testing
