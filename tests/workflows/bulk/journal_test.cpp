#include "workflows/bulk/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "support/journal_fixture.hpp"

// The states of records: what each transition allows, and what a journal that was closed and opened
// again says after it.

namespace heymilo_test {
namespace {

const std::vector<RecordState> kStates{RecordState::unsent,
                                       RecordState::in_flight,
                                       RecordState::ingested,
                                       RecordState::queued,
                                       RecordState::rejected,
                                       RecordState::unresolved};

class JournalStates : public JournalFixture {
 protected:
  void reject(const JournalRecord& one) {
    journal->setRejected({{one, {"value_error", "not an address", "email"}}});
  }

  /// How many records there are of each state that has some.
  std::map<RecordState, std::uint64_t> counts() const {
    std::map<RecordState, std::uint64_t> counts;
    for (const RecordState state : kStates) {
      if (const std::uint64_t count = journal->count(state); count != 0) {
        counts[state] = count;
      }
    }
    return counts;
  }
};

TEST_F(JournalStates, ANewJournalKnowsNobody) {
  for (int opened = 0; opened < 2; ++opened) {
    EXPECT_EQ(journal->find(0).has_value(), false);
    EXPECT_EQ(journal->end(), 0u);
    EXPECT_THAT(counts(), IsEmpty());
    EXPECT_EQ(journal->sourceLength(), std::nullopt);
    EXPECT_EQ(journal->sendingTimes().has_value(), false);
    reopen();
  }
}

TEST_F(JournalStates, WhatIsSentIsInFlight) {
  EXPECT_THAT(journal->begin({record(0), record(4)}, second(1)), IsEmpty());
  for (int opened = 0; opened < 2; ++opened) {
    EXPECT_EQ(stateOf(0), RecordState::in_flight);
    EXPECT_EQ(stateOf(4), RecordState::in_flight);
    EXPECT_EQ(journal->find(4)->hash, 28);
    EXPECT_EQ(journal->find(4)->line, 5u);
    EXPECT_EQ(journal->find(3).has_value(), false);
    EXPECT_EQ(journal->end(), 5u);
    EXPECT_THAT(counts(), ElementsAre(Pair(RecordState::in_flight, 2u)));
    reopen();
  }
  const auto reported = report();
  ASSERT_EQ(reported.size(), 2u);
  EXPECT_EQ(reported.at(4).state, RecordState::unresolved);
  EXPECT_EQ(reported.at(4).error->code, "in_flight");
  EXPECT_EQ(reported.at(4).line, 5u);
}

TEST_F(JournalStates, AReceiptMakesItIngested) {
  journal->begin({record(0), record(1)}, {});
  journal->setIngested({{1, "i1", "u1"}}, second(2));
  for (int opened = 0; opened < 2; ++opened) {
    EXPECT_EQ(stateOf(0), RecordState::in_flight);
    EXPECT_EQ(stateOf(1), RecordState::ingested);
    EXPECT_THAT(counts(),
                ElementsAre(Pair(RecordState::in_flight, 1u), Pair(RecordState::ingested, 1u)));
    reopen();
  }
  journal->settle();  // changes nothing of it
  EXPECT_EQ(stateOf(1), RecordState::ingested);
  const RecordReport reported = report().at(1);
  EXPECT_EQ(reported.state, RecordState::ingested);
  EXPECT_EQ(reported.interview_id, "i1");
  EXPECT_EQ(reported.interview_url, "u1");
  EXPECT_EQ(reported.error.has_value(), false);
  EXPECT_FALSE(reported.matched_by_email);
}

TEST_F(JournalStates, AnAsyncReceiptMakesItQueued) {
  journal->begin({record(0)}, {});
  journal->setQueued({record(0)}, "job 1");
  for (int opened = 0; opened < 2; ++opened) {
    EXPECT_EQ(stateOf(0), RecordState::queued);
    EXPECT_THAT(counts(), ElementsAre(Pair(RecordState::queued, 1u)));
    reopen();
  }
  journal->settle();
  EXPECT_EQ(stateOf(0), RecordState::queued);
  const RecordReport reported = report().at(0);
  EXPECT_EQ(reported.state, RecordState::queued);
  EXPECT_EQ(reported.ingestion_id, "job 1");
  EXPECT_EQ(reported.interview_id, std::nullopt);
}

TEST_F(JournalStates, WhatWasNotSentIsSentAgain) {
  journal->begin({record(0)}, second(1));
  journal->setUnsent({record(0)});
  for (int opened = 0; opened < 2; ++opened) {
    EXPECT_EQ(stateOf(0), RecordState::unsent);
    EXPECT_THAT(counts(), ElementsAre(Pair(RecordState::unsent, 1u)));
    EXPECT_EQ(journal->sendingTimes().has_value(), false);
    reopen();
  }
  EXPECT_THAT(journal->begin({record(0)}, second(9)), IsEmpty());  // its own mark is not in its way
  EXPECT_EQ(stateOf(0), RecordState::in_flight);
  EXPECT_EQ(journal->sendingTimes()->first, second(9));
  EXPECT_THAT(counts(), ElementsAre(Pair(RecordState::in_flight, 1u)));
  journal->setUnsent({record(0)});
  const RecordReport reported = report().at(0);
  EXPECT_EQ(reported.state, RecordState::unsent);
  EXPECT_EQ(reported.error.has_value(), false);
}

TEST_F(JournalStates, ARefusalMakesItRejected) {
  journal->begin({record(0)}, {});
  reject(record(0));
  reject(record(3));  // which has never been sent
  for (int opened = 0; opened < 2; ++opened) {
    EXPECT_EQ(stateOf(0), RecordState::rejected);
    EXPECT_EQ(stateOf(3), RecordState::rejected);
    EXPECT_EQ(journal->find(3)->hash, 21);
    EXPECT_EQ(journal->find(3)->line, 4u);
    EXPECT_EQ(journal->end(), 4u);
    EXPECT_THAT(counts(), ElementsAre(Pair(RecordState::rejected, 2u)));
    reopen();
  }
  journal->settle();
  for (const auto& [index, reported] : report()) {
    EXPECT_EQ(reported.state, RecordState::rejected) << index;
    EXPECT_EQ(reported.error->code, "value_error");
    EXPECT_EQ(reported.error->message, "not an address");
    EXPECT_EQ(reported.error->param, "email");
  }
}

TEST_F(JournalStates, OfTwoWithOneMarkTheSecondIsRejected) {
  JournalRecord twin = record(5);
  twin.mark = record(0).mark;
  JournalRecord third = record(6);
  third.mark = record(1).mark;
  journal->begin({record(0)}, {});
  EXPECT_THAT(journal->begin({record(1), twin, third, record(7)}, {}), ElementsAre(5, 6));
  reopen();
  EXPECT_EQ(stateOf(1), RecordState::in_flight);
  EXPECT_EQ(stateOf(5), RecordState::rejected);
  EXPECT_EQ(stateOf(6), RecordState::rejected);
  EXPECT_EQ(stateOf(7), RecordState::in_flight);
  EXPECT_THAT(journal->begin({twin}, {}), ElementsAre(5));  // for good
  // The mark is the first one's, whatever becomes of it.
  journal->setIngested({{0, "i0", "u0"}}, {});
  EXPECT_THAT(journal->begin({twin}, {}), ElementsAre(5));
  const auto reported = report();
  EXPECT_EQ(reported.at(5).error->code, "duplicate_mark");
  EXPECT_EQ(reported.at(5).error->message, "record 1 (line 1) of the source has the same mark");
  EXPECT_EQ(reported.at(6).error->message, "record 2 (line 2) of the source has the same mark");
}

TEST_F(JournalStates, RecordsWithoutAMarkAreNotTwins) {
  EXPECT_THAT(
      journal->begin({recordByEmail(0, "a@example.com"), recordByEmail(1, "a@example.com")}, {}),
      IsEmpty());
  EXPECT_THAT(counts(), ElementsAre(Pair(RecordState::in_flight, 2u)));
}

// Of a hundred records, each way through the states.
TEST_F(JournalStates, CountsAgreeWithTheRecords) {
  std::vector<JournalRecord> all;
  for (std::uint64_t index = 0; index < 100; ++index) {
    all.push_back(record(index));
  }
  journal->begin(all, second(0));
  journal->setUnsent({all.begin(), all.begin() + 50});
  journal->begin({all.begin(), all.begin() + 40}, second(1));
  journal->setQueued({all.begin() + 60, all.begin() + 70}, "job");
  for (std::uint64_t index = 70; index < 90; ++index) {
    journal->setIngested({{index, "i", "u"}}, {});
  }
  for (std::uint64_t index = 90; index < 95; ++index) {
    reject(record(index));
    reject(record(index));  // a second time changes nothing
  }
  reopen();
  std::map<RecordState, std::uint64_t> found;
  for (const JournalRecord& one : all) {
    ++found[stateOf(one.index)];
  }
  EXPECT_EQ(counts(), found);
  EXPECT_THAT(found,
              ElementsAre(Pair(RecordState::unsent, 10u),
                          Pair(RecordState::in_flight, 55u),
                          Pair(RecordState::ingested, 20u),
                          Pair(RecordState::queued, 10u),
                          Pair(RecordState::rejected, 5u)));
}

TEST_F(JournalStates, LinesAreThoseOfTheSourceAsItIsNow) {
  journal->begin({record(0), record(1), record(2)}, {});
  JournalRecord moved = record(1), without = record(2);
  moved.line = 77;
  without.line.reset();  // which says nothing
  journal->setLines({moved, without, record(9)});
  reopen();
  EXPECT_EQ(journal->find(0)->line, 1u);
  EXPECT_EQ(journal->find(1)->line, 77u);
  EXPECT_EQ(journal->find(2)->line, 3u);
  EXPECT_EQ(journal->find(9).has_value(), false);
}

TEST_F(JournalStates, TheLengthOfTheSourceStays) {
  journal->setSourceLength(0);
  EXPECT_EQ(journal->sourceLength(), 0u);
  journal->setSourceLength(123'456'789'012);
  reopen();
  EXPECT_EQ(journal->sourceLength(), 123'456'789'012u);
}

}  // namespace
}  // namespace heymilo_test
