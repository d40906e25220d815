// How the mock server's candidates go through the workflow, on the logical clock.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <heymilo/testing/mock_server.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "support/eventually.hpp"

namespace heymilo::testing {
namespace {

using ::testing::StartsWith;
using Json = nlohmann::json;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kCount = 200;

double unixTime(Timestamp moment) {
  return std::chrono::duration<double>(moment.time_since_epoch()).count();
}

class MockServerWorkflow : public ::testing::Test {
 protected:
  // All created at the same moment, now.
  explicit MockServerWorkflow(MockServerOptions options = plainOptions()) : server(options) {
    server.addPosting("p1");
    for (std::size_t count = 0; count < kCount; ++count) {
      server.addCandidate("p1");
    }
  }

  static MockServerOptions plainOptions() {
    MockServerOptions options;
    options.start_time = Timestamp{seconds{1'773'360'000}};
    options.null_rate = 0;
    options.unknown_property_rate = 0;
    return options;
  }

  std::map<std::string, int> countByStatus() {
    std::map<std::string, int> counts;
    for (const Json& candidate : server.candidates("p1")) {
      ++counts[candidate["status"].get<std::string>()];
    }
    return counts;
  }

  MockServer server;
};

const std::map<std::string, int> kRank{{"pending", 0},
                                       {"in_progress", 1},
                                       {"evaluating", 2},
                                       {"completed", 3},
                                       {"shortlisted", 3},
                                       {"dismissed", 3},
                                       {"knocked_out", 3}};

// Invariants of a candidate at any time.
void expectConsistent(const Json& candidate, Timestamp now) {
  SCOPED_TRACE(candidate["interview_id"].get<std::string>());
  const std::string status = candidate["status"];
  ASSERT_EQ(kRank.count(status), 1u);
  const Json& steps = candidate["workflow"]["steps"];
  ASSERT_EQ(steps.size(), 4u);
  double last = candidate["created_at"];
  bool open = false;
  bool knocked_out = false;
  bool any_started = false;
  std::size_t completed = 0;
  for (std::size_t index = 0; index < 4; ++index) {
    const Json& step = steps[index];
    EXPECT_EQ(step["order"], index + 1);
    const std::string step_status = step["status"];
    EXPECT_EQ(step["started"], step_status != "not_started");
    EXPECT_EQ(step["completed"], step_status == "completed");
    EXPECT_EQ(step["knocked_out"], step_status == "knocked_out");
    EXPECT_FALSE(open && step["started"]) << "a step before the last was over";
    open = open || !step["completed"];
    knocked_out = knocked_out || step["knocked_out"];
    any_started = any_started || step["started"];
    completed += step["completed"] ? std::size_t{1} : 0;
    if (step["started"]) {
      EXPECT_GT(step["last_updated_at"], last);
      last = step["last_updated_at"];
      EXPECT_LE(last, unixTime(now));
    } else {
      EXPECT_EQ(step["last_updated_at"], nullptr);
    }
  }
  EXPECT_EQ(candidate["workflow"]["all_complete"], completed == 4);
  EXPECT_EQ(candidate["workflow"]["last_activity_at"], any_started ? Json(last) : Json(nullptr));
  EXPECT_EQ(status == "pending", !any_started);
  EXPECT_EQ(status == "knocked_out", knocked_out);
  EXPECT_EQ(candidate["shortlisted"], status == "shortlisted");
  EXPECT_EQ(candidate["dismissed"], status == "dismissed");
  const bool scored = status == "completed" || status == "shortlisted" || status == "dismissed";
  EXPECT_EQ(scored || status == "evaluating", completed == 4);
  EXPECT_EQ(candidate["score"].is_number(), scored);
  if (scored) {
    EXPECT_GE(candidate["score"], 0);
    EXPECT_LE(candidate["score"], 100);
  }
  const Json& summary = candidate["agent_summary"];
  const auto over = [&](std::size_t index) {
    return steps[index]["completed"] || steps[index]["knocked_out"];
  };
  EXPECT_EQ(summary.is_object(), over(0));
  if (over(0)) {
    EXPECT_TRUE(summary["resume"].is_object());
    EXPECT_EQ(summary["sms"].is_object(), over(1));
    EXPECT_EQ(summary["web_interview"].is_object(), over(2));
    EXPECT_EQ(summary["form"].is_object(), over(3));
  }
  EXPECT_EQ(candidate["interviewed_at"], over(2) ? steps[2]["last_updated_at"] : Json(nullptr));
}

TEST_F(MockServerWorkflow, IsConsistentAndOnlyGoesForward) {
  std::vector<int> ranks(kCount, 0);
  std::set<std::string> seen;
  while (server.now() < Timestamp{seconds{1'773'360'000}} + MockServer::workflow_time) {
    const Json candidates = server.candidates("p1");
    ASSERT_EQ(candidates.size(), kCount);
    for (std::size_t index = 0; index < kCount; ++index) {
      expectConsistent(candidates[index], server.now());
      const std::string status = candidates[index]["status"];
      const int rank = kRank.at(status);
      EXPECT_GE(rank, ranks[index]) << "a candidate went back";
      ranks[index] = rank;
      seen.insert(status);
    }
    server.advance(server.now() < Timestamp{seconds{1'773'360'060}} ? microseconds{seconds{4}}
                                                                    : microseconds{hours{6}});
  }
  EXPECT_EQ(seen.size(), kRank.size());
}

TEST_F(MockServerWorkflow, EndsWithinItsTime) {
  EXPECT_EQ(countByStatus(), (std::map<std::string, int>{{"pending", kCount}}));
  server.advance(MockServer::workflow_time);
  const std::map<std::string, int> ends = countByStatus();
  EXPECT_EQ(ends.size(), 4u);
  for (const auto& [status, count] : ends) {
    EXPECT_EQ(kRank.at(status), 3);
    EXPECT_GE(count, 15) << status;
  }
  const Json before = server.candidates("p1");
  server.advance(hours{24 * 365});
  EXPECT_EQ(server.candidates("p1"), before);
}

TEST_F(MockServerWorkflow, DependsOnTheMomentOnly) {
  MockServer other(plainOptions());
  other.addPosting("p1");
  for (std::size_t count = 0; count < kCount; ++count) {
    other.addCandidate("p1");
  }
  for (int step = 0; step < 20; ++step) {
    server.advance(hours{2});
    EXPECT_EQ(server.candidates("p1").size(), kCount);  // looking changes nothing
  }
  other.advance(hours{40});
  EXPECT_EQ(other.candidates("p1"), server.candidates("p1"));
}

TEST_F(MockServerWorkflow, SummarisesWhatTheAgentsFound) {
  server.advance(MockServer::workflow_time);
  for (const Json& candidate : server.candidates("p1")) {
    const Json& summary = candidate["agent_summary"];
    const std::string id = candidate["interview_id"];
    EXPECT_THAT(summary["resume"]["resume_link"].get<std::string>(),
                StartsWith("https://files.heymilo.example/" + id + "/resume.pdf?expires="));
    EXPECT_TRUE(summary["resume"]["resume_score"].is_number_float());
    if (candidate["status"] != "knocked_out") {
      EXPECT_TRUE(summary["sms"]["is_eligible"].get<bool>());
      EXPECT_EQ(summary["sms"]["criteria_failed"].size(), 0u);
      EXPECT_EQ(summary["form"]["questions_answered"], summary["form"]["total_questions"]);
      EXPECT_TRUE(summary["web_interview"]["highlights"].is_array());
      EXPECT_THAT(summary["web_interview"]["video_recording_link"].get<std::string>(),
                  StartsWith("https://files.heymilo.example/" + id + "/video.mp4?expires="));
    }
  }
}

TEST_F(MockServerWorkflow, HasTimesWithFractions) {
  server.advance(MockServer::workflow_time);
  bool fractional = false;
  for (const Json& candidate : server.candidates("p1")) {
    const double time = candidate["workflow"]["last_activity_at"];
    fractional = fractional || time != static_cast<double>(static_cast<long long>(time));
  }
  EXPECT_TRUE(fractional);
}

TEST_F(MockServerWorkflow, KeepsItsClockUnderControl) {
  EXPECT_EQ(server.now(), Timestamp{seconds{1'773'360'000}});
  server.advance(microseconds{1});
  EXPECT_EQ(server.now(), Timestamp{seconds{1'773'360'000}} + microseconds{1});
  EXPECT_THROW(server.advance(microseconds{-1}), std::invalid_argument);
  EXPECT_EQ(server.now(), Timestamp{seconds{1'773'360'000}} + microseconds{1});
}

// Every property that is null in one list and not in another, as a path without indices.
void collectNulls(const Json& plain, const Json& varied, const std::string& path,
                  std::map<std::string, int>& nulls, std::map<std::string, int>& unknown) {
  if (!plain.is_structured()) {
    nulls[path] += !plain.is_null() && varied.is_null() ? 1 : 0;
    EXPECT_TRUE(varied.is_null() || varied == plain) << path;
    return;
  }
  if (varied.is_null()) {
    ++nulls[path];
    return;
  }
  for (const auto& [key, value] : varied.items()) {
    const std::string inner = plain.is_array() ? path : path + '/' + key;
    if (plain.is_object() && !plain.contains(key)) {
      ++unknown[inner];
    } else {
      const Json& other = plain.is_array() ? plain[std::stoul(key)] : plain[key];
      collectNulls(other, value, inner, nulls, unknown);
    }
  }
}

TEST_F(MockServerWorkflow, VariesWhatTheSchemaLetsVary) {
  MockServerOptions options = plainOptions();
  options.null_rate = 0.1;
  options.unknown_property_rate = 0.1;
  MockServer varied(options);
  varied.addPosting("p1");
  for (std::size_t count = 0; count < kCount; ++count) {
    varied.addCandidate("p1");
  }
  server.advance(MockServer::workflow_time);
  varied.advance(MockServer::workflow_time);
  std::map<std::string, int> nulls;
  std::map<std::string, int> unknown;
  collectNulls(server.candidates("p1"), varied.candidates("p1"), "", nulls, unknown);

  std::set<std::string> nullable;
  for (const auto& [path, count] : nulls) {
    if (count > 0) {
      nullable.insert(path);
    }
  }
  const std::set<std::string> expected{"/interview_url",
                                       "/workflow",
                                       "/workflow/last_activity_at",
                                       "/workflow/steps/last_updated_at",
                                       "/agent_summary",
                                       "/agent_summary/resume",
                                       "/agent_summary/resume/resume_score",
                                       "/agent_summary/resume/is_eligible",
                                       "/agent_summary/resume/resume_link",
                                       "/agent_summary/web_interview",
                                       "/agent_summary/web_interview/score",
                                       "/agent_summary/web_interview/audio_recording_link",
                                       "/agent_summary/web_interview/video_recording_link",
                                       "/agent_summary/sms",
                                       "/agent_summary/sms/is_eligible",
                                       "/agent_summary/sms/messages_sent",
                                       "/agent_summary/form",
                                       "/agent_summary/form/is_complete",
                                       "/agent_summary/form/is_eligible",
                                       "/agent_summary/form/questions_answered",
                                       "/agent_summary/form/total_questions",
                                       "/interviewed_at"};
  EXPECT_EQ(nullable, expected);
  EXPECT_GT(nulls["/interview_url"], 8);
  EXPECT_LT(nulls["/interview_url"], 45);
  EXPECT_EQ(unknown.size(), 4u);
  EXPECT_GT(unknown["/source"], 8);
  EXPECT_LT(unknown["/source"], 45);
  EXPECT_EQ(unknown.count("/workflow/steps/label"), 1u);
}

TEST(MockServerClock, FollowsRealTimeAsManyTimesAsFast) {
  MockServerOptions options;
  options.start_time = Timestamp{seconds{1'773'360'000}};
  options.time_scale = 1e7;
  MockServer server(options);
  server.addPosting("p1");
  server.addCandidate("p1");
  ASSERT_TRUE(heymilo_test::eventually([&] {
    return server.now() >= Timestamp{seconds{1'773'360'000}} + MockServer::workflow_time;
  }));
  EXPECT_EQ(kRank.at(server.candidates("p1")[0]["status"]), 3);
}

TEST(MockServerClock, BeginsAtTheSystemsTime) {
  const auto before = std::chrono::system_clock::now() - std::chrono::milliseconds{1};
  const MockServer server;
  EXPECT_GE(server.now(), before);
  EXPECT_LE(server.now(), std::chrono::system_clock::now());
}

}  // namespace
}  // namespace heymilo::testing
