#include "call/call_steps.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <sstream>
#include <string>
#include <vector>

namespace heymilo {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Operation kListing = {"list", "GET", "/things"};
constexpr Operation kIngesting = {"add", "POST", "/things"};
constexpr Operation kDelete = {"remove", "DELETE", "/things/{id}"};
constexpr Operation kRepeatable = {"put", "DELETE", "/things/{id}", true};

const Clock::TimePoint kStart{std::chrono::hours{1}};

Failure failure(Failure::Kind kind, Outcome outcome) {
  Failure failure;
  failure.kind = kind;
  failure.outcome = outcome;
  return failure;
}

/// What a step says, in a line: what is to be done before, then the step.
std::string line(const Step& step, const CallSteps::Events& events) {
  std::ostringstream out;
  const auto since = [](Clock::TimePoint moment) {
    return std::chrono::duration_cast<milliseconds>(moment - kStart).count();
  };
  if (step.hold_until) {
    out << "hold until " << since(*step.hold_until) << ", ";
  }
  if (step.may_still_arrive) {
    out << "may still arrive, ";
  }
  for (const Event& event : events) {
    out << '[' << toString(event.kind) << ' ' << event.attempt;
    if (event.status != 0) {
      out << " status " << event.status;
    }
    if (event.elapsed.count() != 0) {
      out << " after " << event.elapsed.count() / 1000;
    }
    if (event.wait.count() != 0) {
      out << " wait " << event.wait.count();
    }
    out << "] ";
  }
  switch (step.kind) {
    case Step::Kind::ask_for_turn:
      return out.str() + "ask for turn";
    case Step::Kind::take_place:
      return out.str() + "take place";
    case Step::Kind::prepare:
      return out.str() + "prepare";
    case Step::Kind::send:
      out << "send within " << step.timeout.count();
      return out.str();
    case Step::Kind::wait:
      out << "wait until " << since(step.until);
      return out.str();
    case Step::Kind::nothing:
      return out.str() + "nothing";
    case Step::Kind::succeed:
      return out.str() + "succeed";
    case Step::Kind::fail:
      return out.str() + "fail";
    case Step::Kind::time_out:
      return out.str() + "time out: " + std::string(step.reason);
    case Step::Kind::cancel:
      return out.str() + "cancel: " + std::string(step.reason);
  }
  return "?";
}

/// An input, and the step that it must give.
struct Row {
  std::function<Step(CallSteps&)> input;
  const char* step;
};

// The inputs. Moments are milliseconds from the start; the random number is 1, so that a wait is as
// long as it can be.
Clock::TimePoint at(int ms) { return kStart + milliseconds{ms}; }
Step begin(CallSteps& steps) { return steps.begin(); }
Step granted(CallSteps& steps) { return steps.granted(); }
Step waited(CallSteps& steps) { return steps.waited(); }
Step cancelled(CallSteps& steps) { return steps.cancelled(); }
Step deadlinePassed(CallSteps& steps) { return steps.deadlinePassed(); }
Step refused(CallSteps& steps) { return steps.refused(); }
auto placed(int ms) {
  return [=](CallSteps& steps) { return steps.placed(at(ms)); };
}
auto prepared(int ms) {
  return [=](CallSteps& steps) { return steps.prepared(at(ms)); };
}
auto responded(int ms, int status, std::optional<milliseconds> retry_after = {}) {
  return [=](CallSteps& steps) {
    return steps.responded(at(ms), {status, 7, "req", retry_after}, 1.0);
  };
}
auto failed(int ms, Failure::Kind kind, Outcome outcome) {
  return [=](CallSteps& steps) { return steps.failed(at(ms), failure(kind, outcome), 1.0); };
}

CallSteps::Plan planOf(const Operation& operation) {
  return {operation, seconds{60}, {}, (Clock::TimePoint::max)(), 5};
}

void expect(const CallSteps::Plan& plan, const std::vector<Row>& rows) {
  CallSteps steps(plan);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Step step = rows[i].input(steps);
    EXPECT_EQ(line(step, steps.events()), rows[i].step) << "row " << i;
  }
}

/// The rows of one attempt, up to `sent`, which is what was said when it was sent.
std::vector<Row> attempt(std::vector<Row> before, int ms, const char* sent, std::vector<Row> then) {
  before.push_back({granted, "take place"});
  before.push_back({placed(ms), "prepare"});
  before.push_back({prepared(ms), sent});
  before.insert(before.end(), then.begin(), then.end());
  return before;
}

const std::vector<Row> kBegin = {{begin, "ask for turn"}};

TEST(CallSteps, ACallThatSucceeds) {
  expect(planOf(kIngesting),
         attempt(kBegin,
                 3,
                 "[request 1] send within 60000",
                 {{responded(10, 201), "[response 1 status 201 after 7] succeed"}}));
}

TEST(CallSteps, AGetIsTriedAgain) {
  auto rows = attempt(kBegin,
                      0,
                      "[request 1] send within 60000",
                      {{failed(5, Failure::Kind::connection, Outcome::unknown),
                        "may still arrive, [failure 1 after 5] [retry 1 wait 500] wait until 505"},
                       {waited, "ask for turn"}});
  rows =
      attempt(rows,
              505,
              "[request 2] send within 60000",
              {{responded(506, 503),
                "[response 2 status 503 after 1] [retry 2 status 503 wait 1000] wait until 1506"},
               {waited, "ask for turn"}});
  rows = attempt(rows,
                 1506,
                 "[request 3] send within 60000",
                 {{responded(1507, 200), "[response 3 status 200 after 1] succeed"}});
  expect(planOf(kListing), rows);
}

TEST(CallSteps, EndsWhereSendingAgainIsNotSafe) {
  for (const Operation& operation : {kIngesting, kDelete}) {
    const char* const sent = "[request 1] send within 60000";
    for (const auto kind : {Failure::Kind::connection, Failure::Kind::timeout}) {
      expect(planOf(operation),
             attempt(kBegin,
                     0,
                     sent,
                     {{failed(5, kind, Outcome::unknown),
                       "may still arrive, [failure 1 after 5] fail"}}));
    }
    for (const int status : {408, 500, 502, 503, 504}) {
      const std::string step = "[response 1 status " + std::to_string(status) + " after 1] fail";
      expect(planOf(operation), attempt(kBegin, 0, sent, {{responded(1, status), step.c_str()}}));
    }
    expect(planOf(operation),
           attempt(kBegin,
                   0,
                   sent,
                   {{failed(5, Failure::Kind::connection, Outcome::not_sent),
                     "[failure 1 after 5] [retry 1 wait 500] wait until 505"}}));
  }
  expect(planOf(kRepeatable),
         attempt(kBegin,
                 0,
                 "[request 1] send within 60000",
                 {{failed(5, Failure::Kind::timeout, Outcome::unknown),
                   "may still arrive, [failure 1 after 5] [retry 1 wait 500] wait until 505"}}));
}

TEST(CallSteps, A429HoldsBackAllCallsOfTheClient) {
  expect(planOf(kIngesting),
         attempt(kBegin,
                 0,
                 "[request 1] send within 60000",
                 {{responded(10, 429, seconds{3}),
                   "hold until 3010, [response 1 status 429 after 10] "
                   "[retry 1 status 429 wait 3000] wait until 3010"}}));
  CallSteps::Plan once = planOf(kIngesting);
  once.retry.max_retries = 0;
  expect(once,
         attempt(kBegin,
                 0,
                 "[request 1] send within 60000",
                 {{responded(10, 429, seconds{3}),
                   "hold until 3010, [response 1 status 429 after 10] fail"}}));
}

TEST(CallSteps, EachAttemptHasWhatIsLeftOfTheDeadline) {
  CallSteps::Plan plan = planOf(kListing);
  plan.deadline = at(800);
  plan.timeout = milliseconds{0};
  auto rows = attempt(kBegin,
                      0,
                      "[request 1] send within 800",
                      {{failed(100, Failure::Kind::connection, Outcome::not_sent),
                        "[failure 1 after 100] [retry 1 wait 500] wait until 600"},
                       {waited, "ask for turn"}});
  rows = attempt(
      rows,
      600,
      "[request 2] send within 200",
      {{failed(700, Failure::Kind::connection, Outcome::not_sent), "[failure 2 after 100] fail"}});
  expect(plan, rows);
}

TEST(CallSteps, NothingIsSentAfterTheDeadline) {
  CallSteps::Plan plan = planOf(kListing);
  plan.deadline = at(100);
  expect(plan,
         {{begin, "ask for turn"},
          {granted, "take place"},
          {placed(100), "time out: the deadline has passed"}});
  expect(plan,
         {{begin, "ask for turn"},
          {granted, "take place"},
          {placed(99), "prepare"},
          {prepared(100), "time out: the deadline has passed"}});
  expect(plan,
         {{begin, "ask for turn"},
          {granted, "take place"},
          {deadlinePassed, "time out: the deadline comes before a connection is free"}});
}

TEST(CallSteps, ADeadlineEndsNothingButTheWaitForAPlace) {
  expect(planOf(kListing),
         attempt({{begin, "ask for turn"}, {deadlinePassed, "nothing"}},
                 0,
                 "[request 1] send within 60000",
                 {{deadlinePassed, "nothing"}}));
}

TEST(CallSteps, ACancelledCallEndsWhereItWaits) {
  expect(planOf(kListing),
         {{begin, "ask for turn"}, {cancelled, "ask for turn"}, {refused, "fail"}});
  expect(planOf(kListing),
         {{begin, "ask for turn"},
          {granted, "take place"},
          {cancelled, "cancel: cancelled while waiting for a connection"},
          {cancelled, "nothing"}});
  expect(planOf(kListing),
         attempt(kBegin,
                 0,
                 "[request 1] send within 60000",
                 {{cancelled, "nothing"},  // the transport ends what it sends
                  {responded(1, 503),
                   "[response 1 status 503 after 1] [retry 1 status 503 wait 500] wait until 501"},
                  {cancelled, "cancel: cancelled while waiting to try again"}}));
}

TEST(CallSteps, AnAttemptThatCannotBePreparedIsNotSent) {
  CallSteps steps(planOf(kListing));
  steps.begin();
  steps.granted();
  steps.placed(at(0));
  EXPECT_EQ(steps.refused().kind, Step::Kind::fail);
  EXPECT_EQ(steps.state(), CallSteps::State::ended);
  EXPECT_EQ(steps.attempts(), 0);
}

TEST(CallSteps, EventsTellOfTheOperation) {
  CallSteps steps(planOf(kDelete));
  steps.begin();
  steps.throttled(seconds{2});
  const Event waiting = *steps.events().begin();
  EXPECT_EQ(waiting.kind, EventKind::throttled);
  EXPECT_EQ(waiting.wait, seconds{2});
  EXPECT_EQ(waiting.attempt, 0);
  steps.granted();
  EXPECT_EQ(steps.events().begin(), steps.events().end());
  steps.placed(at(0));
  steps.prepared(at(0));
  const Event sent = *steps.events().begin();
  EXPECT_EQ(sent.operation, "remove");
  EXPECT_EQ(sent.method, "DELETE");
  EXPECT_EQ(sent.route, "/things/{id}");
  EXPECT_EQ(sent.bytes_sent, 5u);
  steps.responded(at(1), {200, 7, "req_1", {}}, 1.0);
  const Event response = *steps.events().begin();
  EXPECT_EQ(response.bytes_received, 7u);
  EXPECT_EQ(response.request_id, "req_1");
}

TEST(CallSteps, WithoutAnObserverThereAreNoEvents) {
  CallSteps::Plan plan = planOf(kListing);
  plan.reports = false;
  CallSteps steps(plan);
  steps.begin();
  steps.throttled(seconds{2});
  EXPECT_EQ(steps.events().begin(), steps.events().end());
  steps.granted();
  steps.placed(at(0));
  steps.prepared(at(0));
  EXPECT_EQ(steps.events().begin(), steps.events().end());
  EXPECT_EQ(steps.responded(at(1), {503, 0, "", {}}, 1.0).kind, Step::Kind::wait);
  EXPECT_EQ(steps.events().begin(), steps.events().end());
}

}  // namespace
}  // namespace heymilo
