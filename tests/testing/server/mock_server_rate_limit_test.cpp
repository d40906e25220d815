// The mock server's quota: a sliding window for each key, on the real clock.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <heymilo/testing/mock_server.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "support/raw_client.hpp"
#include "testing/server/one_posting.hpp"

namespace heymilo::testing {
namespace {

using heymilo_test::RawAnswer;
using heymilo_test::RawClient;
using Json = nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

MockServerOptions limitedTo(int requests, milliseconds per) {
  MockServerOptions options;
  options.rate_limit = RateLimit{requests, per};
  return options;
}

class MockServerRateLimit : public ::testing::Test {
 protected:
  MockServerRateLimit() { server.addPosting("p1"); }

  int status() { return client.get(kPath).status; }

  MockServer server{limitedTo(3, seconds{100})};
  RawClient client{server.port(), {{"X-API-KEY", "test-key"}}};
};

TEST_F(MockServerRateLimit, RefusesOneTooMany) {
  EXPECT_EQ(status(), 200);
  EXPECT_EQ(client.postJson(kPath, {{"name", "A"}, {"email", "a@example.com"}}).status, 201);
  EXPECT_EQ(client.get(kPath + "?limit=0").status, 422) << "refused for another reason";
  const RawAnswer answer = client.postJson(kPath, {{"name", "B"}, {"email", "b@example.com"}});
  EXPECT_EQ(answer.status, 429);
  const std::string wait = answer.header("Retry-After").value_or("");
  EXPECT_TRUE(wait == "100" || wait == "99") << wait;
  EXPECT_EQ(answer.json(),
            Json({{"error",
                   {{"type", "rate_limit_error"},
                    {"code", "rate_limit_exceeded"},
                    {"message", "Rate limit exceeded. Try again in " + wait + " seconds."},
                    {"param", nullptr},
                    {"doc_url", "https://docs.heymilo.example/errors#rate_limit_exceeded"},
                    {"errors", Json::array()}}}}));
  EXPECT_EQ(server.candidateCount("p1"), 1u);
}

TEST_F(MockServerRateLimit, DoesNotCountWhatHasNoKeyOrNoOperation) {
  for (int count = 0; count < 5; ++count) {
    EXPECT_EQ(client.get(kPath, {{"X-API-KEY", "no"}}).status, 401);
    EXPECT_EQ(client.get("/").status, 404);
    EXPECT_EQ(client.request("PUT", kPath).status, 405);
  }
  EXPECT_EQ(status(), 200);
}

TEST_F(MockServerRateLimit, DoesNotCountWhatIsScriptedUnlessItIsCarriedOut) {
  server.respondNext({}, ScriptedResponse::answer(503).times(3));
  for (int count = 0; count < 3; ++count) {
    EXPECT_EQ(status(), 503);
  }
  server.respondNext({}, ScriptedResponse::answer(503).afterCommit().times(3));
  for (int count = 0; count < 3; ++count) {
    EXPECT_EQ(status(), 503);
  }
  EXPECT_EQ(status(), 429);
}

TEST_F(MockServerRateLimit, CanBeChangedOnTheWay) {
  server.setRateLimit(RateLimit{1, seconds{100}});
  EXPECT_EQ(status(), 200);
  EXPECT_EQ(status(), 429);
  server.setRateLimit(RateLimit{1, seconds{100}});
  EXPECT_EQ(status(), 200);
  server.setRateLimit(std::nullopt);
  for (int count = 0; count < 10; ++count) {
    EXPECT_EQ(status(), 200);
  }
  EXPECT_THROW(server.setRateLimit(RateLimit{0, seconds{1}}), std::invalid_argument);
  EXPECT_THROW(server.setRateLimit(RateLimit{1, seconds{0}}), std::invalid_argument);
}

TEST(MockServerRateWindow, LetsARequestInWhenRetryAfterHasPassed) {
  MockServer server(limitedTo(2, milliseconds{1'500}));
  server.addPosting("p1");
  RawClient client(server.port(), {{"X-API-KEY", "test-key"}});
  EXPECT_EQ(client.get(kPath).status, 200);
  EXPECT_EQ(client.get(kPath).status, 200);
  const RawAnswer refused = client.get(kPath);
  ASSERT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("Retry-After"), "2");
  std::this_thread::sleep_for(seconds{2});  // real time: the promise is tested here
  EXPECT_EQ(client.get(kPath).status, 200);
}

// Sends as fast as possible from several connections, then checks the number of accepted requests.
TEST(MockServerRateWindow, NeverLetsMoreInThanAnyWindowHolds) {
  constexpr int kRequests = 20;
  constexpr milliseconds kPer{200};
  MockServerOptions options = limitedTo(kRequests, kPer);
  options.max_recorded_requests = 1'000'000;
  MockServer server(options);
  server.addPosting("p1");
  const auto end = std::chrono::steady_clock::now() + 5 * kPer;
  std::vector<std::thread> threads;
  for (int count = 0; count < 4; ++count) {
    threads.emplace_back([&] {
      RawClient client(server.port(), {{"X-API-KEY", "test-key"}});
      while (std::chrono::steady_clock::now() < end) {
        const int status = client.get(kPath + "?limit=1").status;
        EXPECT_TRUE(status == 200 || status == 429) << status;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  std::vector<std::chrono::steady_clock::time_point> let_in;
  for (const RecordedRequest& request : server.requests()) {
    if (request.status == 200) {
      let_in.push_back(request.received_at);
    }
  }
  std::sort(let_in.begin(), let_in.end());
  ASSERT_GE(let_in.size(), static_cast<std::size_t>(4 * kRequests));
  for (std::size_t first = 0; first + kRequests < let_in.size(); ++first) {
    EXPECT_GE(let_in[first + kRequests] - let_in[first], kPer);
  }
}

}  // namespace
}  // namespace heymilo::testing
