#include "workflows/bulk/bulk_sender.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "heymilo/testing/fake_transport.hpp"
#include "heymilo/testing/manual_clock.hpp"
#include "support/bulk_records.hpp"

// What the sender makes of each response, without a server: what it sends next, and what it says of
// each record.

namespace heymilo_test {
namespace {

using nlohmann::json;

/// Responds to a bulk request as the API does.
HttpResponse receipts(const HttpRequest& request, const Headers& headers = {}) {
  const json sent = json::parse(request.body);
  json data = json::array();
  for (const json& one : sent.at("data")) {
    const std::string email = one.at("email");
    data.push_back({{"interview_id", "i of " + email},
                    {"interview_url", "u"},
                    {"metadata", one.at("metadata")}});
  }
  return jsonAnswer(201, json{{"data", data}}.dump(), headers);
}

HttpResponse refusal(int status, const json& errors = nullptr) {
  json error{{"type", "invalid_request_error"}, {"code", "no"}, {"message", "No."}};
  if (!errors.is_null()) {
    error["errors"] = errors;
  }
  return jsonAnswer(status, json{{"error", error}}.dump());
}

/// A chunk of four people, whose keys are in `ref`.
class BulkSenderTest : public ::testing::Test {
 protected:
  using Response = std::function<HttpResponse(const HttpRequest&)>;

  /// The next response but those that were set before. When there are no more, receipts().
  void respond(Response response) { responses_.push_back(std::move(response)); }
  void respond(HttpResponse response) {
    respond([response](const HttpRequest&) { return response; });
  }
  template <class Failure>
  void fail(Failure failure) {
    respond([failure](const HttpRequest&) -> HttpResponse { throw failure; });
  }

  /// Sends the chunk; throws what the run failed with, if it did.
  void run() {
    ClientOptions client_options;
    client_options.api_key = "key";
    client_options.transport = transport_;
    client_options.clock = clock;
    client_options.rate_limit.reset();
    client_options.retry.max_retries = 0;
    const Client client(client_options);
    ApiClock api_clock(*clock);
    RunControl control(*clock, options.stop, options.patience);
    const std::string posting = "p";
    BulkSender sender(client, posting, options, rule_, api_clock, control);
    sender.send(
        std::move(chunk),
        [this] { return allowed; },
        [this](Chunk part, const std::vector<SentRecord>& sent, const BulkSender::Reasons& why) {
          ASSERT_EQ(part.size(), sent.size());
          for (std::size_t place = 0; place < sent.size(); ++place) {
            const RecordId record = part.records()[place].record;
            EXPECT_EQ(sent[place].record, record);
            EXPECT_EQ(part.request().data[place].email, person(record).email);
            EXPECT_TRUE(results.emplace(record, sent[place]).second);
          }
          for (const auto& [record, reason] : why) {
            EXPECT_EQ(results.at(record).error_code, reason.code);
            reasons[record] = reason;
          }
        });
    requests = sender.requests();
    over = control.over();
    EXPECT_EQ(results.size(), 4u);
    control.rethrow();
  }

  /// The numbers of the people in each request, such as `0 1 2 3`.
  std::vector<std::string> sent() const {
    std::vector<std::string> requests_made;
    for (const RecordedRequest& request : transport_->requests()) {
      const json body = request.json();
      std::string numbers;
      for (const json& one : body.at("data")) {
        const std::string email = one.at("email");
        numbers += (numbers.empty() ? "" : " ") + email.substr(6, email.find('@') - 6);
      }
      requests_made.push_back(numbers);
    }
    return requests_made;
  }

  std::vector<RecordId> withState(KeyState state) const {
    std::vector<RecordId> found;
    for (const auto& [record, result] : results) {
      if (result.state == state) {
        found.push_back(record);
      }
    }
    return found;
  }

  const std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
  BulkIngestOptions options;
  Chunk chunk = chunkOf(4);
  bool allowed = true;
  std::map<RecordId, SentRecord> results;
  std::map<RecordId, APIErrorDetail> reasons;
  std::uint64_t requests = 0;
  bool over = false;

 private:
  const KeyRule rule_{"ref"};
  std::deque<Response> responses_;
  const std::shared_ptr<FakeTransport> transport_ =
      std::make_shared<FakeTransport>([this](const HttpRequest& request, const CancellationToken&) {
        if (responses_.empty()) {
          return receipts(request);
        }
        const Response response = std::move(responses_.front());
        responses_.pop_front();
        return response(request);
      });
};

TEST_F(BulkSenderTest, SendsAChunkOnce) {
  run();
  EXPECT_THAT(sent(), ElementsAre("0 1 2 3"));
  EXPECT_EQ(withState(KeyState::ingested).size(), 4u);
  EXPECT_EQ(requests, 1u);
  EXPECT_FALSE(over);
  EXPECT_EQ(results.at(2).interview_id, "i of person2@example.com");
  EXPECT_EQ(results.at(2).interview_url, "u");
}

TEST_F(BulkSenderTest, QueuesWhereItIsAsync) {
  options.async = true;
  respond(jsonAnswer(202, R"({"data":{"ingestion_id":"job"}})"));
  run();
  EXPECT_EQ(withState(KeyState::queued).size(), 4u);
  EXPECT_EQ(results.at(0).ingestion_id, "job");
}

TEST_F(BulkSenderTest, RejectsWhomTheApiNamesAndSendsTheOthersAgain) {
  respond(refusal(422,
                  {{{"code", "value_error"}, {"message", "no"}, {"param", "body.data.1.email"}},
                   {{"code", "value_error"}, {"message", "no"}, {"param", "body.data.3.name"}}}));
  run();
  EXPECT_THAT(sent(), ElementsAre("0 1 2 3", "0 2"));
  EXPECT_THAT(withState(KeyState::rejected), ElementsAre(1, 3));
  EXPECT_THAT(withState(KeyState::ingested), ElementsAre(0, 2));
  EXPECT_EQ(reasons.at(1).param, "email");
  EXPECT_EQ(reasons.at(3).param, "name");
}

TEST_F(BulkSenderTest, HalvesWhatIsRefusedWithoutANameUntilItIsOne) {
  respond(refusal(413));  // 0 1 2 3
  respond(refusal(400));  // 0 1
  respond(refusal(422));  // 0
  run();
  EXPECT_THAT(sent(), ElementsAre("0 1 2 3", "0 1", "0", "1", "2 3"));
  EXPECT_THAT(withState(KeyState::rejected), ElementsAre(0));
  EXPECT_THAT(withState(KeyState::ingested), ElementsAre(1, 2, 3));
}

TEST_F(BulkSenderTest, RejectsWhatTheLibraryRefuses) {
  Chunk one;
  for (std::uint64_t i = 0; i < 4; ++i) {
    CandidateIngestRequest candidate = person(i);
    if (i == 2) {
      candidate.withMetadata("note", std::string(501, 'x'));
    }
    one.add(record(i), std::move(candidate));
  }
  chunk = std::move(one);
  run();
  EXPECT_THAT(sent(), ElementsAre("0 1 3"));
  EXPECT_THAT(withState(KeyState::rejected), ElementsAre(2));
  EXPECT_EQ(reasons.at(2).code, "invalid_request");
}

TEST_F(BulkSenderTest, WaitsWhereTheApiAsksForIt) {
  const auto start = clock->now();
  HttpResponse busy = refusal(429);
  busy.headers.add("Retry-After", "3600");
  respond(busy);
  run();
  EXPECT_THAT(sent(), ElementsAre("0 1 2 3", "0 1 2 3"));
  EXPECT_EQ(withState(KeyState::ingested).size(), 4u);
  EXPECT_GE(clock->now() - start, std::chrono::hours{1});
}

TEST_F(BulkSenderTest, SendsAgainWhatWasNotSent) {
  fail(ConnectionError("refused", Outcome::not_sent));
  run();
  EXPECT_THAT(sent(), ElementsAre("0 1 2 3", "0 1 2 3"));
  EXPECT_EQ(withState(KeyState::ingested).size(), 4u);
}

// Never sent again by the sender: that is decided when it has been looked for.
TEST_F(BulkSenderTest, WhoseOutcomeIsUnknownIsInDoubt) {
  fail(ConnectionError("broke", Outcome::unknown));
  run();
  EXPECT_THAT(sent(), ElementsAre("0 1 2 3"));
  EXPECT_EQ(withState(KeyState::in_doubt).size(), 4u);
  EXPECT_FALSE(results.at(0).failed);
  EXPECT_FALSE(over);
}

TEST_F(BulkSenderTest, WhatTheApiFailsOnIsInDoubt) {
  respond(refusal(503));
  run();
  EXPECT_EQ(withState(KeyState::in_doubt).size(), 4u);
  EXPECT_TRUE(results.at(0).failed);
}

TEST_F(BulkSenderTest, ReceiptsThatDoNotFitAreInDoubt) {
  respond(jsonAnswer(201, R"({"data":[{"interview_id":"i","interview_url":"u"}]})"));
  run();
  EXPECT_EQ(withState(KeyState::in_doubt).size(), 4u);
}

TEST_F(BulkSenderTest, EndsWhereNobodyCanBeSent) {
  respond(refusal(403));
  EXPECT_THROW(run(), PermissionDeniedError);
  EXPECT_THAT(sent(), ElementsAre("0 1 2 3"));
  EXPECT_EQ(withState(KeyState::unsent).size(), 4u);
}

TEST_F(BulkSenderTest, APermanentFailureEndsItAndWhatWaitsIsUnsent) {
  respond(refusal(422));  // then in halves
  fail(ConnectionError("certificate", Outcome::not_sent, true));
  EXPECT_THROW(run(), ConnectionError);
  EXPECT_THAT(sent(), ElementsAre("0 1 2 3", "0 1"));
  EXPECT_EQ(withState(KeyState::unsent).size(), 4u);
}

TEST_F(BulkSenderTest, AStopLeavesTheRestUnsent) {
  CancellationSource stop;
  options.stop = stop.token();
  respond([&](const HttpRequest&) {
    stop.cancel();
    return refusal(422);  // which would be halved
  });
  run();
  EXPECT_THAT(sent(), ElementsAre("0 1 2 3"));
  EXPECT_EQ(withState(KeyState::unsent).size(), 4u);
}

TEST_F(BulkSenderTest, SendsNothingThatIsNotAllowed) {
  allowed = false;
  run();
  EXPECT_THAT(sent(), ElementsAre());
  EXPECT_EQ(withState(KeyState::unsent).size(), 4u);
  EXPECT_EQ(requests, 0u);
  EXPECT_FALSE(over);  // it may be allowed again
}

}  // namespace
}  // namespace heymilo_test
