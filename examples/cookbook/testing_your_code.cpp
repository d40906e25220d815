// [test]
#include <gtest/gtest.h>

#include <heymilo/client.hpp>
#include <heymilo/testing/expectations.hpp>
#include <heymilo/testing/fake_transport.hpp>
#include <heymilo/testing/manual_clock.hpp>
#include <heymilo/testing/mock_server.hpp>

namespace {

using heymilo::testing::MockServer;
using heymilo::testing::ScriptedResponse;

/// The code under test: ingests a person, and returns whether that succeeded.
bool signUp(const heymilo::Client& client, const std::string& name, const std::string& email) {
  try {
    client.ingestCandidate("posting-id", {name, email});
    return true;
  } catch (const heymilo::Error& error) {
    return error.outcome() == heymilo::Outcome::applied;
  }
}

class SignUp : public testing::Test {
 protected:
  SignUp() { server.addPosting("posting-id"); }
  MockServer server;                                        // on a free port of 127.0.0.1
  heymilo::ClientOptions options = server.clientOptions();  // in process: without a socket
};

TEST_F(SignUp, IngestsSomebody) {
  EXPECT_TRUE(signUp(heymilo::Client(options), "Ada Example", "ada@example.com"));
  EXPECT_EQ(server.candidates("posting-id")[0]["email"], "ada@example.com");
}

TEST_F(SignUp, IsNotRepeatedWhereTheResponseIsLost) {
  server.respondNext("ingestCandidate", ScriptedResponse::disconnect().afterCommit());
  EXPECT_FALSE(signUp(heymilo::Client(options), "Ada Example", "ada@example.com"));
  EXPECT_TRUE(heymilo::testing::received(server, "ingestCandidate", 1));
  EXPECT_TRUE(server.requests()[0].committed);  // the code under test must look for it
}

TEST_F(SignUp, SeesThroughAnUnreadableResponse) {
  server.respondNext("ingestCandidate", ScriptedResponse::answer(201, "{}").afterCommit());
  EXPECT_TRUE(signUp(heymilo::Client(options), "Ada Example", "ada@example.com"));
}
// [/test]

// [time]
TEST_F(SignUp, GoesThroughTheWholeWorkflowInNoTime) {
  const heymilo::Client client(options);
  signUp(client, "Ada Example", "ada@example.com");
  EXPECT_EQ(client.listCandidates("posting-id").data[0].status, heymilo::CandidateStatus::pending);
  server.advance(MockServer::workflow_time);  // two weeks of the server's clock
  EXPECT_NE(client.listCandidates("posting-id").data[0].status, heymilo::CandidateStatus::pending);
}
// [/time]

// [clock]
TEST_F(SignUp, WaitsForAnHourInNoTime) {
  const auto clock = std::make_shared<heymilo::testing::ManualClock>();
  options.clock = clock;
  options.retry.max_retry_after = std::chrono::hours{2};
  server.respondNext("ingestCandidate", ScriptedResponse::rateLimited(std::chrono::hours{1}));
  EXPECT_TRUE(signUp(heymilo::Client(options), "Ada Example", "ada@example.com"));
  EXPECT_GE(clock->waits().at(0), std::chrono::hours{1});
  EXPECT_TRUE(heymilo::testing::received(server, "ingestCandidate", 2));
}
// [/clock]

// [fake]
TEST(SignUpWithoutAServer, IsTriedAgainWhereNothingWasSent) {
  const auto transport = std::make_shared<heymilo::testing::FakeTransport>(std::vector{
      ScriptedResponse::interrupt(),  // the connection breaks before the request is out
      ScriptedResponse::answer(201, R"({"data": {"interview_id": "i-1", "posting_id": "posting-id",
                                                 "interview_url": "https://example.com/i-1"}})")});
  heymilo::ClientOptions options;
  options.api_key = "test-key";
  options.transport = transport;
  options.clock = std::make_shared<heymilo::testing::ManualClock>();
  EXPECT_TRUE(signUp(heymilo::Client(options), "Ada Example", "ada@example.com"));
  EXPECT_TRUE(heymilo::testing::received(*transport, "ingestCandidate", 2));
}
// [/fake]

}  // namespace
