// ApplicantSync under fifty faults, without a socket and without waiting: the server is called in
// this process, and waiting moves the clock.

#include <gtest/gtest.h>

#include <functional>
#include <heymilo/testing/expectations.hpp>
#include <heymilo/testing/manual_clock.hpp>
#include <heymilo/testing/mock_server.hpp>
#include <memory>
#include <string>
#include <vector>

#include "applicant_sync.hpp"

namespace {

using heymilo::RateLimit;
using heymilo::testing::ManualClock;
using heymilo::testing::MockServer;
using heymilo::testing::MockServerOptions;
using heymilo::testing::RecordedRequest;
using heymilo::testing::RequestMatch;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using Result = ApplicantSync::Result;
using Reply = heymilo::testing::ScriptedResponse;

MockServerOptions onClock(std::shared_ptr<heymilo::Clock> clock) {
  MockServerOptions options;
  options.clock = std::move(clock);
  return options;
}

heymilo::Client clientOf(const MockServer& server) {
  heymilo::ClientOptions options = server.clientOptions();
  options.max_response_bytes = 1u << 20;
  return heymilo::Client(options);
}

/// A posting `p`, and the object that synchronises with it.
struct World {
  World() { server.addPosting("p"); }

  std::size_t timesThere(const std::string& id) const {
    std::size_t times = 0;
    for (const auto& candidate : server.candidates("p")) {
      times += candidate["metadata"].is_object() &&
               candidate["metadata"].value("applicant_id", "") == id;
    }
    return times;
  }
  void next(const char* operation, Reply reply) { server.respondNext(operation, std::move(reply)); }

  std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
  MockServer server{onClock(clock)};
  ApplicantSync sync{clientOf(server), "p"};
};

const Applicant kAda{"a1", "Ada Example", "ada@example.com"};

// One applicant is added, with a fault. However it ends: after all retries the applicant is there
// once.

struct Scenario {
  const char* name;
  std::function<void(World&)> fault;
  Result first;       // of the first try
  std::size_t posts;  // that arrived in the first try
  std::size_t there;  // candidates after the first try
};

void PrintTo(const Scenario& scenario, std::ostream* out) { *out << scenario.name; }

std::function<void(World&)> ingestGets(Reply reply) {
  return [reply](World& world) { world.next("ingestCandidate", reply); };
}
/// The response to the ingestion is lost, and then the list gets this response.
std::function<void(World&)> lookGets(Reply reply) {
  return [reply](World& world) {
    world.next("ingestCandidate", Reply::disconnect().afterCommit());
    world.next("listCandidates", reply);
  };
}

const std::string kHtml = "<html><h1>Bad gateway</h1></html>";
const std::string kEmptyPage = R"({"data":[],"pagination":{"has_more":false,"total_count":0}})";

const Scenario kScenarios[] = {
    {"NothingGoesWrong", [](World&) {}, Result::added, 1, 1},

    // The request does not arrive: it is sent again immediately.
    {"NoServerListensOnce", ingestGets(Reply::interrupt()), Result::added, 1, 1},
    {"NoServerListensFourTimes", ingestGets(Reply::interrupt().times(4)), Result::added, 1, 1},
    {"NoServerListensForLonger", ingestGets(Reply::interrupt().times(5)), Result::later, 0, 0},

    // The connection breaks: the outcome is unknown.
    {"BreaksBefore", ingestGets(Reply::disconnect()), Result::later, 1, 0},
    {"BreaksAfter", ingestGets(Reply::disconnect().afterCommit()), Result::added, 1, 1},
    {"ResetBefore", ingestGets(Reply::disconnect().reset()), Result::later, 1, 0},
    {"ResetAfter", ingestGets(Reply::disconnect().afterCommit().reset()), Result::added, 1, 1},
    {"BreaksWithinTheStatusLine", ingestGets(Reply::asUsual().cutAfter(5)), Result::added, 1, 1},
    {"BreaksWithinTheHeaders", ingestGets(Reply::asUsual().cutAfter(30)), Result::added, 1, 1},
    {"BreaksWithinTheBody", ingestGets(Reply::asUsual().cutAfter(300)), Result::added, 1, 1},

    // The response is slow; an attempt has 60 s.
    {"NeverAnswers", ingestGets(Reply::asUsual().held()), Result::added, 1, 1},
    {"NeverAnswersNorDoesIt", ingestGets(Reply::answer(201).held()), Result::later, 1, 0},
    {"AnswersTooLate", ingestGets(Reply::asUsual().delayedBy(seconds{61})), Result::added, 1, 1},
    {"AnswersJustInTime", ingestGets(Reply::asUsual().delayedBy(seconds{59})), Result::added, 1, 1},
    {"TricklesTooSlowly",
     ingestGets(Reply::asUsual().trickled(1, seconds{1})),
     Result::added,
     1,
     1},
    {"TricklesFastEnough",
     ingestGets(Reply::asUsual().trickled(100, seconds{1})),
     Result::added,
     1,
     1},

    // The API, or a gateway in front of it, fails.
    {"Fails500Before", ingestGets(Reply::error(500, "boom", "Boom.")), Result::later, 1, 0},
    {"Fails500After", ingestGets(Reply::answer(500).afterCommit()), Result::added, 1, 1},
    {"BadGateway502", ingestGets(Reply::answer(502, kHtml)), Result::later, 1, 0},
    {"BadGateway502After",
     ingestGets(Reply::answer(502, kHtml).afterCommit()),
     Result::added,
     1,
     1},
    {"Unavailable503", ingestGets(Reply::answer(503)), Result::later, 1, 0},
    {"Unavailable503After", ingestGets(Reply::answer(503).afterCommit()), Result::added, 1, 1},
    {"GatewayGivesUp504After", ingestGets(Reply::answer(504).afterCommit()), Result::added, 1, 1},
    {"GatewayGivesUp408", ingestGets(Reply::answer(408)), Result::later, 1, 0},
    {"GatewayGivesUp408After", ingestGets(Reply::answer(408).afterCommit()), Result::added, 1, 1},

    // The quota is used up.
    {"LimitedForASecond", ingestGets(Reply::rateLimited(seconds{1})), Result::added, 2, 1},
    {"LimitedForTwoMinutes", ingestGets(Reply::rateLimited(seconds{120})), Result::added, 2, 1},
    {"LimitedForAnHour", ingestGets(Reply::rateLimited(hours{1})), Result::later, 1, 0},
    {"LimitedWithoutSayingHowLong", ingestGets(Reply::answer(429)), Result::added, 2, 1},
    {"LimitedFiveTimes", ingestGets(Reply::rateLimited(seconds{1}).times(5)), Result::later, 5, 0},

    // The request was processed, and the response is unreadable.
    {"AnswersHtml", ingestGets(Reply::answer(201, kHtml).afterCommit()), Result::added, 1, 1},
    {"AnswersNothing", ingestGets(Reply::answer(201).afterCommit()), Result::added, 1, 1},
    {"AnswersHalfTheJson",
     ingestGets(Reply::answer(201, R"({"data":{)").afterCommit()),
     Result::added,
     1,
     1},
    {"AnswersOtherJson",
     ingestGets(Reply::answer(201, R"({"ok":true})").afterCommit()),
     Result::added,
     1,
     1},
    {"AnswersTooMuch",
     ingestGets(Reply::answer(201, std::string(2u << 20, ' ')).afterCommit()),
     Result::added,
     1,
     1},

    // In doubt, and then the list fails too.
    {"ListBreaksOnce", lookGets(Reply::disconnect()), Result::added, 1, 1},
    {"ListFailsOnce", lookGets(Reply::answer(503)), Result::added, 1, 1},
    {"ListFailsForLonger", lookGets(Reply::answer(503).times(5)), Result::later, 1, 1},
    {"ListIsLimitedForASecond", lookGets(Reply::rateLimited(seconds{1})), Result::added, 1, 1},
    {"ListIsLimitedForAnHour", lookGets(Reply::rateLimited(hours{1})), Result::later, 1, 1},
    {"ListAnswersHtml", lookGets(Reply::answer(200, kHtml)), Result::later, 1, 1},
    {"ListDoesNotShowItYet", lookGets(Reply::answer(200, kEmptyPage)), Result::later, 1, 1},
};

class WhenAnApplicantIsAdded : public ::testing::TestWithParam<Scenario> {};

TEST_P(WhenAnApplicantIsAdded, TheyAreThereOnce) {
  const Scenario& scenario = GetParam();
  World world;
  scenario.fault(world);
  EXPECT_EQ(world.sync.add(kAda), scenario.first);
  EXPECT_TRUE(received(world.server, "ingestCandidate", scenario.posts));
  EXPECT_EQ(world.timesThere("a1"), scenario.there);
  EXPECT_EQ(world.server.pendingResponses(), 0u) << "the fault has happened";
  if (scenario.first == Result::later) {
    world.clock->advance(hours{1});
    EXPECT_EQ(world.sync.add(kAda), scenario.there > 0 ? Result::already_there : Result::added);
  }
  EXPECT_EQ(world.timesThere("a1"), 1u);
}

INSTANTIATE_TEST_SUITE_P(, WhenAnApplicantIsAdded, ::testing::ValuesIn(kScenarios),
                         [](const auto& one) { return std::string(one.param.name); });

// Errors that a retry does not fix.

TEST(WhatIsRefused, AnApplicantWithoutAnAddress) {
  World world;
  EXPECT_EQ(world.sync.add({"a1", "Ada", "no address"}), Result::refused);
  EXPECT_EQ(world.server.candidateCount("p"), 0u);
}

TEST(WhatIsRefused, AnApplicantWhoIsTooLarge) {
  World world;
  world.next("ingestCandidate", Reply::answer(413));
  EXPECT_EQ(world.sync.add(kAda), Result::refused);
}

TEST(WhatIsRefused, AnotherKey) {
  World world;
  heymilo::ClientOptions options = world.server.clientOptions();
  options.api_key = "old";
  ApplicantSync sync{heymilo::Client(options), "p"};
  EXPECT_THROW(sync.add(kAda), heymilo::AuthenticationError);
}

TEST(WhatIsRefused, APostingThatIsNoMore) {
  World world;
  ApplicantSync sync{clientOf(world.server), "gone"};
  EXPECT_THROW(sync.addAll({kAda}, 3), heymilo::NotFoundError);
  EXPECT_TRUE(received(world.server, "ingestCandidate", 1));
}

// Many applicants.

std::vector<Applicant> applicants(int count) {
  std::vector<Applicant> all;
  for (int number = 0; number < count; ++number) {
    const std::string id = "a" + std::to_string(number);
    all.push_back({id, "Person " + id, id + "@example.com"});
  }
  return all;
}

TEST(ManyApplicants, AnOutageOfAnHourLosesNobody) {
  World world;
  const auto began = world.clock->now();
  world.server.respondNext(
      {"ingestCandidate",
       [&](const RecordedRequest&) { return world.clock->now() < began + hours{1}; }},
      Reply::answer(503).times(100'000));
  EXPECT_TRUE(world.sync.addAll(applicants(3), 70).empty());
  EXPECT_GE(world.clock->now() - began, hours{1});
  EXPECT_EQ(world.server.candidateCount("p"), 3u);
}

TEST(ManyApplicants, EachSecondAnswerIsLost) {
  World world;
  int posts = 0;
  world.server.respondNext(
      {"ingestCandidate", [&](const RecordedRequest&) { return ++posts % 2 == 0; }},
      Reply::disconnect().afterCommit().times(100'000));
  EXPECT_TRUE(world.sync.addAll(applicants(20), 1).empty());
  EXPECT_EQ(world.server.candidateCount("p"), 20u);
}

TEST(ManyApplicants, AQuotaOfTenAMinuteIsKept) {
  World world;
  world.server.setRateLimit("ingestCandidate", RateLimit{10, minutes{1}});
  const auto began = world.clock->now();
  EXPECT_TRUE(world.sync.addAll(applicants(25), 1).empty());
  EXPECT_GE(world.clock->now() - began, minutes{2});
  EXPECT_EQ(world.server.candidateCount("p"), 25u);
}

// The applicants' progress.

TEST(Statuses, TellWhatHasChanged) {
  World world;
  world.sync.addAll(applicants(3), 1);
  EXPECT_EQ(world.sync.changedStatuses().size(), 3u);
  EXPECT_TRUE(world.sync.changedStatuses().empty());
  world.server.patchCandidate(world.server.candidates("p")[1]["interview_id"].get<std::string>(),
                              {{"status", "shortlisted"}});
  const std::map<std::string, std::string> changed{{"a1", "shortlisted"}};
  EXPECT_EQ(world.sync.changedStatuses(), changed);
}

TEST(Statuses, OfATypeThatNobodyKnowsYet) {
  World world;
  world.sync.add(kAda);
  world.server.patchCandidate(world.server.candidates("p")[0]["interview_id"].get<std::string>(),
                              {{"status", "on_hold"}});
  EXPECT_EQ(world.sync.changedStatuses().at("a1"), "on_hold");
}

TEST(Statuses, AreNotLostWhereTheWalkBreaksOff) {
  World world;
  world.server.addPosting("p", 150);
  world.sync.add(kAda);
  int pages = 0;
  world.server.respondNext({"listCandidates", [&](const RecordedRequest&) { return ++pages == 2; }},
                           Reply::answer(400));
  EXPECT_THROW(world.sync.changedStatuses(), heymilo::BadRequestError);
  EXPECT_EQ(world.sync.changedStatuses().size(), 1u);
}

}  // namespace
