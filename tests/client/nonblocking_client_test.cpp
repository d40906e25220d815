#include "heymilo/nonblocking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "heymilo/testing/manual_clock.hpp"
#include "support/nonblocking_calls.hpp"

namespace heymilo {
namespace {

using std::chrono::milliseconds;
using test::failureOf;
using test::kAda;
using test::optionsFor;
using ::testing::HasSubstr;
using testing::ManualClock;
using testing::RecordedRequest;
using testing::ScriptedResponse;

class NonBlocking : public test::NonBlockingCalls {};

/// An event loop: runs on the test's thread what is posted to it.
class EventLoop {
 public:
  CompletionExecutor executor() {
    return [this](std::function<void()> task) {
      const std::lock_guard<std::mutex> lock(mutex_);
      tasks_.push_back(std::move(task));
      posted_.notify_all();
    };
  }
  void runOne() {
    std::unique_lock<std::mutex> lock(mutex_);
    ASSERT_TRUE(
        posted_.wait_for(lock, std::chrono::seconds{20}, [this] { return !tasks_.empty(); }));
    const auto task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
  }

 private:
  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<std::function<void()>> tasks_;
};

TEST_F(NonBlocking, GivesTheAnswersOfAllOperationsAsFutures) {
  const NonBlockingClient calls{Client(options)};
  BulkCandidateIngestRequest two;
  two.data = {kAda, kAda};
  auto list = calls.listCandidates("p", {}, {}).future();
  auto one = calls.ingestCandidate("p", kAda).future();
  auto bulk = calls.ingestCandidatesBulk("p", two).future();
  auto queued = calls.ingestCandidateAsync("p", kAda).future();
  auto bulk_queued = calls.ingestCandidatesBulkAsync("p", two).future();
  const auto page = list.get();
  EXPECT_EQ(page.data.size(), 20u);
  EXPECT_EQ(page.http.status, 200);
  EXPECT_EQ(page.http.attempts, 1);
  EXPECT_FALSE(one.get().data.interview_id.empty());
  EXPECT_EQ(bulk.get().data.size(), 2u);
  EXPECT_FALSE(queued.get().data.ingestion_id.empty());
  EXPECT_FALSE(bulk_queued.get().data.ingestion_id.empty());
  EXPECT_EQ(server.requests().size(), 5u);
}

TEST_F(NonBlocking, NothingIsSentBeforeTheCallIsBegun) {
  const NonBlockingClient calls{Client(options)};
  { auto never = calls.ingestCandidate("p", kAda); }
  auto call = calls.ingestCandidate("p", kAda);
  calls.listCandidates("p").future().get();
  EXPECT_EQ(server.requests("ingestCandidate").size(), 0u);
  std::move(call).future().get();
  EXPECT_EQ(server.requests("ingestCandidate").size(), 1u);
}

TEST_F(NonBlocking, RefusesAtOnceWhatCantBeSent) {
  const NonBlockingClient calls{Client(options)};
  EXPECT_THROW(static_cast<void>(calls.listCandidates("")), InvalidArgumentError);
  EXPECT_THROW(static_cast<void>(calls.ingestCandidate("p", {"\xff", "ada@example.com"})),
               InvalidArgumentError);
  RequestOptions negative;
  negative.total_timeout = milliseconds{-1};
  EXPECT_THROW(static_cast<void>(calls.listCandidates("p", {}, negative)), InvalidArgumentError);
  EXPECT_EQ(server.requestCount(), 0u);
}

TEST_F(NonBlocking, CallsBackOnTheExecutor) {
  EventLoop loop;
  const NonBlockingClient calls{Client(options), loop.executor()};
  std::size_t seen = 0;
  std::thread::id ran_on;
  calls.listCandidates("p").then([&](Result<ListResponse<CandidateResponse>> result) {
    EXPECT_TRUE(result.ok());
    seen = result.value().data.size();
    ran_on = std::this_thread::get_id();
  });
  loop.runOne();
  EXPECT_EQ(seen, 20u);
  EXPECT_EQ(ran_on, std::this_thread::get_id());
  // A future does not need the executor, whose thread may be the one that waits.
  EXPECT_EQ(calls.listCandidates("p").future().get().data.size(), 20u);
}

TEST_F(NonBlocking, AnExecutorThatFailsLosesNothing) {
  const NonBlockingClient calls{Client(options),
                                [](const std::function<void()>&) { throw std::bad_alloc(); }};
  std::promise<bool> ok;
  calls.ingestCandidate("p", kAda).then([&](auto result) { ok.set_value(result.ok()); });
  EXPECT_TRUE(ok.get_future().get());
}

TEST_F(NonBlocking, ThrowsTheErrorOfEachRefusal) {
  const NonBlockingClient calls{Client(options)};
  EXPECT_EQ(failureOf<NotFoundError>(calls.listCandidates("nowhere").future()).status(), 404);
  server.respondNext("listCandidates", ScriptedResponse::answer(200, "{"));
  EXPECT_EQ(failureOf<DecodeError>(calls.listCandidates("p").future()).outcome(), Outcome::applied);
  server.respondNext("ingestCandidate", ScriptedResponse::answer(503).afterCommit());
  EXPECT_EQ(failureOf<ServerError>(calls.ingestCandidate("p", kAda).future()).outcome(),
            Outcome::unknown);
  std::promise<std::exception_ptr> error;
  calls.listCandidates("nowhere").then([&](auto result) {
    EXPECT_FALSE(result.ok());
    EXPECT_THROW(result.value(), NotFoundError);
    ASSERT_NE(result.error(), nullptr);
    EXPECT_EQ(result.error()->outcome(), Outcome::rejected);
    error.set_value(result.exception());
  });
  EXPECT_NE(error.get_future().get(), nullptr);
}

TEST_F(NonBlocking, AWriteThatWasCutOffIsInDoubtAndNotSentAgain) {
  const NonBlockingClient calls{Client(options)};
  calls.listCandidates("p").future().get();  // so that a connection is there to be used again
  server.respondNext("ingestCandidate", ScriptedResponse::disconnect().afterCommit());
  EXPECT_EQ(failureOf<ConnectionError>(calls.ingestCandidate("p", kAda).future()).outcome(),
            Outcome::unknown);
  server.respondNext("ingestCandidate", ScriptedResponse::disconnect());
  EXPECT_EQ(failureOf<ConnectionError>(calls.ingestCandidate("p", kAda).future()).outcome(),
            Outcome::unknown);
  EXPECT_EQ(server.requests("ingestCandidate").size(), 2u);
  EXPECT_EQ(server.candidateCount("p"), 31u);
}

TEST_F(NonBlocking, AWriteIsSentOnceWhereverItsAnswerIsCutOff) {
  const NonBlockingClient calls{Client(options)};
  for (std::size_t bytes = 0; bytes < 300; bytes += 13) {
    server.clearRequests();
    server.respondNext("ingestCandidate", ScriptedResponse::asUsual().cutAfter(bytes));
    EXPECT_EQ(failureOf<ConnectionError>(calls.ingestCandidate("p", kAda).future()).outcome(),
              Outcome::unknown)
        << "after " << bytes << " bytes";
    EXPECT_EQ(server.requestCount(), 1u) << "after " << bytes << " bytes";
  }
}

TEST_F(NonBlocking, TriesAgainWhereThatIsSafe) {
  std::mutex mutex;
  std::vector<EventKind> kinds;
  std::set<std::thread::id> threads;
  const auto clock = std::make_shared<ManualClock>();
  options.clock = clock;
  options.on_event = [&](const Event& event) {
    const std::lock_guard<std::mutex> lock(mutex);
    kinds.push_back(event.kind);
    threads.insert(std::this_thread::get_id());
  };
  options.retry.max_retry_after = std::chrono::hours{1};
  const NonBlockingClient calls{Client(options)};
  server.respondNext("listCandidates", ScriptedResponse::answer(503).times(2));
  EXPECT_EQ(calls.listCandidates("p").future().get().http.attempts, 3);
  using K = EventKind;
  EXPECT_EQ(kinds,
            (std::vector<K>{K::request,
                            K::response,
                            K::retry,
                            K::request,
                            K::response,
                            K::retry,
                            K::request,
                            K::response}));
  EXPECT_EQ(threads.count(std::this_thread::get_id()), 0u);
  EXPECT_EQ(threads.size(), 1u);

  // An hour's wait takes no time on a clock of one's own.
  const auto before = clock->now();
  server.respondNext("ingestCandidate",
                     ScriptedResponse::answer(429).withHeader("Retry-After", "3600"));
  EXPECT_EQ(calls.ingestCandidate("p", kAda).future().get().http.attempts, 2);
  EXPECT_GE(clock->now() - before, std::chrono::hours{1});
}

TEST_F(NonBlocking, SharesTheQuotaWithTheClient) {
  options.rate_limit = RateLimit{5, milliseconds{200}};
  server.setRateLimit(options.rate_limit);
  const Client client(options);
  const NonBlockingClient calls(client);
  std::vector<std::future<ListResponse<CandidateResponse>>> futures;
  for (int i = 0; i < 8; ++i) {
    futures.push_back(calls.listCandidates("p").future());
    client.listCandidates("p");
  }
  for (auto& future : futures) {
    future.get();
  }
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 16u);
  for (const RecordedRequest& request : requests) {
    EXPECT_EQ(request.status, 200);
  }
}

TEST_F(NonBlocking, WhatMayStillArriveCountsAgainstTheQuotaForLonger) {
  const auto clock = std::make_shared<ManualClock>();
  options.clock = clock;
  options.rate_limit = RateLimit{1, milliseconds{1000}};
  std::vector<milliseconds> waits;
  options.on_event = [&](const Event& event) {
    if (event.kind == EventKind::throttled) {
      waits.push_back(event.wait);
    }
  };
  const NonBlockingClient calls{Client(options)};
  server.respondNext("ingestCandidate", ScriptedResponse::disconnect());
  EXPECT_EQ(failureOf<ConnectionError>(calls.ingestCandidate("p", kAda).future()).outcome(),
            Outcome::unknown);
  calls.listCandidates("p").future().get();
  calls.listCandidates("p").future().get();
  EXPECT_EQ(waits, (std::vector<milliseconds>{milliseconds{6001}, milliseconds{1001}}));
}

TEST_F(NonBlocking, IsCancelledWhileItWaitsForTheAnswer) {
  const NonBlockingClient calls{Client(options)};
  const CancellationSource source;
  RequestOptions request_options;
  request_options.cancellation = source.token();
  server.respondNext("ingestCandidate",
                     ScriptedResponse::asUsual().delayedBy(std::chrono::hours{1}));
  auto held = calls.ingestCandidate("p", kAda, request_options).future();
  ASSERT_TRUE(server.waitForRequests(1));
  source.cancel();
  EXPECT_EQ(failureOf<CancelledError>(std::move(held)).outcome(), Outcome::unknown);
  EXPECT_EQ(failureOf<CancelledError>(calls.ingestCandidate("p", kAda, request_options).future())
                .outcome(),
            Outcome::not_sent);
  EXPECT_EQ(server.requestCount(), 1u);
}

TEST_F(NonBlocking, IsCancelledWhileItWaitsForTheQuotaAConnectionAndARetry) {
  options.rate_limit = RateLimit{1, std::chrono::hours{1}};
  std::promise<void> waits_for_quota;
  options.on_event = [&](const Event& event) {
    if (event.kind == EventKind::throttled) {
      waits_for_quota.set_value();
    }
  };
  const CancellationSource source;
  RequestOptions request_options;
  request_options.cancellation = source.token();
  const NonBlockingClient quota{Client(options)};
  quota.listCandidates("p").future().get();
  auto for_quota = quota.ingestCandidate("p", kAda, request_options).future();
  waits_for_quota.get_future().get();

  EngineOptions one;
  one.max_connections = 1;
  const NonBlockingClient narrow(Client(optionsFor(server)), Engine(one));
  server.respondNext("listCandidates",
                     ScriptedResponse::asUsual().delayedBy(std::chrono::hours{1}));
  RequestOptions until_the_end;
  until_the_end.total_timeout = milliseconds{300};
  auto occupies = narrow.listCandidates("p", {}, request_options).future();
  ASSERT_TRUE(server.waitForRequests(2));
  auto for_connection = narrow.ingestCandidate("p", kAda, request_options).future();
  auto until_deadline = narrow.ingestCandidate("p", kAda, until_the_end).future();
  EXPECT_THAT(failureOf<TimeoutError>(std::move(until_deadline)).what(),
              HasSubstr("before a connection is free"));

  options.rate_limit.reset();
  std::promise<void> waits_for_retry;
  options.on_event = [&](const Event& event) {
    if (event.kind == EventKind::retry) {
      waits_for_retry.set_value();
    }
  };
  const NonBlockingClient retrying{Client(options)};
  server.respondNext("ingestCandidate",
                     ScriptedResponse::answer(429).withHeader("Retry-After", "60"));
  auto for_retry = retrying.ingestCandidate("p", kAda, request_options).future();
  waits_for_retry.get_future().get();

  source.cancel();
  EXPECT_EQ(failureOf<CancelledError>(std::move(for_quota)).outcome(), Outcome::not_sent);
  EXPECT_EQ(failureOf<CancelledError>(std::move(for_connection)).outcome(), Outcome::not_sent);
  EXPECT_EQ(failureOf<CancelledError>(std::move(for_retry)).outcome(), Outcome::not_sent);
  EXPECT_EQ(failureOf<CancelledError>(std::move(occupies)).outcome(), Outcome::unknown);
  EXPECT_EQ(server.requests("ingestCandidate").size(), 1u);
}

TEST_F(NonBlocking, KeepsToTheDeadline) {
  const NonBlockingClient calls{Client(options)};
  RequestOptions request_options;
  request_options.total_timeout = milliseconds{1000};  // enough to get there
  server.respondNext("ingestCandidate",
                     ScriptedResponse::asUsual().delayedBy(std::chrono::hours{1}));
  EXPECT_EQ(
      failureOf<TimeoutError>(calls.ingestCandidate("p", kAda, request_options).future()).outcome(),
      Outcome::unknown);
  server.respondNext("listCandidates",
                     ScriptedResponse::answer(429).withHeader("Retry-After", "9"));
  failureOf<RateLimitError>(calls.listCandidates("p", {}, request_options).future());
}

TEST_F(NonBlocking, CompletionsMayBeginOtherCalls) {
  const NonBlockingClient calls{Client(options)};
  std::promise<std::vector<std::string>> walked;
  std::vector<std::string> ids;
  ListCandidatesParams params;
  params.limit = 7;
  std::function<void(Result<ListResponse<CandidateResponse>>)> next = [&](auto result) {
    for (const CandidateResponse& candidate : result.value().data) {
      ids.push_back(candidate.interview_id);
    }
    if (result.value().pagination.has_more) {
      params.starting_after = ids.back();
      calls.listCandidates("p", params).then(next);
    } else {
      walked.set_value(ids);
    }
  };
  calls.listCandidates("p", params).then(next);
  EXPECT_EQ(walked.get_future().get().size(), 30u);
  EXPECT_EQ(server.requestCount(), 5u);
}

TEST_F(NonBlocking, GoesByATransportOfOnesOwnIfItNeedNotBlock) {
  options.transport = server.transport();
  const NonBlockingClient in_process{Client(options)};
  EXPECT_EQ(in_process.listCandidates("p").future().get().data.size(), 20u);
  server.respondNext("ingestCandidate", ScriptedResponse::disconnect().afterCommit());
  EXPECT_EQ(failureOf<ConnectionError>(in_process.ingestCandidate("p", kAda).future()).outcome(),
            Outcome::unknown);
  EXPECT_EQ(server.openConnections(), 0u);

  class Blocking final : public Transport {
    HttpResponse send(const HttpRequest&, const CancellationToken&) override { return {}; }
  };
  options.transport = std::make_shared<Blocking>();
  try {
    const NonBlockingClient refused{Client(options)};
    FAIL();
  } catch (const InvalidArgumentError& error) {
    EXPECT_EQ(error.param(), "transport");
  }
}

}  // namespace
}  // namespace heymilo
