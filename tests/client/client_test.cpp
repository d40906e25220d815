#include "heymilo/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "heymilo/testing/expectations.hpp"
#include "heymilo/testing/fake_transport.hpp"
#include "heymilo/testing/manual_clock.hpp"
#include "heymilo/testing/mock_server.hpp"
#include "support/mock_client.hpp"

// The client as users have it, over real sockets, judged also by what the server saw.

namespace heymilo {
namespace {

using heymilo::testing::ManualClock;
using heymilo::testing::MockServer;
using heymilo::testing::MockServerOptions;
using heymilo::testing::RecordedRequest;
using heymilo::testing::ScriptedResponse;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ClientTest : public ::testing::Test {
 protected:
  ClientTest() {
    server.addPosting("p1");
    options = heymilo_test::mockClientOptions(server);
  }
  Client client() const { return Client(options); }

  MockServer server;
  ClientOptions options;
  const CandidateIngestRequest ada{"Ada Example", "ada@example.com"};
};

TEST_F(ClientTest, IngestsOneCandidate) {
  CandidateIngestRequest request = ada;
  request.phone_number = "+14155550123";
  request.metadata.emplace()["external_id"] = "42";
  request.data = nlohmann::json{{"école", {1, 2.5, nullptr}}};
  const auto answer = client().ingestCandidate("p1", request);
  EXPECT_EQ(answer.http.status, 201);
  EXPECT_EQ(answer.http.attempts, 1);
  EXPECT_FALSE(answer.http.request_id.empty());
  EXPECT_EQ(answer.data.posting_id, "p1");
  ASSERT_TRUE(answer.data.candidate);
  EXPECT_EQ(answer.data.candidate->metadata, request.metadata);
  EXPECT_EQ(answer.data.candidate->data, request.data);
  EXPECT_EQ(answer.data.candidate->interview_id, answer.data.interview_id);

  const auto seen = server.requests();
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].operation, "ingestCandidate");
  EXPECT_EQ(seen[0].header("X-API-KEY"), "test-key");
  EXPECT_EQ(seen[0].header("Content-Type"), "application/json");
  EXPECT_EQ(seen[0].json().get<CandidateIngestRequest>(), request);
}

TEST_F(ClientTest, IngestsInBulkInOrder) {
  BulkCandidateIngestRequest bulk;
  for (int i = 0; i < 250; ++i) {
    bulk.data.push_back({"Person " + std::to_string(i), std::to_string(i) + "@example.com"});
    bulk.data.back().metadata.emplace()["n"] = std::to_string(i);
  }
  const auto answer = client().ingestCandidatesBulk("p1", bulk);
  ASSERT_EQ(answer.data.size(), 250u);
  for (std::size_t i = 0; i < answer.data.size(); ++i) {
    EXPECT_EQ(answer.data[i].metadata->at("n"), std::to_string(i));
  }
  EXPECT_EQ(server.candidateCount("p1"), 250u);
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(ClientTest, QueuesOneAndMany) {
  const auto one = client().ingestCandidateAsync("p1", ada);
  EXPECT_EQ(one.http.status, 202);
  EXPECT_EQ(one.data.status, "queued");
  EXPECT_FALSE(one.data.ingestion_id.empty());
  const auto many = client().ingestCandidatesBulkAsync("p1", {{ada, ada}});
  EXPECT_NE(many.data.ingestion_id, one.data.ingestion_id);
  server.advance(std::chrono::minutes{1});
  EXPECT_EQ(server.candidateCount("p1"), 3u);
}

TEST_F(ClientTest, AResponsePointsToItsData) {
  const auto response = client().ingestCandidate("p1", ada);
  EXPECT_EQ(response->interview_id, response.data.interview_id);
  EXPECT_EQ(&*response, &response.data);
  EXPECT_EQ(client().ingestCandidate("p1", ada)->posting_id, "p1");
  auto receipt = client().ingestCandidateAsync("p1", ada);
  receipt->status = "seen";
  EXPECT_EQ((*receipt).status, "seen");
  std::size_t count = 0;
  for (const auto& item : *client().ingestCandidatesBulk("p1", {{ada, ada}})) {  // keeps them
    count += item.interview_url.empty() ? 0u : 1u;
  }
  EXPECT_EQ(count, 2u);
}

TEST_F(ClientTest, TakesAVectorForABulkRequest) {
  std::vector<CandidateIngestRequest> people{ada, {"Bob Example", "bob@example.com"}};
  EXPECT_EQ(client().ingestCandidatesBulk("p1", people)->size(), 2u);
  EXPECT_EQ(people.size(), 2u);
  const auto& constant = people;
  RequestOptions request_options;
  request_options.headers.add("X-Trace", "t");
  EXPECT_FALSE(
      client().ingestCandidatesBulkAsync("p1", constant, request_options)->ingestion_id.empty());
  EXPECT_EQ(client().ingestCandidatesBulk("p1", std::move(people), request_options)->size(), 2u);
  // Braces are a BulkCandidateIngestRequest, as they have always been.
  EXPECT_EQ(client().ingestCandidatesBulk("p1", {{ada}})->size(), 1u);
  EXPECT_EQ(client().ingestCandidatesBulk("p1", {{ada, ada, ada}}, {})->size(), 3u);
  const auto seen = server.requests();
  ASSERT_EQ(seen.size(), 5u);
  EXPECT_EQ(seen[0].json()["data"][1]["name"], "Bob Example");
  EXPECT_EQ(seen[0].body, seen[2].body);
  EXPECT_EQ(seen[1].header("X-Trace"), "t");
  EXPECT_THROW(client().ingestCandidatesBulk("p1", std::vector<CandidateIngestRequest>()),
               InvalidArgumentError);
}

TEST_F(ClientTest, TakesTimesOfTheSystemClock) {
  ListCandidatesParams params;
  params.created_after = std::chrono::system_clock::now() - std::chrono::hours{24};
  params.created_before = std::chrono::system_clock::now();
  client().listCandidates("p1", params);
  const auto finer = [](std::int64_t nanoseconds) {
    return std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>(
        std::chrono::nanoseconds(nanoseconds));
  };
  params.created_after = finer(1773360000250000001);
  params.created_before = finer(1773360000250000001);
  client().listCandidates("p1", params);
  EXPECT_EQ(server.requests()[1].query,
            "created_after=2026-03-13T00%3A00%3A00.25Z&"
            "created_before=2026-03-13T00%3A00%3A00.250001Z");
}

TEST_F(ClientTest, ListsAPageAndAllPages) {
  server.addPosting("p2", 230);
  const auto page = client().listCandidates("p2");
  EXPECT_EQ(page.data.size(), 20u);
  EXPECT_TRUE(page.pagination.has_more);
  EXPECT_EQ(page.pagination.total_count, 230);

  server.clearRequests();
  std::set<std::string> ids;
  for (const CandidateResponse& candidate : client().listAllCandidates("p2")) {
    EXPECT_TRUE(ids.insert(candidate.interview_id).second);
  }
  EXPECT_EQ(ids.size(), 230u);
  const auto seen = server.requests();
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen[0].query, "limit=100");
  EXPECT_THAT(seen[1].query, HasSubstr("starting_after="));
}

TEST_F(ClientTest, ListsAllSideBySide) {
  server.addPosting("p2", 2'030);
  server.clearRequests();
  std::set<std::string> ids;
  for (const CandidateResponse& candidate : client().listAllCandidatesInParallel("p2", 4)) {
    EXPECT_TRUE(ids.insert(candidate.interview_id).second);
  }
  EXPECT_EQ(ids.size(), 2'030u);
  EXPECT_LE(server.requestCount(), 21u + 12u);
  EXPECT_EQ(server.requests()[0].query, "limit=100");

  RequestOptions stopped;
  CancellationSource stop;
  stop.cancel();
  stopped.cancellation = stop.token();
  auto range = client().listAllCandidatesInParallel("p2", 4, {}, stopped);
  EXPECT_THROW(range.begin(), CancelledError);
  EXPECT_THROW(client().listAllCandidatesInParallel("p2", 0), InvalidArgumentError);
  EXPECT_THROW(client().listAllCandidatesInParallel(""), InvalidArgumentError);
}

TEST_F(ClientTest, DecodesEveryCandidateAsTheServerHasIt) {
  server.addPosting("p2", 150);
  server.advance(std::chrono::hours{40});
  const nlohmann::json expected = server.candidates("p2");
  std::size_t i = 0;
  for (const CandidateResponse& candidate : client().listAllCandidates("p2")) {
    EXPECT_EQ(candidate, expected.at(i).get<CandidateResponse>());
    ++i;
  }
  EXPECT_EQ(i, expected.size());
}

TEST_F(ClientTest, FiltersByDateInclusively) {
  for (int day = 1; day <= 5; ++day) {
    server.addCandidate("p1",
                        {{"created_at", 1773360000.0 + day * 86400 + 0.25},
                         {"interview_id", "i" + std::to_string(day)}});
  }
  ListCandidatesParams params;
  params.created_after = Timestamp(std::chrono::microseconds(1773360000250000 + 2 * 86400000000));
  params.created_before = Timestamp(std::chrono::microseconds(1773360000250000 + 4 * 86400000000));
  const auto page = client().listCandidates("p1", params);
  ASSERT_EQ(page.data.size(), 3u);
  EXPECT_EQ(page.data[0].interview_id, "i2");
  EXPECT_EQ(page.data[2].interview_id, "i4");
  EXPECT_EQ(server.requests()[0].query,
            "created_after=2026-03-15T00%3A00%3A00.25Z&created_before=2026-03-17T00%3A00%3A00.25Z");
}

TEST_F(ClientTest, EncodesThePostingIdAsOneSegment) {
  for (const char* id : {"a/b", "a b", "..%2f", "%", "?x=1#y", "日本語", "...", "a;b,c=d@e:f"}) {
    server.addPosting(id, 1);
    EXPECT_EQ(client().listCandidates(id).data.size(), 1u) << id;
    EXPECT_EQ(server.requests().back().posting_id, id);
  }
}

TEST_F(ClientTest, ThrowsTheTypeOfEachRefusal) {
  EXPECT_THROW(client().listCandidates("nowhere"), NotFoundError);
  options.api_key = "wrong";
  EXPECT_THROW(client().ingestCandidate("p1", ada), AuthenticationError);
  options.api_key = "test-key";
  try {
    client().ingestCandidatesBulk("p1", {{ada, {"Bob", "not an address"}, ada}});
    FAIL();
  } catch (const UnprocessableEntityError& error) {
    EXPECT_EQ(error.outcome(), Outcome::rejected);
    ASSERT_EQ(error.detail().size(), 1u);
    EXPECT_EQ(std::get<std::int64_t>(error.detail()[0].loc.at(2)), 1);
    EXPECT_EQ(error.error().param, "body.data.1.email");
  }
  EXPECT_EQ(server.candidateCount("p1"), 0u);
  const auto refusal = [&](int status) {
    server.respondNext("listCandidates", ScriptedResponse::error(status, "code", "message"));
    RequestOptions once;
    once.max_retries = 0;
    client().listCandidates("p1", {}, once);
  };
  EXPECT_THROW(refusal(400), BadRequestError);
  EXPECT_THROW(refusal(403), PermissionDeniedError);
  EXPECT_THROW(refusal(429), RateLimitError);
  EXPECT_THROW(refusal(503), ServerError);
  EXPECT_THROW(refusal(418), StatusError);
}

TEST_F(ClientTest, ThrowsForAnAnswerThatIsNotTheDocumentedJson) {
  for (const char* body : {"", "null", "<html></html>", R"({"data":{}})"}) {
    server.respondNext("ingestCandidate", ScriptedResponse::answer(201, body));
    try {
      client().ingestCandidate("p1", ada);
      FAIL() << body;
    } catch (const DecodeError& error) {
      EXPECT_EQ(error.outcome(), Outcome::applied);
      EXPECT_EQ(error.rawBody(), body);
    }
  }
}

TEST_F(ClientTest, LeavesAWriteThatWasCutOffInDoubtAndSendsItOnce) {
  server.respondNext("ingestCandidate", ScriptedResponse::disconnect().afterCommit());
  try {
    client().ingestCandidate("p1", ada);
    FAIL();
  } catch (const ConnectionError& error) {
    EXPECT_EQ(error.outcome(), Outcome::unknown);
  }
  EXPECT_EQ(server.requests().size(), 1u);
  EXPECT_EQ(server.candidateCount("p1"), 1u);
}

TEST_F(ClientTest, TriesAReadAgain) {
  options.retry.initial_backoff = std::chrono::milliseconds{1};
  server.respondNext("listCandidates", ScriptedResponse::answer(503).times(2));
  server.respondNext("listCandidates", ScriptedResponse::asUsual().cutAfter(40));
  EXPECT_EQ(client().listCandidates("p1").http.attempts, 4);
}

TEST_F(ClientTest, WaitsByTheClockThatItIsGiven) {
  const auto clock = std::make_shared<ManualClock>();
  const auto started = clock->now();
  server.respondNext("listCandidates", ScriptedResponse::rateLimited(std::chrono::hours{1}));
  options.clock = clock;
  options.retry.max_retry_after = std::chrono::hours{1};
  client().listCandidates("p1");
  EXPECT_GE(clock->now() - started, std::chrono::hours{1});
  EXPECT_TRUE(received(server, "listCandidates", 2));
}

TEST_F(ClientTest, RefusesWithoutSending) {
  const Client refusing = client();
  ListCandidatesParams params;
  params.limit = 101;
  EXPECT_THROW(refusing.listCandidates("p1", params), InvalidArgumentError);
  EXPECT_THROW(refusing.listAllCandidates("p1", params), InvalidArgumentError);
  for (const char* id : {"", ".", ".."}) {
    EXPECT_THROW(refusing.listCandidates(id), InvalidArgumentError);
    EXPECT_THROW(refusing.listAllCandidates(id), InvalidArgumentError);
    EXPECT_THROW(refusing.ingestCandidate(id, ada), InvalidArgumentError);
    EXPECT_THROW(refusing.ingestCandidatesBulkAsync(id, {{ada}}), InvalidArgumentError);
  }
  EXPECT_THROW(refusing.ingestCandidatesBulk("p1", {}), InvalidArgumentError);
  EXPECT_THROW(refusing.ingestCandidatesBulkAsync("p1", {}), InvalidArgumentError);
  try {
    refusing.ingestCandidatesBulk("p1", {{ada, {"Bob", "bob\xff@example.com"}}});
    FAIL();
  } catch (const InvalidArgumentError& error) {
    EXPECT_EQ(error.param(), "data.1.email");
  }
  CandidateIngestRequest odd = ada;
  odd.data = nlohmann::json{{"a", {{"b\xff", 1}}}};
  EXPECT_THROW(refusing.ingestCandidateAsync("p1", odd), InvalidArgumentError);
  RequestOptions injected;
  EXPECT_THROW(injected.headers.add("X-A", "b\r\nX-API-KEY: c"), InvalidArgumentError);
  injected.workspace_id = "w\nX: y";
  EXPECT_THROW(refusing.listCandidates("p1", {}, injected), InvalidArgumentError);
  EXPECT_THAT(server.requests(), IsEmpty());
}

TEST_F(ClientTest, ResumesAWalkAfterAnErrorInItsMiddle) {
  server.addPosting("p2", 500);
  int requests = 0;
  server.respondNext({"listCandidates", [&](const RecordedRequest&) { return ++requests == 3; }},
                     ScriptedResponse::answer(400));
  auto range = client().listAllCandidates("p2").prefetch(false);
  std::size_t seen = 0;
  EXPECT_THROW(
      for ([[maybe_unused]] const auto& candidate
           : range) { ++seen; },
      BadRequestError);
  EXPECT_EQ(seen, 200u);
  for ([[maybe_unused]] const auto& candidate : range) {
    ++seen;
  }
  EXPECT_EQ(seen, 500u);
}

TEST_F(ClientTest, SharesConnectionsBetweenCopiesAndThreads) {
  const Client original = client();
  original.listCandidates("p1");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([copy = original] {
      for (int i = 0; i < 20; ++i) {
        copy.listCandidates("p1");
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  std::set<std::size_t> connections;
  for (const RecordedRequest& request : server.requests()) {
    connections.insert(request.connection);
  }
  EXPECT_EQ(server.requests().size(), 81u);
  EXPECT_LE(connections.size(), 4u);
}

TEST_F(ClientTest, TellsEventsWithoutPersonalData) {
  std::vector<Event> events;
  options.on_event = [&](const Event& event) { events.push_back(event); };
  client().ingestCandidate("p1", ada);
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].kind, EventKind::request);
  EXPECT_EQ(events[0].operation, "ingestCandidate");
  EXPECT_EQ(events[0].route, "/api/v2/postings/{posting_id}/candidates");
  EXPECT_GT(events[0].bytes_sent, 0u);
  EXPECT_EQ(events[1].kind, EventKind::response);
  EXPECT_EQ(events[1].status, 201);
  EXPECT_GT(events[1].bytes_received, 0u);
  EXPECT_FALSE(events[1].request_id.empty());
}

}  // namespace
}  // namespace heymilo
