// A key that is inserted again: what its application is shown, and what is sent.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "heymilo/testing/mock_server.hpp"
#include "support/mock_client.hpp"
#include "support/namespaces.hpp"
#include "workflows/outbox/outbox_contract.hpp"

namespace heymilo_test {
namespace {

using heymilo::workflows::Outbox;
using heymilo::workflows::OutboxOptions;
using heymilo::workflows::OutboxOutcome;
using heymilo::workflows::OutboxResult;
using heymilo::workflows::OutboxRow;
using heymilo::workflows::OutboxState;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kAda = R"({"name": "Ada", "email": "ada@example.com"})";
constexpr const char* kAdaAgain = R"({"email":"ada@example.com", "name":"Ada"})";
constexpr const char* kBob = R"({"name": "Bob", "email": "bob@example.com"})";
constexpr const char* kBad = R"({"name": "Bad", "email": "nobody"})";

struct Api {
  Api() { server.addPosting("p"); }

  OutboxResult deliver(Outbox& outbox) const {
    heymilo::ClientOptions client = mockClientOptions(server);
    client.rate_limit.reset();
    OutboxOptions options;
    options.once = true;
    options.new_posting = true;
    options.settling_time = std::chrono::milliseconds{50};
    return deliverOutbox(heymilo::Client(client), outbox, options);
  }
  std::size_t posts() const { return server.requests("ingestCandidatesBulk").size(); }

  MockServer server;
};

/// The only row of `p` that waits; id 0 where there is none.
OutboxRow waiting(Outbox& outbox) {
  const auto rows = outbox.pending("p", 0, 10);
  EXPECT_LE(rows.size(), 1u);
  return rows.empty() ? OutboxRow() : rows.front();
}

OutboxOutcome outcomeOf(const OutboxRow& row, OutboxState state,
                        const std::string& interview_id = {}) {
  OutboxOutcome outcome;
  outcome.id = row.id;
  outcome.state = state;
  outcome.interview_id = interview_id;
  if (state == OutboxState::rejected) {
    outcome.error = heymilo::APIErrorDetail{"value_error", "no"};
  }
  return outcome;
}

void deliveredAndInsertedAgain(OutboxDatabase& database) {
  const Api api;
  const auto outbox = database.open();
  database.enqueue("p", "1", kAda);
  EXPECT_EQ(api.deliver(*outbox).delivered, 1u);
  const std::string interview = database.interviewOf("p", "1");
  EXPECT_NE(interview, "");

  database.enqueue("p", "1", kAdaAgain);
  EXPECT_THAT(database.row("p", "1"), StartsWith("pending"));
  OutboxResult result = api.deliver(*outbox);
  EXPECT_EQ(result.known, 1u);
  EXPECT_EQ(result.changed, 0u);
  EXPECT_EQ(database.row("p", "1"), "ingested  -");
  EXPECT_EQ(database.interviewOf("p", "1"), interview);

  database.enqueue("p", "1", kBob);
  result = api.deliver(*outbox);
  EXPECT_EQ(result.delivered, 0u);
  EXPECT_EQ(result.changed, 1u);
  EXPECT_EQ(database.row("p", "1"), "changed  -");
  EXPECT_EQ(database.interviewOf("p", "1"), interview);

  database.enqueue("p", "1", kAda);
  EXPECT_EQ(api.deliver(*outbox).known, 1u);
  EXPECT_EQ(database.row("p", "1"), "ingested  -");
  EXPECT_EQ(api.posts(), 1u);
  EXPECT_EQ(api.server.candidateCount("p"), 1u);
}

void whatIsDeliveredIsNeverRejected(OutboxDatabase& database) {
  const Api api;
  const auto outbox = database.open();
  database.enqueue("p", "1", kAda);
  api.deliver(*outbox);
  database.enqueue("p", "1", "[1]");
  api.deliver(*outbox);
  EXPECT_EQ(database.row("p", "1"), "changed invalid_record -");
  EXPECT_NE(database.interviewOf("p", "1"), "");
}

void aCorrectionReplacesWhatIsRejected(OutboxDatabase& database) {
  const auto outbox = database.open();
  database.enqueue("p", "1", kBad);
  const OutboxRow first = waiting(*outbox);
  database.enqueue("p", "1", kBob);
  database.enqueue("p", "1", kAda);
  EXPECT_EQ(waiting(*outbox).id, first.id);
  EXPECT_EQ(waiting(*outbox).request, kBad);
  outbox->settle({outcomeOf(first, OutboxState::rejected)});
  const OutboxRow second = waiting(*outbox);
  EXPECT_GT(second.id, first.id);
  EXPECT_EQ(second.request, kAda);
  outbox->settle({outcomeOf(first, OutboxState::ingested)});  // by another process, too late
  EXPECT_EQ(waiting(*outbox).id, second.id);
  outbox->settle({outcomeOf(second, OutboxState::rejected)});
  EXPECT_EQ(waiting(*outbox).id, 0);
  EXPECT_THAT(database.row("p", "1"), StartsWith("rejected value_error {"));
  EXPECT_THAT(database.row("p", "1"), HasSubstr("Ada"));
}

void aCorrectionIsNotSentAfterTheFirst(OutboxDatabase& database) {
  const Api api;
  const auto outbox = database.open();
  database.enqueue("p", "1", kAda);
  database.enqueue("p", "1", kBob);
  const OutboxResult result = api.deliver(*outbox);
  EXPECT_EQ(result.delivered, 1u);
  EXPECT_EQ(result.changed, 1u);
  EXPECT_EQ(result.failed, 0u);
  EXPECT_EQ(database.row("p", "1"), "changed  -");
  EXPECT_NE(database.interviewOf("p", "1"), "");
  EXPECT_EQ(api.posts(), 1u);
  EXPECT_EQ(api.server.candidates("p").at(0).at("name"), "Ada");
}

void aCorrectionIsSentAfterARejection(OutboxDatabase& database) {
  const Api api;
  const auto outbox = database.open();
  database.enqueue("p", "1", kBad);
  database.enqueue("p", "1", kAda);
  const OutboxResult result = api.deliver(*outbox);
  EXPECT_EQ(result.rejected, 1u);
  EXPECT_EQ(result.delivered, 1u);
  EXPECT_EQ(database.row("p", "1"), "ingested  -");
  EXPECT_EQ(api.server.candidates("p").at(0).at("name"), "Ada");
}

void theSameAgainIsNoCorrection(OutboxDatabase& database) {
  const auto outbox = database.open();
  database.enqueue("p", "1", kAda);
  database.enqueue("p", "1", kAda);
  outbox->settle({outcomeOf(waiting(*outbox), OutboxState::rejected)});
  EXPECT_EQ(waiting(*outbox).id, 0);
  database.enqueue("p", "2", kAda);
  database.enqueue("p", "2", kBob);
  database.enqueue("p", "2", kAda);  // taken back
  outbox->settle({outcomeOf(waiting(*outbox), OutboxState::ingested, "int_1")});
  EXPECT_EQ(waiting(*outbox).id, 0);
  EXPECT_EQ(database.row("p", "2"), "ingested  -");
}

void aCorrectionIsRolledBack(OutboxDatabase& database) {
  const auto outbox = database.open();
  database.enqueue("p", "1", kBad);
  database.begin();
  database.enqueue("p", "1", kAda);
  database.rollback();
  outbox->settle({outcomeOf(waiting(*outbox), OutboxState::rejected)});
  EXPECT_EQ(waiting(*outbox).id, 0);
}

}  // namespace

std::vector<OutboxRule> correctionContract() {
  return {{"DeliveredAndInsertedAgain", deliveredAndInsertedAgain},
          {"WhatIsDeliveredIsNeverRejected", whatIsDeliveredIsNeverRejected},
          {"ACorrectionReplacesWhatIsRejected", aCorrectionReplacesWhatIsRejected},
          {"ACorrectionIsNotSentAfterTheFirst", aCorrectionIsNotSentAfterTheFirst},
          {"ACorrectionIsSentAfterARejection", aCorrectionIsSentAfterARejection},
          {"TheSameAgainIsNoCorrection", theSameAgainIsNoCorrection},
          {"ACorrectionIsRolledBack", aCorrectionIsRolledBack}};
}

}  // namespace heymilo_test
