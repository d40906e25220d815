#include "workflows/bulk/bulk_sender.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "heymilo/testing/fake_transport.hpp"
#include "heymilo/testing/manual_clock.hpp"
#include "support/journal_fixture.hpp"

// What the sender makes of each response, without a server: what it sends next, and what it stores.

namespace heymilo_test {
namespace {

using nlohmann::json;

constexpr const char* kNow = "Tue, 14 Nov 2023 22:13:20 GMT";  // second(0)

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

/// Chunks of 4, one after the other, of twelve people.
class BulkSenderTest : public JournalFixture {
 protected:
  using Response = std::function<HttpResponse(const HttpRequest&)>;

  BulkSenderTest() {
    options.concurrency = 1;
    options.mark = purpose.mark;
    for (std::uint64_t i = 0; i < 12; ++i) {
      all.push_back(person(i));
    }
  }

  /// The next response but those that were set before. When there are no more, receipts().
  void respond(Response response) { responses_.push_back(std::move(response)); }
  void respond(HttpResponse response) {
    respond([response](const HttpRequest&) { return response; });
  }
  template <class Failure>
  void fail(Failure failure) {
    respond([failure](const HttpRequest&) -> HttpResponse { throw failure; });
  }

  BulkSender& sender() {
    if (!sender_) {
      ClientOptions client_options;
      client_options.api_key = "key";
      client_options.transport = transport_;
      client_options.clock = clock;
      client_options.rate_limit.reset();
      client_options.retry.max_retries = 0;
      client_ = std::make_unique<Client>(client_options);
      api_clock = std::make_unique<ApiClock>(*clock);
      control = std::make_unique<RunControl>(*clock, options.stop, options.patience);
      feed = std::make_unique<RecordFeed>(source_, *journal, options.mark, 4, options.stop);
      sender_ = std::make_unique<BulkSender>(
          *client_, posting_, options, *journal, *api_clock, *feed, *control);
    }
    return *sender_;
  }

  /// Sends until the sender returns; what the run failed with, if it did.
  void run() {
    sender().run([] {});
    control->rethrow();
  }

  /// The numbers of the people in each request, such as `0 1 2 3`.
  std::vector<std::string> sent() const {
    std::vector<std::string> requests;
    for (const RecordedRequest& request : transport_->requests()) {
      const json body = request.json();
      std::string numbers;
      for (const json& one : body.at("data")) {
        const std::string email = one.at("email");
        numbers += (numbers.empty() ? "" : " ") + email.substr(6, email.find('@') - 6);
      }
      requests.push_back(numbers);
    }
    return requests;
  }

  std::vector<std::uint64_t> withState(RecordState state) const {
    std::vector<std::uint64_t> indexes;
    for (std::uint64_t i = 0; i < all.size(); ++i) {
      const auto known = journal->find(i);
      if (known && known->state == state) {
        indexes.push_back(i);
      }
    }
    return indexes;
  }

  const std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
  BulkIngestOptions options;
  std::vector<CandidateIngestRequest> all;
  std::unique_ptr<ApiClock> api_clock;
  std::unique_ptr<RunControl> control;
  std::unique_ptr<RecordFeed> feed;

 private:
  const std::string posting_ = "p";
  std::size_t next_ = 0;
  const BulkSource source_ = [this]() -> std::optional<BulkRecord> {
    return next_ == all.size() ? std::nullopt : std::optional(BulkRecord{all[next_++], {}, {}});
  };
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
  std::unique_ptr<Client> client_;
  std::unique_ptr<BulkSender> sender_;
};

TEST_F(BulkSenderTest, SendsEachChunkOnce) {
  run();
  EXPECT_THAT(sent(), ElementsAre("0 1 2 3", "4 5 6 7", "8 9 10 11"));
  EXPECT_EQ(withState(RecordState::ingested).size(), 12u);
  EXPECT_EQ(sender().requests(), 3u);
  EXPECT_EQ(sender().sent().taken, 12u);
  EXPECT_EQ(sender().sent().in_doubt, 0u);
  EXPECT_TRUE(sender().takeDoubtful().empty());
  EXPECT_EQ(sender().lastDoubt().has_value(), false);
  EXPECT_TRUE(feed->exhausted());
  EXPECT_EQ(report().at(7).interview_id, "i of person7@example.com");
}

TEST_F(BulkSenderTest, IsInFlightBeforeItIsSent) {
  std::size_t in_flight = 0;
  respond([&](const HttpRequest& request) {
    in_flight = withState(RecordState::in_flight).size();
    return receipts(request);
  });
  run();
  EXPECT_EQ(in_flight, 4u);
}

TEST_F(BulkSenderTest, QueuesWhereItIsAsync) {
  options.async = true;
  for (int i = 0; i < 3; ++i) {
    respond(jsonAnswer(202, R"({"data":{"ingestion_id":"job"}})"));
  }
  run();
  EXPECT_EQ(withState(RecordState::queued).size(), 12u);
  EXPECT_EQ(report().at(0).ingestion_id, "job");
}

TEST_F(BulkSenderTest, RejectsWhomTheApiNamesAndSendsTheOthersAgain) {
  respond(refusal(422,
                  {{{"code", "value_error"}, {"message", "no"}, {"param", "body.data.1.email"}},
                   {{"code", "value_error"}, {"message", "no"}, {"param", "body.data.3.name"}}}));
  run();
  EXPECT_THAT(sent(), ElementsAre("0 1 2 3", "0 2", "4 5 6 7", "8 9 10 11"));
  EXPECT_THAT(withState(RecordState::rejected), ElementsAre(1, 3));
  EXPECT_EQ(withState(RecordState::ingested).size(), 10u);
  EXPECT_EQ(sender().sent().taken, 10u);
  EXPECT_EQ(report().at(3).error->param, "name");
}

TEST_F(BulkSenderTest, HalvesWhatIsRefusedWithoutANameUntilItIsOne) {
  respond(refusal(413));  // 0 1 2 3
  respond(refusal(400));  // 0 1
  respond(refusal(422));  // 0
  run();
  EXPECT_THAT(sent(), ElementsAre("0 1 2 3", "0 1", "0", "1", "2 3", "4 5 6 7", "8 9 10 11"));
  EXPECT_THAT(withState(RecordState::rejected), ElementsAre(0));
  EXPECT_EQ(withState(RecordState::ingested).size(), 11u);
}

TEST_F(BulkSenderTest, RejectsWhatTheLibraryRefuses) {
  all[2].withMetadata("note", std::string(501, 'x'));
  run();
  EXPECT_THAT(sent(), ElementsAre("0 1 3", "4 5 6 7", "8 9 10 11"));
  EXPECT_THAT(withState(RecordState::rejected), ElementsAre(2));
  EXPECT_EQ(sender().sent().taken, 11u);
  EXPECT_EQ(report().at(2).error->code, "invalid_request");
}

TEST_F(BulkSenderTest, WaitsWhereTheApiAsksForIt) {
  const auto start = clock->now();
  HttpResponse busy = refusal(429);
  busy.headers.add("Retry-After", "3600");
  respond(busy);
  run();
  EXPECT_THAT(sent(), ElementsAre("0 1 2 3", "0 1 2 3", "4 5 6 7", "8 9 10 11"));
  EXPECT_EQ(withState(RecordState::ingested).size(), 12u);
  EXPECT_GE(clock->now() - start, std::chrono::hours{1});
}

TEST_F(BulkSenderTest, SendsAgainWhatWasNotSent) {
  fail(ConnectionError("refused", Outcome::not_sent));
  run();
  EXPECT_THAT(sent(), ElementsAre("0 1 2 3", "0 1 2 3", "4 5 6 7", "8 9 10 11"));
  EXPECT_TRUE(sender().takeDoubtful().empty());
  EXPECT_EQ(sender().sent().taken, 12u);
  EXPECT_EQ(sender().sent().in_doubt, 0u);
}

// Never sent again by the sender: that is decided when it has been looked for.
TEST_F(BulkSenderTest, WhoseOutcomeIsUnknownIsInDoubt) {
  fail(ConnectionError("broke", Outcome::unknown));
  respond(refusal(503));
  run();
  EXPECT_THAT(sent(), ElementsAre("0 1 2 3", "4 5 6 7"));  // with so much in doubt it pauses
  EXPECT_EQ(withState(RecordState::in_flight).size(), 8u);
  EXPECT_EQ(sender().sent().in_doubt, 8u);
  EXPECT_EQ(sender().lastDoubt(), clock->now());
  const auto doubts = sender().takeDoubtful();
  ASSERT_EQ(doubts.size(), 2u);
  EXPECT_FALSE(doubts[0].failed_in_the_api);
  EXPECT_TRUE(doubts[1].failed_in_the_api);
  EXPECT_EQ(doubts[1].chunk.records().front().index, 4u);
  EXPECT_TRUE(sender().takeDoubtful().empty());
  sender().reconciled(3);
  EXPECT_EQ(sender().sent().taken, 3u);
  EXPECT_EQ(sender().sent().in_doubt, 0u);
  run();  // it resumes with what is not in doubt
  EXPECT_THAT(sent(), ElementsAre("0 1 2 3", "4 5 6 7", "8 9 10 11"));
}

TEST_F(BulkSenderTest, ReceiptsThatDoNotFitAreInDoubt) {
  respond(jsonAnswer(201, R"({"data":[{"interview_id":"i","interview_url":"u"}]})"));
  run();
  EXPECT_THAT(withState(RecordState::in_flight), ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(sender().takeDoubtful().size(), 1u);
}

TEST_F(BulkSenderTest, EndsWhereNobodyCanBeSent) {
  respond(refusal(403));
  EXPECT_THROW(run(), PermissionDeniedError);
  EXPECT_THAT(sent(), ElementsAre("0 1 2 3"));
  EXPECT_THAT(withState(RecordState::unsent), ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(sender().sent().in_doubt, 0u);
  EXPECT_TRUE(control->over());
}

TEST_F(BulkSenderTest, APermanentFailureEndsItAndWhatWaitsIsUnsent) {
  respond(refusal(422));  // then in halves
  fail(ConnectionError("certificate", Outcome::not_sent, true));
  EXPECT_THROW(run(), ConnectionError);
  EXPECT_THAT(sent(), ElementsAre("0 1 2 3", "0 1"));
  EXPECT_THAT(withState(RecordState::unsent), ElementsAre(0, 1, 2, 3));
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
  EXPECT_THAT(withState(RecordState::unsent), ElementsAre(0, 1, 2, 3));
  EXPECT_FALSE(feed->exhausted());
}

TEST_F(BulkSenderTest, DatesWhatWasSentBeforeTheApisTimeWasKnown) {
  fail(ConnectionError("broke", Outcome::unknown));  // no Date
  respond([](const HttpRequest& request) { return receipts(request, {{"Date", kNow}}); });
  fail(ConnectionError("broke", Outcome::unknown));
  run();
  EXPECT_EQ(withState(RecordState::in_flight).size(), 8u);
  EXPECT_EQ(journal->sendingTimes().has_value(), false);
  sender().dateSendings();
  ASSERT_TRUE(journal->sendingTimes().has_value());
  EXPECT_LE(journal->sendingTimes()->first, second(0));
  EXPECT_GE(journal->sendingTimes()->first, second(-60));
  EXPECT_GE(journal->sendingTimes()->last, second(0));
}

TEST_F(BulkSenderTest, TimesThatContradictEachOtherAreForgotten) {
  respond([](const HttpRequest& request) { return receipts(request, {{"Date", kNow}}); });
  fail(ConnectionError("broke", Outcome::unknown));
  respond([](const HttpRequest& request) {
    return receipts(request, {{"Date", "Tue, 14 Nov 2023 23:13:20 GMT"}});
  });
  run();
  EXPECT_TRUE(journal->sendingTimes().has_value());
  sender().dateSendings();
  EXPECT_EQ(journal->sendingTimes().has_value(), false);
}

}  // namespace
}  // namespace heymilo_test
