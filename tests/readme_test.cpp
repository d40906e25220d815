#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <heymilo/heymilo.hpp>
#include <heymilo/testing/expectations.hpp>
#include <heymilo/testing/mock_server.hpp>
#include <heymilo/workflows/bulk_ingest.hpp>
#include <heymilo/workflows/sqlite_mirror.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "support/child_process.hpp"
#include "support/temporary_directory.hpp"

// The code of the README, compiled and run; its first program is readme_program.cpp. The last test
// holds that it is the same code.

namespace {

using heymilo::testing::ScriptedResponse;

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
void remember(std::uint64_t added, std::uint64_t changed) {
  remembered.push_back(std::to_string(added) + " added, " + std::to_string(changed) + " changed");
}
void reportUnresolved(std::uint64_t count) {
  remembered.push_back(std::to_string(count) + " unresolved");
}
void report(const std::string& param, const std::string& message) {
  remembered.push_back(param + ": " + message);
}
void tryAgainIn(std::chrono::milliseconds time) {
  remembered.push_back("again in " + std::to_string(time.count()) + " ms");
}
std::optional<std::string> lookFor(const heymilo::Client& client,
                                   const heymilo::CandidateIngestRequest& person,
                                   std::chrono::system_clock::time_point before) {
  heymilo::ListCandidatesParams params;
  params.created_after = std::chrono::time_point_cast<std::chrono::microseconds>(
      before - std::chrono::minutes{5});  // clocks differ
  for (const auto& candidate : client.listAllCandidates("posting-id", params)) {
    if (candidate.metadata == person.metadata) {
      return candidate.interview_id;
    }
  }
  return std::nullopt;
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

/// The candidate's interview_id; empty where it is to be tried again later.
std::optional<std::string> ingestOnce(const heymilo::Client& client,
                                      const heymilo::CandidateIngestRequest& person) {
  const auto before = std::chrono::system_clock::now();
  try {
    return client.ingestCandidate("posting-id", person).data.interview_id;
  } catch (const heymilo::UnprocessableEntityError& error) {
    for (const auto& field :
         error.error().errors.value_or(std::vector<heymilo::APIErrorDetail>{})) {
      report(field.param.value_or(""), field.message);  // "body.email", "value is not a valid …"
    }
    throw;  // to be mended, not to be sent again as it is
  } catch (const heymilo::RateLimitError& error) {
    tryAgainIn(error.retryAfter().value_or(std::chrono::minutes{1}));
    return std::nullopt;
  } catch (const heymilo::Error& error) {
    switch (error.outcome()) {
      case heymilo::Outcome::not_sent:
        tryAgainIn(std::chrono::minutes{1});
        return std::nullopt;
      case heymilo::Outcome::rejected:
        throw;
      case heymilo::Outcome::unknown:  // it may be there:
      case heymilo::Outcome::applied:  // it is there; only the answer is lost
        return lookFor(client, person, before);
    }
    throw;
  }
}

void bringInOnce(const heymilo::Client& client,
                 const std::vector<heymilo::CandidateIngestRequest>& people) {
  heymilo::workflows::BulkIngestOptions options;
  options.journal = "people.journal";
  const auto result = heymilo::workflows::bulkIngest(
      client, "posting-id", heymilo::workflows::sourceOf(people), options);
  if (!result.complete) {
    reportUnresolved(result.unresolved);  // heymilo::workflows::reportOf() tells who, and why
  }
}

void keepACopy(const heymilo::Client& client) {
  heymilo::workflows::SqliteMirror database("candidates.db", "posting-id");
  const auto result = heymilo::workflows::mirrorCandidates(client, "posting-id", database);
  remember(result.added, result.changed);
}

void listWithin(const heymilo::Client& client, const heymilo::CancellationSource& stop) {
  heymilo::RequestOptions options;
  options.deadline = std::chrono::seconds{30};  // waits and retries included
  options.cancellation = stop.token();          // stop.cancel() wakes the call at once
  client.listCandidates("posting-id", {}, options);
}

void withoutWaiting(const heymilo::NonBlockingClient& calls,
                    const heymilo::CandidateIngestRequest& person) {
  auto page = calls.listCandidates("posting-id").future();
  calls.ingestCandidate("posting-id", person).then([person](auto receipt) {  // on your event loop
    if (receipt.ok()) {
      remember(person, receipt.value().data.interview_id);
    }
  });
  for (const auto& candidate : page.get().data) {
    update(candidate.interview_id, candidate.score.value_or(0));
  }
}

void testsAgainstTheMockServer() {
  using namespace heymilo::testing;
  MockServer server;
  server.addPosting("posting-id", 250);
  const heymilo::Client client(server.clientOptions());  // in process; others come by server.url()

  server.respondNext("ingestCandidate", ScriptedResponse::disconnect().afterCommit());
  EXPECT_THROW(client.ingestCandidate("posting-id", {"Ada Example", "ada@example.com"}),
               heymilo::ConnectionError);
  EXPECT_TRUE(received(server, "ingestCandidate", 1));  // in doubt, so not sent again
  server.advance(MockServer::workflow_time);            // everybody is through
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
  heymilo::CandidateIngestRequest ada{"Ada Example", "ada@example.com"};
  ada.metadata.emplace();
  ada.metadata->emplace("external_id", "a-1");
  const heymilo::Client client(options);
  EXPECT_TRUE(ingestOnce(client, ada));
  EXPECT_THROW(ingestOnce(client, {"Ada Example", "nonsense"}), heymilo::UnprocessableEntityError);
  ASSERT_EQ(remembered.size(), 1u);
  EXPECT_EQ(remembered[0].substr(0, 12), "body.email: ");

  ada.metadata->at("external_id") = "a-2";
  server.respondNext("ingestCandidate", ScriptedResponse::answer(503));
  EXPECT_EQ(ingestOnce(client, ada), std::nullopt);  // looked, and not found
  server.respondNext("ingestCandidate", ScriptedResponse::answer(503).afterCommit());
  EXPECT_TRUE(ingestOnce(client, ada));
  ada.metadata->at("external_id") = "a-3";
  server.respondNext("ingestCandidate", ScriptedResponse::answer(201, "{}").afterCommit());
  EXPECT_TRUE(ingestOnce(client, ada));
  EXPECT_EQ(remembered.size(), 1u);

  server.respondNext("ingestCandidate",
                     ScriptedResponse::answer(429).withHeader("Retry-After", "7"));
  EXPECT_EQ(ingestOnce(client, ada), std::nullopt);
  EXPECT_EQ(remembered.back(), "again in 7000 ms");
  options.base_url = "http://127.0.0.1:1";
  EXPECT_EQ(ingestOnce(heymilo::Client(options), ada), std::nullopt);
  EXPECT_EQ(remembered.back(), "again in 60000 ms");
}

std::string textOf(const char* path);

/// The row of the README's table of failures that has these words, after what happened.
bool readmeHas(const std::string& words, const char* type, const std::string& outcome) {
  // Ports, request ids and what the server adds are `…` there.
  const std::string readme = textOf(HEYMILO_SOURCE_DIR "/README.md");
  const std::string end = "` | `" + std::string(type) + "` | `" + outcome + "` |\n";
  for (std::size_t at = readme.find(end); at != std::string::npos; at = readme.find(end, at + 1)) {
    const std::size_t begin = readme.rfind("| `", at - 1) + 3;
    const std::string row = readme.substr(begin, at - begin);
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

TEST_F(Readme, ShowsTheWordsOfEachFailure) {
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
      EXPECT_TRUE(readmeHas(error.what(), type, outcome))
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
                     ScriptedResponse::asUsual().delayedBy(std::chrono::seconds{1}));
  heymilo::RequestOptions hurried;
  hurried.deadline = std::chrono::milliseconds{100};
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

TEST_F(Readme, BringsPeopleInOnceAndKeepsACopy) {
  const heymilo_test::TemporaryDirectory directory;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(directory.path());
  const std::vector<heymilo::CandidateIngestRequest> people{{"Ada Example", "ada@example.com"},
                                                            {"Bob Example", "bob@example.com"}};
  const heymilo::Client client(options);
  bringInOnce(client, people);
  bringInOnce(client, people);
  keepACopy(client);
  std::filesystem::current_path(before);
  EXPECT_EQ(server.candidateCount("posting-id"), 2u);
  EXPECT_EQ(remembered, std::vector<std::string>{"2 added, 0 changed"});
}

TEST_F(Readme, CancelsFromOutside) {
  const heymilo::Client client(options);
  heymilo::CancellationSource stop;
  EXPECT_NO_THROW(listWithin(client, stop));
  stop.cancel();
  EXPECT_THROW(listWithin(client, stop), heymilo::CancelledError);
}

TEST_F(Readme, CallsWithoutWaiting) {
  std::vector<std::function<void()>> posted;  // a loop that has not begun to turn
  const heymilo::NonBlockingClient calls{heymilo::Client(options), [&](std::function<void()> task) {
                                           posted.push_back(std::move(task));
                                         }};
  withoutWaiting(calls, {"Ada Example", "ada@example.com"});
  calls.engine().wait();
  ASSERT_EQ(posted.size(), 1u);
  remembered.clear();
  posted.front()();
  ASSERT_EQ(remembered.size(), 1u);
  EXPECT_EQ(remembered.front().rfind("ada@example.com ", 0), 0u) << remembered.front();
  EXPECT_EQ(server.requests("ingestCandidate").size(), 1u);
  EXPECT_EQ(server.requests("listCandidates").size(), 1u);
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
  EXPECT_EQ(blocks, 9);
}

TEST(ReadmeItself, HoldsTheQueriesThatAreRun) {  // by sqlite_mirror_test
  const std::string readme = textOf(HEYMILO_SOURCE_DIR "/README.md");
  int queries = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(HEYMILO_SOURCE_DIR "/examples/sql")) {
    const std::string query = textOf(entry.path().string().c_str());
    EXPECT_NE(readme.find("```sql\n" + query + "```"), std::string::npos) << query;
    ++queries;
  }
  EXPECT_EQ(queries, 3);
}

}  // namespace
