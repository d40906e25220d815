#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <heymilo/heymilo.hpp>
#include <heymilo/testing/expectations.hpp>
#include <heymilo/testing/manual_clock.hpp>
#include <heymilo/testing/mock_server.hpp>
#include <heymilo/workflows/bulk_ingest.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "support/child_process.hpp"
#include "support/temporary_directory.hpp"

// The code of the README, compiled and run; its first program is readme_program.cpp. What stands
// between
// `// [name]` and `// [/name]` is in the README (docs/insert_code.py puts it there). And the
// failures in docs/guarantees.md, met one by one.

namespace {

using heymilo::testing::ScriptedResponse;

std::vector<std::string> remembered;

void update(const std::string& interview_id, double score) {
  remembered.push_back(interview_id + " " + std::to_string(score));
}
void report(const std::string& line) { remembered.push_back("report " + line); }
void sendLater(const heymilo::CandidateIngestRequest& person) {
  remembered.push_back("later " + person.email);
}
void lookFor(const heymilo::Client& client, const heymilo::CandidateIngestRequest& person) {
  std::size_t found = 0;
  for (const auto& candidate : client.listAllCandidates("posting-id")) {
    found += candidate.metadata == person.metadata ? 1U : 0U;
  }
  remembered.push_back("found " + std::to_string(found));
}

// [list]
void updateScores(const heymilo::Client& client, heymilo::Timestamp since) {
  heymilo::ListCandidatesParams params;
  params.created_after = since;  // invited since then
  for (const auto& candidate : client.listAllCandidates("posting-id", params)) {
    if (candidate.status == heymilo::CandidateStatus::completed && candidate.score) {
      update(candidate.interview_id, *candidate.score);
    }
  }
}
// [/list]

// [ingest one]
std::string inviteAda(const heymilo::Client& client) {
  heymilo::CandidateIngestRequest ada{"Ada Example", "ada@example.com"};
  ada.withMetadata("form_id", "7");  // a key of yours; the API returns it with the candidate
  return client.ingestCandidate("posting-id", ada).data.interview_url;
}
// [/ingest one]

// [ingest many]
bool inviteAll(const heymilo::Client& client,
               const std::vector<heymilo::CandidateIngestRequest>& people) {
  using namespace heymilo::workflows;
  BulkIngestOptions options;
  options.journal = "people.journal";  // what became of each person; any number of runs share it
  options.key = "applicant_id";        // who a person is: an id of yours in the metadata
  const auto result = bulkIngest(client, "posting-id", sourceOf(people), options);
  report(std::to_string(result.ingested) + " ingested, " + std::to_string(result.rejected) +
         " rejected, " + std::to_string(result.unresolved) + " unresolved");
  return result.complete;
}
// [/ingest many]

// [error]
void invite(const heymilo::Client& client, const heymilo::CandidateIngestRequest& person) {
  try {
    client.ingestCandidate("posting-id", person);
  } catch (const heymilo::Error& error) {
    report(error.what());  // one line, without personal data
    if (error.outcome() == heymilo::Outcome::not_sent) {
      sendLater(person);  // the server never had it
    } else if (error.mayHaveArrived()) {
      lookFor(client, person);  // the candidate may be in the posting
    }
  }
}
// [/error]

// [mock server]
void testAgainstTheMockServer() {
  using namespace heymilo::testing;
  MockServer server;
  server.addPosting("posting-id", 250);  // with 250 candidates
  const heymilo::Client client(server.clientOptions());

  server.respondNext("ingestCandidate", ScriptedResponse::disconnect().afterCommit());
  EXPECT_THROW(client.ingestCandidate("posting-id", {"Ada Example", "ada@example.com"}),
               heymilo::ConnectionError);
  EXPECT_TRUE(received(server, "ingestCandidate", 1));  // in doubt, so not sent again
  server.advance(MockServer::workflow_time);            // all interviews are over
}
// [/mock server]

class Readme : public ::testing::Test {
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

TEST_F(Readme, ListsWhoIsCompleted) {
  server.addPosting("posting-id", 230);
  server.advance(heymilo::testing::MockServer::workflow_time);
  updateScores(heymilo::Client(options), heymilo::Timestamp());
  EXPECT_GT(remembered.size(), 10u);
}

TEST_F(Readme, IngestsOne) {
  EXPECT_FALSE(inviteAda(heymilo::Client(options)).empty());
  EXPECT_EQ(server.candidates("posting-id")[0]["metadata"]["form_id"], "7");
}

TEST_F(Readme, IngestsManyOnce) {
  const heymilo_test::TemporaryDirectory directory;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(directory.path());
  std::vector<heymilo::CandidateIngestRequest> people;
  for (int i = 0; i < 450; ++i) {
    people.push_back({"Person", std::to_string(i) + "@example.com"});
    people.back().withMetadata("applicant_id", std::to_string(i));
  }
  // Until the first run has taken over who is in the posting, minutes pass.
  options.clock = std::make_shared<heymilo::testing::ManualClock>();
  const heymilo::Client client(options);
  EXPECT_TRUE(inviteAll(client, people));
  EXPECT_TRUE(inviteAll(client, people));
  std::filesystem::current_path(before);
  EXPECT_EQ(server.candidateCount("posting-id"), 450u);
  EXPECT_EQ(remembered,
            (std::vector<std::string>{"report 450 ingested, 0 rejected, 0 unresolved",
                                      "report 0 ingested, 0 rejected, 0 unresolved"}));
}

TEST_F(Readme, DecidesByTheOutcome) {
  const auto with = [](const char* id) {
    heymilo::CandidateIngestRequest ada{"Ada Example", "ada@example.com"};
    ada.withMetadata("external_id", id);
    return ada;
  };
  const heymilo::Client client(options);
  invite(client, with("a-1"));
  EXPECT_TRUE(remembered.empty());
  invite(client, {"Ada Example", "nonsense"});  // reported only
  ASSERT_EQ(remembered.size(), 1u);
  EXPECT_EQ(remembered.back().rfind("report ingestCandidate: 422 ", 0), 0u) << remembered.back();

  server.respondNext("ingestCandidate", ScriptedResponse::answer(503));
  invite(client, with("a-2"));
  EXPECT_EQ(remembered.back(), "found 0");
  server.respondNext("ingestCandidate", ScriptedResponse::answer(503).afterCommit());
  invite(client, with("a-3"));
  EXPECT_EQ(remembered.back(), "found 1");
  server.respondNext("ingestCandidate", ScriptedResponse::answer(201, "{}").afterCommit());
  invite(client, with("a-4"));
  EXPECT_EQ(remembered.back(), "found 1");

  options.base_url = "http://127.0.0.1:1";
  invite(heymilo::Client(options), with("a-5"));
  EXPECT_EQ(remembered.back(), "later ada@example.com");
}

using Failures = Readme;

std::string textOf(const char* path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Whether the table of failures in docs/guarantees.md has a row with these words.
bool isDocumented(const std::string& words, const char* type, const std::string& outcome) {
  // Ports, request ids and what the server adds are `…` there.
  const std::string page = textOf(HEYMILO_SOURCE_DIR "/docs/guarantees.md");
  const std::string end = "` | `" + std::string(type) + "` | `" + outcome + "` |\n";
  for (std::size_t at = page.find(end); at != std::string::npos; at = page.find(end, at + 1)) {
    const std::size_t begin = page.rfind("| `", at - 1) + 3;
    const std::string row = page.substr(begin, at - begin);
    std::size_t matched = 0;
    bool fits = true;
    const std::string ellipsis = "…";
    for (std::size_t from = 0; fits && from <= row.size();) {
      const std::size_t gap = (std::min)(row.find(ellipsis, from), row.size());
      const std::string piece = row.substr(from, gap - from);
      const std::size_t found = words.find(piece, matched);
      fits = found != std::string::npos && (from != 0 || found == 0);
      matched = found + piece.size();
      from = gap + ellipsis.size();
    }
    if (fits) {
      return true;
    }
  }
  return false;
}

TEST_F(Failures, HaveTheDocumentedWords) {
  using heymilo::CandidateIngestRequest;
  const CandidateIngestRequest ada{"Ada Example", "ada@example.com"};
  const auto expectShown = [&](const char* type,
                               const heymilo::ClientOptions& with,
                               const CandidateIngestRequest& person,
                               const heymilo::RequestOptions& call = {}) {
    try {
      heymilo::Client(with).ingestCandidate("posting-id", person, call);
      ADD_FAILURE() << type << " was not thrown";
    } catch (const heymilo::Error& error) {
      const std::string outcome(heymilo::toString(error.outcome()));
      EXPECT_TRUE(isDocumented(error.what(), type, outcome))
          << "no row for: " << error.what() << " | " << type << " | " << outcome;
    }
  };
  auto nowhere = options;
  nowhere.base_url = "http://127.0.0.1:1";
  expectShown("ConnectionError", nowhere, ada);
  auto wordy = ada;
  wordy.metadata.emplace();
  wordy.metadata->emplace("note", std::string(501, 'x'));
  expectShown("InvalidArgumentError", options, wordy);
  expectShown("UnprocessableEntityError", options, {"Ada Example", "nonsense"});
  auto other_key = options;
  other_key.api_key = "wrong";
  expectShown("AuthenticationError", other_key, ada);
  server.setRateLimit(heymilo::RateLimit{1, std::chrono::minutes{1}});
  heymilo::Client(options).listCandidates("posting-id");
  expectShown("RateLimitError", options, ada);
  server.setRateLimit(std::nullopt);
  server.respondNext("ingestCandidate", ScriptedResponse::disconnect().afterCommit());
  expectShown("ConnectionError", options, ada);
  server.respondNext("ingestCandidate",
                     ScriptedResponse::asUsual().delayedBy(std::chrono::hours{1}));
  heymilo::RequestOptions hurried;
  hurried.total_timeout = std::chrono::milliseconds{1000};  // enough to get there
  expectShown("TimeoutError", options, ada, hurried);
  server.respondNext("ingestCandidate",
                     ScriptedResponse::asUsual().delayedBy(std::chrono::seconds{1}));
  heymilo::CancellationSource stop;
  heymilo::RequestOptions stoppable;
  stoppable.cancellation = stop.token();
  std::thread other([&, before = server.requestCount()] {
    server.waitForRequests(before + 1);  // it is there as a whole
    stop.cancel();
  });
  expectShown("CancelledError", options, ada, stoppable);
  other.join();
  server.respondNext("ingestCandidate", ScriptedResponse::answer(503));
  expectShown("ServerError", options, ada);
  server.respondNext("ingestCandidate", ScriptedResponse::answer(201, R"({"data":{}})"));
  expectShown("DecodeError", options, ada);
}

TEST_F(Readme, ItsProgramIngestsOneAndListsAll) {
  server.addCandidate("posting-id", {{"name", "Grace Example"}, {"status", "completed"}});
  const auto ended =
      heymilo_test::runChild(HEYMILO_PROGRAMS_DIR "/readme_program",
                             {},
                             {{"HEYMILO_API_KEY", "test-key"}, {"HEYMILO_BASE_URL", server.url()}});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_NE(ended.out.find("Grace Example: completed\n"), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find("Ada Example: pending\n"), std::string::npos) << ended.out;
}

TEST(ReadmeItself, TestsAgainstTheMockServer) { testAgainstTheMockServer(); }

}  // namespace
