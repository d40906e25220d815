// Rules of searches in the posting.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "workflows/job/journal_contract.hpp"
#include "workflows/job/journal_worker.hpp"

namespace heymilo_test {
namespace journal_contract {
namespace {

using ::testing::IsEmpty;

void isAdoptedFirst(const OpensJournal& open) {
  Worker worker(open);
  EXPECT_FALSE(worker.beat().adopted);
  worker.claim({"a"}, "t");
  EXPECT_EQ(worker.outcome(), Outcome::not_adopted);
  const wf::JournalDoubts doubts = worker.search();
  ASSERT_THAT(doubts.adoption, ::testing::Not(IsEmpty()));
  EXPECT_EQ(doubts.outlast, std::chrono::seconds{1});
  EXPECT_TRUE(doubts.fresh);
  worker.release({}, {}, "another");
  EXPECT_FALSE(worker.beat().adopted);
  worker.release({}, {}, doubts.adoption);
  EXPECT_TRUE(worker.beat().adopted);
  EXPECT_THAT(worker.search().adoption, IsEmpty());
}

void anAdoptionEndsWithTheNext(const OpensJournal& open) {
  Worker worker(open);
  const std::string adoption = worker.search().adoption;
  open()->beat({{freshName(), 7, 6}, {}, false, {}});  // another one has become necessary
  Worker other(open);
  EXPECT_TRUE(other.search().mine);
  other.release({}, {}, adoption);
  EXPECT_FALSE(other.beat().adopted);
  other.adopt();
  EXPECT_TRUE(other.beat().adopted);
  open()->beat({{freshName(), 7, 6}, {}, false, {}});
  Worker third(open);
  EXPECT_FALSE(third.search().fresh);
}

void oneSearches(const OpensJournal& open) {
  Worker one(open);
  Worker other(open);
  one.adopt();
  EXPECT_TRUE(one.search().mine);
  EXPECT_TRUE(one.search().mine);
  EXPECT_FALSE(other.search().mine);
  one.release({});
  EXPECT_TRUE(other.search().mine);
  EXPECT_EQ(other.journal().leave(other.next()), Outcome::good);
  EXPECT_TRUE(one.search().mine);
}

void aSearchFreesWhatIsStillInDoubt(const OpensJournal& open) {
  Worker worker(open);
  worker.adopt().claim({"a", "b", "c"}, "t");
  for (const char* key : {"a", "b", "c"}) {
    worker.settle(key, "t", State::in_doubt);
  }
  const auto doubts = worker.search().doubts;
  ASSERT_EQ(doubts.size(), 3U);
  worker.settle("b", "t", State::unsent);
  worker.claim({"b"}, "t2");
  worker.settle("b", "t2", State::in_doubt);
  worker.show("c", "interview");
  worker.release(doubts);
  EXPECT_EQ(worker.row("a").state, State::unsent);
  EXPECT_EQ(worker.row("b").state, State::in_doubt);
  EXPECT_EQ(worker.row("c").state, State::ingested);
}

void anotherWorkerSeeksWhatIsUnresolved(const OpensJournal& open) {
  Worker worker(open);
  Worker other(open);
  worker.adopt().claim({"a"}, "t", "d", true);
  worker.settle("a", "t", State::in_doubt);
  auto doubts = worker.search().doubts;
  ASSERT_EQ(doubts.size(), 1U);
  EXPECT_TRUE(doubts[0].async);
  EXPECT_EQ(doubts[0].doubted, 0);
  worker.release({}, doubts);
  EXPECT_EQ(worker.ask("a"), Verdict::unresolved);
  EXPECT_THAT(worker.search().doubts, IsEmpty());
  worker.release({});
  EXPECT_EQ(other.ask("a"), Verdict::in_doubt);
  doubts = other.search().doubts;
  ASSERT_EQ(doubts.size(), 1U);
  EXPECT_GT(doubts[0].doubted, 0);
}

void whatIsShownIsThere(const OpensJournal& open) {
  Worker worker(open);
  worker.adopt().claim({"a", "b"}, "t");
  worker.settle("a", "t", State::rejected);
  EXPECT_EQ(worker.show("a", "i1").unknown, 0U);
  EXPECT_EQ(worker.show("b", "i2").unknown, 0U);
  EXPECT_EQ(worker.show("new", "i3").unknown, 1U);
  EXPECT_EQ(worker.row("a").state, State::ingested);
  EXPECT_EQ(worker.row("b").state, State::ingested);
  EXPECT_EQ(worker.row("b").interview_id, "i2");
  // What its content was is not known, until it is asked for.
  EXPECT_EQ(worker.ask("new", "one"), Verdict::known);
  EXPECT_EQ(worker.ask("new", "two"), Verdict::changed);
  worker.settle("b", "t", State::in_doubt);
  EXPECT_EQ(worker.row("b").state, State::ingested);
}

void tellsHowFarTheQueueIs(const OpensJournal& open) {
  Worker worker(open);
  worker.adopt();
  for (const char* key : {"a", "b", "c"}) {
    worker.claim({key}, key, "d", true, time(*key));
    worker.settle(key, key, State::queued);
  }
  wf::QueueState queue = worker.show("b", "i1").queue;
  ASSERT_TRUE(queue.oldest_unshown && queue.newest_shown);
  EXPECT_LT(*queue.oldest_unshown, *queue.newest_shown);
  const wf::JournalDoubts doubts = worker.search();
  EXPECT_EQ(doubts.queued, 2U);
  EXPECT_EQ(doubts.queued_since, time('a'));
  queue = worker.show("a", "i2").queue;
  EXPECT_GT(*queue.oldest_unshown, *queue.newest_shown);
  queue = worker.show("c", "i3").queue;
  EXPECT_FALSE(queue.oldest_unshown);
  worker.claim({"e"}, "e", "d", true, std::nullopt);
  worker.settle("e", "e", State::queued);
  EXPECT_FALSE(worker.search().queued_since);
}

void comparesTimes(const OpensJournal& open) {
  Worker worker(open);
  worker.adopt().claim({"a", "b"}, "t");
  for (const char* key : {"a", "b"}) {
    wf::KeyResult result = Worker::result(key, "t", State::ingested);
    result.interview_id = key;
    result.received_at = time(10);
    worker.settle(result);
  }
  EXPECT_THAT(worker.show("a", "another", time(9)).comparisons, IsEmpty());
  worker.show("b", "b", time(9));
  const auto comparisons = worker.show("a", "a", time(8)).comparisons;
  ASSERT_EQ(comparisons.size(), 1U);
  EXPECT_EQ(comparisons[0].owner, worker.id());
  EXPECT_EQ(comparisons[0].received_at, time(10));
  EXPECT_EQ(comparisons[0].created_at, time(8));
}

void knowsTheNewestSending(const OpensJournal& open) {
  Worker worker(open);
  worker.adopt();
  EXPECT_EQ(worker.beat().newest, time(-100));
  worker.claim({"a"}, "t1", "d", false, time(5));
  worker.claim({"b"}, "t2", "d", false, time(3));
  worker.claim({"a"}, "t3", "d", false, time(9));  // claims nothing
  EXPECT_EQ(worker.beat().newest, time(5));
  worker.claim({"c"}, "t4", "d", false, std::nullopt);
  EXPECT_FALSE(worker.beat().newest);
  // What one has seen is in the journal, with a time or without.
  EXPECT_EQ(worker.beat({}, true, time(4)).newest, time(4));
  EXPECT_EQ(worker.beat({}, true, time(20)).newest, time(4));  // once
  Worker other(open);
  EXPECT_EQ(other.beat({}, true, time(7)).newest, time(7));
  Worker third(open);
  EXPECT_EQ(third.beat({}, true, time(6)).newest, time(7));
}

void countsFailures(const OpensJournal& open) {
  Worker worker(open);
  worker.adopt().claim({"a"}, "t1");
  wf::KeyResult failed = Worker::result("a", "t1", State::in_doubt);
  failed.failed = true;
  failed.undated = true;
  worker.settle(failed);
  const auto doubts = worker.search().doubts;
  ASSERT_EQ(doubts.size(), 1U);
  EXPECT_FALSE(doubts[0].sent_at);
  worker.release(doubts);
  const auto answers = worker.claim({"a"}, "t2");
  EXPECT_EQ(answers[0].verdict, Verdict::claimed);
  EXPECT_EQ(answers[0].failures, 1);
}

}  // namespace
}  // namespace journal_contract

std::vector<JournalRule> searchRules() {
  namespace c = journal_contract;
  return {{"IsAdoptedFirst", c::isAdoptedFirst},
          {"AnAdoptionEndsWithTheNext", c::anAdoptionEndsWithTheNext},
          {"OneSearches", c::oneSearches},
          {"ASearchFreesWhatIsStillInDoubt", c::aSearchFreesWhatIsStillInDoubt},
          {"AnotherWorkerSeeksWhatIsUnresolved", c::anotherWorkerSeeksWhatIsUnresolved},
          {"WhatIsShownIsThere", c::whatIsShownIsThere},
          {"TellsHowFarTheQueueIs", c::tellsHowFarTheQueueIs},
          {"ComparesTimes", c::comparesTimes},
          {"KnowsTheNewestSending", c::knowsTheNewestSending},
          {"CountsFailures", c::countsFailures}};
}

}  // namespace heymilo_test
