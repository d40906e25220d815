#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "heymilo/client.hpp"
#include "heymilo/nonblocking.hpp"
#include "heymilo/testing/fake_transport.hpp"
#include "heymilo/testing/manual_clock.hpp"
#include "heymilo/testing/mock_server.hpp"
#include "support/mock_client.hpp"

// Client::withOptions(): all that a client begins has its defaults.

namespace heymilo {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::ManualClock;
using testing::MockServer;
using testing::RecordedRequest;
using testing::ScriptedResponse;

class WithOptions : public ::testing::Test {
 protected:
  WithOptions() {
    server.addPosting("p", 230);
    options = heymilo_test::mockClientOptions(server);
  }

  /// The values of X-Source that came, of each request.
  std::vector<std::vector<std::string>> sources() const {
    std::vector<std::vector<std::string>> all;
    for (const RecordedRequest& request : server.requests()) {
      auto& values = all.emplace_back();
      for (const auto& [name, value] : request.headers) {
        if (name == "X-Source") {
          values.push_back(value);
        }
      }
    }
    return all;
  }

  static RequestOptions from(const std::string& source) {
    RequestOptions defaults;
    defaults.headers.add("X-Source", source);
    return defaults;
  }

  MockServer server;
  ClientOptions options;
  const CandidateIngestRequest ada{"Ada Example", "ada@example.com"};
};

TEST_F(WithOptions, EachOperationHasThem) {
  const Client client(options);
  const Client copy = client.withOptions(from("job"));
  copy.listCandidates("p");
  copy.ingestCandidate("p", ada);
  copy.ingestCandidatesBulk("p", {{ada}});
  copy.ingestCandidatesBulk("p", std::vector{ada});
  copy.ingestCandidateAsync("p", ada);
  copy.ingestCandidatesBulkAsync("p", {{ada}});
  EXPECT_EQ(server.requestCount(), 6u);
  EXPECT_THAT(sources(), Each(ElementsAre("job")));
  server.clearRequests();
  client.listCandidates("p");  // has not changed
  EXPECT_THAT(sources(), ElementsAre(IsEmpty()));
}

TEST_F(WithOptions, EachPageHasThem) {
  const Client client = Client(options).withOptions(from("job"));
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& candidate : client.listAllCandidates("p", {}, from("page"))) {
    ++count;
  }
  EXPECT_EQ(count, 230u);
  EXPECT_THAT(
      sources(),
      ElementsAre(
          ElementsAre("job", "page"), ElementsAre("job", "page"), ElementsAre("job", "page")));
  server.clearRequests();
  auto parallel = client.listAllCandidatesInParallel("p", 2);
  EXPECT_EQ(std::distance(parallel.begin(), parallel.end()), 230);
  EXPECT_THAT(sources(), Each(ElementsAre("job")));
}

TEST_F(WithOptions, ACallReplacesThem) {
  RequestOptions defaults = from("job");
  defaults.workspace_id = "ws-1";
  defaults.max_retries = 0;
  const Client client = Client(options).withOptions(defaults);
  client.listCandidates("p");
  RequestOptions own;
  own.workspace_id = "ws-2";
  client.listCandidates("p", {}, own);
  EXPECT_EQ(server.requests()[0].header("X-Workspace-Id"), "ws-1");
  EXPECT_EQ(server.requests()[1].header("X-Workspace-Id"), "ws-2");
  server.respondNext("listCandidates", ScriptedResponse::answer(503).times(2));
  EXPECT_THROW(client.listCandidates("p"), ServerError);
  EXPECT_EQ(server.requestCount(), 3u);
}

TEST_F(WithOptions, TheyAddUpOverCopies) {
  RequestOptions patient = from("job");
  patient.max_retries = 0;
  const Client client = Client(options).withOptions(patient).withOptions(from("step"));
  server.respondNext("listCandidates", ScriptedResponse::answer(503));
  EXPECT_THROW(client.listCandidates("p"), ServerError);
  EXPECT_THAT(sources(), ElementsAre(ElementsAre("job", "step")));
}

TEST_F(WithOptions, TheCopySharesTheQuota) {
  const auto clock = std::make_shared<ManualClock>();
  options.clock = clock;
  options.rate_limit = RateLimit{1, minutes{1}};
  const Client client(options);
  RequestOptions hurried;
  hurried.total_timeout = seconds{1};
  const Client copy = client.withOptions(hurried);
  client.listCandidates("p");
  EXPECT_THROW(copy.listCandidates("p"), TimeoutError);
  clock->advance(minutes{2});
  copy.listCandidates("p");
}

TEST_F(WithOptions, AWaitAsAWholeHasThem) {
  const auto clock = std::make_shared<ManualClock>();
  options.clock = clock;
  RequestOptions defaults = from("job");
  defaults.total_timeout = seconds{30};
  const Client client = Client(options).withOptions(defaults);
  const auto began = clock->now();
  const auto never = [](const CandidateResponse&) { return false; };
  const std::string id = client.listCandidates("p").data[0].interview_id;
  EXPECT_THROW(client.waitForCandidate("p", id, never), WaitTimeoutError);
  EXPECT_LE(clock->now() - began, seconds{30});
  EXPECT_GT(server.requestCount(), 3u);
  EXPECT_THAT(sources(), Each(ElementsAre("job")));
}

TEST_F(WithOptions, TheCancellationOfEitherEndsACall) {
  for (const bool of_the_client : {true, false}) {
    server.respondNext("listCandidates", ScriptedResponse::asUsual().held());
    server.clearRequests();
    const CancellationSource clients, calls;
    RequestOptions defaults, own;
    defaults.cancellation = clients.token();
    own.cancellation = calls.token();
    const Client client = Client(options).withOptions(defaults);
    auto ended = std::async(std::launch::async, [&] {
      EXPECT_THROW(client.listCandidates("p", {}, own), CancelledError);
    });
    EXPECT_TRUE(server.waitForRequests(1));
    (of_the_client ? clients : calls).cancel();
    ended.get();
    server.release();
  }
}

TEST_F(WithOptions, ARangeEndsByTheCancellationOfItsClient) {
  const CancellationSource source;
  RequestOptions defaults;
  defaults.cancellation = source.token();
  auto range = Client(options).withOptions(defaults).listAllCandidates("p");
  range.prefetch(false);
  const auto walk = [&] {
    for ([[maybe_unused]] const auto& candidate : range) {
      source.cancel();
    }
  };
  EXPECT_THROW(walk(), CancelledError);
  EXPECT_EQ(server.requestCount(), 1u);
}

TEST_F(WithOptions, ANonBlockingClientHasThem) {
  const CancellationSource source;
  RequestOptions defaults = from("job");
  defaults.cancellation = source.token();
  const NonBlockingClient calls(Client(options).withOptions(defaults));
  EXPECT_EQ(calls.listCandidates("p", {}, from("call")).future().get().data.size(), 20u);
  EXPECT_EQ(calls.ingestCandidatesBulk("p", std::vector{ada}).future().get()->size(), 1u);
  EXPECT_THAT(sources(), ElementsAre(ElementsAre("job", "call"), ElementsAre("job")));
  server.respondNext("listCandidates", ScriptedResponse::asUsual().held());
  const CancellationSource unused;
  RequestOptions own;
  own.cancellation = unused.token();
  auto page = calls.listCandidates("p", {}, own).future();
  EXPECT_TRUE(server.waitForRequests(3));
  source.cancel();
  EXPECT_THROW(page.get(), CancelledError);
}

TEST_F(WithOptions, RefusesWhatACallRefuses) {
  const Client client(options);
  RequestOptions negative;
  negative.total_timeout = milliseconds{-1};
  EXPECT_THROW(client.withOptions(negative), InvalidArgumentError);
  RequestOptions reserved;
  reserved.headers.add("X-API-KEY", "other");
  EXPECT_THROW(client.withOptions(reserved), InvalidArgumentError);
}

}  // namespace
}  // namespace heymilo
