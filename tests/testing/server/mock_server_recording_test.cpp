// The mock server's record of its requests.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <heymilo/testing/mock_server.hpp>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "support/eventually.hpp"
#include "support/raw_client.hpp"

namespace heymilo::testing {
namespace {

using heymilo_test::eventually;
using heymilo_test::RawClient;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using Json = nlohmann::json;
using std::chrono::milliseconds;

const std::string kEncodedPath = "/api/v2/postings/p%2F1/candidates";

class MockServerRecording : public ::testing::Test {
 protected:
  MockServerRecording() { server.addPosting("p/1"); }

  MockServer server;
  RawClient client{server.port(), {{"X-API-KEY", "test-key"}}};
};

TEST_F(MockServerRecording, KeepsARequestAsItCame) {
  const auto before = std::chrono::steady_clock::now();
  const std::string body = R"({"name":"Ada","email":"ada@example.com"})";
  ASSERT_TRUE(client.send("POST " + kEncodedPath +
                          "?a=%20b&&c HTTP/1.1\r\nB:  x%41 \r\nb: y\r\nA:\r\n" +
                          "X-API-KEY: test-key\r\ncontent-type: application/json\r\n" +
                          "Accept-Encoding: br\r\nContent-Encoding: identity\r\n" +
                          "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body));
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  ASSERT_EQ(server.requests().size(), 1u);
  const RecordedRequest request = server.requests()[0];
  EXPECT_EQ(request.operation, "ingestCandidate");
  EXPECT_EQ(request.posting_id, "p/1");
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, kEncodedPath);
  EXPECT_EQ(request.query, "a=%20b&&c");
  EXPECT_THAT(request.headers,
              ElementsAre(Pair("B", "x%41"),
                          Pair("b", "y"),
                          Pair("A", ""),
                          Pair("X-API-KEY", "test-key"),
                          Pair("content-type", "application/json"),
                          Pair("Accept-Encoding", "br"),
                          Pair("Content-Encoding", "identity"),
                          Pair("Content-Length", std::to_string(body.size()))));
  EXPECT_EQ(request.header("b"), "x%41");
  EXPECT_EQ(request.header("a"), "");
  EXPECT_EQ(request.header("c"), std::nullopt);
  EXPECT_EQ(request.body, body);
  EXPECT_EQ(request.json()["name"], "Ada");
  EXPECT_GE(request.received_at, before);
  EXPECT_LE(request.received_at, std::chrono::steady_clock::now());
  EXPECT_EQ(request.connection, 1u);
  EXPECT_EQ(request.status, 201);
  EXPECT_EQ(request.request_id, answer->header("X-Request-Id"));
  EXPECT_TRUE(request.committed);
}

TEST_F(MockServerRecording, NamesTheOperations) {
  client.get(kEncodedPath);
  for (const char* end : {"", "/bulk", "/async", "/bulk/async"}) {
    client.postJson(kEncodedPath + end, Json::object());
  }
  client.get("/api/v2/postings/p");
  client.request("PUT", kEncodedPath);
  std::vector<std::string> operations;
  for (const RecordedRequest& request : server.requests()) {
    operations.push_back(request.operation);
    EXPECT_FALSE(request.committed);
  }
  EXPECT_THAT(operations,
              ElementsAre("listCandidates",
                          "ingestCandidate",
                          "ingestCandidatesBulk",
                          "ingestCandidateAsync",
                          "ingestCandidatesBulkAsync",
                          "",
                          ""));
  EXPECT_EQ(server.requests("ingestCandidatesBulk").size(), 1u);
  EXPECT_EQ(server.requests("").size(), 2u);
  EXPECT_THAT(server.requests("other"), IsEmpty());
}

TEST_F(MockServerRecording, SaysThatQueuedIsCommitted) {
  client.postJson(kEncodedPath + "/async", {{"name", "A"}, {"email", "a@example.com"}});
  EXPECT_TRUE(server.requests().back().committed);
  client.get(kEncodedPath);
  EXPECT_FALSE(server.requests().back().committed);
}

TEST_F(MockServerRecording, TellsConnectionsApart) {
  RawClient other(server.port(), {{"X-API-KEY", "test-key"}});
  client.get(kEncodedPath);
  other.get(kEncodedPath);
  client.get(kEncodedPath);
  const std::vector<RecordedRequest> requests = server.requests();
  EXPECT_EQ(requests[0].connection, requests[2].connection);
  EXPECT_NE(requests[0].connection, requests[1].connection);
}

TEST_F(MockServerRecording, ForgetsWhenTold) {
  client.get(kEncodedPath);
  client.get(kEncodedPath);
  EXPECT_EQ(server.requestCount(), 2u);
  server.clearRequests();
  EXPECT_EQ(server.requestCount(), 0u);
  EXPECT_THAT(server.requests(), IsEmpty());
  client.get(kEncodedPath + "?limit=1");
  EXPECT_EQ(server.requestCount(), 1u);
  EXPECT_EQ(server.requests()[0].query, "limit=1");
  EXPECT_EQ(server.requests()[0].status, 200);
}

TEST_F(MockServerRecording, FinishesARequestThatWasForgottenMeanwhile) {
  server.respondNext({}, ScriptedResponse::asUsual().delayedBy(milliseconds{20}));
  ASSERT_TRUE(client.send("GET / HTTP/1.1\r\n\r\n"));
  ASSERT_TRUE(server.waitForRequests(1));
  server.clearRequests();
  EXPECT_TRUE(client.receive());
  EXPECT_THAT(server.requests(), IsEmpty());
}

TEST_F(MockServerRecording, WaitsForRequests) {
  EXPECT_TRUE(server.waitForRequests(0));
  EXPECT_FALSE(server.waitForRequests(1, milliseconds{1}));
  std::thread sender([&] {
    client.get(kEncodedPath);
    client.get(kEncodedPath);
  });
  EXPECT_TRUE(server.waitForRequests(2));
  sender.join();
  EXPECT_FALSE(server.waitForRequests(3, milliseconds{1}));
}

TEST_F(MockServerRecording, LeavesOutWhatNeverCameInWhole) {
  {
    RawClient leaving(server.port());
    ASSERT_TRUE(leaving.send("POST " + kEncodedPath +
                             " HTTP/1.1\r\nX-API-KEY: test-key\r\n"
                             "Content-Type: application/json\r\nContent-Length: 40\r\n\r\n"
                             R"({"name":"Ada","email":"ada@example.com")"));
  }
  client.get(kEncodedPath);
  EXPECT_TRUE(eventually([&] { return server.openConnections() == 1; }));
  ASSERT_EQ(server.requests().size(), 1u);
  EXPECT_EQ(server.requests()[0].method, "GET");
  EXPECT_EQ(server.candidateCount("p/1"), 0u);
}

TEST(MockServerRecordingOptions, KeepsTheLastSoMany) {
  MockServerOptions options;
  options.max_recorded_requests = 2;
  MockServer server(options);
  RawClient client(server.port());
  for (const char* path : {"/1", "/2", "/3"}) {
    client.get(path);
  }
  EXPECT_EQ(server.requestCount(), 3u);
  ASSERT_EQ(server.requests().size(), 2u);
  EXPECT_EQ(server.requests()[0].path, "/2");
  EXPECT_EQ(server.requests()[1].path, "/3");
  EXPECT_EQ(server.requests()[1].status, 404);
}

TEST(MockServerRecordingOptions, TellsOfRequestsBeforeTheAnswerIsSent) {
  std::mutex mutex;
  std::vector<std::string> told;
  MockServerOptions options;
  options.max_recorded_requests = 0;
  options.on_request = [&](const RecordedRequest& request) {
    const std::lock_guard lock(mutex);
    told.push_back(request.path + ' ' + std::to_string(request.status));
  };
  MockServer server(options);
  RawClient client(server.port());
  client.get("/1");
  client.get("/2");
  const std::lock_guard lock(mutex);
  EXPECT_THAT(told, ElementsAre("/1 404", "/2 404"));
  EXPECT_THAT(server.requests(), IsEmpty());
}

}  // namespace
}  // namespace heymilo::testing
