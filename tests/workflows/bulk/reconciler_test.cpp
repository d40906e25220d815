#include "workflows/bulk/reconciler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "heymilo/testing/fake_transport.hpp"
#include "heymilo/testing/manual_clock.hpp"
#include "support/journal_fixture.hpp"

// What is looked for, from when on, how long is waited, and what follows: without a server.

namespace heymilo_test {
namespace {

using nlohmann::json;
using std::chrono::seconds;

constexpr const char* kNow = "Tue, 14 Nov 2023 22:13:20 GMT";  // second(0)

/// Records 0 and 1 are in flight since second(-60).
class ReconcilerTest : public JournalFixture {
 protected:
  ReconcilerTest() {
    options.mark = purpose.mark;
    journal->begin({record(0), record(1)}, second(-60));
  }

  /// The candidate that record() became.
  static json candidate(std::uint64_t index, std::int64_t created_at = -59) {
    const std::string number = std::to_string(index);
    return {{"interview_id", "i" + number},
            {"posting_id", "p"},
            {"name", "N"},
            {"email", "p" + number + "@example.com"},
            {"status", "invited"},
            {"metadata", {{"heymilo_ref", "m" + number}}},
            {"created_at", 1'700'000'000 + created_at}};
  }

  /// One that agrees with the API's time: a record that is known to have been ingested shows that
  /// `created_at` goes by the clock of the Date headers.
  void letARecordProveTheTimes() {
    journal->begin({record(8)}, second(-60));
    journal->setIngested({{8, "i8", "u8"}}, second(-58));
    shown.push_back(candidate(8));
  }

  Reconciler& reconciler() {
    if (!reconciler_) {
      ClientOptions client_options;
      client_options.api_key = "key";
      client_options.transport = transport_;
      client_options.clock = clock;
      client_options.rate_limit.reset();
      client_options.retry.max_retries = 0;
      client_ = std::make_unique<Client>(client_options);
      api_clock = std::make_unique<ApiClock>(*clock);
      control = std::make_unique<RunControl>(*clock, options.stop, options.patience);
      reconciler_ =
          std::make_unique<Reconciler>(*client_, posting_, options, *journal, *api_clock, *control);
    }
    return *reconciler_;
  }

  void run() {
    reconciler().run(clock->now(), [this](std::string_view phase) {
      if (phases.empty() || phases.back() != phase) {
        phases.emplace_back(phase);
      }
      if (meanwhile) {
        meanwhile(phase);
      }
    });
  }

  /// The created_after of each list that was asked for; `-` where it was from the beginning.
  std::vector<std::string> looks() const {
    std::vector<std::string> looks;
    for (const RecordedRequest& request : transport_->requests()) {
      const std::string name = "created_after=";
      const std::size_t at = request.query.find(name);
      const std::size_t value = at + name.size();
      looks.push_back(at == std::string::npos
                          ? "-"
                          : request.query.substr(value, request.query.find('&', value) - value));
    }
    return looks;
  }

  BulkIngestOptions options;
  json shown = json::array();  // who is in the posting
  std::function<void(std::string_view)> meanwhile;
  std::vector<std::string> phases;
  const std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
  std::unique_ptr<ApiClock> api_clock;
  std::unique_ptr<RunControl> control;

 private:
  const std::string posting_ = "p";
  const std::shared_ptr<FakeTransport> transport_ =
      std::make_shared<FakeTransport>([this](const HttpRequest&, const CancellationToken&) {
        return jsonAnswer(200,
                          json{{"data", shown}, {"pagination", {{"has_more", false}}}}.dump(),
                          {{"Date", kNow}});
      });
  std::unique_ptr<Client> client_;
  std::unique_ptr<Reconciler> reconciler_;
};

TEST_F(ReconcilerTest, WithNothingInFlightNothingIsAsked) {
  journal->setUnsent({record(0), record(1)});
  reconciler().probe();
  run();
  EXPECT_THAT(looks(), IsEmpty());
  EXPECT_THAT(phases, IsEmpty());
  EXPECT_EQ(reconciler().requests(), 0u);
}

TEST_F(ReconcilerTest, WhereAllAreFoundItDoesNotWait) {
  shown = {candidate(0), candidate(1)};
  run();
  EXPECT_EQ(journal->count(RecordState::ingested), 2u);
  EXPECT_THAT(looks(), SizeIs(1));
  EXPECT_THAT(phases, ElementsAre("looking"));
  EXPECT_THAT(clock->waits(), IsEmpty());
  EXPECT_EQ(reconciler().requests(), 1u);
}

TEST_F(ReconcilerTest, LooksAgainAfterTheSettlingTime) {
  shown = json::array({candidate(0)});
  const auto start = clock->now();
  run();
  EXPECT_EQ(stateOf(0), RecordState::ingested);
  EXPECT_EQ(stateOf(1), RecordState::unsent);
  EXPECT_EQ(clock->now() - start, seconds{125});
  EXPECT_THAT(phases, ElementsAre("looking", "settling", "looking"));
  EXPECT_EQ(reconciler().requests(), 2u);
}

TEST_F(ReconcilerTest, TheSettlingTimeOfAQueueIsLonger) {
  options.async = true;
  const auto start = clock->now();
  run();
  EXPECT_EQ(clock->now() - start, seconds{605});
}

TEST_F(ReconcilerTest, TheSettlingTimeIsCountedFromTheEndOfTheLastRequest) {
  options.settling_time = seconds{40};
  const auto ended = clock->now();
  clock->advance(seconds{30});
  reconciler().run(ended, [](std::string_view) {});
  EXPECT_EQ(clock->now() - ended, seconds{40});
  EXPECT_EQ(stateOf(0), RecordState::unsent);
}

TEST_F(ReconcilerTest, WhoShowsUpMeanwhileIsFound) {
  meanwhile = [this](std::string_view phase) {
    if (phase == "settling" && shown.empty()) {
      shown = {candidate(0), candidate(1)};
    }
  };
  run();
  EXPECT_EQ(journal->count(RecordState::ingested), 2u);
}

TEST_F(ReconcilerTest, LooksFromTheSendingOnWhereTheTimesAreProven) {
  letARecordProveTheTimes();
  run();
  const std::string from = "2023-11-14T22%3A07%3A20Z";  // a minute before, and the margin
  EXPECT_THAT(looks(), ElementsAre(from, from));
  EXPECT_EQ(stateOf(0), RecordState::unsent);
}

TEST_F(ReconcilerTest, LooksFromTheBeginningWhereNobodyProvesTheTimes) {
  run();
  EXPECT_THAT(looks(), ElementsAre(Ne("-"), "-"));
}

TEST_F(ReconcilerTest, LooksFromTheBeginningWhereACandidateContradictsTheTimes) {
  letARecordProveTheTimes();
  journal->begin({record(9)}, second(-60));
  journal->setIngested({{9, "i9", "u9"}}, second(-58));
  shown.push_back(candidate(9, -600));  // minutes before the receipt
  run();
  EXPECT_THAT(looks(), ElementsAre(Ne("-"), "-"));
}

TEST_F(ReconcilerTest, LooksFromTheBeginningWhereTheTimeOfSendingIsNotKnown) {
  journal->begin({record(2)}, {});
  letARecordProveTheTimes();
  run();
  EXPECT_THAT(looks(), ElementsAre("-", "-"));
}

TEST_F(ReconcilerTest, LooksFromTheBeginningWhereTheSendingWasInTheApisFuture) {
  reconciler().probe();
  journal->begin({record(2)}, second(200));
  letARecordProveTheTimes();
  run();
  EXPECT_THAT(looks(), ElementsAre("-", "-", "-"));  // the probe, and two looks
}

TEST_F(ReconcilerTest, AProbeTellsTheApisTime) {
  reconciler().probe();
  EXPECT_EQ(api_clock->now(), second(0));
  EXPECT_EQ(reconciler().requests(), 1u);
  EXPECT_EQ(stateOf(0), RecordState::in_flight);
}

TEST_F(ReconcilerTest, AStopLeavesTheRestInFlight) {
  CancellationSource stop;
  options.stop = stop.token();
  meanwhile = [&](std::string_view phase) {
    if (phase == "settling") {
      stop.cancel();
    }
  };
  run();
  EXPECT_EQ(journal->count(RecordState::in_flight), 2u);
  EXPECT_THAT(phases, ElementsAre("settling"));  // and no second look
  EXPECT_THAT(looks(), SizeIs(1));
}

TEST_F(ReconcilerTest, AnUnreadableCandidateWhoMayBeOneOfThemLeavesThemInFlight) {
  shown = {candidate(0), candidate(7)};
  shown[1]["metadata"] = 7;
  EXPECT_THROW(run(), DecodeError);
  EXPECT_EQ(stateOf(0), RecordState::ingested);
  EXPECT_EQ(stateOf(1), RecordState::in_flight);
}

TEST_F(ReconcilerTest, AnUnreadableCandidateIsRecognisedByWhatIsReadable) {
  shown = json::array({candidate(1)});
  shown[0]["name"] = 7;
  run();
  EXPECT_EQ(stateOf(0), RecordState::unsent);
  EXPECT_EQ(stateOf(1), RecordState::ingested);
}

}  // namespace
}  // namespace heymilo_test
