// Rules of forgetting keys whose candidates were deleted.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "workflows/job/journal_contract.hpp"
#include "workflows/job/journal_worker.hpp"

namespace heymilo_test {
namespace journal_contract {
namespace {

using ::testing::IsEmpty;

void ingest(Worker& worker, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    worker.claim({key}, key);
    worker.settle(key, key, State::ingested);  // interview-<key>
  }
}

void expectForgotten(Worker& worker, const std::string& key) {
  const wf::JournalRow row = worker.row(key);
  EXPECT_TRUE(row.forgotten);
  EXPECT_EQ(row.state, State::ingested);
  EXPECT_THAT(row.digest + row.interview_id + row.interview_url + row.ingestion_id + row.error_code,
              IsEmpty());
  EXPECT_THAT(row.other_interview_ids, IsEmpty());
  EXPECT_FALSE(row.sent_at);
}

void forgetsWhoWasDeleted(const OpensJournal& open) {
  Worker worker(open);
  ingest(worker.adopt(), {"a", "b", "c"});
  worker.show("c", "second");
  EXPECT_FALSE(worker.row("a").forgotten);
  EXPECT_EQ(worker.journal().forget("posting",
                                    {{"a", {"interview-a"}}, {"c", {"second", "interview-c"}}}),
            2U);
  expectForgotten(worker, "a");
  expectForgotten(worker, "c");
  EXPECT_EQ(worker.row("b").interview_id, "interview-b");
  EXPECT_EQ(worker.beat().counts.ingested, 3U);
  EXPECT_EQ(worker.journal().forget("posting", {{"a", {"interview-a"}}, {"c", {}}}), 0U);
  EXPECT_EQ(worker.outcome(), Outcome::good);
}

void forgetsAlsoInAnotherProcess(const OpensJournal& open) {
  Worker worker(open);
  ingest(worker.adopt(), {"a"});
  EXPECT_EQ(open()->forget("posting", {{"a", {"interview-a"}}}), 1U);
  EXPECT_EQ(worker.ask("a"), Verdict::known);
  EXPECT_EQ(worker.outcome(), Outcome::good);
  expectForgotten(worker, "a");
}

void nobodyIsClaimedAgain(const OpensJournal& open) {
  Worker worker(open);
  ingest(worker.adopt(), {"a"});
  EXPECT_EQ(worker.ask("a", "other"), Verdict::changed);
  worker.journal().forget("posting", {{"a", {"interview-a"}}});
  for (const char* digest : {"d", "other", "d"}) {
    const auto answers = worker.claim({"a"}, freshName(), digest);
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(answers[0].verdict, Verdict::known) << digest;
    EXPECT_EQ(answers[0].state, State::ingested);
    EXPECT_THAT(answers[0].interview_id + answers[0].interview_url, IsEmpty());
    expectForgotten(worker, "a");  // the digest is not stored again
  }
}

void leavesWhatIsNotAsItWasRead(const OpensJournal& open) {
  Worker worker(open);
  ingest(worker.adopt(), {"a", "b"});
  worker.show("b", "second");
  worker.claim({"flying", "doubted", "queued", "rejected", "unsent"}, "t");
  for (const auto& [key, state] : {std::pair("doubted", State::in_doubt),
                                   std::pair("queued", State::queued),
                                   std::pair("rejected", State::rejected),
                                   std::pair("unsent", State::unsent)}) {
    worker.settle(key, "t", state);
  }
  std::vector<wf::DeletedKey> keys{{"a", {"another"}},
                                   {"a", {}},
                                   {"b", {"interview-b"}},
                                   {"b", {"second"}},
                                   {"nobody", {"interview-a"}}};
  for (const char* key : {"flying", "doubted", "queued", "rejected", "unsent"}) {
    keys.push_back({key, {"", "interview-t"}});
  }
  EXPECT_EQ(worker.journal().forget("posting", keys), 0U);
  EXPECT_EQ(worker.journal().forget("another", {{"a", {"interview-a"}}}), 0U);
  EXPECT_EQ(worker.journal().forget("posting", {}), 0U);
  EXPECT_EQ(worker.row("a").interview_id, "interview-a");
  EXPECT_EQ(worker.row("a").digest, "d");
  EXPECT_THAT(worker.row("b").other_interview_ids, ::testing::ElementsAre("second"));
  EXPECT_EQ(worker.row("queued").state, State::queued);
  EXPECT_FALSE(worker.row("queued").forgotten);
}

void isAnOrdinaryOneWhenItIsSeenAgain(const OpensJournal& open) {
  Worker worker(open);
  ingest(worker.adopt(), {"a", "b"});
  worker.journal().forget("posting", {{"a", {"interview-a"}}, {"b", {"interview-b"}}});
  EXPECT_EQ(worker.show("a", "new").twice, 0U);
  worker.settle("b", "b", State::ingested);  // a receipt that was late
  for (const char* key : {"a", "b"}) {
    EXPECT_FALSE(worker.row(key).forgotten);
    EXPECT_EQ(worker.ask(key, "e"), Verdict::known);
    EXPECT_EQ(worker.row(key).digest, "e");
    EXPECT_EQ(worker.ask(key, "d"), Verdict::changed);
  }
  EXPECT_EQ(worker.row("a").interview_id, "new");
  EXPECT_EQ(worker.row("b").interview_id, "interview-b");
}

}  // namespace
}  // namespace journal_contract

std::vector<JournalRule> forgetRules() {
  namespace c = journal_contract;
  return {{"ForgetsWhoWasDeleted", c::forgetsWhoWasDeleted},
          {"ForgetsAlsoInAnotherProcess", c::forgetsAlsoInAnotherProcess},
          {"NobodyIsClaimedAgain", c::nobodyIsClaimedAgain},
          {"LeavesWhatIsNotAsItWasRead", c::leavesWhatIsNotAsItWasRead},
          {"IsAnOrdinaryOneWhenItIsSeenAgain", c::isAnOrdinaryOneWhenItIsSeenAgain}};
}

}  // namespace heymilo_test
