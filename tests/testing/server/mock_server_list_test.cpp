// How the mock server lists candidates: pages, cursors, filters and their order.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <heymilo/testing/mock_server.hpp>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "support/raw_client.hpp"
#include "testing/server/one_posting.hpp"

namespace heymilo::testing {
namespace {

using heymilo_test::RawAnswer;
using heymilo_test::RawClient;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Json = nlohmann::json;
using std::chrono::hours;
using std::chrono::seconds;

constexpr Timestamp kStart{seconds{1'773'360'000}};  // 2026-03-13T00:00:00Z

class MockServerList : public ::testing::Test {
 protected:
  MockServerList() { server.addPosting("p1"); }

  static MockServerOptions options() {
    MockServerOptions options;
    options.start_time = kStart;
    return options;
  }

  Json list(const std::string& query = "") {
    const RawAnswer answer = client.get(kPath + (query.empty() ? "" : '?' + query));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.json();
  }
  std::vector<std::string> ids(const Json& answer) {
    std::vector<std::string> found;
    for (const Json& candidate : answer["data"]) {
      found.push_back(candidate["interview_id"]);
    }
    return found;
  }
  std::vector<std::string> idsOf(const std::string& query) { return ids(list(query)); }

  // Adds candidates a, b, … an hour apart.
  void addHourly(int count) {
    for (int index = 0; index < count; ++index) {
      server.addCandidate("p1", {{"interview_id", std::string(1, static_cast<char>('a' + index))}});
      server.advance(hours{1});
    }
  }

  // All ids, by the cursor.
  std::vector<std::string> walk(const std::string& limit, int* pages = nullptr) {
    std::vector<std::string> all;
    std::string cursor;
    for (bool more = true; more;) {
      const Json page =
          list("limit=" + limit + (cursor.empty() ? "" : "&starting_after=" + cursor));
      const auto found = ids(page);
      all.insert(all.end(), found.begin(), found.end());
      cursor = found.empty() ? cursor : found.back();
      more = page["pagination"]["has_more"];
      if (pages) {
        ++*pages;
      }
    }
    return all;
  }

  MockServer server{options()};
  RawClient client{server.port(), {{"X-API-KEY", "test-key"}}};
};

TEST_F(MockServerList, SaysThatAnEmptyPostingIsEmpty) {
  EXPECT_EQ(list(),
            Json({{"data", Json::array()},
                  {"pagination", {{"has_more", false}, {"total_count", 0}, {"url", kPath}}}}));
}

TEST_F(MockServerList, GivesTwentyUnlessToldOtherwise) {
  server.addPosting("p1", 21);
  const Json page = list();
  EXPECT_EQ(page["data"].size(), 20u);
  EXPECT_EQ(page["pagination"], Json({{"has_more", true}, {"total_count", 21}, {"url", kPath}}));
  EXPECT_EQ(list("limit=21")["data"].size(), 21u);
  EXPECT_EQ(list("limit=21")["pagination"]["has_more"], false);
}

TEST_F(MockServerList, WalksAllPagesInOrder) {
  server.addPosting("p1", 250);
  std::vector<std::string> expected;
  for (const Json& candidate : server.candidates("p1")) {
    expected.push_back(candidate["interview_id"]);
  }
  ASSERT_EQ(expected.size(), 250u);
  int pages = 0;
  EXPECT_EQ(walk("100", &pages), expected);
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(walk("7"), expected);
}

TEST_F(MockServerList, EndsWithAFullPageWithoutSayingMore) {
  addHourly(4);
  EXPECT_EQ(list("limit=2&starting_after=b")["pagination"]["has_more"], false);
  const Json behind = list("limit=2&starting_after=d");
  EXPECT_THAT(ids(behind), IsEmpty());
  EXPECT_EQ(behind["pagination"], Json({{"has_more", false}, {"total_count", 4}, {"url", kPath}}));
}

TEST_F(MockServerList, OrdersByInvitationThenArrival) {
  server.addCandidate("p1", {{"interview_id", "late"}, {"created_at", 1'773'360'000.5}});
  server.addCandidate("p1", {{"interview_id", "now-1"}});
  server.addCandidate("p1", {{"interview_id", "now-2"}});
  server.addCandidate("p1", {{"interview_id", "early"}, {"created_at", 1'773'359'999.75}});
  EXPECT_THAT(idsOf(""), ElementsAre("early", "now-1", "now-2", "late"));
  EXPECT_THAT(walk("1"), ElementsAre("early", "now-1", "now-2", "late"));
}

TEST_F(MockServerList, ShowsWhatCameSinceTheCursor) {
  addHourly(2);
  EXPECT_THAT(idsOf("starting_after=b"), IsEmpty());
  server.addCandidate("p1", {{"interview_id", "c"}});
  EXPECT_THAT(idsOf("starting_after=b"), ElementsAre("c"));
}

TEST_F(MockServerList, FiltersByInvitationInclusively) {
  addHourly(4);  // at 00:00, 01:00, 02:00 and 03:00
  EXPECT_THAT(idsOf("created_after=2026-03-13T01:00:00Z"), ElementsAre("b", "c", "d"));
  EXPECT_THAT(idsOf("created_after=2026-03-13T01:00:00.000001Z"), ElementsAre("c", "d"));
  EXPECT_THAT(idsOf("created_before=2026-03-13T02:00:00Z"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(idsOf("created_before=2026-03-13T01:59:59.999999Z"), ElementsAre("a", "b"));
  EXPECT_THAT(idsOf("created_after=2026-03-13T01:00Z&created_before=2026-03-13T02:00Z"),
              ElementsAre("b", "c"));
  EXPECT_THAT(idsOf("created_after=2026-03-13T01:00Z&created_before=2026-03-13T01:00Z"),
              ElementsAre("b"));
  EXPECT_THAT(idsOf("created_after=2026-03-14"), IsEmpty());
}

TEST_F(MockServerList, ReadsOffsetsAndTakesNoneForUtc) {
  addHourly(4);
  EXPECT_THAT(idsOf("created_after=2026-03-13T02:00:00"), ElementsAre("c", "d"));
  EXPECT_THAT(idsOf("created_after=2026-03-13T03:00:00%2B01:00"), ElementsAre("c", "d"));
  EXPECT_THAT(idsOf("created_after=2026-03-12T20:30-0530"), ElementsAre("c", "d"));
  EXPECT_THAT(idsOf("created_before=2026-03-13"), ElementsAre("a"));
}

TEST_F(MockServerList, CountsWhatTheFiltersLeaveOnEveryPage) {
  addHourly(5);
  const std::string filter = "limit=2&created_after=2026-03-13T01:00Z";
  EXPECT_EQ(list(filter)["pagination"],
            Json({{"has_more", true}, {"total_count", 4}, {"url", kPath}}));
  const Json last = list(filter + "&starting_after=c");
  EXPECT_THAT(ids(last), ElementsAre("d", "e"));
  EXPECT_EQ(last["pagination"], Json({{"has_more", false}, {"total_count", 4}, {"url", kPath}}));
}

TEST_F(MockServerList, TakesACursorThatTheFiltersLeaveOut) {
  addHourly(4);
  EXPECT_THAT(idsOf("starting_after=a&created_after=2026-03-13T02:00Z"), ElementsAre("c", "d"));
  EXPECT_THAT(idsOf("starting_after=d&created_before=2026-03-13T02:00Z"), IsEmpty());
}

TEST_F(MockServerList, KeepsPostingsApart) {
  server.addPosting("p2", 3);
  addHourly(2);
  EXPECT_EQ(list()["data"].size(), 2u);
  EXPECT_EQ(client.get("/api/v2/postings/p2/candidates").json()["data"].size(), 3u);
}

TEST_F(MockServerList, ShowsWhatATestSaysOfACandidate) {
  const Json document{{"object", "candidate"},
                      {"interview_id", "i-1"},
                      {"posting_id", "elsewhere"},
                      {"name", "Ada"},
                      {"email", "ada@example.com"},
                      {"status", "on_vacation"},
                      {"score", nullptr},
                      {"created_at", -1.5},
                      {"brand_new", {{"deep", {1, nullptr}}}}};
  EXPECT_EQ(server.addCandidate("p1", document), "i-1");
  EXPECT_EQ(list()["data"], Json::array({document}));
  server.advance(MockServer::workflow_time);
  EXPECT_EQ(list()["data"], Json::array({document}));
}

TEST_F(MockServerList, FillsInWhatTheSchemaRequires) {
  const std::string id = server.addCandidate("p1", {{"status", "completed"}});
  const Json shown = list()["data"][0];
  EXPECT_EQ(shown["interview_id"], id);
  EXPECT_EQ(shown["posting_id"], "p1");
  EXPECT_TRUE(shown["name"].is_string());
  EXPECT_TRUE(shown["email"].is_string());
  EXPECT_EQ(shown.size(), 6u) << shown;
}

TEST_F(MockServerList, LetsACandidateWithoutAStatusGoThroughTheWorkflow) {
  server.addCandidate("p1", {{"name", "Ada"}, {"metadata", {{"k", "v"}}}, {"extra", 1}});
  Json shown = list()["data"][0];
  EXPECT_EQ(shown["status"], "pending");
  EXPECT_EQ(shown["name"], "Ada");
  server.advance(MockServer::workflow_time);
  shown = list()["data"][0];
  EXPECT_NE(shown["status"], "pending");
  EXPECT_EQ(shown["metadata"], Json({{"k", "v"}}));
  EXPECT_EQ(shown["extra"], 1);
}

TEST_F(MockServerList, ShowsWhatATestChanges) {
  server.addPosting("p1", 3);
  const Json before = list();
  const std::string id = before["data"][1]["interview_id"];
  server.patchCandidate(id, {{"status", "shortlisted"}, {"shortlisted", true}, {"score", nullptr}});
  server.patchCandidate(id, {{"score", 99.5}});
  Json expected = before;
  expected["data"][1]["status"] = "shortlisted";
  expected["data"][1]["shortlisted"] = true;
  expected["data"][1]["score"] = 99.5;
  EXPECT_EQ(list(), expected);
}

TEST_F(MockServerList, ForgetsWhatATestRemoves) {
  addHourly(3);
  server.removeCandidate("b");
  EXPECT_THAT(idsOf(""), ElementsAre("a", "c"));
  EXPECT_EQ(list()["pagination"]["total_count"], 2);
  EXPECT_EQ(client.get(kPath + "?starting_after=b").status, 400);
}

TEST_F(MockServerList, RefusesWhatATestCantMean) {
  addHourly(1);
  EXPECT_THROW(server.addCandidate("p2"), std::invalid_argument);
  EXPECT_THROW(server.addCandidate("p1", Json::array()), std::invalid_argument);
  EXPECT_THROW(server.addCandidate("p1", {{"interview_id", "a"}}), std::invalid_argument);
  EXPECT_THROW(server.addCandidate("p1", {{"email", 1}}), std::invalid_argument);
  EXPECT_THROW(server.addCandidate("p1", {{"created_at", "now"}}), std::invalid_argument);
  EXPECT_THROW(server.addCandidate("p1", {{"created_at", 1e300}}), std::invalid_argument);
  EXPECT_THROW(server.addCandidate("p1", {{"note", "\xff"}}), std::invalid_argument);
  EXPECT_THROW(server.patchCandidate("b", {{"score", 1}}), std::invalid_argument);
  EXPECT_THROW(server.patchCandidate("a", {{"created_at", 1}}), std::invalid_argument);
  EXPECT_THROW(server.patchCandidate("a", nullptr), std::invalid_argument);
  EXPECT_THROW(server.removeCandidate("b"), std::invalid_argument);
  EXPECT_THROW(server.candidates("p2"), std::invalid_argument);
  EXPECT_THROW(server.candidateCount("p2"), std::invalid_argument);
  EXPECT_THAT(idsOf(""), ElementsAre("a"));
}

TEST_F(MockServerList, DependsOnTheSeedOnly) {
  server.addPosting("p1", 30);
  MockServer same(options());
  same.addPosting("p1", 30);
  EXPECT_EQ(same.candidates("p1"), server.candidates("p1"));
  MockServerOptions other_options = options();
  other_options.seed = 2;
  MockServer other(other_options);
  other.addPosting("p1", 30);
  EXPECT_NE(other.candidates("p1"), server.candidates("p1"));
}

TEST_F(MockServerList, GeneratesPeopleWhoDiffer) {
  server.addPosting("p1", 1000);
  std::set<std::string> ids;
  std::set<std::string> addresses;
  std::set<std::string> statuses;
  for (const Json& candidate : server.candidates("p1")) {
    ids.insert(candidate["interview_id"]);
    addresses.insert(candidate["email"]);
    statuses.insert(candidate["status"]);
    EXPECT_EQ(candidate["posting_id"], "p1");
  }
  EXPECT_EQ(ids.size(), 1000u);
  EXPECT_EQ(addresses.size(), 1000u);
  EXPECT_GE(statuses.size(), 5u);
}

}  // namespace
}  // namespace heymilo::testing
