#include "heymilo/workflows/bulk_ingest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "heymilo/testing/manual_clock.hpp"
#include "heymilo/workflows/store_error.hpp"
#include "support/bulk_ingest_fixture.hpp"
#include "support/unreadable.hpp"

// Chunks whose outcome is unknown: they are looked for, and never sent twice.

namespace heymilo_test {
namespace {

using BulkIngestInDoubt = BulkIngestTest;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_F(BulkIngestInDoubt, FindsWhatWasCarriedOutWithoutAnAnswer) {
  server.respondNext("ingestCandidatesBulk", ScriptedResponse::disconnect().afterCommit().times(3));
  const BulkIngestResult result = ingest(people(95));
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.ingested, 95u);
  EXPECT_THAT(posts(), about(10u));  // nothing was sent again
  expectEverybodyOnce(95);
  expectReportAgrees();
}

/// A server whose lists show one candidate with another text.
class SpoilingTransport final : public Transport {
 public:
  SpoilingTransport(std::shared_ptr<Transport> inner, Spoil spoil)
      : inner_(std::move(inner)), spoil_(std::move(spoil)) {}

  HttpResponse send(const HttpRequest& request, const CancellationToken& cancellation) override {
    HttpResponse response = inner_->send(request, cancellation);
    if (request.method == "GET" && on) {
      const nlohmann::json page = nlohmann::json::parse(response.body);
      std::string data;
      for (const nlohmann::json& candidate : page["data"]) {
        const bool this_one = candidate["email"] == "person4@example.com";
        data +=
            (data.empty() ? "" : ",") + (this_one ? spoil_(candidate.dump()) : candidate.dump());
      }
      response.body =
          R"({"data":[)" + data + R"(],"pagination":)" + page["pagination"].dump() + "}";
    }
    return response;
  }

  bool on = true;

 private:
  const std::shared_ptr<Transport> inner_;
  const Spoil spoil_;
};

// It may be one of the records in doubt: where that cannot be determined, nothing is sent again.
TEST_F(BulkIngestInDoubt, ACandidateWhoCanNotBeReadIsNeverSentAgain) {
  struct Case {
    const char* name;
    Spoil spoil;
    bool determined;  // whether it is one of the records
  };
  options.settling_time = milliseconds{0};
  client_options.clock = std::make_shared<ManualClock>();
  for (const Case& kind : {Case{"NaN", with(R"("x":NaN)"), true},
                           Case{"a known property", with(R"("score":"\ud800")"), true},
                           Case{"the name", instead("name", "7"), true},
                           Case{"a text of the metadata", instead("number", "\"\xff\""), false},
                           Case{"the address", instead("email", "1e999"), true},
                           Case{"the id", instead("interview_id", "null"), false},
                           Case{"the candidate", [](const std::string&) { return "NaN"; }, false},
                           Case{"the structure", brokenStructures().front().spoil, false}}) {
    SCOPED_TRACE(kind.name);
    const std::string posting = std::string("p-") + std::to_string(posts());
    server.addPosting(posting);
    options.journal = directory.file(posting);
    server.respondNext("ingestCandidatesBulk", ScriptedResponse::disconnect().afterCommit());
    const auto transport = std::make_shared<SpoilingTransport>(server.transport(), kind.spoil);
    client_options.transport = transport;
    const std::size_t before = posts();
    const auto ingest = [&] {
      records.clear();
      return bulkIngest(Client(client_options), posting, sourceOf(people(10)), options);
    };
    try {
      EXPECT_TRUE(ingest().complete);
      EXPECT_TRUE(kind.determined);
    } catch (const DecodeError&) {
      EXPECT_FALSE(kind.determined);
      EXPECT_EQ(reported(RecordState::unresolved).size(), 10u);
      EXPECT_THROW(ingest(), DecodeError);
      transport->on = false;
      EXPECT_TRUE(ingest().complete);
    }
    EXPECT_EQ(posts(), before + 1);
    EXPECT_EQ(server.candidates(posting).size(), 10u);
  }
}

TEST_F(BulkIngestInDoubt, SendsAgainWhatIsProvenNotToHaveArrived) {
  server.respondNext("ingestCandidatesBulk", ScriptedResponse::disconnect().times(2));
  server.respondNext("ingestCandidatesBulk", ScriptedResponse::answer(503).afterCommit());
  server.respondNext("ingestCandidatesBulk", ScriptedResponse::answer(502));
  options.patience = 20;
  const BulkIngestResult result = ingest(people(95));
  EXPECT_TRUE(result.complete);
  EXPECT_THAT(posts(), about(10u + 2u + 2u));  // what a 5xx was for goes in halves
  expectEverybodyOnce(95);
  expectReportAgrees();
}

TEST_F(BulkIngestInDoubt, CountsTheLooksThatFindNobodyToo) {
  server.respondNext("ingestCandidatesBulk", ScriptedResponse::disconnect());
  const BulkIngestResult result = ingest(people(5));
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.requests, server.requestCount());
}

TEST_F(BulkIngestInDoubt, WaitsForWhatIsStillOnItsWay) {
  // The gateway gives up, and the request is carried out all the same, but later: by hand here.
  options.settling_time = milliseconds{1500};
  options.concurrency = 1;
  std::string late_body;
  std::atomic<bool> stored{false};
  server.respondNext("ingestCandidatesBulk", ScriptedResponse::answer(504));
  options.on_progress = [&](const BulkProgress& progress) {
    if (progress.phase == "settling" && !stored.exchange(true)) {
      const auto body = server.requests("ingestCandidatesBulk").front().json();
      for (const nlohmann::json& person : body.at("data")) {
        server.addCandidate("p", person);
      }
    }
  };
  const BulkIngestResult result = ingest(people(10));
  EXPECT_TRUE(stored);
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(posts(), 1u);
  expectEverybodyOnce(10);
}

// What takes hours at the API takes none on a clock that the test moves, with the times as they are
// without any settings.
TEST_F(BulkIngestInDoubt, WaitsByTheClientsClock) {
  const auto clock = std::make_shared<ManualClock>();
  const auto start = clock->now();
  client_options = server.clientOptions();
  client_options.clock = clock;
  options.settling_time.reset();
  options.concurrency = 1;  // each of several that are told to wait counts as a failure
  server.respondNext("ingestCandidatesBulk", ScriptedResponse::rateLimited(hours{2}));
  server.respondNext("ingestCandidatesBulk", ScriptedResponse::disconnect().afterCommit());
  server.respondNext("ingestCandidatesBulk", ScriptedResponse::answer(504));
  const BulkIngestResult result = ingest(people(95));
  EXPECT_TRUE(result.complete);
  EXPECT_THAT(posts(), about(10u + 1u + 2u));  // what a 5xx was for goes in halves
  expectEverybodyOnce(95);
  expectReportAgrees();
  EXPECT_GE(clock->now() - start, hours{2} + seconds{125});  // the settling time among it
}

TEST_F(BulkIngestInDoubt, GoesOnWhereARunEndedWithRecordsInFlight) {
  // A run that was killed: the journal says that two chunks are in flight, one arrived.
  options.concurrency = 1;
  options.patience = 1;
  server.respondNext("ingestCandidatesBulk", ScriptedResponse::disconnect().afterCommit());
  EXPECT_THROW(ingest(people(95)), ConnectionError);
  EXPECT_EQ(reported(RecordState::unresolved).size(), 10u);
  server.clearRequests();
  EXPECT_TRUE(ingest(people(95)).complete);
  EXPECT_THAT(posts(), about(9u));
  expectEverybodyOnce(95);
  expectReportAgrees();
}

TEST_F(BulkIngestInDoubt, QueuesAndFindsWhatWasQueued) {
  options.async = true;
  client_options.clock = std::make_shared<ManualClock>();
  server.respondNext("ingestCandidatesBulkAsync", ScriptedResponse::disconnect().afterCommit());
  options.settling_time = milliseconds{300};
  options.on_progress = [&](const BulkProgress& progress) {
    if (progress.phase == "settling") {
      server.advance(std::chrono::seconds{10});  // the queue gets to it
    }
  };
  const BulkIngestResult result = ingest(people(30));
  EXPECT_EQ(result.queued, 20u);
  EXPECT_EQ(result.ingested, 10u);  // known to be there, as it was looked for
  EXPECT_TRUE(result.complete);
  server.advance(std::chrono::seconds{10});
  expectEverybodyOnce(30);
  EXPECT_FALSE(reported(RecordState::queued).front().ingestion_id.value_or("").empty());
}

TEST_F(BulkIngestInDoubt, TakesReceiptsByTheirKey) {
  // The API does not promise an order: here they come back to front.
  const People all = people(2);
  options.key = "number";
  server.respondNext(
      "ingestCandidatesBulk",
      ScriptedResponse::answer(
          201,
          R"({"data":[{"interview_id":"i1","interview_url":"u1","metadata":{"number":"1"}},)"
          R"({"interview_id":"i0","interview_url":"u0","metadata":{"number":"0"}}]})"));
  ingest(all);
  const auto told = reported(RecordState::ingested);
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0].interview_id, "i0");
  EXPECT_EQ(told[1].interview_id, "i1");
}

TEST_F(BulkIngestInDoubt, LooksWhereReceiptsDoNotFit) {
  server.respondNext(
      "ingestCandidatesBulk",
      ScriptedResponse::answer(201, R"({"data":[{"interview_id":"i1","interview_url":"u1"}]})"));
  const BulkIngestResult result = ingest(people(10));
  EXPECT_TRUE(result.complete);
  expectEverybodyOnce(10);
  EXPECT_EQ(posts(), 2u);
}

TEST_F(BulkIngestInDoubt, NarrowsDownWhomTheApiFailsOn) {
  options.chunk = 16;
  options.concurrency = 1;
  options.patience = 3;
  server.respondNext({"ingestCandidatesBulk",
                      [](const RecordedRequest& request) {
                        return request.body.find("person5@") != std::string::npos;
                      }},
                     ScriptedResponse::answer(500).times(100));
  EXPECT_THROW(ingest(people(16)), ServerError);
  EXPECT_EQ(reported(RecordState::ingested).size(), 15u);  // everybody but this one
  EXPECT_EQ(arrived().count("5"), 0u);
  server.clearResponses();
  EXPECT_TRUE(ingest(people(16)).complete);
  expectEverybodyOnce(16);
}

TEST_F(BulkIngestInDoubt, WhatMayBeInTheQueueIsNotSentAgain) {
  options.async = true;
  options.concurrency = 1;
  server.respondNext("ingestCandidatesBulkAsync", ScriptedResponse::asUsual());
  server.respondNext("ingestCandidatesBulkAsync", ScriptedResponse::disconnect().afterCommit());
  const BulkIngestResult result = ingest(people(20));  // nothing leaves the queue meanwhile
  EXPECT_EQ(result.queued, 10u);
  EXPECT_EQ(result.unresolved, 10u);
  EXPECT_FALSE(ingest(people(20)).complete);
  EXPECT_EQ(server.requests("ingestCandidatesBulkAsync").size(), 2u);
  server.advance(std::chrono::seconds{10});
  expectEverybodyOnce(20);
}

TEST_F(BulkIngestInDoubt, LooksAfterATimeoutThatIsAGateways) {
  server.respondNext("ingestCandidatesBulk", ScriptedResponse::answer(408).afterCommit());
  server.respondNext("ingestCandidatesBulk", ScriptedResponse::answer(499).afterCommit());
  EXPECT_TRUE(ingest(people(30)).complete);
  EXPECT_THAT(posts(), about(3u));
  expectEverybodyOnce(30);
}

}  // namespace
}  // namespace heymilo_test
