#include "call/blocking_call.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "heymilo/errors.hpp"
#include "heymilo/models.hpp"
#include "heymilo/testing/fake_transport.hpp"
#include "heymilo/testing/manual_clock.hpp"
#include "heymilo/version.hpp"

namespace heymilo {
namespace {

using heymilo::testing::FakeTransport;
using heymilo::testing::jsonAnswer;
using heymilo::testing::ManualClock;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Operation kGet = {"listCandidates", "GET", "/api/v2/postings/{posting_id}/candidates"};
constexpr Operation kPost = {"ingestCandidate", "POST", "/api/v2/postings/{posting_id}/candidates"};
const char* const kQueued = R"({"data":{"ingestion_id":"ing_1"}})";

class BlockingCallTest : public ::testing::Test {
 protected:
  using Answer = std::function<HttpResponse()>;

  BlockingCallTest() {
    options.api_key = "key";
    options.base_url = "https://api.example/prefix/";
    options.on_event = [this](const Event& event) { events.push_back(event); };
  }

  std::shared_ptr<CallContext> context(std::shared_ptr<FakeTransport> with) {
    transport = std::move(with);
    return std::make_shared<CallContext>(options,
                                         Surroundings{transport, clock, [] { return 1.0; }});
  }
  /// One call, whose time starts now; a POST has the body {}.
  SingleResponse<AsyncIngestResponse> callOf(const CallContext& calls, const Operation& operation,
                                             std::string_view posting_id = "p 1") {
    const Clock::TimePoint started = clock->now();
    const bool has_body = operation.method == "POST";
    CallRequest request =
        calls.makeRequest(operation,
                          {posting_id},
                          request_options,
                          has_body ? CallContext::Body::json : CallContext::Body::none);
    request.http.body = has_body ? "{}" : "";
    return responseOf<SingleResponse<AsyncIngestResponse>>(
        Call(calls, operation, std::move(request), request_options, started));
  }
  SingleResponse<AsyncIngestResponse> call(std::vector<Answer> steps, const Operation& operation) {
    return callOf(*context(scripted(std::move(steps))), operation);
  }
  /// Answers the n-th request with the n-th step, and every later one with the last.
  std::shared_ptr<FakeTransport> scripted(std::vector<Answer> steps) {
    sent.clear();
    return std::make_shared<FakeTransport>(
        [this, steps = std::move(steps)](const HttpRequest& request, const CancellationToken&) {
          sent.push_back(request);
          return steps[std::min(sent.size(), steps.size()) - 1]();
        });
  }
  static Answer answers(int status, std::string body, Headers headers = {}) {
    return [=] { return jsonAnswer(status, body, headers); };
  }
  template <class E>
  static Answer throws(E error) {
    return [=]() -> HttpResponse { throw error; };
  }
  std::string story() const {
    std::ostringstream out;
    for (const Event& event : events) {
      constexpr const char* kNames[] = {"request", "response", "retry", "throttled", "failure"};
      out << kNames[static_cast<int>(event.kind)] << event.attempt;
      if (event.status != 0) {
        out << '/' << event.status;
      }
      if (event.wait.count() != 0) {
        out << '+' << event.wait.count();
      }
      out << ' ';
    }
    return out.str();
  }

  ClientOptions options;
  RequestOptions request_options;
  std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
  std::shared_ptr<FakeTransport> transport;
  std::vector<HttpRequest> sent;  // as the transport was given them
  std::vector<Event> events;
};

TEST_F(BlockingCallTest, SendsTheRequestAsTheOperationSays) {
  options.authorization = "Bearer t";
  options.workspace_id = "w1";
  options.user_agent = "ats/3";
  request_options.workspace_id = "w2";
  request_options.headers.add("X-Trace", "abc");
  callOf(*context(scripted({answers(202, kQueued)})), kPost, "a/b ?%é");
  const HttpRequest request = sent.at(0);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url,
            "https://api.example/prefix/api/v2/postings/a%2Fb%20%3F%25%C3%A9/candidates");
  EXPECT_EQ(request.body, "{}");
  EXPECT_FALSE(request.idempotent);
  EXPECT_EQ(request.timeout, options.timeout);
  EXPECT_EQ(request.connect_timeout, options.connect_timeout);
  EXPECT_EQ(request.max_response_bytes, options.max_response_bytes);
  const std::vector<Headers::Entry> headers(request.headers.begin(), request.headers.end());
  EXPECT_THAT(headers,
              ::testing::UnorderedElementsAre(
                  ::testing::Pair("X-API-KEY", "key"),
                  ::testing::Pair("Authorization", "Bearer t"),
                  ::testing::Pair("X-Workspace-Id", "w2"),
                  ::testing::Pair("Accept", "application/json"),
                  ::testing::Pair("User-Agent", "ats/3 heymilo-cpp/" + std::string(version())),
                  ::testing::Pair("Content-Type", "application/json"),
                  ::testing::Pair("X-Trace", "abc")));
}

TEST_F(BlockingCallTest, TellsHowTheAnswerCameAbout) {
  const auto answer =
      call({answers(503, ""), answers(202, kQueued, {{"X-Request-Id", "req_9"}})}, kGet);
  EXPECT_EQ(answer.data.ingestion_id, "ing_1");
  EXPECT_EQ(answer.http.status, 202);
  EXPECT_EQ(answer.http.attempts, 2);
  EXPECT_EQ(answer.http.request_id, "req_9");
  EXPECT_EQ(answer.http.elapsed, milliseconds{500});
  EXPECT_EQ(answer.http.headers.get("content-type"), "application/json");
}

TEST_F(BlockingCallTest, TriesAGetAgainAndTellsTheEvents) {
  call({throws(ConnectionError("reset")),
        answers(502, ""),
        throws(TimeoutError("slow")),
        answers(200, kQueued)},
       kGet);
  EXPECT_EQ(story(),
            "request1 failure1 retry1+500 request2 response2/502 retry2/502+1000 request3 failure3 "
            "retry3+2000 request4 response4/200 ");
  EXPECT_THAT(clock->waits(),
              ElementsAre(milliseconds{500}, milliseconds{1000}, milliseconds{2000}));
  for (const Event& event : events) {
    EXPECT_EQ(event.operation, "listCandidates");
    EXPECT_EQ(event.method, "GET");
    EXPECT_EQ(event.route, kGet.route);
  }
}

TEST_F(BlockingCallTest, NeverSendsAWriteAgainThatMayHaveBeenCarriedOut) {
  EXPECT_THROW(call({throws(ConnectionError("reset", Outcome::unknown))}, kPost), ConnectionError);
  EXPECT_EQ(transport->requests().size(), 1u);
  EXPECT_THROW(call({throws(TimeoutError("slow", Outcome::unknown))}, kPost), TimeoutError);
  EXPECT_EQ(transport->requests().size(), 1u);
  for (const int status : {408, 499, 500, 502, 503, 504}) {
    try {
      call({answers(status, "", {{"Retry-After", "1"}})}, kPost);
      ADD_FAILURE() << status;
    } catch (const StatusError& error) {
      EXPECT_EQ(error.outcome(), Outcome::unknown) << status;
    }
    EXPECT_EQ(transport->requests().size(), 1u) << status;
  }
  EXPECT_THROW(call({answers(202, "not JSON")}, kPost), DecodeError);
  EXPECT_EQ(transport->requests().size(), 1u);
  EXPECT_TRUE(clock->waits().empty());
}

TEST_F(BlockingCallTest, SendsAWriteAgainThatTheServerNeverHad) {
  const auto answer = call({throws(ConnectionError("refused", Outcome::not_sent)),
                            answers(429, "", {{"Retry-After", "3"}}),
                            answers(202, kQueued)},
                           kPost);
  EXPECT_EQ(answer.http.attempts, 3);
  EXPECT_THAT(clock->waits(), ElementsAre(milliseconds{500}, milliseconds{3000}));
}

TEST_F(BlockingCallTest, DoesNotTryAgainWhatCanNotHelp) {
  for (const int status : {400, 401, 403, 404, 422, 501, 302}) {
    EXPECT_THROW(call({answers(status, "")}, kGet), StatusError);
    EXPECT_EQ(transport->requests().size(), 1u) << status;
  }
  EXPECT_THROW(call({throws(ConnectionError("certificate", Outcome::not_sent, true))}, kGet),
               ConnectionError);
  EXPECT_EQ(transport->requests().size(), 1u);
  EXPECT_THROW(call({throws(TransportError("too large"))}, kGet), TransportError);
  EXPECT_EQ(transport->requests().size(), 1u);
}

TEST_F(BlockingCallTest, EndsWithTheLastErrorWhenTheRetriesAreUsedUp) {
  request_options.max_retries = 2;
  EXPECT_THROW(call({answers(500, ""), answers(502, ""), answers(503, "")}, kGet), ServerError);
  EXPECT_EQ(transport->requests().size(), 3u);
  request_options.max_retries = 0;
  EXPECT_THROW(call({answers(500, "")}, kGet), ServerError);
  EXPECT_EQ(transport->requests().size(), 1u);
}

TEST_F(BlockingCallTest, EndsAtOnceWhereRetryAfterIsTooLong) {
  EXPECT_THROW(call({answers(429, "", {{"Retry-After", "121"}})}, kGet), RateLimitError);
  request_options.total_timeout = seconds{5};
  EXPECT_THROW(call({answers(429, "", {{"Retry-After", "5"}})}, kGet), RateLimitError);
  EXPECT_TRUE(clock->waits().empty());
}

TEST_F(BlockingCallTest, A429HoldsBackTheOtherCallsToo) {
  const auto shared =
      context(scripted({answers(429, "", {{"Retry-After", "3"}}), answers(202, kQueued)}));
  request_options.max_retries = 0;
  const auto start = clock->now();
  EXPECT_THROW(callOf(*shared, kPost), RateLimitError);
  callOf(*shared, kPost);
  EXPECT_EQ(clock->now() - start, seconds{3});
  EXPECT_EQ(story(), "request1 response1/429 throttled0+3000 request1 response1/202 ");
}

TEST_F(BlockingCallTest, GivesEachAttemptWhatIsLeftOfTheDeadline) {
  request_options.total_timeout = milliseconds{800};
  transport = std::make_shared<FakeTransport>(
      [this](const HttpRequest& request, const CancellationToken&) -> HttpResponse {
        sent.push_back(request);
        clock->advance(milliseconds{100});
        throw ConnectionError("reset");
      });
  EXPECT_THROW(callOf(*context(transport), kGet), ConnectionError);
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0].timeout, milliseconds{800});
  EXPECT_EQ(sent[1].timeout, milliseconds{200});
}

TEST_F(BlockingCallTest, CallsMayShareADeadline) {
  request_options.deadline = clock->now() + milliseconds{1000};
  transport = std::make_shared<FakeTransport>(
      [this](const HttpRequest& request, const CancellationToken&) -> HttpResponse {
        sent.push_back(request);
        clock->advance(milliseconds{600});
        return {202, {}, kQueued};
      });
  const auto shared = context(transport);
  const auto call = [&] { callOf(*shared, kGet); };
  call();
  call();
  EXPECT_THROW(call(), TimeoutError);
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[1].timeout, milliseconds{400});
  request_options.deadline = clock->now() + milliseconds{1000};
  request_options.total_timeout = milliseconds{300};  // the earlier of the two
  call();
  EXPECT_EQ(sent[2].timeout, milliseconds{300});
}

TEST_F(BlockingCallTest, ADeadlineThatHasPassedSendsNothing) {
  request_options.total_timeout = milliseconds{0};
  try {
    call({answers(200, kQueued)}, kGet);
    FAIL();
  } catch (const TimeoutError& error) {
    EXPECT_EQ(error.outcome(), Outcome::not_sent);
  }
  EXPECT_TRUE(transport->requests().empty());
}

TEST_F(BlockingCallTest, TheCallsTimeoutBoundsAnAttempt) {
  request_options.timeout = milliseconds{1234};
  request_options.total_timeout = (milliseconds::max)();
  call({answers(200, kQueued)}, kGet);
  EXPECT_EQ(sent[0].timeout, milliseconds{1234});
}

TEST_F(BlockingCallTest, ACancelledCallSendsNothingAndWaitsForNothing) {
  CancellationSource source;
  request_options.cancellation = source.token();
  options.on_event = [&](const Event& event) {
    if (event.kind == EventKind::retry) {
      source.cancel();
    }
  };
  try {
    call({answers(503, "")}, kGet);
    FAIL();
  } catch (const CancelledError& error) {
    EXPECT_EQ(error.outcome(), Outcome::not_sent);
  }
  EXPECT_EQ(transport->requests().size(), 1u);
  EXPECT_THROW(call({answers(200, kQueued)}, kGet), CancelledError);
  EXPECT_TRUE(transport->requests().empty());
}

TEST_F(BlockingCallTest, SaysWhereAnAnswerIsNotTheDocumentedJson) {
  try {
    call({answers(
             202, R"({"data":{"ingestion_id":"ing_1","status":7}})", {{"X-Request-Id", "req_7"}})},
         kPost);
    FAIL();
  } catch (const DecodeError& error) {
    EXPECT_EQ(error.outcome(), Outcome::applied);
    EXPECT_EQ(error.path(), "/data/status");
    EXPECT_THAT(error.rawBody(), HasSubstr("ing_1"));
    EXPECT_STREQ(error.what(),
                 "ingestCandidate: the response (202) is not the documented JSON: /data/status: "
                 "expected string, found integer (request id req_7)");
  }
  for (const char* body : {"", "null", "[]", "<html>", "{\"data\":", "{}"}) {
    EXPECT_THROW(call({answers(200, body)}, kPost), DecodeError) << body;
  }
}

TEST_F(BlockingCallTest, WhatMayStillArriveCountsAgainstTheQuotaForLonger) {
  options.rate_limit = RateLimit{1, milliseconds{1000}};
  request_options.max_retries = 0;
  const auto waitAfter = [&](Answer answer) {
    clock = std::make_shared<ManualClock>();
    const auto once = context(scripted({std::move(answer), answers(202, kQueued)}));
    try {
      callOf(*once, kPost);
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): as it was told to
    }
    callOf(*once, kPost);
    return clock->waits().at(0).count();
  };
  EXPECT_EQ(waitAfter(answers(202, kQueued)), 1001);
  EXPECT_EQ(waitAfter(answers(503, "")), 1001);
  EXPECT_EQ(waitAfter(answers(202, "no JSON")), 1001);
  EXPECT_EQ(waitAfter(throws(ConnectionError("refused", Outcome::not_sent))), 1001);
  EXPECT_EQ(waitAfter(throws(ConnectionError("cut", Outcome::unknown))), 6001);
  EXPECT_EQ(waitAfter(throws(TimeoutError("late", Outcome::unknown))), 6001);
  EXPECT_EQ(waitAfter(throws(CancelledError("cancelled", Outcome::unknown))), 6001);
  EXPECT_EQ(waitAfter([]() -> HttpResponse { throw std::bad_alloc(); }), 6001);
}

TEST_F(BlockingCallTest, SwallowsWhatTheObserverThrows) {
  options.on_event = [](const Event&) { throw std::runtime_error("observer"); };
  EXPECT_EQ(call({answers(503, ""), answers(200, kQueued)}, kGet).http.attempts, 2);
}

TEST_F(BlockingCallTest, RefusesHeadersThatAreItsOwnToSet) {
  for (const char* name : {"X-API-KEY",
                           "authorization",
                           "Host",
                           "content-length",
                           "Accept-Encoding",
                           "Transfer-Encoding",
                           "x-workspace-id"}) {
    request_options.headers = {{name, "v"}};
    EXPECT_THROW(call({answers(200, kQueued)}, kGet), InvalidArgumentError) << name;
    EXPECT_TRUE(transport->requests().empty());
  }
}

TEST_F(BlockingCallTest, LetsThroughWhatATransportThrowsOfItsOwn) {
  class ProxyError : public TransportError {
   public:
    ProxyError() : TransportError("proxy") {}
  };
  EXPECT_THROW(call({throws(ProxyError())}, kGet), ProxyError);
  EXPECT_THROW(call({[]() -> HttpResponse { throw std::bad_alloc(); }}, kGet), std::bad_alloc);
}

}  // namespace
}  // namespace heymilo
