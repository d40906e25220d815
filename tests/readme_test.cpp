#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <heymilo/heymilo.hpp>
#include <heymilo/testing/mock_server.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "support/child_process.hpp"

// The code of the README, compiled and run; its first program is readme_program.cpp. The last test
// holds that it is the same code.

namespace {

std::vector<std::string> remembered;

void remember(const heymilo::CandidateIngestRequest& person, const std::string& interview_id) {
  remembered.push_back(person.email + " " + interview_id);
}
void update(const std::string& interview_id, double score) {
  remembered.push_back(interview_id + " " + std::to_string(score));
}
void resumeLaterAt(const std::optional<std::string>& cursor) {
  remembered.push_back("resume at " + cursor.value_or("the start"));
}
void report(const std::string& param, const std::string& message) {
  remembered.push_back(param + ": " + message);
}
void lookBeforeSendingAgain(const heymilo::CandidateIngestRequest& person) {
  remembered.push_back("look for " + person.email);
}

void bringIn(const heymilo::Client& client,
             const std::vector<heymilo::CandidateIngestRequest>& people) {
  for (std::size_t begin = 0; begin < people.size(); begin += 200) {
    const std::size_t end = (std::min)(begin + 200, people.size());
    heymilo::BulkCandidateIngestRequest request;
    request.data.assign(people.begin() + static_cast<std::ptrdiff_t>(begin),
                        people.begin() + static_cast<std::ptrdiff_t>(end));
    const auto answer = client.ingestCandidatesBulk("posting-id", request);
    for (std::size_t i = 0; i < answer.data.size(); ++i) {
      remember(people[begin + i], answer.data[i].interview_id);
    }
  }
}

void follow(const heymilo::Client& client, heymilo::Timestamp since) {
  heymilo::ListCandidatesParams params;
  params.created_after = since;  // inclusive
  auto candidates = client.listAllCandidates("posting-id", params);
  try {
    for (const auto& candidate : candidates) {
      if (candidate.status == heymilo::CandidateStatus::completed && candidate.score) {
        update(candidate.interview_id, *candidate.score);
      }
    }
  } catch (const heymilo::TransportError&) {
    resumeLaterAt(candidates.cursor());
    throw;
  }
}

std::string ingestOnce(const heymilo::Client& client,
                       const heymilo::CandidateIngestRequest& person) {
  try {
    return client.ingestCandidate("posting-id", person).data.interview_id;
  } catch (const heymilo::UnprocessableEntityError& error) {
    for (const auto& field :
         error.error().errors.value_or(std::vector<heymilo::APIErrorDetail>{})) {
      report(field.param.value_or(""), field.message);  // "body.email", "value is not a valid …"
    }
    throw;
  } catch (const heymilo::Error& error) {
    if (error.outcome() == heymilo::Outcome::unknown) {
      lookBeforeSendingAgain(person);
    }
    throw;
  }
}

void listWithin(const heymilo::Client& client, const heymilo::CancellationSource& stop) {
  heymilo::RequestOptions options;
  options.deadline = std::chrono::seconds{30};  // waits and retries included
  options.cancellation = stop.token();          // stop.cancel() wakes the call at once
  client.listCandidates("posting-id", {}, options);
}

void testsAgainstTheMockServer() {
  heymilo::testing::MockServer server;  // on a free port of 127.0.0.1
  server.addPosting("posting-id", 250);
  heymilo::ClientOptions options;
  options.api_key = "test-key";
  options.base_url = server.url();
  const heymilo::Client client(options);

  server.respondNext("ingestCandidate",
                     heymilo::testing::ScriptedResponse::disconnect().afterCommit());
  EXPECT_THROW(client.ingestCandidate("posting-id", {"Ada Example", "ada@example.com"}),
               heymilo::ConnectionError);
  EXPECT_EQ(server.requests("ingestCandidate").size(), 1u);     // in doubt, so not sent again
  server.advance(heymilo::testing::MockServer::workflow_time);  // everybody is through
}

class Readme : public testing::Test {
 protected:
  Readme() {
    remembered.clear();
    server.addPosting("posting-id");
    options.api_key = "test-key";
    options.base_url = server.url();
    options.retry.max_retries = 0;
  }
  heymilo::testing::MockServer server;
  heymilo::ClientOptions options;
};

TEST_F(Readme, BringsPeopleInInChunks) {
  std::vector<heymilo::CandidateIngestRequest> people;
  for (int i = 0; i < 450; ++i) {
    people.push_back({"Person", std::to_string(i) + "@example.com"});
  }
  bringIn(heymilo::Client(options), people);
  EXPECT_EQ(server.requests().size(), 3u);
  EXPECT_EQ(server.candidateCount("posting-id"), 450u);
  EXPECT_EQ(remembered.size(), 450u);
}

TEST_F(Readme, FollowsAndSaysWhereToGoOn) {
  server.addPosting("posting-id", 230);
  server.advance(heymilo::testing::MockServer::workflow_time);
  follow(heymilo::Client(options), heymilo::Timestamp());
  EXPECT_GT(remembered.size(), 10u);
  remembered.clear();
  server.clearRequests();
  using heymilo::testing::RecordedRequest;
  server.respondNext({"listCandidates",
                      [](const RecordedRequest& request) {
                        return request.query.find("starting_after") != std::string::npos;
                      }},
                     heymilo::testing::ScriptedResponse::disconnect());
  EXPECT_THROW(follow(heymilo::Client(options), heymilo::Timestamp()), heymilo::ConnectionError);
  EXPECT_EQ(remembered.back(),
            "resume at " + server.candidates("posting-id")[99]["interview_id"].get<std::string>());
}

TEST_F(Readme, TellsWhatBecameOfAWrite) {
  const heymilo::Client client(options);
  EXPECT_FALSE(ingestOnce(client, {"Ada Example", "ada@example.com"}).empty());
  EXPECT_THROW(ingestOnce(client, {"Ada Example", "nonsense"}), heymilo::UnprocessableEntityError);
  ASSERT_EQ(remembered.size(), 1u);
  EXPECT_EQ(remembered[0].substr(0, 12), "body.email: ");
  server.respondNext("ingestCandidate", heymilo::testing::ScriptedResponse::answer(503));
  EXPECT_THROW(ingestOnce(client, {"Ada Example", "ada@example.com"}), heymilo::ServerError);
  EXPECT_EQ(remembered.back(), "look for ada@example.com");
}

TEST_F(Readme, CancelsFromOutside) {
  const heymilo::Client client(options);
  heymilo::CancellationSource stop;
  EXPECT_NO_THROW(listWithin(client, stop));
  stop.cancel();
  EXPECT_THROW(listWithin(client, stop), heymilo::CancelledError);
}

TEST_F(Readme, ItsProgramBringsOneInAndListsAll) {
  server.addCandidate("posting-id", {{"name", "Grace Example"}, {"status", "completed"}});
  const auto ended =
      heymilo_test::runChild(HEYMILO_README_PROGRAM,
                             {},
                             {{"HEYMILO_API_KEY", "test-key"}, {"HEYMILO_BASE_URL", server.url()}});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_NE(ended.out.find("Grace Example: completed\n"), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find("Ada Example: pending\n"), std::string::npos) << ended.out;
}

TEST(ReadmeItself, TestsAgainstTheMockServer) { testsAgainstTheMockServer(); }

std::string textOf(const char* path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(ReadmeItself, HoldsTheCodeThatIsCompiledHere) {
  const std::string readme = textOf(HEYMILO_SOURCE_DIR "/README.md");
  const std::string compiled = textOf(HEYMILO_SOURCE_DIR "/tests/readme_test.cpp") +
                               textOf(HEYMILO_SOURCE_DIR "/tests/readme_program.cpp");
  const std::string fence = "```cpp\n";
  int blocks = 0;
  for (std::size_t at = readme.find(fence); at != std::string::npos; at = readme.find(fence, at)) {
    at += fence.size();
    const std::string block = readme.substr(at, readme.find("```", at) - at);
    EXPECT_NE(compiled.find(block), std::string::npos) << block;
    ++blocks;
  }
  EXPECT_EQ(blocks, 6);
}

}  // namespace
