#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "heymilo/workflows/journal.hpp"

namespace heymilo_test {

/// What each journal has to do, as journal.hpp says it. A store's test has a suite for it:
///
/// ```
/// class MyJournal : public testing::TestWithParam<JournalRule> {};
/// TEST_P(MyJournal, Holds) { GetParam().check(a function that opens one new journal); }
/// INSTANTIATE_TEST_SUITE_P(, MyJournal, testing::ValuesIn(journalContract()), nameOf);
/// ```
///
/// Each opening of the journal is a process: when it is destroyed, that process has died.
using OpensJournal = std::function<std::shared_ptr<heymilo::workflows::Journal>()>;

struct JournalRule {
  const char* name;
  void (*check)(const OpensJournal&);
};
inline void PrintTo(const JournalRule& rule, std::ostream* out) { *out << rule.name; }
inline std::string nameOf(const testing::TestParamInfo<JournalRule>& info) {
  return info.param.name;
}

namespace journal_contract {

namespace wf = heymilo::workflows;
using Outcome = wf::JournalOutcome;
using State = wf::KeyState;
using Verdict = wf::KeyVerdict;
using testing::ElementsAre;
using testing::IsEmpty;

inline wf::JournalPosting purpose() { return {"posting", "https://api.example", "email", 1}; }
inline heymilo::Timestamp time(int seconds) {
  return heymilo::Timestamp(std::chrono::seconds{1'800'000'000 + seconds});
}
inline std::string freshName() {
  static int names = 0;
  return "name" + std::to_string(++names);
}

/// A process with a worker in it.
class Worker {
 public:
  explicit Worker(const OpensJournal& open) : journal_(open()), id_(freshName()) {
    wf::JournalJoin join;
    join.stamp = next();
    join.posting = purpose();
    join.outlast = std::chrono::seconds{1};
    outcome_ = good(journal_->join(join)).outcome;
    EXPECT_EQ(outcome_, Outcome::good);
  }

  const std::string& id() const { return id_; }
  long long number() const { return number_; }
  Outcome outcome() const { return outcome_; }
  wf::Journal& journal() { return *journal_; }
  wf::JournalStamp next() { return {id_, ++number_, answered_}; }
  /// The process dies.
  void die() { journal_.reset(); }

  wf::JournalView beat(std::vector<wf::UnchangedWorker> dead = {}, bool begun = false) {
    return good(journal_->beat({next(), std::move(dead), begun}));
  }
  /// With the same digest for all, and as many as there are.
  std::vector<wf::KeyAnswer> claim(const std::vector<std::string>& keys, const std::string& token,
                                   const std::string& digest = "d", bool async = false,
                                   std::optional<heymilo::Timestamp> sent_at = time(0)) {
    wf::JournalClaim claim;
    claim.stamp = next();
    claim.token = token;
    for (const std::string& key : keys) {
      claim.records.push_back({key, digest});
    }
    claim.most = keys.size();
    claim.async = async;
    claim.sent_at = sent_at;
    return good(journal_->claim(claim)).answers;
  }
  Verdict ask(const std::string& key, const std::string& digest = "d") {
    wf::JournalClaim claim;
    claim.stamp = next();
    claim.token = freshName();
    claim.records = {{key, digest}};
    const auto claimed = good(journal_->claim(claim));  // nothing, but it says what is
    return claimed.answers.size() == 1 ? claimed.answers[0].verdict : Verdict::elsewhere;
  }
  static wf::KeyResult result(const std::string& key, const std::string& claim, State state) {
    wf::KeyResult result;
    result.key = key;
    result.digest = "d";
    result.claim = claim;
    result.state = state;
    if (state == State::ingested) {
      result.interview_id = "interview-" + claim;
      result.interview_url = "https://interview";
    } else if (state == State::queued) {
      result.ingestion_id = "ingestion-" + claim;
    } else if (state == State::rejected) {
      result.error_code = "invalid";
    }
    return result;
  }
  wf::JournalSettled settle(const wf::KeyResult& result) {
    return good(journal_->settle({next(), {result}}));
  }
  wf::JournalSettled settle(const std::string& key, const std::string& claim, State state) {
    return settle(result(key, claim, state));
  }
  wf::JournalDoubts search() { return good(journal_->search({next()})); }
  wf::JournalRecognised show(const std::string& key, const std::string& interview_id,
                             std::optional<heymilo::Timestamp> created_at = std::nullopt) {
    return good(journal_->recognise({next(), {{key, interview_id, "https://shown", created_at}}}));
  }
  Outcome release(std::vector<wf::KeyInDoubt> free, std::vector<wf::KeyInDoubt> unresolved = {},
                  const std::string& adoption = {},
                  std::optional<heymilo::Timestamp> began = time(-100)) {
    outcome_ = journal_->release({next(), std::move(free), std::move(unresolved), adoption, began});
    answered_ = number_;
    return outcome_;
  }
  Worker& adopt() {
    const wf::JournalDoubts doubts = search();
    EXPECT_TRUE(doubts.mine);
    EXPECT_EQ(release({}, {}, doubts.adoption), Outcome::good);
    return *this;
  }
  wf::JournalRow row(const std::string& key) {
    for (wf::JournalRow& row : journal_->rows("posting", {}, 100)) {
      if (row.key == key) {
        return row;
      }
    }
    return {};
  }

 private:
  template <typename Response>
  Response good(Response response) {
    outcome_ = response.outcome;
    answered_ = number_;
    return response;
  }

  std::shared_ptr<wf::Journal> journal_;
  std::string id_;
  long long number_ = 0;
  long long answered_ = 0;
  Outcome outcome_ = Outcome::good;
};

inline void isForOnePosting(const OpensJournal& open) {
  const Worker first(open);
  const auto journal = open();
  wf::JournalJoin join;
  join.stamp = {freshName(), 1, 0};
  join.posting = purpose();
  join.posting.base_url = "http://localhost";
  const wf::JournalJoined joined = journal->join(join);
  EXPECT_EQ(joined.outcome, Outcome::refused);
  EXPECT_EQ(joined.posting, purpose());
}

inline void isAdoptedFirst(const OpensJournal& open) {
  Worker worker(open);
  EXPECT_FALSE(worker.beat().adopted);
  worker.claim({"a"}, "t");
  EXPECT_EQ(worker.outcome(), Outcome::not_adopted);
  const wf::JournalDoubts doubts = worker.search();
  ASSERT_THAT(doubts.adoption, testing::Not(IsEmpty()));
  EXPECT_TRUE(doubts.empty);
  worker.release({}, {}, "another");
  EXPECT_FALSE(worker.beat().adopted);
  worker.release({}, {}, doubts.adoption);
  EXPECT_TRUE(worker.beat().adopted);
  EXPECT_THAT(worker.search().adoption, IsEmpty());
}

inline void aKeyIsClaimedOnce(const OpensJournal& open) {
  Worker one(open);
  Worker other(open);
  one.adopt();
  EXPECT_EQ(one.claim({"a", "b"}, "t1")[1].verdict, Verdict::claimed);
  const auto answers = other.claim({"b", "c"}, "t2");
  EXPECT_EQ(answers[0].verdict, Verdict::elsewhere);
  EXPECT_EQ(answers[1].verdict, Verdict::claimed);
}

inline void noMoreAreClaimedThanAskedFor(const OpensJournal& open) {
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

inline void aSettledKeyIsKnownByItsContent(const OpensJournal& open) {
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

inline void aResultIsItsClaims(const OpensJournal& open) {
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

inline void aFreeKeyStillBelongsToItsLastClaim(const OpensJournal& open) {
  Worker worker(open);
  worker.adopt().claim({"a", "b"}, "t");
  worker.settle("a", "t", State::unsent);
  worker.settle("b", "t", State::unsent);
  worker.settle("a", "t", State::in_doubt);
  worker.settle("b", "t", State::queued);
  EXPECT_EQ(worker.row("a").state, State::in_doubt);
  EXPECT_EQ(worker.row("b").state, State::queued);
}

inline void aSecondReceiptIsKept(const OpensJournal& open) {
  Worker worker(open);
  worker.adopt().claim({"a"}, "t1");
  EXPECT_EQ(worker.settle("a", "t1", State::ingested).twice, 0U);
  EXPECT_EQ(worker.settle("a", "t1", State::ingested).twice, 0U);
  EXPECT_EQ(worker.settle("a", "t0", State::ingested).twice, 1U);
  EXPECT_EQ(worker.show("a", "interview-shown").twice, 1U);
  const wf::JournalRow row = worker.row("a");
  EXPECT_EQ(row.interview_id, "interview-t1");
  EXPECT_THAT(row.other_interview_ids,
              testing::UnorderedElementsAre("interview-t0", "interview-shown"));
}

inline void whatIsNotKnownIsAdded(const OpensJournal& open) {
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

inline void aLateReceiptOfAQueueIsKeptForItsTime(const OpensJournal& open) {
  Worker worker(open);
  worker.adopt().claim({"a"}, "t2");
  worker.settle("a", "t1", State::queued);
  EXPECT_EQ(worker.row("a").state, State::in_flight);
  worker.settle("a", "t2", State::unsent);
  EXPECT_EQ(worker.row("a").state, State::queued);
  EXPECT_EQ(worker.row("a").ingestion_id, "ingestion-t1");
}

inline void aLaterOperationEndsTheEarlierOnes(const OpensJournal& open) {
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

inline void theDeadAreBuried(const OpensJournal& open) {
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

inline void oneWhoIsBuriedIsGone(const OpensJournal& open) {
  Worker buried(open);
  Worker worker(open);
  buried.adopt().claim({"a", "b"}, "t");
  const wf::JournalStamp stamp = buried.next();
  buried.die();
  const auto again = open();  // another connection of the same one
  worker.beat({{buried.id(), stamp.number - 1}});
  EXPECT_EQ(again->beat({stamp, {}, false}).outcome, Outcome::gone);
  EXPECT_TRUE(worker.beat().adopted);
  // What came of its requests counts all the same.
  const auto settled = again->settle(
      {{buried.id(), stamp.number + 1, stamp.answered},
       {Worker::result("a", "t", State::ingested), Worker::result("b", "t", State::unsent)}});
  EXPECT_EQ(settled.outcome, Outcome::gone);
  EXPECT_EQ(worker.row("a").state, State::ingested);
  EXPECT_EQ(worker.row("b").state, State::unsent);
}

inline void anOlderCopyIsNoticedByItsWorkers(const OpensJournal& open) {
  Worker worker(open);
  worker.adopt();
  wf::JournalStamp stamp = worker.next();
  stamp.answered = stamp.number + 5;
  stamp.number += 6;
  EXPECT_EQ(worker.journal().beat({stamp, {}, false}).outcome, Outcome::restored);
  Worker other(open);
  EXPECT_FALSE(other.beat().adopted);
}

inline void aWorkerWithoutARowHasAnOlderCopy(const OpensJournal& open) {
  Worker worker(open);
  worker.adopt();
  const auto another = open();
  EXPECT_EQ(another->beat({{freshName(), 7, 6}, {}, false}).outcome, Outcome::restored);
  EXPECT_FALSE(worker.beat().adopted);
}

inline void anAdoptionEndsWithTheNext(const OpensJournal& open) {
  Worker worker(open);
  const std::string adoption = worker.search().adoption;
  open()->beat({{freshName(), 7, 6}, {}, false});  // another one has become necessary
  worker.release({}, {}, adoption);
  EXPECT_FALSE(worker.beat().adopted);
}

inline void oneSearches(const OpensJournal& open) {
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

inline void aSearchFreesWhatIsStillInDoubt(const OpensJournal& open) {
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

inline void anotherWorkerSeeksWhatIsUnresolved(const OpensJournal& open) {
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

inline void whatIsShownIsThere(const OpensJournal& open) {
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

inline void tellsHowFarTheQueueIs(const OpensJournal& open) {
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

inline void comparesTimes(const OpensJournal& open) {
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

inline void knowsTheNewestSending(const OpensJournal& open) {
  Worker worker(open);
  worker.adopt();
  EXPECT_EQ(worker.beat().newest, time(-100));
  worker.claim({"a"}, "t1", "d", false, time(5));
  worker.claim({"b"}, "t2", "d", false, time(3));
  worker.claim({"a"}, "t3", "d", false, time(9));  // claims nothing
  EXPECT_EQ(worker.beat().newest, time(5));
  worker.claim({"c"}, "t4", "d", false, std::nullopt);
  EXPECT_FALSE(worker.beat().newest);
}

inline void countsFailures(const OpensJournal& open) {
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

inline void whoLeavesIsGone(const OpensJournal& open) {
  Worker leaving(open);
  Worker worker(open);
  leaving.adopt().claim({"a"}, "t");
  EXPECT_EQ(leaving.journal().leave(leaving.next()), Outcome::good);
  EXPECT_THAT(worker.beat().others, IsEmpty());
  EXPECT_EQ(worker.row("a").state, State::in_doubt);
  EXPECT_EQ(leaving.journal().beat({leaving.next(), {}, false}).outcome, Outcome::gone);
}

inline void tellsWhoHasBegun(const OpensJournal& open) {
  Worker one(open);
  Worker other(open);
  EXPECT_FALSE(other.beat().others.at(0).begun);
  one.beat({}, true);
  EXPECT_TRUE(other.beat().others.at(0).begun);
  EXPECT_EQ(other.beat().others.at(0).number, one.number());
}

inline void givesItsRowsInParts(const OpensJournal& open) {
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

}  // namespace journal_contract

inline std::vector<JournalRule> journalContract() {
  namespace c = journal_contract;
  return {{"IsForOnePosting", c::isForOnePosting},
          {"IsAdoptedFirst", c::isAdoptedFirst},
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
          {"AnAdoptionEndsWithTheNext", c::anAdoptionEndsWithTheNext},
          {"OneSearches", c::oneSearches},
          {"ASearchFreesWhatIsStillInDoubt", c::aSearchFreesWhatIsStillInDoubt},
          {"AnotherWorkerSeeksWhatIsUnresolved", c::anotherWorkerSeeksWhatIsUnresolved},
          {"WhatIsShownIsThere", c::whatIsShownIsThere},
          {"TellsHowFarTheQueueIs", c::tellsHowFarTheQueueIs},
          {"ComparesTimes", c::comparesTimes},
          {"KnowsTheNewestSending", c::knowsTheNewestSending},
          {"CountsFailures", c::countsFailures},
          {"WhoLeavesIsGone", c::whoLeavesIsGone},
          {"TellsWhoHasBegun", c::tellsWhoHasBegun},
          {"GivesItsRowsInParts", c::givesItsRowsInParts}};
}

}  // namespace heymilo_test
