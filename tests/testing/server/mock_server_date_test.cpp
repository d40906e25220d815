// The Date header of the mock server's responses.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <heymilo/heymilo.hpp>
#include <heymilo/testing/manual_clock.hpp>
#include <heymilo/testing/mock_server.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>

#include "support/raw_client.hpp"

namespace heymilo::testing {
namespace {

using heymilo_test::RawAnswer;
using heymilo_test::RawClient;
using std::chrono::hours;
using std::chrono::seconds;
using ::testing::IsSupersetOf;
using ::testing::Optional;

const std::string kCandidates = "/api/v2/postings/p/candidates";
const std::string kExample = "Sun, 06 Nov 1994 08:49:37 GMT";  // the example of RFC 9110

MockServerOptions startingThen() {
  MockServerOptions options;
  options.start_time = parseTimestamp("1994-11-06T08:49:37.9Z");
  return options;
}

/// The Date of a list response, with the client's own code, over HTTP or in process.
std::optional<std::string> dateOfAList(const MockServer& server, bool in_process) {
  ClientOptions options = server.clientOptions();
  if (!in_process) {
    options.transport = nullptr;
  }
  return Client(options).listCandidates("p").http.headers.get("Date");
}

class MockServerDate : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(, MockServerDate, ::testing::Bool(), [](const auto& in_process) {
  return std::string(in_process.param ? "InProcess" : "OverHttp");
});

TEST_P(MockServerDate, IsTheLogicalClocks) {
  MockServer server(startingThen());
  server.addPosting("p");
  EXPECT_THAT(dateOfAList(server, GetParam()), Optional(kExample));
  server.advance(hours{24});
  EXPECT_THAT(dateOfAList(server, GetParam()),
              Optional(std::string("Mon, 07 Nov 1994 08:49:37 GMT")));
}

TEST_P(MockServerDate, GoesByTheClockThatTheServerIsGiven) {
  MockServerOptions options = startingThen();
  const auto clock = std::make_shared<ManualClock>();
  options.clock = clock;
  MockServer server(options);
  server.addPosting("p");
  clock->advance(seconds{90});
  EXPECT_THAT(dateOfAList(server, GetParam()),
              Optional(std::string("Sun, 06 Nov 1994 08:51:07 GMT")));
}

TEST_P(MockServerDate, CanBeWrongOrMissing) {
  for (const auto& [offset, date] : {std::pair(3600, "Sun, 06 Nov 1994 09:49:37 GMT"),
                                     std::pair(-15, "Sun, 06 Nov 1994 08:49:22 GMT"),
                                     std::pair(-788950000, "Thu, 06 Nov 1969 00:02:57 GMT")}) {
    MockServerOptions options = startingThen();
    options.date_offset = seconds{offset};
    MockServer server(options);
    server.addPosting("p");
    EXPECT_THAT(dateOfAList(server, GetParam()), Optional(std::string(date)));
  }
  MockServerOptions options = startingThen();
  options.date_offset.reset();
  MockServer server(options);
  server.addPosting("p");
  EXPECT_EQ(dateOfAList(server, GetParam()), std::nullopt);
}

TEST_P(MockServerDate, AScriptMayGiveAnother) {
  MockServer server;
  server.addPosting("p");
  server.respondNext({}, ScriptedResponse::asUsual().withHeader("date", kExample));
  EXPECT_THAT(dateOfAList(server, GetParam()), Optional(kExample));
}

TEST(MockServerDates, IsOnEveryResponseOnce) {
  MockServerOptions options = startingThen();
  options.workspace_id = "w";
  options.rate_limit = RateLimit{7, hours{1}};
  MockServer server(options);
  server.addPosting("p");
  RawClient client(server.port(), {{"X-API-KEY", "test-key"}});
  std::set<int> statuses;
  const auto expectOne = [&](const RawAnswer& answer) {
    statuses.insert(answer.status);
    EXPECT_THAT(answer.header("Date"), Optional(kExample)) << answer.head;
    const std::size_t first = answer.head.find("Date: ");
    EXPECT_EQ(answer.head.find("Date: ", first + 1), std::string::npos) << answer.head;
  };
  const nlohmann::json person{{"name", "Ada"}, {"email", "ada@example.com"}};
  expectOne(client.get("/nowhere"));
  expectOne(client.request("DELETE", kCandidates));
  expectOne(client.get(kCandidates, {{"X-API-KEY", "wrong"}}));
  expectOne(client.get(kCandidates, {{"X-Workspace-Id", "another"}}));
  expectOne(client.get(kCandidates));
  expectOne(client.postJson(kCandidates, person));
  expectOne(client.postJson(kCandidates + "/async", person));
  expectOne(client.post(kCandidates, "x", {{"Content-Type", "text/plain"}}));
  expectOne(client.postJson(kCandidates, {}));
  expectOne(client.get(kCandidates + "?starting_after=nobody"));
  expectOne(client.get("/api/v2/postings/q/candidates"));
  expectOne(client.get(kCandidates));  // one too many
  server.respondNext({}, ScriptedResponse::answer(503));
  expectOne(client.get(kCandidates));
  EXPECT_THAT(statuses, IsSupersetOf({200, 201, 202, 400, 401, 403, 404, 405, 415, 422, 429, 503}));

  RawClient no_http(server.port());
  ASSERT_TRUE(no_http.send("nonsense\r\n\r\n"));
  const std::optional<RawAnswer> refusal = no_http.receive();
  ASSERT_TRUE(refusal);
  expectOne(*refusal);
}

TEST(MockServerDates, RefusesAnOffsetBeyondReason) {
  MockServerOptions options;
  options.date_offset = seconds::max();
  EXPECT_THROW(MockServer{options}, std::invalid_argument);
}

}  // namespace
}  // namespace heymilo::testing
