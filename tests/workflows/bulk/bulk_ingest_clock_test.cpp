// Chunks in doubt are looked for from the time of sending on, and the clocks are not what they
// seem: this machine's is set between sending and looking, the API's Date is wrong or missing, or
// changes.

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <ctime>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "heymilo/testing/manual_clock.hpp"
#include "support/bulk_ingest_fixture.hpp"
#include "support/wall_clock.hpp"

namespace heymilo_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kPeople = 20;
constexpr std::size_t kThere = 150;  // candidates of others, of the days before

/// When the wall clock is set.
enum class Moment { none, sent, looking, settling };

std::string nameOf(Moment moment) {
  switch (moment) {
    case Moment::none:
      return "never";
    case Moment::sent:
      return "when the response was lost";
    case Moment::looking:
      return "at the first look";
    case Moment::settling:
      return "before the second look";
  }
  return "";
}

struct Case {
  std::optional<seconds> date{seconds{0}};  ///< how wrong the Date header is; empty: there is none
  seconds before{0}, after{0};              ///< the wall clock before and from the moment on
  Moment set = Moment::none;
  bool first = false;    ///< the first chunk is in doubt, before any Date; otherwise the second
  bool restart = false;  ///< the run ends there, and another one looks
  bool taken = true;     ///< the chunk in doubt had been carried out
};

std::ostream& operator<<(std::ostream& out, const Case& one) {
  return out << "Date " << (one.date ? std::to_string(one.date->count()) : "none") << ", the clock "
             << one.before.count() << " and then " << one.after.count() << " s ahead, set "
             << nameOf(one.set) << (one.first ? ", first chunk" : ", second chunk")
             << (one.restart ? ", another run looks" : "")
             << (one.taken ? ", it had been taken" : ", it had not been taken");
}

/// An import in which the response of one chunk is lost.
class Import {
 public:
  explicit Import(const Case& given) : case_(given), server_(serverOptions(given, clock_)) {
    server_.addPosting("p", kThere);
    options_.journal = directory_.file("journal");
    options_.chunk = 10;
    options_.new_posting = true;
    options_.concurrency = 1;
    options_.patience = given.restart ? 1 : 5;
    options_.on_progress = [this](const BulkProgress& progress) {
      if (progress.phase == "settling") {
        reached(Moment::settling);
      }
    };
    client_options_ = server_.clientOptions();
    client_options_.retry.max_retries = 0;
    client_options_.rate_limit.reset();
    client_options_.on_event = [this](const Event& event) {
      if (event.kind == EventKind::failure && event.operation == "ingestCandidatesBulk") {
        reached(Moment::sent);
      } else if (event.kind == EventKind::request && event.operation == "listCandidates") {
        reached(Moment::looking);
      }
    };
  }
  ~Import() { setWallClock(seconds{0}); }
  Import(const Import&) = delete;
  Import& operator=(const Import&) = delete;

  /// How often somebody is in the posting who should be there once.
  void expectEverybodyOnce() {
    if (!case_.first) {
      server_.respondNext("ingestCandidatesBulk", ScriptedResponse::asUsual());
    }
    server_.respondNext("ingestCandidatesBulk",
                        case_.taken ? ScriptedResponse::disconnect().afterCommit()
                                    : ScriptedResponse::disconnect());
    setWallClock(case_.before);
    BulkIngestResult result;
    if (case_.restart) {
      EXPECT_THROW(run(), ConnectionError) << case_;
      clock_->advance(seconds{3});
      options_.patience = 5;
    }
    result = run();
    EXPECT_TRUE(result.complete) << case_;
    EXPECT_EQ(result.ingested + result.known, kPeople) << case_;
    EXPECT_EQ(server_.candidateCount("p"), kThere + kPeople) << case_;
    EXPECT_EQ(server_.requests("ingestCandidatesBulk").size(),
              kPeople / options_.chunk + (case_.taken ? 0u : 1u))
        << case_;
  }

  BulkIngestResult run() {
    return bulkIngest(Client(client_options_), "p", sourceOf(people_), options_);
  }

 private:
  static MockServerOptions serverOptions(const Case& given,
                                         const std::shared_ptr<ManualClock>& clock) {
    MockServerOptions options;
    options.date_offset = given.date;
    options.clock = clock;
    return options;
  }

  void reached(Moment moment) {
    if (moment == case_.set) {
      setWallClock(case_.after);
    }
  }

  const Case case_;
  const std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>();
  const People people_ = people(kPeople);
  TemporaryDirectory directory_;
  MockServer server_;
  ClientOptions client_options_;
  BulkIngestOptions options_;
};

// 15 s, an hour, a day; ahead while it is sent and right when it is looked for, and the other way
// round, at each moment between the two.
class SetClocks : public ::testing::TestWithParam<std::optional<seconds>> {};
INSTANTIATE_TEST_SUITE_P(, SetClocks,
                         ::testing::Values(std::optional<seconds>(), seconds{0}, seconds{15},
                                           seconds{-15}, hours{1}, hours{-1}, hours{24},
                                           hours{-24}),
                         [](const auto& date) {
                           return !date.param
                                      ? std::string("NoDate")
                                      : (date.param->count() < 0 ? "DateBehind" : "DateAhead") +
                                            std::to_string(std::abs(date.param->count()));
                         });

TEST_P(SetClocks, NobodyComesInTwice) {
  const bool usual = GetParam().value_or(seconds{0}) == seconds{0};
  const std::vector<seconds> steps = usual ? std::vector<seconds>{seconds{15}, hours{1}, hours{24}}
                                           : std::vector<seconds>{hours{1}};
  for (const seconds step : steps) {
    for (const Moment set : {Moment::sent, Moment::looking, Moment::settling}) {
      for (const seconds ahead : {step, -step}) {
        const bool restart = set != Moment::settling;
        Import({GetParam(), ahead, seconds{0}, set, ahead < seconds{0}, restart})
            .expectEverybodyOnce();
        Import({GetParam(), seconds{0}, ahead, set, ahead > seconds{0}, !restart})
            .expectEverybodyOnce();
      }
    }
  }
}

TEST_P(SetClocks, WhatDidNotArriveIsSentAgain) {
  for (const bool first : {false, true}) {
    for (const bool restart : {false, true}) {
      Import({GetParam(), hours{1}, seconds{0}, Moment::sent, first, restart, false})
          .expectEverybodyOnce();
    }
  }
}

/// With a client and a server on a clock of their own.
class SettlingTime : public BulkIngestTest {
 protected:
  static MockServerOptions on(const std::shared_ptr<ManualClock>& clock) {
    MockServerOptions server_options;
    server_options.clock = clock;
    return server_options;
  }

  SettlingTime() {
    slow_server.addPosting("p");
    client_options = slow_server.clientOptions();
    client_options.retry.max_retries = 0;
    client_options.rate_limit.reset();
    options.settling_time.reset();
    options.concurrency = 1;
  }

  /// Carries the first request out when the clock comes to that moment after its end.
  void carryOutLate(seconds after_its_end) {
    clock->onWait([this, after_its_end](std::chrono::milliseconds wait) {
      if (!ended || late_done || clock->now() + wait < *ended + after_its_end) {
        return;
      }
      late_done = true;
      const auto body = slow_server.requests(operation()).front().json();
      for (const nlohmann::json& person : body.at("data")) {
        slow_server.addCandidate("p", person);
      }
    });
    client_options.on_event = [this](const Event& event) {
      if (endsInDoubt(event) && !ended) {
        ended = clock->now();
      }
    };
  }

  bool endsInDoubt(const Event& event) const {
    return event.operation == operation() &&
           (event.kind == EventKind::failure ||
            (event.kind == EventKind::response && event.status >= 500));
  }

  std::string operation() const {
    return options.async ? "ingestCandidatesBulkAsync" : "ingestCandidatesBulk";
  }

  const std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
  MockServer slow_server{on(clock)};
  std::optional<Clock::TimePoint> ended;
  bool late_done = false;
};

// The longest that a common proxy waits is 120 s, and packets are under way for some seconds.
TEST_F(SettlingTime, CoversWhatTheOtherSideHasTakenAtTheLastMoment) {
  carryOutLate(seconds{124});
  slow_server.respondNext(operation(), ScriptedResponse::answer(504));
  const BulkIngestResult result = ingest(people(10));
  EXPECT_TRUE(late_done);
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(slow_server.candidateCount("p"), 10u);
}

TEST_F(SettlingTime, IsLongerForAQueue) {
  options.async = true;
  carryOutLate(seconds{604});
  slow_server.respondNext(operation(), ScriptedResponse::answer(504));
  const BulkIngestResult result = ingest(people(10));
  EXPECT_TRUE(late_done);
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(slow_server.candidateCount("p"), 10u);
}

// Not from the first look on, and not from the first request's.
TEST_F(SettlingTime, IsCountedFromTheEndOfEachRequestInDoubt) {
  slow_server.respondNext(operation(), ScriptedResponse::answer(504).delayedBy(seconds{50}));
  slow_server.respondNext(operation(), ScriptedResponse::asUsual());
  slow_server.respondNext(operation(), ScriptedResponse::answer(504).delayedBy(seconds{40}));
  slow_server.respondNext(operation(), ScriptedResponse::asUsual().delayedBy(seconds{30}));
  slow_server.respondNext("listCandidates",
                          ScriptedResponse::asUsual().delayedBy(seconds{20}).times(2));
  std::vector<Clock::TimePoint> doubtful, sent;
  client_options.on_event = [&](const Event& event) {
    if (endsInDoubt(event)) {
      doubtful.push_back(clock->now());
    } else if (event.operation == operation() && event.kind == EventKind::request) {
      sent.push_back(clock->now());
    }
  };
  EXPECT_TRUE(ingest(people(40)).complete);
  ASSERT_EQ(doubtful.size(), 2u);
  ASSERT_EQ(sent.size(), 4u + 2u + 2u);  // what a 5xx was for goes in halves
  EXPECT_GE(sent[4] - doubtful[0], seconds{125});
  EXPECT_GE(sent[6] - doubtful[1], seconds{125});
  EXPECT_LT(sent[6] - doubtful[1], seconds{300});
}

TEST_F(SettlingTime, OfADeadRunIsCountedFromTheStartOfTheNext) {
  options.patience = 1;
  slow_server.respondNext(operation(), ScriptedResponse::disconnect());
  EXPECT_THROW(ingest(people(10)), ConnectionError);
  clock->advance(hours{1});  // which the next run does not know of
  options.patience = 5;
  const auto start = clock->now();
  std::optional<Clock::TimePoint> sent_again;
  client_options.on_event = [&](const Event& event) {
    if (event.operation == operation() && event.kind == EventKind::request) {
      sent_again = clock->now();
    }
  };
  EXPECT_TRUE(ingest(people(10)).complete);
  EXPECT_GE(sent_again.value() - start, seconds{125});
}

/// Several servers of the API, whose clocks differ.
class SeveralServers : public SettlingTime {
 protected:
  void dateIs(seconds ahead, int responses = 1) {
    for (; responses > 0; --responses) {
      const auto date = std::chrono::system_clock::time_point(slow_server.now() + ahead);
      const std::time_t moment = std::chrono::system_clock::to_time_t(date);
      std::array<char, 64> text{};
      std::tm parts{};
      gmtime_r(&moment, &parts);
      std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
      slow_server.respondNext(operation(),
                              ScriptedResponse::asUsual().withHeader("Date", text.data()));
    }
  }
  void loseAResponse() {
    slow_server.respondNext(operation(), ScriptedResponse::disconnect().afterCommit());
  }
};

TEST_F(SeveralServers, NobodyComesInTwice) {
  for (const auto& [one, other] : {std::pair(seconds{0}, seconds{3600}),
                                   std::pair(seconds{3600}, seconds{0}),
                                   std::pair(seconds{60}, seconds{-60}),
                                   std::pair(seconds{-60}, seconds{60}),
                                   std::pair(seconds{100}, seconds{100}),
                                   std::pair(seconds{290}, seconds{290}),
                                   std::pair(seconds{310}, seconds{310})}) {
    for (const bool restart : {false, true}) {
      slow_server.clearResponses();
      const std::string posting = "p" + std::to_string(one.count()) + '_' +
                                  std::to_string(other.count()) + (restart ? "r" : "");
      slow_server.addPosting(posting, 30);
      options.journal = directory.file(posting);
      options.on_record = nullptr;
      dateIs(one, 2);
      dateIs(other, 2);
      loseAResponse();
      options.patience = restart ? 1 : 5;
      const auto run = [&] {
        return bulkIngest(Client(client_options), posting, sourceOf(people(70)), options);
      };
      if (restart) {
        EXPECT_THROW(run(), ConnectionError);
        options.patience = 5;
      }
      EXPECT_TRUE(run().complete);
      EXPECT_EQ(slow_server.candidateCount(posting), 100u) << posting;
    }
  }
}

// What makes it worth while to know the time.
TEST_F(SettlingTime, WhereTheTimesAgreeOnlyTheLatestAreListed) {
  slow_server.addPosting("big", 1000);
  slow_server.respondNext(operation(), ScriptedResponse::asUsual());
  slow_server.respondNext(operation(), ScriptedResponse::disconnect());
  slow_server.respondNext(operation(), ScriptedResponse::asUsual());
  EXPECT_TRUE(bulkIngest(Client(client_options), "big", sourceOf(people(30)), options).complete);
  EXPECT_EQ(slow_server.candidateCount("big"), 1030u);
  // The time, ten pages of who is there, and two looks.
  EXPECT_EQ(slow_server.requests("listCandidates").size(), 1u + 10u + 2u);
}

}  // namespace
}  // namespace heymilo_test
