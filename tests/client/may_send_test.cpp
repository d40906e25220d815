#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "heymilo/client.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/nonblocking.hpp"
#include "heymilo/testing/fake_transport.hpp"
#include "heymilo/testing/manual_clock.hpp"
#include "support/namespaces.hpp"

// RequestOptions::may_send, with blocking and non-blocking calls.

namespace heymilo_test {
namespace {

constexpr const char* kPage = R"({"data":[],"pagination":{"total":0,"has_more":false}})";

class MaySend : public ::testing::TestWithParam<bool> {
 protected:
  MaySend() {
    client_options.api_key = "key";
    client_options.transport = transport;
    client_options.clock = std::make_shared<ManualClock>();
    client_options.rate_limit.reset();
    options.may_send = [this] { return ++asked != refused_at; };
  }

  void list(const Client& client) const {
    if (GetParam()) {
      client.listCandidates("p", {}, options);
    } else {
      NonBlockingClient(client).listCandidates("p", {}, options).future().get();
    }
  }
  void expectNotSent(const Client& client) const {
    try {
      list(client);
      ADD_FAILURE() << "it was sent";
    } catch (const StoreError& error) {
      EXPECT_EQ(error.outcome(), Outcome::not_sent);
      EXPECT_THAT(error.what(), HasSubstr("may_send"));
    }
  }

  std::atomic<int> asked{0};
  int refused_at = 0;
  int status = 200;
  std::atomic<int> responses{0};
  const std::shared_ptr<FakeTransport> transport =
      std::make_shared<FakeTransport>([this](const HttpRequest&, const CancellationToken&) {
        ++responses;
        HttpResponse response;
        response.status = status;
        response.body = kPage;
        return response;
      });
  ClientOptions client_options;
  RequestOptions options;
};
INSTANTIATE_TEST_SUITE_P(, MaySend, ::testing::Bool(), [](const auto& blocking) {
  return std::string(blocking.param ? "Blocking" : "NonBlocking");
});

TEST_P(MaySend, IsAskedBeforeAnAttemptAndWhenItIsConnected) {
  list(Client(client_options));
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(responses, 1);
}

TEST_P(MaySend, NothingIsSentAfterANo) {
  for (const int at : {1, 2}) {
    asked = 0;
    refused_at = at;
    expectNotSent(Client(client_options));
    EXPECT_EQ(asked, at);
  }
  EXPECT_EQ(responses, 0);
}

TEST_P(MaySend, IsAskedForEachAttempt) {
  status = 503;
  refused_at = 5;  // of the third attempt
  expectNotSent(Client(client_options));
  EXPECT_EQ(responses, 2);
}

TEST_P(MaySend, OfAClientAndOfACallBothHaveToAllowIt) {
  RequestOptions defaults;
  bool allowed = true;
  defaults.may_send = [&] { return allowed; };
  const Client client = Client(client_options).withOptions(defaults);
  list(client);
  EXPECT_EQ(asked, 2);
  allowed = false;
  expectNotSent(client);
  options.may_send = nullptr;
  expectNotSent(client);
  EXPECT_EQ(responses, 1);
}

}  // namespace
}  // namespace heymilo_test
