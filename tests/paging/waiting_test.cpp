#include "heymilo/waiting.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "heymilo/client.hpp"
#include "heymilo/testing/manual_clock.hpp"
#include "heymilo/testing/mock_server.hpp"
#include "support/mock_client.hpp"

namespace heymilo {
namespace {

using heymilo::testing::MockServer;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

bool isScored(const CandidateResponse& candidate) { return candidate.score.has_value(); }

/// A client and a server on real sockets. The client's waits take no time, and move the server's
/// clock.
class Waiting : public ::testing::Test {
 protected:
  Waiting() : client(makeClient()) {
    server.addPosting("p");
    clock->onWait([this](milliseconds wait) { server.advance(wait); });
  }

  Client makeClient() {
    ClientOptions options = heymilo_test::mockClientOptions(server);
    options.clock = clock;
    return Client(options);
  }

  std::string add(const char* created_at, nlohmann::json properties = {{"status", "pending"}}) {
    properties["created_at"] =
        std::chrono::duration<double>(parseTimestamp(created_at).time_since_epoch()).count();
    return server.addCandidate("p", properties);
  }
  /// The queries of the requests from `begin` on.
  std::vector<std::string> queries(std::size_t begin = 0) const {
    std::vector<std::string> queries;
    for (const auto& request : server.requests()) {
      queries.push_back(request.query);
    }
    queries.erase(queries.begin(), queries.begin() + static_cast<std::ptrdiff_t>(begin));
    return queries;
  }
  milliseconds waited() const {
    const std::vector<milliseconds> waits = clock->waits();
    return std::accumulate(waits.begin(), waits.end(), milliseconds(0));
  }

  heymilo::testing::MockServerOptions serverOptions() {
    heymilo::testing::MockServerOptions options;
    options.start_time = parseTimestamp("2026-03-01T00:00:00Z");
    return options;
  }
  MockServer server{serverOptions()};
  std::shared_ptr<testing::ManualClock> clock = std::make_shared<testing::ManualClock>();
  Client client;
};

TEST_F(Waiting, UntilTheWorkflowOfOneIsOver) {
  add("2026-02-01T00:00:00Z");
  const std::string id =
      client.ingestCandidate("p", {"Ada Example", "ada@example.com"}).data.interview_id;
  server.clearRequests();
  WaitOptions how;
  how.max_interval = hours{1};
  const CandidateResponse ada = client.waitForCandidate("p", id, hasFinalStatus, how);
  EXPECT_EQ(ada.interview_id, id);
  EXPECT_TRUE(isFinal(ada.status));
  EXPECT_GT(waited(), hours{1});
  EXPECT_LT(waited(), MockServer::workflow_time);
  EXPECT_THAT(
      clock->waits(),
      ::testing::IsSupersetOf(
          {milliseconds(2000), milliseconds(3000), milliseconds(4500), milliseconds(3600'000)}));
  // Once found, it is requested by its second.
  const auto asked = queries();
  EXPECT_EQ(asked[0], "limit=100");
  EXPECT_THAT(asked[1],
              AllOf(HasSubstr("created_after=2026-02-28T23%3A59%3A59Z"),
                    HasSubstr("created_before=2026-03-01T00%3A00%3A02Z")));
  EXPECT_EQ(asked.size(), clock->waits().size() + 1);
}

TEST_F(Waiting, EndsAtOnceWhereTheStateIsReached) {
  const std::string id = add("2026-02-01T00:00:00Z", {{"status", "completed"}, {"score", 80}});
  EXPECT_EQ(client.waitForCandidate("p", id, isScored).score, 80);
  EXPECT_THAT(clock->waits(), IsEmpty());
  EXPECT_THAT(client.waitForCandidates("p", {}, isScored), IsEmpty());
  EXPECT_EQ(server.requestCount(), 1u);
}

TEST_F(Waiting, ForThoseWhoWereQueuedAndAreNotThereYet) {
  add("2026-02-01T00:00:00Z");
  BulkCandidateIngestRequest queued;
  std::vector<std::string> marks;
  for (int i = 0; i < 150; ++i) {
    marks.push_back("mark-" + std::to_string(i));
    queued.data.push_back(
        CandidateIngestRequest{"Person", std::to_string(i) + "@example.com"}.withMetadata(
            "external_id", marks.back()));
  }
  client.ingestCandidatesBulkAsync("p", queued);
  server.clearRequests();
  WaitOptions how;
  how.key = metadataKey("external_id");
  how.created_after = parseTimestamp("2026-02-28T23:50:00Z");
  const auto all = client.waitForCandidates("p", marks, isListed, how);
  ASSERT_EQ(all.size(), marks.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].metadata->at("external_id"), marks[i]);
  }
  EXPECT_THAT(clock->waits(), ElementsAre(seconds{2}, seconds{3}));  // they are there after 5
  EXPECT_THAT(queries(), ::testing::Each(HasSubstr("created_after=2026-02-28T23%3A50%3A00Z")));
}

TEST_F(Waiting, ForManyByOneWalk) {
  std::vector<std::string> ids;
  for (int i = 0; i < 250; ++i) {
    ids.push_back(add("2026-02-01T00:00:00Z"));
  }
  clock->onWait([&](milliseconds) {
    if (clock->waits().size() == 3) {
      for (const std::string& id : ids) {
        server.patchCandidate(id, {{"score", 70}});
      }
    }
  });
  EXPECT_EQ(client.waitForCandidates("p", ids, isScored).size(), 250u);
  EXPECT_EQ(server.requestCount(), 4 * 3u);
}

TEST_F(Waiting, ForAFewFarApartOneByOne) {
  std::vector<std::string> few = {add("2026-01-01T12:00:00Z")};
  for (int i = 0; i < 500; ++i) {
    add("2026-01-20T00:00:00Z");
  }
  few.push_back(add("2026-02-01T12:00:00Z"));
  clock->onWait([&](milliseconds) {
    if (clock->waits().size() == 2) {
      server.patchCandidate(few[0], {{"score", 70}});
    } else if (clock->waits().size() == 3) {
      server.patchCandidate(few[1], {{"score", 71}});
    }
  });
  const auto found = client.waitForCandidates("p", {few[1], few[0]}, isScored);
  EXPECT_EQ(found[0].interview_id, few[1]);
  EXPECT_EQ(found[1].interview_id, few[0]);
  const auto later = queries(6);  // the first look took six requests
  ASSERT_EQ(later.size(), 2 + 2 + 1u);
  for (const std::string& query : later) {
    EXPECT_THAT(query, HasSubstr("created_before"));
  }
  EXPECT_THAT(later.back(), HasSubstr("created_after=2026-02-01"));
}

TEST_F(Waiting, MakesNoMoreThanOneRequestInAnInterval) {
  for (int i = 0; i < 900; ++i) {
    add("2026-02-01T00:00:00Z");
  }
  RequestOptions options;
  options.total_timeout = minutes{10};
  WaitOptions how;
  how.initial_interval = seconds{1};
  how.max_interval = seconds{1};
  EXPECT_THROW(client.waitForCandidate("p", "int_never_there", isListed, how, options),
               WaitTimeoutError);
  EXPECT_GT(server.requestCount(), 50u);
  EXPECT_LE(server.requestCount(), static_cast<std::size_t>(waited() / seconds{1}) + 9);
}

TEST_F(Waiting, TellsWhoWasNotSeenInTheStateInTime) {
  const std::string done = add("2026-02-01T00:00:00Z", {{"status", "completed"}, {"score", 80}});
  const std::string open = add("2026-02-02T00:00:00Z");
  RequestOptions options;
  options.total_timeout = seconds{60};
  try {
    client.waitForCandidates("p", {"int_nobody", open, done}, isScored, {}, options);
    FAIL() << "the wait came to an end";
  } catch (const WaitTimeoutError& error) {
    ASSERT_EQ(error.reached().size(), 1u);
    EXPECT_EQ(error.reached()[0].interview_id, done);
    EXPECT_THAT(error.pending(), ElementsAre("int_nobody", open));
    EXPECT_THAT(error.what(), HasSubstr("2 of 3 not in the state (1 not in the list)"));
    EXPECT_THAT(error.what(), Not(HasSubstr("int_")));
  }
  EXPECT_LE(waited(), seconds{60});
  EXPECT_GE(waited(), seconds{55});
  options.total_timeout.reset();
  options.deadline = clock->now() + seconds{30};
  EXPECT_THROW(client.waitForCandidate("p", open, isScored, {}, options), WaitTimeoutError);
  EXPECT_LE(waited(), seconds{90});
}

TEST_F(Waiting, TellsOfARequestThatTookTooLong) {
  const std::string done = add("2026-02-01T00:00:00Z", {{"score", 80}, {"status", "completed"}});
  server.respondNext(
      {"listCandidates",
       [](const auto& request) { return request.query.find("created_") != std::string::npos; }},
      heymilo::testing::ScriptedResponse::asUsual().delayedBy(seconds{20}));
  const std::string open = add("2026-02-02T00:00:00Z");
  RequestOptions options;
  options.timeout = milliseconds{200};
  options.max_retries = 0;
  try {
    client.waitForCandidates("p", {done, open}, isScored, {}, options);
    FAIL() << "the wait came to an end";
  } catch (const WaitTimeoutError& error) {
    EXPECT_EQ(error.reached().size(), 1u);
    EXPECT_THAT(error.what(), HasSubstr("timed out after 200 ms"));
  }
}

TEST_F(Waiting, LooksEverywhereForWhoIsGone) {
  const std::string id = add("2026-02-02T00:00:00Z");
  clock->onWait([&](milliseconds) {
    if (clock->waits().size() == 1) {
      server.removeCandidate(id);
    } else if (clock->waits().size() == 3) {
      add("2026-02-20T00:00:00Z", {{"interview_id", id}, {"status", "completed"}});
    }
  });
  EXPECT_EQ(client.waitForCandidate("p", id, hasFinalStatus).created_at,
            parseTimestamp("2026-02-20T00:00:00Z"));
  const auto asked = queries();
  ASSERT_EQ(asked.size(), 4u);
  EXPECT_THAT(asked[1], HasSubstr("created_after"));
  EXPECT_EQ(asked[2], "limit=100");
  EXPECT_EQ(asked[3], "limit=100");
}

TEST_F(Waiting, FindsWhoHasNoTimeOfCreation) {
  const std::string id = server.addCandidate("p", {{"status", "pending"}, {"created_at", nullptr}});
  clock->onWait([&](milliseconds) { server.patchCandidate(id, {{"status", "completed"}}); });
  EXPECT_EQ(client.waitForCandidate("p", id, hasFinalStatus).status, CandidateStatus::completed);
  EXPECT_THAT(queries(), ElementsAre("limit=100", "limit=100"));
}

TEST_F(Waiting, CanBeCancelledBetweenLooks) {
  const std::string id = add("2026-02-02T00:00:00Z");
  const CancellationSource stop;
  clock->onWait([&](milliseconds) { stop.cancel(); });
  RequestOptions options;
  options.cancellation = stop.token();
  EXPECT_THROW(client.waitForCandidate("p", id, isScored, {}, options), CancelledError);
  EXPECT_EQ(server.requestCount(), 1u);
}

TEST_F(Waiting, PassesOnWhatElseGoesWrong) {
  EXPECT_THROW(client.waitForCandidate("no-posting", "int_1", isListed), NotFoundError);
  WaitOptions how;
  how.initial_interval = milliseconds{0};
  EXPECT_THROW(client.waitForCandidate("p", "int_1", isListed, how), InvalidArgumentError);
  how.initial_interval = seconds{40};
  EXPECT_THROW(client.waitForCandidate("p", "int_1", isListed, how), InvalidArgumentError);
  EXPECT_THROW(client.waitForCandidate("p", "", isListed), InvalidArgumentError);
  EXPECT_THROW(client.waitForCandidate("p", "int_1", nullptr), InvalidArgumentError);
  EXPECT_THROW(client.waitForCandidate("", "int_1", isListed), InvalidArgumentError);
  EXPECT_EQ(server.requestCount(), 1u);
}

}  // namespace
}  // namespace heymilo
