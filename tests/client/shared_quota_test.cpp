// A client with a shared quota: what it tells the store, and what it does with what the store says.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <memory>
#include <string>

#include "heymilo/client.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/nonblocking.hpp"
#include "heymilo/testing/fake_transport.hpp"
#include "heymilo/testing/manual_clock.hpp"
#include "support/eventually.hpp"
#include "support/fake_quota.hpp"

namespace heymilo {
namespace {

using heymilo::testing::FakeTransport;
using heymilo::testing::ScriptedResponse;
using heymilo_test::FakeQuota;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kEmptyPage = R"({"data":[],"pagination":{"total":0,"has_more":false}})";

class SharedQuotaOfClients : public ::testing::Test {
 protected:
  SharedQuotaOfClients() {
    options.api_key = "hm_key";
    options.quota = quota;
    respond({ScriptedResponse::answer(200, kEmptyPage)});
  }
  void respond(std::vector<ScriptedResponse> script) {
    transport = std::make_shared<FakeTransport>(std::move(script));
    options.transport = transport;
  }
  void useQuota(FakeQuota::Take take) {
    quota = std::make_shared<FakeQuota>(std::move(take));
    options.quota = quota;
  }
  std::string refused() const {
    try {
      const Client client(options);
    } catch (const InvalidArgumentError& error) {
      return error.param();
    }
    return "";
  }

  std::shared_ptr<FakeQuota> quota = std::make_shared<FakeQuota>();
  std::shared_ptr<FakeTransport> transport;
  ClientOptions options;
};

TEST_F(SharedQuotaOfClients, AreMembersEachAndTheirCopiesAreNot) {
  options.rate_limit = RateLimit{20, seconds{2}};
  options.reserved_requests = 3;
  options.timeout = seconds{7};
  {
    const Client client(options);
    const Client copy = client;  // NOLINT(performance-unnecessary-copy-initialization)
    const Client other(options);
    copy.listCandidates("p");
    client.listCandidates("p");
    EXPECT_EQ(quota->record().left, 0);
  }
  const FakeQuota::Record record = quota->record();
  EXPECT_EQ(record.left, 2);
  ASSERT_EQ(record.joined.size(), 2u);
  EXPECT_EQ(record.joined[0].key, quotaKey(options));
  EXPECT_EQ(record.joined[0].requests, 20);
  EXPECT_EQ(record.joined[0].per, seconds{2});
  EXPECT_EQ(record.joined[0].reserved_requests, 3);
  EXPECT_EQ(record.joined[0].timeout, seconds{7});
  EXPECT_EQ(record.asked.size(), 2u);
  EXPECT_EQ(record.ended, (std::vector<SlotEnd>{SlotEnd::answered, SlotEnd::answered}));
}

TEST_F(SharedQuotaOfClients, SayWhetherTheirWaitsTakeRealTime) {
  const Client by_default(options);
  options.clock = Clock::steady();
  const Client steady(options);
  options.clock = std::make_shared<testing::ManualClock>();
  const Client manual(options);
  const auto joined = quota->record().joined;
  ASSERT_EQ(joined.size(), 3u);
  EXPECT_TRUE(joined[0].real_time);
  EXPECT_TRUE(joined[1].real_time);
  EXPECT_FALSE(joined[2].real_time);
}

TEST_F(SharedQuotaOfClients, HaveTheKeyHashed) {
  EXPECT_EQ(quotaKey(options).size(), 64u);
  EXPECT_EQ(quotaKey(options).find("hm_key"), std::string::npos);
  ClientOptions other = options;
  other.api_key = "hm_kez";
  EXPECT_NE(quotaKey(other), quotaKey(options));
  other.api_key.clear();
  EXPECT_EQ(quotaKey(other), "");
}

TEST_F(SharedQuotaOfClients, AskWithThePriorityAndTimeoutOfTheCall) {
  RequestOptions bulk;
  bulk.priority = Priority::bulk;
  bulk.timeout = seconds{90};
  const Client client(options);
  client.listCandidates("p");
  client.listCandidates("p", {}, bulk);
  NonBlockingClient(client).listCandidates("p", {}, bulk).future().get();
  const auto asked = quota->record().asked;
  ASSERT_EQ(asked.size(), 3u);
  EXPECT_EQ(asked[0].priority, Priority::interactive);
  EXPECT_EQ(asked[0].timeout, options.timeout);
  for (const std::size_t i : {1u, 2u}) {
    EXPECT_EQ(asked[i].priority, Priority::bulk);
    EXPECT_EQ(asked[i].timeout, seconds{90});
  }
}

TEST_F(SharedQuotaOfClients, SayHowARequestEnded) {
  int number = 0;
  options.transport = std::make_shared<FakeTransport>(
      [&number](const HttpRequest&, const CancellationToken&) -> HttpResponse {
        switch (++number) {
          case 1:
            return testing::jsonAnswer(500, "{}");
          case 2:
            throw ConnectionError("reset", Outcome::unknown);
          case 3:
            throw ConnectionError("refused", Outcome::not_sent);
          default:
            return testing::jsonAnswer(200, kEmptyPage);
        }
      });
  options.retry.initial_backoff = milliseconds{0};
  Client(options).listCandidates("p");
  EXPECT_EQ(quota->record().ended,
            (std::vector<SlotEnd>{
                SlotEnd::answered, SlotEnd::unanswered, SlotEnd::answered, SlotEnd::answered}));
}

TEST_F(SharedQuotaOfClients, SendNothingWithASlotThatHasLapsed) {
  const Client client(options);
  quota->lapse();
  for (const bool blocking : {true, false}) {
    try {
      if (blocking) {
        client.listCandidates("p");
      } else {
        NonBlockingClient(client).listCandidates("p").future().get();
      }
      FAIL();
    } catch (const StoreError& error) {
      EXPECT_EQ(error.outcome(), Outcome::not_sent);
    }
  }
  EXPECT_EQ(transport->requests().size(), 0u);
  EXPECT_EQ(quota->record().ended, (std::vector<SlotEnd>{SlotEnd::unsent, SlotEnd::unsent}));
}

TEST_F(SharedQuotaOfClients, SendNothingWithASlotThatEndsBeforeTheFirstByte) {
  options.on_event = [this](const Event& event) {
    if (event.kind == EventKind::request) {  // after the check before the attempt
      quota->lapse();
    }
  };
  const Client client(options);
  EXPECT_THROW(client.listCandidates("p"), StoreError);
  quota->lapse(false);
  EXPECT_THROW(NonBlockingClient(client).listCandidates("p").future().get(), StoreError);
  EXPECT_EQ(transport->requests().size(), 0u);
  EXPECT_EQ(quota->record().ended, (std::vector<SlotEnd>{SlotEnd::unsent, SlotEnd::unsent}));
}

// What a transport says of a request is what counts.
TEST_F(SharedQuotaOfClients, BelieveATransportThatSendsAllTheSame) {
  struct Careless final : Transport {
    HttpResponse send(const HttpRequest& request, const CancellationToken&) override {
      EXPECT_TRUE(request.may_send);
      if (asks) {
        EXPECT_FALSE(request.may_send());
      }
      if (breaks) {
        throw ConnectionError("reset", Outcome::unknown);
      }
      return testing::jsonAnswer(200, kEmptyPage);
    }
    bool asks = false;
    bool breaks = false;
  };
  const auto careless = std::make_shared<Careless>();
  options.transport = careless;
  options.retry.max_retries = 0;
  options.on_event = [this](const Event& event) { quota->lapse(event.kind == EventKind::request); };
  const Client client(options);
  EXPECT_EQ(client.listCandidates("p").http.status, 200);
  careless->asks = true;
  EXPECT_EQ(client.listCandidates("p").http.status, 200);
  careless->breaks = true;
  EXPECT_THROW(client.listCandidates("p"), ConnectionError);
  EXPECT_EQ(quota->record().ended,
            (std::vector<SlotEnd>{SlotEnd::answered, SlotEnd::answered, SlotEnd::unanswered}));
}

TEST_F(SharedQuotaOfClients, GiveBackASlotWithWhichNothingWasSent) {
  options.credential = []() -> std::string { throw ConnectionError("no key", Outcome::not_sent); };
  const Client client(options);
  EXPECT_THROW(client.listCandidates("p"), ConnectionError);
  EXPECT_THROW(NonBlockingClient(client).listCandidates("p").future().get(), ConnectionError);
  EXPECT_EQ(quota->record().ended, (std::vector<SlotEnd>{SlotEnd::unsent, SlotEnd::unsent}));
}

TEST_F(SharedQuotaOfClients, AskTheTransportOnlyWhereTheQuotaIsShared) {
  bool hook = true;
  options.transport = std::make_shared<FakeTransport>(
      [&hook](const HttpRequest& request, const CancellationToken&) {
        hook = request.may_send != nullptr;
        return testing::jsonAnswer(200, kEmptyPage);
      });
  options.quota.reset();
  Client(options).listCandidates("p");
  EXPECT_FALSE(hook);
  options.quota = quota;
  Client(options).listCandidates("p");
  EXPECT_TRUE(hook);
}

TEST_F(SharedQuotaOfClients, SendNothingWhereTheStoreCantBeUsed) {
  useQuota([](std::size_t) -> SlotTurn { throw StoreError("the store is gone"); });
  const Client client(options);
  EXPECT_THROW(client.listCandidates("p"), StoreError);
  EXPECT_THROW(NonBlockingClient(client).listCandidates("p").future().get(), StoreError);
  EXPECT_EQ(transport->requests().size(), 0u);
}

TEST_F(SharedQuotaOfClients, WaitAsLongAsTheStoreSaysOrUntilItWakesThem) {
  useQuota([](std::size_t before) {
    SlotTurn turn;
    if (before == 0) {
      turn.wait = milliseconds{1};
    } else if (before == 1) {
      turn.wait = std::chrono::hours{1};
    } else {
      turn.slot = 0;
    }
    return turn;
  });
  const Client client(options);
  auto call = std::async(std::launch::async, [&] { client.listCandidates("p"); });
  ASSERT_TRUE(heymilo_test::eventually([&] { return quota->record().asked.size() == 2; }));
  quota->wake();
  call.get();
  EXPECT_EQ(quota->record().asked.size(), 3u);
}

TEST_F(SharedQuotaOfClients, LookAgainBeforeTheExpectedSlotWhereTheStoreSaysSo) {
  useQuota([](std::size_t before) {
    SlotTurn turn;
    if (before % 4 < 3) {
      turn.wait = std::chrono::hours{1};
      turn.ask_again = milliseconds{2};
    } else {
      turn.slot = 0;
    }
    return turn;
  });
  std::vector<milliseconds> throttled;
  options.on_event = [&throttled](const Event& event) {
    if (event.kind == EventKind::throttled) {
      throttled.push_back(event.wait);
    }
  };
  RequestOptions in_time;
  in_time.total_timeout = seconds{10};
  const Client client(options);
  client.listCandidates("p", {}, in_time);
  EXPECT_EQ(quota->record().asked.size(), 4u);
  NonBlockingClient(client).listCandidates("p", {}, in_time).future().get();
  ASSERT_EQ(throttled.size(), 2u);
  for (const milliseconds wait : throttled) {
    EXPECT_GT(wait, std::chrono::minutes{59}) << "the wait that is expected";
  }
}

TEST_F(SharedQuotaOfClients, ReportALongWaitThatTheStoreKnowsOnlyAfterAMoment) {
  const auto take = [](std::size_t before) {
    constexpr milliseconds kWaits[] = {
        milliseconds{20}, milliseconds{30}, std::chrono::hours{1}, std::chrono::hours{2}};
    SlotTurn turn;
    if (before % 8 < 7) {
      turn.wait = kWaits[before % 8 / 2];
      turn.ask_again = milliseconds{2};
    } else {
      turn.slot = 0;
    }
    return turn;
  };
  std::vector<milliseconds> throttled;
  options.on_event = [&throttled](const Event& event) {
    if (event.kind == EventKind::throttled) {
      throttled.push_back(event.wait);
    }
  };
  const auto expectTwo = [&throttled](const char* which) {
    ASSERT_EQ(throttled.size(), 2u) << which;
    EXPECT_LE(throttled[0], milliseconds{20}) << which;
    EXPECT_GT(throttled[1], std::chrono::minutes{59}) << which;
    EXPECT_LE(throttled[1], std::chrono::hours{1}) << which;
    throttled.clear();
  };
  useQuota(take);
  const Client client(options);
  client.listCandidates("p");
  expectTwo("a call that blocks");
  NonBlockingClient(client).listCandidates("p").future().get();
  expectTwo("a call that does not block");
}

TEST_F(SharedQuotaOfClients, EndAtOnceWhereNoSlotCanComeBeforeTheDeadline) {
  useQuota([](std::size_t) {
    SlotTurn turn;
    turn.wait = std::chrono::hours{1};
    turn.certain = true;
    return turn;
  });
  RequestOptions soon;
  soon.total_timeout = std::chrono::minutes{30};
  EXPECT_THROW(Client(options).listCandidates("p", {}, soon), TimeoutError);
}

TEST_F(SharedQuotaOfClients, TellAllOthersOfA429AndTheirObserverOfAHold) {
  useQuota([](std::size_t before) {
    SlotTurn turn;
    if (before == 1) {
      turn.wait = turn.held = milliseconds{2};
    } else {
      turn.slot = 0;
    }
    return turn;
  });
  respond({ScriptedResponse::answer(429).withHeader("Retry-After", "77"),
           ScriptedResponse::answer(200, kEmptyPage)});
  std::vector<Event> throttled;
  options.on_event = [&throttled](const Event& event) {
    if (event.kind == EventKind::throttled) {
      throttled.push_back(event);
    }
  };
  const Client client(options);
  RequestOptions once;
  once.max_retries = 0;
  EXPECT_THROW(client.listCandidates("p", {}, once), RateLimitError);
  ASSERT_EQ(quota->record().held.size(), 1u);
  EXPECT_GT(quota->record().held[0], seconds{76});
  EXPECT_LE(quota->record().held[0], seconds{77});
  client.listCandidates("p");
  ASSERT_EQ(throttled.size(), 1u);
  EXPECT_TRUE(throttled[0].held);
}

TEST_F(SharedQuotaOfClients, NeedALimitAndATimeout) {
  EXPECT_EQ(refused(), "");
  options.rate_limit.reset();
  EXPECT_EQ(refused(), "quota");
  options.rate_limit = RateLimit{300, seconds{60}};
  options.timeout = milliseconds{0};
  EXPECT_EQ(refused(), "timeout");
  options.timeout = seconds{60};
  RequestOptions no_timeout;
  no_timeout.timeout = milliseconds{0};
  try {
    Client(options).listCandidates("p", {}, no_timeout);
    FAIL();
  } catch (const InvalidArgumentError& error) {
    EXPECT_EQ(error.param(), "timeout");
  }
}

TEST_F(SharedQuotaOfClients, ReserveFewerThanThereAre) {
  options.rate_limit = RateLimit{10, seconds{1}};
  options.reserved_requests = 9;
  EXPECT_EQ(refused(), "");
  options.reserved_requests = 10;
  EXPECT_EQ(refused(), "reserved_requests");
  options.reserved_requests = -1;
  EXPECT_EQ(refused(), "reserved_requests");
  options.quota.reset();
  options.rate_limit.reset();
  options.reserved_requests = 1;
  EXPECT_EQ(refused(), "reserved_requests");
}

}  // namespace
}  // namespace heymilo
