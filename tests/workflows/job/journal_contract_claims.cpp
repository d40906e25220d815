// Rules of claims, results and workers.

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

/// What the journal may be for instead of purpose().
std::vector<wf::JournalPosting> otherPurposes() {
  std::vector<wf::JournalPosting> others(3, purpose());
  others[0].base_url = "http://localhost";
  others[1].key_name = "key:id";
  others[2].digest_version = 2;
  return others;
}

/// Another process joins, for this purpose.
wf::JournalJoin joinFor(const wf::JournalPosting& posting) {
  wf::JournalJoin join;
  join.stamp = {freshName(), 1, 0};
  join.posting = posting;
  return join;
}

void expectRefused(const OpensJournal& open) {
  for (const wf::JournalPosting& other : otherPurposes()) {
    const wf::JournalJoined joined = open()->join(joinFor(other));
    EXPECT_EQ(joined.outcome, Outcome::refused);
    EXPECT_EQ(joined.posting, purpose());
  }
}

void isForOnePosting(const OpensJournal& open) {
  const Worker first(open);
  expectRefused(open);
}

void aJournalWithoutKeysIsBoundAnew(const OpensJournal& open) {
  for (const wf::JournalPosting& other : otherPurposes()) {
    Worker before(open);
    const std::string adoption = before.search().adoption;
    EXPECT_EQ(before.release({}, {}, adoption), Outcome::good);
    EXPECT_TRUE(before.beat().newest);
    before.search();
    EXPECT_EQ(before.journal().leave(before.next()), Outcome::good);

    const auto journal = open();
    const wf::JournalJoin join = joinFor(other);
    const std::string& id = join.stamp.worker;
    const wf::JournalJoined joined = journal->join(join);
    EXPECT_EQ(joined.outcome, Outcome::good);
    EXPECT_EQ(joined.posting, other);
    const wf::JournalView view = journal->beat({{id, 2, 1}, {}, false, {}});
    EXPECT_EQ(view.outcome, Outcome::good);
    EXPECT_FALSE(view.adopted);
    EXPECT_EQ(view.newest, std::nullopt);
    EXPECT_THAT(view.others, IsEmpty());
    const wf::JournalDoubts doubts = journal->search({{id, 3, 2}});
    EXPECT_TRUE(doubts.mine);
    EXPECT_TRUE(doubts.fresh);
    EXPECT_THAT(doubts.adoption, ::testing::Not(IsEmpty()));
    EXPECT_NE(doubts.adoption, adoption);
    const auto standing = journal->standing("posting");
    ASSERT_TRUE(standing);
    EXPECT_EQ(standing->posting, other);
    EXPECT_EQ(open()->join(joinFor(purpose())).outcome, Outcome::refused);
    EXPECT_EQ(journal->leave({id, 4, 3}), Outcome::good);
  }
}

void aJournalWithAKeyIsNotBoundAnew(const OpensJournal& open) {
  Worker worker(open);
  worker.adopt().claim({"a"}, "t");
  worker.settle("a", "t", State::unsent);
  EXPECT_EQ(worker.journal().leave(worker.next()), Outcome::good);
  expectRefused(open);
}

void aJournalIsNotBoundAnewWhileAnotherWorkerIsThere(const OpensJournal& open) {
  Worker gone(open);
  Worker worker(open);
  EXPECT_EQ(gone.journal().leave(gone.next()), Outcome::good);
  expectRefused(open);
  worker.adopt();
  expectRefused(open);
  EXPECT_EQ(worker.journal().leave(worker.next()), Outcome::good);
  EXPECT_EQ(open()->join(joinFor(otherPurposes()[0])).outcome, Outcome::good);
}

void aKeyIsClaimedOnce(const OpensJournal& open) {
  Worker one(open);
  Worker other(open);
  one.adopt();
  EXPECT_EQ(one.claim({"a", "b"}, "t1")[1].verdict, Verdict::claimed);
  const auto answers = other.claim({"b", "c"}, "t2");
  EXPECT_EQ(answers[0].verdict, Verdict::elsewhere);
  EXPECT_EQ(answers[1].verdict, Verdict::claimed);
}

void noMoreAreClaimedThanAskedFor(const OpensJournal& open) {
  Worker worker(open);
  worker.adopt();
  wf::JournalClaim claim;
  claim.stamp = worker.next();
  claim.token = "t";
  claim.records = {{"c", "d"}, {"b", "d"}, {"a", "d"}};
  claim.most = 2;
  const auto answers = worker.journal().claim(claim).answers;
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[0].verdict, Verdict::claimed);
  EXPECT_EQ(answers[1].verdict, Verdict::claimed);
  EXPECT_EQ(answers[2].verdict, Verdict::free);
  EXPECT_EQ(worker.row("a").key, "");
}

void aSettledKeyIsKnownByItsContent(const OpensJournal& open) {
  Worker worker(open);
  worker.adopt().claim({"a", "b", "c", "d"}, "t");
  worker.settle("a", "t", State::ingested);
  worker.settle("b", "t", State::queued);
  worker.settle("c", "t", State::rejected);
  worker.settle("d", "t", State::unsent);
  EXPECT_EQ(worker.ask("a"), Verdict::known);
  EXPECT_EQ(worker.ask("a", "other"), Verdict::changed);
  EXPECT_EQ(worker.ask("b"), Verdict::known);
  EXPECT_EQ(worker.ask("b", "other"), Verdict::changed);
  EXPECT_EQ(worker.ask("c"), Verdict::rejected);
  EXPECT_EQ(worker.ask("c", "other"), Verdict::free);
  EXPECT_EQ(worker.ask("d"), Verdict::free);
  EXPECT_EQ(worker.row("a").interview_id, "interview-t");
  EXPECT_EQ(worker.row("b").ingestion_id, "ingestion-t");
  EXPECT_EQ(worker.row("c").error_code, "invalid");
  EXPECT_EQ(worker.row("d").state, State::unsent);
  const wf::JournalCounts counts = worker.beat().counts;
  EXPECT_EQ(counts.ingested, 1U);
  EXPECT_EQ(counts.queued, 1U);
  EXPECT_EQ(counts.rejected, 1U);
  EXPECT_EQ(counts.unsent, 1U);
}

void aResultIsItsClaims(const OpensJournal& open) {
  Worker worker(open);
  worker.adopt().claim({"a"}, "t1");
  for (const State state : {State::unsent, State::rejected, State::in_doubt, State::queued}) {
    worker.settle("a", "before", state);
    EXPECT_EQ(worker.row("a").state, State::in_flight) << toString(state);
  }
  worker.settle("a", "before", State::ingested);  // it is there, whoever has sent it
  EXPECT_EQ(worker.row("a").state, State::ingested);
  EXPECT_EQ(worker.settle("a", "t1", State::unsent).outcome, Outcome::good);
  EXPECT_EQ(worker.row("a").state, State::ingested);
}

void aFreeKeyStillBelongsToItsLastClaim(const OpensJournal& open) {
  Worker worker(open);
  worker.adopt().claim({"a", "b"}, "t");
  worker.settle("a", "t", State::unsent);
  worker.settle("b", "t", State::unsent);
  worker.settle("a", "t", State::in_doubt);
  worker.settle("b", "t", State::queued);
  EXPECT_EQ(worker.row("a").state, State::in_doubt);
  EXPECT_EQ(worker.row("b").state, State::queued);
}

void aSecondReceiptIsKept(const OpensJournal& open) {
  Worker worker(open);
  worker.adopt().claim({"a"}, "t1");
  EXPECT_EQ(worker.settle("a", "t1", State::ingested).twice, 0U);
  EXPECT_EQ(worker.settle("a", "t1", State::ingested).twice, 0U);
  EXPECT_EQ(worker.settle("a", "t0", State::ingested).twice, 1U);
  EXPECT_EQ(worker.show("a", "interview-shown").twice, 1U);
  const wf::JournalRow row = worker.row("a");
  EXPECT_EQ(row.sent_at, time(0));
  EXPECT_EQ(row.interview_id, "interview-t1");
  EXPECT_THAT(row.other_interview_ids,
              ::testing::UnorderedElementsAre("interview-t0", "interview-shown"));
}

void whatIsNotKnownIsAdded(const OpensJournal& open) {
  Worker worker(open);
  worker.adopt();
  worker.settle("a", "t", State::ingested);
  worker.settle("b", "t", State::in_doubt);
  worker.settle("c", "t", State::queued);
  worker.settle("d", "t", State::unsent);
  worker.settle("e", "t", State::rejected);
  EXPECT_EQ(worker.ask("a"), Verdict::known);
  EXPECT_EQ(worker.ask("a", "other"), Verdict::changed);
  EXPECT_EQ(worker.ask("b"), Verdict::in_doubt);
  EXPECT_EQ(worker.ask("c"), Verdict::known);
  EXPECT_EQ(worker.ask("d"), Verdict::free);
  EXPECT_EQ(worker.ask("e"), Verdict::free);
}

void aLateReceiptOfAQueueIsKeptForItsTime(const OpensJournal& open) {
  Worker worker(open);
  worker.adopt().claim({"a"}, "t2");
  worker.settle("a", "t1", State::queued);
  EXPECT_EQ(worker.row("a").state, State::in_flight);
  worker.settle("a", "t2", State::unsent);
  EXPECT_EQ(worker.row("a").state, State::queued);
  EXPECT_EQ(worker.row("a").ingestion_id, "ingestion-t1");
}

void aLaterOperationEndsTheEarlierOnes(const OpensJournal& open) {
  Worker worker(open);
  worker.adopt();
  wf::JournalClaim late;
  late.stamp = worker.next();
  late.token = "late";
  late.records = {{"a", "d"}};
  late.most = 1;
  worker.beat();
  EXPECT_EQ(worker.journal().claim(late).outcome, Outcome::stale);
  EXPECT_EQ(worker.ask("a"), Verdict::free);
}

void theDeadAreBuried(const OpensJournal& open) {
  Worker dead(open);
  Worker worker(open);
  dead.adopt().claim({"a"}, "t");
  dead.settle("b", "t", State::ingested);
  const auto others = worker.beat().others;
  ASSERT_EQ(others.size(), 1U);
  EXPECT_EQ(others[0].worker, dead.id());
  EXPECT_EQ(others[0].outlast, std::chrono::seconds{1});
  dead.die();
  worker.beat({{dead.id(), dead.number() - 1}});  // it had lived since
  EXPECT_EQ(worker.row("a").state, State::in_flight);
  EXPECT_THAT(worker.beat({{dead.id(), dead.number()}}).others, IsEmpty());
  EXPECT_EQ(worker.row("a").state, State::in_doubt);
  EXPECT_EQ(worker.row("b").state, State::ingested);
  const wf::JournalDoubts doubts = worker.search();
  ASSERT_EQ(doubts.doubts.size(), 1U);
  EXPECT_EQ(doubts.doubts[0].key, "a");
  EXPECT_EQ(doubts.doubts[0].claim, "t");
  EXPECT_EQ(doubts.doubts[0].owner, dead.id());
  EXPECT_EQ(doubts.doubts[0].sent_at, time(0));
}

void oneWhoIsBuriedIsGone(const OpensJournal& open) {
  Worker buried(open);
  Worker worker(open);
  buried.adopt().claim({"a", "b"}, "t");
  const wf::JournalStamp stamp = buried.next();
  buried.die();
  const auto again = open();  // another connection of the same one
  worker.beat({{buried.id(), stamp.number - 1}});
  EXPECT_EQ(again->beat({stamp, {}, false, {}}).outcome, Outcome::gone);
  EXPECT_TRUE(worker.beat().adopted);
  // What came of its requests counts all the same.
  const auto settled = again->settle(
      {{buried.id(), stamp.number + 1, stamp.answered},
       {Worker::result("a", "t", State::ingested), Worker::result("b", "t", State::unsent)}});
  EXPECT_EQ(settled.outcome, Outcome::gone);
  EXPECT_EQ(worker.row("a").state, State::ingested);
  EXPECT_EQ(worker.row("b").state, State::unsent);
}

void anOlderCopyIsNoticedByItsWorkers(const OpensJournal& open) {
  Worker worker(open);
  worker.adopt();
  wf::JournalStamp stamp = worker.next();
  stamp.answered = stamp.number + 5;
  stamp.number += 6;
  EXPECT_EQ(worker.journal().beat({stamp, {}, false, {}}).outcome, Outcome::restored);
  Worker other(open);
  EXPECT_FALSE(other.beat().adopted);
}

void aWorkerWithoutARowHasAnOlderCopy(const OpensJournal& open) {
  Worker worker(open);
  worker.adopt().claim({"a"}, "t");
  const auto another = open();
  EXPECT_EQ(another->beat({{freshName(), 7, 6}, {}, false, {}}).outcome, Outcome::restored);
  // Nobody goes on with what was claimed in it.
  worker.beat();
  EXPECT_EQ(worker.outcome(), Outcome::gone);
  Worker other(open);
  EXPECT_FALSE(other.beat().adopted);
  EXPECT_EQ(other.row("a").state, State::in_doubt);
}

void whoLeavesIsGone(const OpensJournal& open) {
  Worker leaving(open);
  Worker worker(open);
  leaving.adopt().claim({"a"}, "t");
  EXPECT_EQ(leaving.journal().leave(leaving.next()), Outcome::good);
  EXPECT_THAT(worker.beat().others, IsEmpty());
  EXPECT_EQ(worker.row("a").state, State::in_doubt);
  EXPECT_EQ(leaving.journal().beat({leaving.next(), {}, false, {}}).outcome, Outcome::gone);
}

void tellsWhoHasBegun(const OpensJournal& open) {
  Worker one(open);
  Worker other(open);
  EXPECT_FALSE(other.beat().others.at(0).begun);
  one.beat({}, true);
  EXPECT_TRUE(other.beat().others.at(0).begun);
  EXPECT_EQ(other.beat().others.at(0).number, one.number());
}

void givesItsRowsInParts(const OpensJournal& open) {
  Worker worker(open);
  worker.adopt().claim({"c", "a", "b"}, "t");
  const auto first = worker.journal().rows("posting", "", 2);
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[1].key, "b");
  const auto rest = worker.journal().rows("posting", "b", 2);
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest[0].key, "c");
  EXPECT_THAT(worker.journal().rows("another", "", 2), IsEmpty());
}

void tellsWhereItStands(const OpensJournal& open) {
  Worker worker(open);
  EXPECT_EQ(worker.journal().standing("another"), std::nullopt);
  const auto fresh = worker.journal().standing("posting");
  ASSERT_TRUE(fresh);
  EXPECT_FALSE(fresh->adopted);
  EXPECT_EQ(fresh->posting.posting_id, "posting");
  worker.adopt().claim({"a", "b"}, "t");
  const auto later = worker.journal().standing("posting");
  ASSERT_TRUE(later);
  EXPECT_TRUE(later->adopted);
  EXPECT_EQ(later->counts.in_flight, 2U);
  EXPECT_EQ(later->newest, worker.beat().newest);
}

}  // namespace
}  // namespace journal_contract

std::vector<JournalRule> claimRules() {
  namespace c = journal_contract;
  return {{"IsForOnePosting", c::isForOnePosting},
          {"AJournalWithoutKeysIsBoundAnew", c::aJournalWithoutKeysIsBoundAnew},
          {"AJournalWithAKeyIsNotBoundAnew", c::aJournalWithAKeyIsNotBoundAnew},
          {"AJournalIsNotBoundAnewWhileAnotherWorkerIsThere",
           c::aJournalIsNotBoundAnewWhileAnotherWorkerIsThere},
          {"AKeyIsClaimedOnce", c::aKeyIsClaimedOnce},
          {"NoMoreAreClaimedThanAskedFor", c::noMoreAreClaimedThanAskedFor},
          {"ASettledKeyIsKnownByItsContent", c::aSettledKeyIsKnownByItsContent},
          {"AResultIsItsClaims", c::aResultIsItsClaims},
          {"AFreeKeyStillBelongsToItsLastClaim", c::aFreeKeyStillBelongsToItsLastClaim},
          {"ASecondReceiptIsKept", c::aSecondReceiptIsKept},
          {"WhatIsNotKnownIsAdded", c::whatIsNotKnownIsAdded},
          {"ALateReceiptOfAQueueIsKeptForItsTime", c::aLateReceiptOfAQueueIsKeptForItsTime},
          {"ALaterOperationEndsTheEarlierOnes", c::aLaterOperationEndsTheEarlierOnes},
          {"TheDeadAreBuried", c::theDeadAreBuried},
          {"OneWhoIsBuriedIsGone", c::oneWhoIsBuriedIsGone},
          {"AnOlderCopyIsNoticedByItsWorkers", c::anOlderCopyIsNoticedByItsWorkers},
          {"AWorkerWithoutARowHasAnOlderCopy", c::aWorkerWithoutARowHasAnOlderCopy},
          {"WhoLeavesIsGone", c::whoLeavesIsGone},
          {"TellsWhoHasBegun", c::tellsWhoHasBegun},
          {"GivesItsRowsInParts", c::givesItsRowsInParts},
          {"TellsWhereItStands", c::tellsWhereItStands}};
}

}  // namespace heymilo_test
