#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "support/journal_fixture.hpp"
#include "workflows/bulk/journal.hpp"

// What the journal makes of records in flight, by what the posting shows.

namespace heymilo_test {
namespace {

constexpr std::chrono::seconds kMargin{10};

class JournalInDoubt : public JournalFixture {
 protected:
  std::vector<Journal::Comparison> recognise(const std::vector<Journal::Shown>& candidates) {
    return journal->recognise(candidates, kMargin);
  }

  /// A candidate without a mark.
  static Journal::Shown unmarked(const std::string& id, const std::string& email,
                                 std::optional<Timestamp> created_at) {
    return {{}, emailHash(email), id, "url of " + id, created_at};
  }
};

TEST_F(JournalInDoubt, WhoShowsTheMarkIsIngested) {
  journal->begin({record(0), record(1)}, {});
  recognise({shown(1), shown(7)});
  EXPECT_EQ(stateOf(0), RecordState::in_flight);
  EXPECT_EQ(stateOf(1), RecordState::ingested);
  reopen();
  journal->settle();
  EXPECT_EQ(stateOf(0), RecordState::unsent);
  EXPECT_EQ(stateOf(1), RecordState::ingested);
  EXPECT_EQ(journal->matchedByEmail(), 0u);
  const auto reported = report();
  EXPECT_EQ(reported.at(1).interview_id, "i1");
  EXPECT_EQ(reported.at(1).interview_url, "u1");
}

// Only what is in flight: the receipt of one that is ingested is not replaced.
TEST_F(JournalInDoubt, OtherStatesStayAsTheyAre) {
  journal->begin({record(0), record(1), record(2)}, {});
  journal->setIngested({{0, "receipt", "url"}}, {});
  journal->setUnsent({record(1)});
  journal->setRejected({{record(2), {"value_error", "no"}}});
  recognise({shown(0), shown(1), shown(2)});
  EXPECT_EQ(stateOf(1), RecordState::unsent);
  EXPECT_EQ(stateOf(2), RecordState::rejected);
  EXPECT_EQ(report().at(0).interview_id, "receipt");
}

TEST_F(JournalInDoubt, AnAddressIsRecognisedFromTheSendingOn) {
  journal->begin({recordByEmail(0, "a@example.com"), recordByEmail(1, "b@example.com")},
                 second(100));
  recognise({unmarked("x", "A@Example.com", second(100) - kMargin),
             unmarked("y", "b@example.com", second(99) - kMargin)});
  EXPECT_EQ(stateOf(0), RecordState::ingested);
  EXPECT_EQ(journal->matchedByEmail(), 1u);
  EXPECT_EQ(stateOf(1), RecordState::in_flight);  // there before, and in the way of certainty
  journal->settle();
  EXPECT_EQ(stateOf(1), RecordState::unresolved);
  const auto reported = report();
  EXPECT_TRUE(reported.at(0).matched_by_email);
  EXPECT_EQ(reported.at(0).interview_id, "x");
  EXPECT_EQ(reported.at(1).error->code, "ambiguous");
}

TEST_F(JournalInDoubt, WithoutATimeAnAddressProvesNothing) {
  journal->begin({recordByEmail(0, "a@example.com")}, {});
  recognise({unmarked("x", "a@example.com", second(100))});
  EXPECT_EQ(stateOf(0), RecordState::in_flight);
  reopen();  // another run settles it
  journal->settle();
  EXPECT_EQ(stateOf(0), RecordState::unresolved);

  journal->begin({recordByEmail(1, "b@example.com")}, second(1));
  recognise({unmarked("y", "b@example.com", {})});
  journal->settle();
  EXPECT_EQ(stateOf(1), RecordState::unresolved);
}

TEST_F(JournalInDoubt, ACandidateIsOneRecordOnly) {
  journal->begin({recordByEmail(0, "a@example.com"), recordByEmail(1, "a@example.com")}, second(0));
  const auto once = unmarked("x", "a@example.com", second(1));
  recognise({once, once});
  EXPECT_EQ(stateOf(0), RecordState::ingested);
  EXPECT_EQ(stateOf(1), RecordState::in_flight);
  recognise({once});  // the second look
  EXPECT_EQ(stateOf(1), RecordState::in_flight);
  journal->settle();  // which of the two it was cannot be determined
  EXPECT_EQ(stateOf(1), RecordState::unresolved);
  EXPECT_EQ(report().at(1).error->code, "ambiguous");
}

TEST_F(JournalInDoubt, ACandidateWithAnotherMarkIsNotRecognisedByItsAddress) {
  journal->begin({recordByEmail(0, "p7@example.com")}, second(0));
  recognise({shown(7, second(1))});
  journal->settle();
  EXPECT_EQ(stateOf(0), RecordState::unsent);
}

TEST_F(JournalInDoubt, WhatMayBeQueuedIsUnresolved) {
  journal->begin({record(0), record(1)}, {});
  journal->setQueued({record(0)}, "job");
  journal->settle();
  EXPECT_EQ(stateOf(1), RecordState::unresolved);
  EXPECT_EQ(report().at(1).error->code, "may_be_queued");
}

TEST_F(JournalInDoubt, WhatWasQueuedAndHasShownUpIsNoReasonForDoubt) {
  journal->begin({record(0), record(1)}, {});
  journal->setQueued({record(0)}, "job");
  recognise({shown(0)});
  EXPECT_EQ(stateOf(0), RecordState::queued);
  journal->settle();
  EXPECT_EQ(stateOf(1), RecordState::unsent);
}

TEST_F(JournalInDoubt, WhatAnotherRunQueuedIsNoReasonForDoubt) {
  journal->begin({record(0)}, {});
  journal->setQueued({record(0)}, "job");
  reopen();
  journal->begin({record(1)}, {});
  journal->settle();
  EXPECT_EQ(stateOf(1), RecordState::unsent);
}

TEST_F(JournalInDoubt, TimesOfSendingAreThoseInFlight) {
  journal->begin({record(0)}, second(5));
  journal->begin({record(1), record(2)}, second(3));
  journal->begin({record(3)}, second(9));
  EXPECT_EQ(journal->sendingTimes()->first, second(3));
  EXPECT_EQ(journal->sendingTimes()->last, second(9));
  journal->setIngested({{3, "i", "u"}}, {});
  journal->setUnsent({record(1), record(2)});
  reopen();
  EXPECT_EQ(journal->sendingTimes()->first, second(5));
  EXPECT_EQ(journal->sendingTimes()->last, second(5));
}

TEST_F(JournalInDoubt, OneTimeThatIsNotKnownMakesThemAllUnknown) {
  journal->begin({record(0)}, second(5));
  journal->begin({record(1), record(2)}, {});
  EXPECT_EQ(journal->sendingTimes().has_value(), false);
  journal->setSentAt({0, 1, 2}, second(2));  // 0 has its time
  EXPECT_EQ(journal->sendingTimes()->first, second(2));
  EXPECT_EQ(journal->sendingTimes()->last, second(5));
  journal->forgetSentAt();
  EXPECT_EQ(journal->sendingTimes().has_value(), false);
  reopen();
  EXPECT_EQ(journal->sendingTimes().has_value(), false);
}

TEST_F(JournalInDoubt, KnowsTheRunsThatSentThem) {
  journal->begin({record(0), record(1)}, {});
  reopen();
  journal->begin({record(2)}, {});
  reopen();
  EXPECT_THAT(journal->runsInFlight(), ElementsAre(1, 2));
  journal->begin({record(0)}, {});
  EXPECT_THAT(journal->runsInFlight(), ElementsAre(1, 2, 3));
  journal->setIngested({{1, "i", "u"}, {2, "i", "u"}}, {});
  EXPECT_THAT(journal->runsInFlight(), ElementsAre(3));
}

TEST_F(JournalInDoubt, ComparesReceiptsWithTheirCandidates) {
  journal->begin({record(0), record(1), record(2), record(3)}, {});
  journal->setIngested({{0, "i0", "u0"}}, second(10));
  journal->setIngested({{1, "i1", "u1"}}, {});                  // without a time
  journal->setIngested({{2, "of another", "u2"}}, second(10));  // another candidate has the mark
  const auto comparisons = recognise({shown(0, second(9)),
                                      shown(1, second(9)),
                                      shown(2, second(9)),
                                      shown(3, second(9)),
                                      shown(0)});
  ASSERT_EQ(comparisons.size(), 1u);
  EXPECT_EQ(comparisons[0].run, 1);
  EXPECT_EQ(comparisons[0].received_at, second(10));
  EXPECT_EQ(comparisons[0].created_at, second(9));
}

}  // namespace
}  // namespace heymilo_test
