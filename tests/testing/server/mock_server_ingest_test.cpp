// The mock server's responses to the four ingestions, and the stored data.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <heymilo/testing/mock_server.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "support/hex_id.hpp"
#include "support/raw_client.hpp"
#include "testing/server/one_posting.hpp"

namespace heymilo::testing {
namespace {

using heymilo_test::HexIdAfter;
using heymilo_test::RawAnswer;
using heymilo_test::RawClient;
using ::testing::StartsWith;
using Json = nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

class MockServerIngest : public ::testing::Test {
 protected:
  MockServerIngest() {
    server.addPosting("p1");
    server.addPosting("p2");
  }

  static MockServerOptions options() {
    MockServerOptions options;
    options.start_time = Timestamp{milliseconds{1'773'360'000'250}};
    options.null_rate = 0;
    options.unknown_property_rate = 0;
    return options;
  }

  static Json person(const std::string& mailbox) {
    return {{"name", "N " + mailbox}, {"email", mailbox + "@example.com"}};
  }
  Json post(const std::string& end, const Json& body, int status) {
    const RawAnswer answer = client.postJson(kPath + end, body);
    EXPECT_EQ(answer.status, status) << answer.body;
    return answer.json();
  }

  MockServer server{options()};
  RawClient client{server.port(), {{"X-API-KEY", "test-key"}}};
};

TEST_F(MockServerIngest, GivesTheReceiptOfOne) {
  const Json answer = post("",
                           {{"name", "Ada \"Å\" Lovelace\n"},
                            {"email", "ada@example.com"},
                            {"phone_number", "+15550100"},
                            {"metadata", {{"ref", "17"}}},
                            {"data", {{"nested", {1.5, nullptr, "é"}}}}},
                           201);
  const std::string id = answer["data"]["interview_id"];
  EXPECT_THAT(id, HexIdAfter("int_"));
  const std::string url = answer["data"]["interview_url"];
  EXPECT_THAT(url, StartsWith("https://interview.heymilo.example/i/" + id + "?token="));
  const std::string candidate_id = answer["data"]["candidate"]["candidate_id"];
  EXPECT_THAT(candidate_id, HexIdAfter("cand_"));

  const auto step = [](const char* step_id, int order) {
    return Json{{"step_id", step_id},
                {"order", order},
                {"status", "not_started"},
                {"started", false},
                {"completed", false},
                {"knocked_out", false},
                {"last_updated_at", nullptr}};
  };
  const Json candidate{{"object", "candidate"},
                       {"interview_id", id},
                       {"candidate_id", candidate_id},
                       {"posting_id", "p1"},
                       {"name", "Ada \"Å\" Lovelace\n"},
                       {"email", "ada@example.com"},
                       {"score", nullptr},
                       {"status", "pending"},
                       {"interview_url", url},
                       {"workflow",
                        {{"steps",
                          {step("step_resume", 1),
                           step("step_sms", 2),
                           step("step_web_interview", 3),
                           step("step_form", 4)}},
                         {"all_complete", false},
                         {"last_activity_at", nullptr}}},
                       {"agent_summary", nullptr},
                       {"shortlisted", false},
                       {"dismissed", false},
                       {"metadata", {{"ref", "17"}}},
                       {"data", {{"nested", {1.5, nullptr, "é"}}}},
                       {"interviewed_at", nullptr},
                       {"created_at", 1'773'360'000.25}};
  EXPECT_EQ(answer,
            Json({{"data",
                   {{"object", "candidate"},
                    {"interview_id", id},
                    {"interview_url", url},
                    {"posting_id", "p1"},
                    {"candidate", candidate}}},
                  {"meta", nullptr}}));
  EXPECT_EQ(client.get(kPath).json()["data"], Json::array({candidate}));
  EXPECT_EQ(server.candidates("p1"), Json::array({candidate}));
  EXPECT_EQ(server.candidateCount("p1"), 1u);
}

TEST_F(MockServerIngest, GivesOneReceiptForEachInOrder) {
  Json data = Json::array();
  for (int index = 0; index < 30; ++index) {
    data.push_back(person("m" + std::to_string(index)));
    if (index % 2 == 0) {
      data.back()["metadata"] = {{"index", std::to_string(index)}};
    }
  }
  const Json answer = post("/bulk", {{"data", data}}, 201);
  EXPECT_EQ(answer["meta"], Json({{"count", 30}}));
  ASSERT_EQ(answer["data"].size(), 30u);
  const Json listed = client.get(kPath + "?limit=100").json()["data"];
  ASSERT_EQ(listed.size(), 30u);
  for (std::size_t index = 0; index < 30; ++index) {
    const Json metadata = index % 2 == 0 ? Json({{"index", std::to_string(index)}}) : Json(nullptr);
    EXPECT_EQ(answer["data"][index],
              Json({{"object", "candidate"},
                    {"interview_id", listed[index]["interview_id"]},
                    {"interview_url", listed[index]["interview_url"]},
                    {"metadata", metadata}}));
    EXPECT_EQ(listed[index]["name"], "N m" + std::to_string(index));
    EXPECT_EQ(listed[index]["metadata"], metadata);
  }
}

TEST_F(MockServerIngest, StoresABulkRequestAsAWholeOrNotAtAll) {
  post("/bulk", {{"data", {person("a"), person("b"), person("no address ")}}}, 422);
  EXPECT_EQ(server.candidateCount("p1"), 0u);
}

TEST_F(MockServerIngest, DoesNotKnowWhatItHasSeen) {
  const Json first = post("", person("ada"), 201);
  const Json second = post("", person("ada"), 201);
  const Json shouted = post(
      "/bulk", {{"data", Json::array({Json{{"name", "A"}, {"email", "ADA@Example.com"}}})}}, 201);
  const Json other = post("", person("bob"), 201);
  EXPECT_NE(first["data"]["interview_id"], second["data"]["interview_id"]);
  const Json listed = server.candidates("p1");
  ASSERT_EQ(listed.size(), 4u);
  EXPECT_EQ(listed[0]["candidate_id"], listed[1]["candidate_id"]);
  EXPECT_EQ(listed[0]["candidate_id"], listed[2]["candidate_id"]);
  EXPECT_NE(listed[0]["candidate_id"], listed[3]["candidate_id"]);
  const Json elsewhere = client.postJson("/api/v2/postings/p2/candidates", person("ada")).json();
  EXPECT_EQ(elsewhere["data"]["candidate"]["candidate_id"], listed[0]["candidate_id"]);
  EXPECT_NE(elsewhere["data"]["interview_id"], listed[0]["interview_id"]);
}

TEST_F(MockServerIngest, QueuesOneUntilItsTime) {
  const Json answer = post("/async", person("ada"), 202);
  const std::string id = answer["data"]["ingestion_id"];
  EXPECT_THAT(id, HexIdAfter("ing_"));
  EXPECT_EQ(answer,
            Json({{"data", {{"object", "ingestion"}, {"ingestion_id", id}, {"status", "queued"}}},
                  {"meta", nullptr}}));
  EXPECT_EQ(server.candidateCount("p1"), 0u);
  server.advance(milliseconds{4'999});
  EXPECT_EQ(client.get(kPath).json()["pagination"]["total_count"], 0);
  server.advance(milliseconds{1});
  const Json listed = client.get(kPath).json()["data"];
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0]["name"], "N ada");
  EXPECT_EQ(listed[0]["created_at"], 1'773'360'005.25);
}

TEST_F(MockServerIngest, QueuesManyAtATime) {
  const Json first = post("/bulk/async", {{"data", {person("a"), person("b")}}}, 202);
  server.advance(seconds{3});
  const Json second = post("/bulk/async", {{"data", Json::array({person("c")})}}, 202);
  post("", person("d"), 201);
  EXPECT_NE(first["data"]["ingestion_id"], second["data"]["ingestion_id"]);
  EXPECT_EQ(server.candidateCount("p1"), 1u);
  server.advance(seconds{2});
  EXPECT_EQ(server.candidateCount("p1"), 3u);
  server.advance(seconds{3});
  std::string names;
  for (const Json& candidate : server.candidates("p1")) {
    names += candidate["name"].get<std::string>().back();
  }
  EXPECT_EQ(names, "dabc");
}

TEST_F(MockServerIngest, ListsTheQueuedBeforeThoseWhoCameLater) {
  post("/async", person("queued"), 202);
  server.advance(seconds{10});
  post("", person("later"), 201);
  const Json listed = server.candidates("p1");
  EXPECT_EQ(listed[0]["name"], "N queued");
  EXPECT_EQ(listed[0]["created_at"], 1'773'360'005.25);
  EXPECT_EQ(listed[1]["created_at"], 1'773'360'010.25);
}

TEST_F(MockServerIngest, QueuesForAsLongAsItIsTold) {
  MockServerOptions at_once = options();
  at_once.queue_delay = milliseconds{0};
  MockServer other(at_once);
  other.addPosting("p1");
  RawClient to_other(other.port(), {{"X-API-KEY", "test-key"}});
  EXPECT_EQ(to_other.postJson(kPath + "/async", person("a")).status, 202);
  EXPECT_EQ(other.candidateCount("p1"), 1u);
}

}  // namespace
}  // namespace heymilo::testing
