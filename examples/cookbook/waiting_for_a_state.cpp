#include <string>
#include <vector>

#include "heymilo/testing/manual_clock.hpp"
#include "recipe.hpp"

namespace {

// [wait]
struct Results {
  std::vector<heymilo::CandidateResponse> done;
  std::vector<std::string> still_at_it;  ///< interview_ids
};

/// Waits until the workflows of all of them are over, for at most `time`.
Results resultsOf(const heymilo::Client& client, const std::vector<std::string>& interview_ids,
                  std::chrono::milliseconds time) {
  heymilo::WaitOptions how;
  how.max_interval = std::chrono::minutes{10};  // a workflow takes hours or days
  heymilo::RequestOptions options;
  options.total_timeout = time;  // of the whole wait
  try {
    return {client.waitForCandidates(
                "posting-id", interview_ids, heymilo::hasFinalStatus, how, options),
            {}};
  } catch (const heymilo::WaitTimeoutError& error) {
    return {error.reached(), error.pending()};
  }
}
// [/wait]

// [queued]
/// Queues a person, and waits until they are in the posting.
std::string interviewOf(const heymilo::Client& client, heymilo::CandidateIngestRequest person,
                        const std::string& our_id) {
  heymilo::WaitOptions how;
  how.key = heymilo::metadataKey("our_id");
  client.ingestCandidateAsync("posting-id", person.withMetadata("our_id", our_id));
  return client.waitForCandidate("posting-id", our_id, heymilo::isListed, how).interview_id;
}
// [/queued]

class WaitingForAState : public testing::Test {
 protected:
  WaitingForAState() { server.addPosting("posting-id"); }

  static heymilo::testing::MockServerOptions onAClockOfItsOwn() {
    heymilo::testing::MockServerOptions options;
    options.clock = std::make_shared<heymilo::testing::ManualClock>();
    return options;
  }

  heymilo::testing::MockServer server{onAClockOfItsOwn()};
};

TEST_F(WaitingForAState, UntilTheWorkflowIsOver) {
  const heymilo::Client client(server.clientOptions());
  const std::string ada = interviewOf(client, {"Ada Example", "ada@example.com"}, "1");
  const std::string bob = interviewOf(client, {"Bob Example", "bob@example.com"}, "2");
  const Results early = resultsOf(client, {ada, bob}, std::chrono::minutes{1});
  EXPECT_EQ(early.done.size() + early.still_at_it.size(), 2u);
  EXPECT_EQ(early.still_at_it.back(), bob);  // has only just been ingested
  const Results late = resultsOf(client, {ada, bob}, heymilo::testing::MockServer::workflow_time);
  EXPECT_EQ(late.done.size(), 2u);
  EXPECT_TRUE(late.still_at_it.empty());
}

}  // namespace
