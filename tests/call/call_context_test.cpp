// Header fields of the client, and of each attempt: headers, credential and prepare.

#include "call/call_context.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "heymilo/client.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/nonblocking.hpp"
#include "heymilo/testing/fake_transport.hpp"
#include "heymilo/testing/manual_clock.hpp"

namespace heymilo {
namespace {

using heymilo::testing::FakeTransport;
using heymilo::testing::jsonAnswer;
using heymilo::testing::ManualClock;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const char* const kEmptyPage = R"({"data":[],"pagination":{"has_more":false}})";

class CallContextTest : public ::testing::Test {
 protected:
  CallContextTest() {
    options.api_key = "key";
    options.clock = std::make_shared<ManualClock>();
    options.transport = transport;
    options.on_event = [this](const Event& event) { events.push_back(event.kind); };
  }

  /// The values of that header field in all requests.
  std::vector<std::string> sent(const char* name) const {
    std::vector<std::string> values;
    for (const auto& request : transport->requests()) {
      for (const auto& [field, value] : request.headers) {
        if (field == name) {
          values.push_back(value);
        }
      }
    }
    return values;
  }
  /// What a call is refused for before anything is sent.
  std::string refusal() {
    try {
      Client(options).listCandidates("p");
      return "";
    } catch (const InvalidArgumentError& error) {
      EXPECT_TRUE(transport->requests().empty());
      EXPECT_THAT(events, ::testing::IsEmpty());
      return error.param();
    }
  }

  ClientOptions options;
  std::vector<EventKind> events;
  std::vector<int> statuses{200};
  std::size_t answered = 0;
  std::shared_ptr<FakeTransport> transport =
      std::make_shared<FakeTransport>([this](const HttpRequest&, const CancellationToken&) {
        const int status = statuses[std::min(answered++, statuses.size() - 1)];
        return jsonAnswer(status, status == 200 ? kEmptyPage : "{}");
      });
};

TEST_F(CallContextTest, TheClientsHeadersAreOnEveryRequest) {
  options.headers = {{"X-Team", "hiring"}, {"X-Region", "eu"}};
  const Client client(options);
  RequestOptions request;
  request.headers = {{"X-Trace", "t"}};
  client.listCandidates("p", {}, request);
  client.listCandidates("p");
  EXPECT_THAT(sent("X-Team"), ElementsAre("hiring", "hiring"));
  EXPECT_THAT(sent("X-Region"), ElementsAre("eu", "eu"));
  EXPECT_THAT(sent("X-Trace"), ElementsAre("t"));
}

TEST_F(CallContextTest, ARequestMayBeChangedAlone) {
  options.headers = {{"X-Team", "hiring"}};
  const CallContext calls(options, {transport, options.clock, [] { return 0.5; }});
  constexpr Operation kOperation = {"listCandidates", "GET", "/p/{posting_id}"};
  const auto made = [&](CallContext::Body body) {
    return calls.makeRequest(kOperation, {"p"}, {}, body).http.headers;
  };
  const auto fieldsOf = [](const Headers& headers) {
    return std::vector<Headers::Entry>(headers.begin(), headers.end());
  };
  for (const auto body : {CallContext::Body::none, CallContext::Body::json}) {
    const std::vector<Headers::Entry> expected = fieldsOf(made(body));
    ASSERT_GE(expected.size(), 4u);
    const Headers other = made(body);
    std::vector<Headers> changed(6, made(body));
    changed[0].add("X-More", "1");
    changed[1].set("X-Team", "sales");
    changed[2].erase("x-team");
    changed[3].reserve(100);
    // The arguments may be views of an entry.
    changed[4].add(changed[4].begin()->first, changed[4].begin()->second);
    changed[5].erase(changed[5].begin()->first);
    EXPECT_EQ(changed[0].size(), expected.size() + 1);
    EXPECT_EQ(changed[1].get("X-Team"), "sales");
    EXPECT_FALSE(changed[2].contains("X-Team"));
    EXPECT_EQ(fieldsOf(changed[3]), expected);
    EXPECT_EQ(changed[4].getAll(expected[0].first),
              std::vector<std::string>(2, expected[0].second));
    EXPECT_EQ(changed[5].size(), expected.size() - 1);
    Headers emptied = made(body);
    const Headers taken = std::move(emptied);
    EXPECT_EQ(fieldsOf(taken), expected);
    EXPECT_EQ(fieldsOf(other), expected);
    EXPECT_EQ(fieldsOf(made(body)), expected);
  }
}

// A client's last request may be the last to hold its headers.
TEST_F(CallContextTest, ARequestOutlivesItsClient) {
  const auto last = [this] {
    const CallContext calls(options, {transport, options.clock, [] { return 0.5; }});
    return calls.makeRequest({"listCandidates", "GET", "/p"}, {}, {}, CallContext::Body::none)
        .http.headers;
  };
  // The arguments are views of an entry.
  Headers headers = last();
  headers.erase(headers.begin()->first);
  EXPECT_FALSE(headers.contains("X-API-KEY"));
  headers = last();
  headers.add(headers.begin()->first, headers.begin()->second);
  EXPECT_EQ(headers.getAll("X-API-KEY"), std::vector<std::string>(2, "key"));
  headers = last();
  headers.set(std::next(headers.begin())->first, headers.begin()->second);
  EXPECT_EQ(headers.get("Accept"), "key");
}

TEST_F(CallContextTest, TheCredentialIsAskedForBeforeEachAttempt) {
  int asked = 0;
  options.credential = [&] { return "token-" + std::to_string(++asked); };
  statuses = {503, 429, 200};
  Client(options).listCandidates("p");
  EXPECT_THAT(sent("X-API-KEY"), ElementsAre("token-1", "token-2", "token-3"));
  EXPECT_EQ(asked, 3);
}

TEST_F(CallContextTest, WhatTheCredentialThrowsEndsTheCallAsItIs) {
  struct VaultError : std::runtime_error {
    using std::runtime_error::runtime_error;
  };
  options.credential = []() -> std::string { throw VaultError("sealed"); };
  EXPECT_THROW(Client(options).listCandidates("p"), VaultError);
  // Even one that a transport may throw is no reason to try again.
  int asked = 0;
  options.credential = [&]() -> std::string {
    ++asked;
    throw ConnectionError("the vault is down", Outcome::not_sent);
  };
  EXPECT_THROW(Client(options).listCandidates("p"), ConnectionError);
  EXPECT_EQ(asked, 1);
  EXPECT_TRUE(transport->requests().empty());
  EXPECT_THAT(events, ::testing::IsEmpty());
}

TEST_F(CallContextTest, ACredentialMustFitIntoAHeader) {
  for (const char* text : {"", "  ", "a\nb", "a\tb"}) {
    options.credential = [=] { return std::string(text); };
    EXPECT_EQ(refusal(), "credential") << text;
  }
}

TEST_F(CallContextTest, TheDeadlineCoversTheCredential) {
  const auto clock = std::make_shared<ManualClock>();
  options.clock = clock;
  options.credential = [clock] {
    clock->advance(std::chrono::seconds{2});
    return std::string("late");
  };
  RequestOptions request;
  request.total_timeout = std::chrono::seconds{1};
  EXPECT_THROW(Client(options).listCandidates("p", {}, request), TimeoutError);
  EXPECT_TRUE(transport->requests().empty());
}

TEST_F(CallContextTest, PrepareSeesWhatIsSentAndAddsToEachAttempt) {
  options.credential = [] { return std::string("token"); };
  int attempt = 0;
  options.prepare = [&](HttpRequest& request) {
    EXPECT_EQ(request.headers.get("X-API-KEY"), "token");
    EXPECT_THAT(request.url, HasSubstr("/postings/p/candidates?limit=7"));
    EXPECT_FALSE(request.headers.contains("X-Signature"));
    request.headers.add("X-Signature", "signed-" + std::to_string(++attempt));
  };
  statuses = {503, 200};
  ListCandidatesParams params;
  params.limit = 7;
  Client(options).listCandidates("p", params);
  EXPECT_THAT(sent("X-Signature"), ElementsAre("signed-1", "signed-2"));
}

TEST_F(CallContextTest, PrepareChangesNothingElse) {
  const std::vector<std::function<void(HttpRequest&)>> changes = {
      [](auto& request) { request.url += "?x=1"; },
      [](auto& request) { request.method = "POST"; },
      [](auto& request) { request.body = "{}"; },
      [](auto& request) { request.idempotent = false; },
      [](auto& request) { request.timeout += std::chrono::seconds{1}; },
      [](auto& request) { request.headers.add("Authorization", "mine"); },
      [](auto& request) { request.headers.set("x-api-key", "mine"); },
      [](auto& request) { request.headers.add("X-API-KEY", "second"); },
      [](auto& request) { request.headers.add("Host", "elsewhere"); },
      [](auto& request) { request.headers.erase("Accept"); },
      [](auto& request) { request.headers.erase("User-Agent"); }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    options.prepare = changes[i];
    EXPECT_EQ(refusal(), "prepare") << i;
  }
}

TEST_F(CallContextTest, WhatPrepareAddsIsNotShown) {
  options.prepare = [](HttpRequest& request) {
    request.headers.add("X-Signature", "sig-canary-4711");
    request.headers.add("X-Badge", "badge-canary");
  };
  options.credential = [] { return std::string("token-canary-0815"); };
  transport = std::make_shared<FakeTransport>([](const HttpRequest&, const CancellationToken&) {
    return jsonAnswer(400, R"({"error":{"type":"t","code":"c","message":
            "not: sig-canary-4711, badge-canary, token-canary-0815"}})");
  });
  options.transport = transport;
  try {
    Client(options).listCandidates("p");
    FAIL();
  } catch (const BadRequestError& error) {
    EXPECT_THAT(error.what(), Not(HasSubstr("canary")));
  }
}

TEST_F(CallContextTest, NonBlockingCallsDoTheSame) {
  int asked = 0;
  options.credential = [&] { return "token-" + std::to_string(++asked); };
  options.prepare = [&](HttpRequest& request) {
    if (asked == 3) {
      throw std::runtime_error("no signature");
    }
    request.headers.add("X-Signature", "signed-" + std::to_string(asked));
  };
  statuses = {429, 200};
  options.clock = nullptr;
  options.retry.initial_backoff = std::chrono::milliseconds{1};
  const NonBlockingClient client{Client(options)};
  client.listCandidates("p").future().get();
  EXPECT_THAT(sent("X-API-KEY"), ElementsAre("token-1", "token-2"));
  EXPECT_THAT(sent("X-Signature"), ElementsAre("signed-1", "signed-2"));
  EXPECT_THROW(client.listCandidates("p").future().get(), std::runtime_error);
  EXPECT_EQ(transport->requests().size(), 2u);
}

}  // namespace
}  // namespace heymilo
