// The fake transport.

#include "heymilo/testing/fake_transport.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <thread>

#include "heymilo/client.hpp"
#include "heymilo/testing/manual_clock.hpp"
#include "support/transport_calls.hpp"

namespace heymilo::testing {
namespace {

using heymilo_test::failureOf;
using heymilo_test::get;
using heymilo_test::post;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Pair;
using Script = std::vector<ScriptedResponse>;

const std::string kUrl = "https://api.example/api/v2/postings/a%20b/candidates?limit=3";

TEST(FakeTransport, AnswersFromAFunctionAndRemembersTheRequests) {
  FakeTransport transport([](const HttpRequest& request, const CancellationToken&) {
    return jsonAnswer(request.body.empty() ? 200 : 201, "{}", {{"X-A", "b"}});
  });
  const HttpResponse answer = transport.send(get(kUrl), {});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.get("Content-Type"), "application/json");
  EXPECT_EQ(answer.headers.get("X-A"), "b");
  transport.send(post(kUrl, "[1]"), {});

  const std::vector<RecordedRequest> seen = transport.requests();
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].operation, "listCandidates");
  EXPECT_EQ(seen[0].posting_id, "a b");
  EXPECT_EQ(seen[0].path, "/api/v2/postings/a%20b/candidates");
  EXPECT_EQ(seen[0].query, "limit=3");
  EXPECT_EQ(seen[1].operation, "ingestCandidate");
  EXPECT_EQ(seen[1].method, "POST");
  EXPECT_EQ(seen[1].body, "[1]");
  EXPECT_EQ(seen[1].status, 201);
  EXPECT_THAT(seen[1].headers, ::testing::Contains(Pair("Content-Type", "application/json")));
}

TEST(FakeTransport, FollowsItsScriptAndStaysAtTheEnd) {
  FakeTransport transport(Script{ScriptedResponse::answer(500).times(2),
                                 ScriptedResponse::answer(501).times(0),
                                 ScriptedResponse::rateLimited(seconds{7}),
                                 ScriptedResponse::answer(204)});
  const auto status = [&] { return transport.send(get(kUrl), {}).status; };
  EXPECT_EQ(status(), 500);
  EXPECT_EQ(status(), 500);
  EXPECT_EQ(transport.send(get(kUrl), {}).headers.get("Retry-After"), "7");
  EXPECT_EQ(status(), 204);
  EXPECT_EQ(status(), 204);
}

TEST(FakeTransport, TellsApartWhatWasSentAndWhatWasNot) {
  FakeTransport transport(Script{ScriptedResponse::interrupt(),
                                 ScriptedResponse::disconnect(),
                                 ScriptedResponse::answer(200, "123").cutAfter(30),
                                 ScriptedResponse::answer(200, "123").cutAfter(999)});
  EXPECT_EQ(failureOf<ConnectionError>(transport, post(kUrl, "{}")).outcome(), Outcome::not_sent);
  EXPECT_EQ(failureOf<ConnectionError>(transport, post(kUrl, "{}")).outcome(), Outcome::unknown);
  EXPECT_EQ(failureOf<ConnectionError>(transport, post(kUrl, "{}")).outcome(), Outcome::unknown);
  EXPECT_EQ(transport.send(get(kUrl), {}).body, "123");
  EXPECT_EQ(transport.requests()[2].status, 0);
}

TEST(FakeTransport, TimesOutByItsClock) {
  const auto clock = std::make_shared<ManualClock>();
  FakeTransport transport(Script{ScriptedResponse::answer(200).delayedBy(seconds{9}),
                                 ScriptedResponse::answer(200).delayedBy(seconds{11}),
                                 ScriptedResponse::answer(200).held(),
                                 ScriptedResponse::answer(200, "12").trickled(1, seconds{1})},
                          clock);
  const auto start = clock->now();
  EXPECT_EQ(transport.send(get(kUrl), {}).status, 200);
  EXPECT_EQ(clock->now() - start, seconds{9});
  for (int count = 0; count < 3; ++count) {  // late, never, and byte after byte
    const auto before = clock->now();
    EXPECT_EQ(failureOf<TimeoutError>(transport, get(kUrl)).outcome(), Outcome::unknown);
    EXPECT_EQ(clock->now() - before, seconds{10});
  }
}

TEST(FakeTransport, KeepsToTheLimitOfAnAnswer) {
  FakeTransport transport(Script{ScriptedResponse::answer(200, "1234")});
  HttpRequest request = get(kUrl);
  request.max_response_bytes = 4;
  EXPECT_EQ(transport.send(request, {}).body, "1234");
  request.max_response_bytes = 3;
  failureOf<TransportError>(transport, request);
}

TEST(FakeTransport, SendsOnlyWhatMayBeSent) {
  FakeTransport transport(Script{ScriptedResponse::answer(200)});
  HttpRequest request = get(kUrl);
  bool may = false;
  request.may_send = [&may] { return may; };
  EXPECT_EQ(failureOf<TransportError>(transport, request).outcome(), Outcome::not_sent);
  EXPECT_EQ(transport.requests().size(), 0u);
  may = true;
  EXPECT_EQ(transport.send(request, {}).status, 200);
}

TEST(FakeTransport, EndsWhenItIsCancelled) {
  FakeTransport transport(Script{ScriptedResponse::answer(200).held()});
  CancellationSource source;
  std::thread canceller([&] {
    while (transport.requests().empty()) {
      std::this_thread::yield();
    }
    source.cancel();
  });
  const auto error = failureOf<CancelledError>(transport, get(kUrl), source.token());
  EXPECT_EQ(error.outcome(), Outcome::unknown);
  canceller.join();
  const auto before = failureOf<CancelledError>(transport, get(kUrl), source.token());
  EXPECT_EQ(before.outcome(), Outcome::not_sent);
  EXPECT_EQ(transport.requests().size(), 1u);
}

TEST(FakeTransport, SendsWithoutBlockingToo) {
  std::promise<int> status;
  std::promise<bool> failed;
  FakeTransport transport(Script{ScriptedResponse::answer(201), ScriptedResponse::disconnect()});
  transport.start(post(kUrl, "{}"), {}, [&](const HttpResponse& answer, std::exception_ptr error) {
    EXPECT_FALSE(error);
    status.set_value(answer.status);
  });
  EXPECT_EQ(status.get_future().get(), 201);
  transport.start(post(kUrl, "{}"), {}, [&](const HttpResponse&, std::exception_ptr error) {
    EXPECT_THROW(std::rethrow_exception(error), ConnectionError);
    failed.set_value(true);
  });
  EXPECT_TRUE(failed.get_future().get());
}

TEST(FakeTransport, EndsWhatItHasBegunBeforeItGoes) {
  std::atomic<bool> told{false};
  {
    FakeTransport transport(Script{ScriptedResponse::answer(200).held()});
    HttpRequest request = get(kUrl);
    request.timeout = milliseconds{0};
    transport.start(
        request, {}, [&](const HttpResponse&, std::exception_ptr error) { told = bool(error); });
  }
  EXPECT_TRUE(told);
}

TEST(FakeTransport, MayGoOnTheThreadThatItSendsOn) {
  std::promise<void> gone;
  auto transport = std::make_shared<FakeTransport>(Script{ScriptedResponse::answer(200)});
  FakeTransport& borrowed = *transport;
  std::promise<void> begun;
  borrowed.start(
      get(kUrl),
      {},
      [&, may_end = begun.get_future().share()](const HttpResponse&, std::exception_ptr) {
        may_end.wait();
        transport.reset();
        gone.set_value();
      });
  begun.set_value();
  gone.get_future().get();
}

TEST(FakeTransport, RefusesWhatTakesAServer) {
  EXPECT_THROW(FakeTransport(Script{}), std::invalid_argument);
  EXPECT_THROW(FakeTransport(Script{ScriptedResponse::asUsual()}), std::invalid_argument);
  EXPECT_THROW(FakeTransport(Script{ScriptedResponse::answer(200).afterCommit()}),
               std::invalid_argument);
  EXPECT_THROW(FakeTransport(Script{ScriptedResponse::raw("HTTP")}), std::invalid_argument);
}

}  // namespace
}  // namespace heymilo::testing
