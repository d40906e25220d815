// Scripted behaviour of the mock server: other responses, delays, truncation and resets.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <heymilo/testing/mock_server.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "support/eventually.hpp"
#include "support/raw_client.hpp"
#include "testing/server/one_posting.hpp"

namespace heymilo::testing {
namespace {

using heymilo_test::eventually;
using heymilo_test::RawAnswer;
using heymilo_test::RawClient;
using ::testing::Optional;
using ::testing::StartsWith;
using Json = nlohmann::json;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

const std::string kKey = "X-API-KEY: test-key\r\n";
const std::string kGet = "GET " + kPath + " HTTP/1.1\r\n" + kKey + "\r\n";
const std::string kPost =
    "POST " + kPath + " HTTP/1.1\r\n" + kKey +
    "Content-Type: application/json\r\nContent-Length: " + std::to_string(kPerson.size()) +
    "\r\n\r\n" + kPerson;

class MockServerScript : public ::testing::Test {
 protected:
  MockServerScript() { server.addPosting("p1"); }

  int list() { return client.get(kPath).status; }
  int ingest() { return client.post(kPath, kPerson).status; }
  RecordedRequest last() { return server.requests().back(); }

  MockServer server;
  RawClient client{server.port(), {{"X-API-KEY", "test-key"}}};
};

TEST_F(MockServerScript, AnswersTheNextRequestWithSomethingElse) {
  server.respondNext("ingestCandidate",
                     ScriptedResponse::answer(503, "<html>", {{"Content-Type", "text/html"}}));
  EXPECT_EQ(list(), 200);
  const RawAnswer answer = client.post(kPath, kPerson);
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body, "<html>");
  EXPECT_THAT(answer.header("Content-Type"), Optional(std::string("text/html")));
  EXPECT_TRUE(answer.header("X-Request-Id"));
  EXPECT_EQ(server.candidateCount("p1"), 0u);
  EXPECT_EQ(last().status, 503);
  EXPECT_FALSE(last().committed);
  EXPECT_EQ(ingest(), 201);
  EXPECT_TRUE(last().committed);
}

TEST_F(MockServerScript, AnswersWithJsonAndNoBodyToo) {
  server.respondNext({}, ScriptedResponse::answer(418, "[]"));
  const RawAnswer json = client.get(kPath);
  EXPECT_EQ(json.body, "[]");
  EXPECT_THAT(json.header("Content-Type"), Optional(std::string("application/json")));
  server.respondNext({}, ScriptedResponse::answer(502));
  const RawAnswer empty = client.get(kPath);
  EXPECT_EQ(empty.status, 502);
  EXPECT_THAT(empty.header("Content-Length"), Optional(std::string("0")));
}

TEST_F(MockServerScript, MakesTheApisErrors) {
  server.respondNext({}, ScriptedResponse::error(500, "boom", "Something \"broke\"."));
  const RawAnswer answer = client.get(kPath);
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.json()["error"]["type"], "api_error");
  EXPECT_EQ(answer.json()["error"]["code"], "boom");
  EXPECT_EQ(answer.json()["error"]["message"], "Something \"broke\".");
}

TEST_F(MockServerScript, CommitsFirstWhenTold) {
  server.respondNext("ingestCandidate", ScriptedResponse::answer(500, "lost").afterCommit());
  const RawAnswer answer = client.post(kPath, kPerson);
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body, "lost");
  EXPECT_EQ(server.candidateCount("p1"), 1u);
  EXPECT_TRUE(last().committed);
}

TEST_F(MockServerScript, CommitsNothingThatIsRefusedAnyway) {
  server.respondNext({}, ScriptedResponse::answer(200).afterCommit());
  EXPECT_EQ(client.post(kPath, "{}").status, 200);
  EXPECT_FALSE(last().committed);
  EXPECT_EQ(server.candidateCount("p1"), 0u);
}

TEST_F(MockServerScript, AppliesRulesInOrderUntilTheyAreUsedUp) {
  server.respondNext("listCandidates", ScriptedResponse::answer(501).times(2));
  server.respondNext({}, ScriptedResponse::answer(502));
  server.respondNext("listCandidates", ScriptedResponse::answer(503));
  server.respondNext("listCandidates", ScriptedResponse::answer(599).times(0));
  EXPECT_EQ(server.pendingResponses(), 4u);
  EXPECT_EQ(list(), 501);
  EXPECT_EQ(server.pendingResponses(), 3u);
  EXPECT_EQ(ingest(), 502);
  EXPECT_EQ(list(), 501);
  EXPECT_EQ(list(), 503);
  EXPECT_EQ(server.pendingResponses(), 0u);
  EXPECT_EQ(list(), 200);
}

TEST_F(MockServerScript, ForgetsItsRulesWhenTold) {
  server.respondNext({}, ScriptedResponse::answer(500).times(5));
  server.clearResponses();
  EXPECT_EQ(server.pendingResponses(), 0u);
  EXPECT_EQ(list(), 200);
}

TEST_F(MockServerScript, ChoosesByWhatIsInTheRequest) {
  server.respondNext({"ingestCandidate",
                      [](const RecordedRequest& request) {
                        return request.posting_id == "p1" && request.json()["name"] == "Bob" &&
                               request.header("x-api-key") == "test-key";
                      }},
                     ScriptedResponse::answer(500));
  EXPECT_EQ(ingest(), 201);
  EXPECT_EQ(client.post(kPath, R"({"name":"Bob","email":"b@example.com"})").status, 500);
}

TEST_F(MockServerScript, TellsWhenAPredicateFails) {
  server.respondNext({"", [](const RecordedRequest& request) { return !request.json().empty(); }},
                     ScriptedResponse::answer(200));
  const RawAnswer answer = client.get(kPath);
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.json()["error"]["message"].get<std::string>(),
              StartsWith("[json.exception.parse_error"));
}

TEST_F(MockServerScript, ReachesWhatIsNoOperation) {
  server.respondNext({"", [](const RecordedRequest& request) { return request.path == "/other"; }},
                     ScriptedResponse::answer(302, "", {{"Location", "http://127.0.0.1:1/"}}));
  EXPECT_EQ(list(), 200);
  const RawAnswer answer = client.get("/other");
  EXPECT_EQ(answer.status, 302);
  EXPECT_THAT(answer.header("Location"), Optional(std::string("http://127.0.0.1:1/")));
}

TEST_F(MockServerScript, KnowsTheOperations) {
  EXPECT_THROW(server.respondNext("listCandidate", ScriptedResponse::answer(500)),
               std::invalid_argument);
  EXPECT_EQ(server.pendingResponses(), 0u);
}

TEST_F(MockServerScript, AddsHeadersToTheUsualAnswer) {
  server.respondNext(
      {},
      ScriptedResponse::asUsual().withHeader("X-Extra", "1").withHeader("x-request-id", "mine"));
  const RawAnswer answer = client.get(kPath);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.json()["pagination"]["total_count"], 0);
  EXPECT_THAT(answer.header("X-Extra"), Optional(std::string("1")));
  EXPECT_THAT(answer.header("X-Request-Id"), Optional(std::string("mine")));
  EXPECT_EQ(last().request_id, "mine");
}

TEST_F(MockServerScript, HoldsAnswersBack) {
  server.respondNext("ingestCandidate", ScriptedResponse::asUsual().delayedBy(milliseconds{150}));
  const Clock::time_point before = Clock::now();
  ASSERT_TRUE(client.send(kPost));
  ASSERT_TRUE(server.waitForRequests(1));
  const auto answer = client.receive();
  EXPECT_GE(Clock::now() - before, milliseconds{150});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 201);
}

TEST_F(MockServerScript, HasCommittedBeforeTheDelay) {
  server.respondNext("ingestCandidate",
                     ScriptedResponse::asUsual().delayedBy(std::chrono::hours{1}));
  ASSERT_TRUE(client.send(kPost));
  ASSERT_TRUE(server.waitForRequests(1));
  EXPECT_TRUE(eventually([&] { return server.requests()[0].status == 201; }));
  EXPECT_TRUE(server.requests()[0].committed);
  EXPECT_EQ(server.candidateCount("p1"), 1u);
}

TEST_F(MockServerScript, ClosesWithoutCommitting) {
  server.respondNext("ingestCandidate", ScriptedResponse::disconnect());
  ASSERT_TRUE(client.send(kPost));
  EXPECT_EQ(client.receiveToEnd(), "");
  EXPECT_FALSE(client.wasReset());
  EXPECT_EQ(server.candidateCount("p1"), 0u);
  EXPECT_EQ(last().status, 0);
  EXPECT_EQ(last().body, kPerson);
}

TEST_F(MockServerScript, ClosesAfterCommitting) {
  server.respondNext("ingestCandidate", ScriptedResponse::asUsual().cutAfter(0));
  ASSERT_TRUE(client.send(kPost));
  EXPECT_EQ(client.receiveToEnd(), "");
  EXPECT_FALSE(client.wasReset());
  EXPECT_EQ(server.candidateCount("p1"), 1u);
  EXPECT_EQ(last().status, 0);
  EXPECT_TRUE(last().committed);
}

TEST_F(MockServerScript, Resets) {
  server.respondNext("ingestCandidate", ScriptedResponse::disconnect().reset());
  ASSERT_TRUE(client.send(kPost));
  EXPECT_EQ(client.receiveToEnd(), "");
  EXPECT_TRUE(client.wasReset());
}

TEST_F(MockServerScript, CutsAtEveryByte) {
  server.respondNext({},
                     ScriptedResponse::answer(200, "{}", {{"X-Request-Id", "1"}}).cutAfter(999));
  ASSERT_TRUE(client.send(kGet));
  const std::string whole = client.receiveToEnd();
  ASSERT_THAT(whole, StartsWith("HTTP/1.1 200 OK\r\n"));
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    server.respondNext({},
                       ScriptedResponse::answer(200, "{}", {{"X-Request-Id", "1"}}).cutAfter(cut));
    RawClient once(server.port());
    ASSERT_TRUE(once.send(kGet));
    EXPECT_EQ(once.receiveToEnd(), whole.substr(0, cut));
    EXPECT_FALSE(once.wasReset());
  }
}

TEST_F(MockServerScript, SendsBytesAsTheyAreGiven) {
  const std::string bytes = "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nnot so long";
  server.respondNext({}, ScriptedResponse::raw(bytes));
  ASSERT_TRUE(client.send(kGet));
  EXPECT_EQ(client.receiveToEnd(), bytes);
  EXPECT_EQ(last().status, 0);
  EXPECT_TRUE(eventually([&] { return server.openConnections() == 0; }));
}

TEST_F(MockServerScript, Trickles) {
  server.respondNext(
      {}, ScriptedResponse::answer(200, std::string(20, ' ') + "{}").trickled(10, milliseconds{5}));
  const Clock::time_point before = Clock::now();
  const RawAnswer answer = client.get(kPath);
  EXPECT_GE(Clock::now() - before, milliseconds{5} * ((answer.head.size() + 22) / 10 - 1));
  EXPECT_EQ(answer.body, std::string(20, ' ') + "{}");
  EXPECT_EQ(list(), 200) << "on the same connection";
}

TEST_F(MockServerScript, KeepsTheConnectionWhereItIsNotCut) {
  server.respondNext({}, ScriptedResponse::answer(500));
  server.respondNext({}, ScriptedResponse::asUsual().delayedBy(milliseconds{1}));
  EXPECT_EQ(list(), 500);
  EXPECT_EQ(list(), 200);
  EXPECT_EQ(list(), 200);
  for (const RecordedRequest& request : server.requests()) {
    EXPECT_EQ(request.connection, 1u);
  }
}

}  // namespace
}  // namespace heymilo::testing
