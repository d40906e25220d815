#include "workflows/bulk/open_records.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/bulk_records.hpp"

namespace heymilo_test {
namespace {

using What = RecordFate::What;

/// Four records, of which the first three are in a request.
class OpenRecordsTest : public ::testing::Test {
 protected:
  OpenRecordsTest() {
    Sending sending;
    for (std::uint64_t i = 0; i < 4; ++i) {
      EXPECT_EQ(open.add(person(i), 10 + i), i);
      if (i < 3) {
        sending.parts.push_back(record(i));
      }
    }
    chunk = open.take(sending);
  }

  /// What came of the request.
  void ended(KeyState state) {
    std::vector<SentRecord> sent(chunk.size());
    for (std::size_t place = 0; place < sent.size(); ++place) {
      sent[place].record = chunk.records()[place].record;
      sent[place].state = state;
    }
    open.putBack(std::move(chunk), sent);
  }
  RecordReport resolve(RecordId record, What what, KeyState state = KeyState::unsent) {
    RecordFate fate;
    fate.record = record;
    fate.what = what;
    fate.answer.state = state;
    return open.resolve(fate);
  }

  OpenRecords open;
  Chunk chunk;
};

TEST_F(OpenRecordsTest, GiveTheirContentAndGetItBack) {
  ASSERT_EQ(chunk.size(), 3u);
  EXPECT_EQ(chunk.request().data[1].email, person(1).email);
  EXPECT_EQ(open.counts().in_flight, 3u);
  ended(KeyState::unsent);
  EXPECT_EQ(open.counts().in_flight, 0u);
  Sending again;
  again.parts = {record(1), record(3)};
  const Chunk second = open.take(again);
  EXPECT_EQ(second.request().data[0].email, person(1).email);
  EXPECT_EQ(second.request().data[1].email, person(3).email);
}

TEST_F(OpenRecordsTest, TellWhatBecameOfEach) {
  ended(KeyState::ingested);
  EXPECT_EQ(open.doubtful(), 3u);  // it is not written yet
  const RecordReport report = resolve(1, What::ingested, KeyState::ingested);
  EXPECT_EQ(report.index, 1u);
  EXPECT_EQ(report.line, 11u);
  EXPECT_EQ(report.state, RecordState::ingested);
  EXPECT_FALSE(report.known);
  EXPECT_EQ(open.confirmed(), 1u);
  EXPECT_EQ(open.doubtful(), 2u);
  EXPECT_TRUE(resolve(3, What::known, KeyState::queued).known);
  EXPECT_EQ(open.counts().known, 1u);
}

// Found in the posting, after its response was lost: it is this run's.
TEST_F(OpenRecordsTest, WhatWasInDoubtAndIsKnownNowIsTheRuns) {
  ended(KeyState::in_doubt);
  EXPECT_EQ(open.counts().in_doubt, 3u);
  EXPECT_FALSE(resolve(0, What::known, KeyState::ingested).known);
  EXPECT_EQ(open.counts().ingested, 1u);
  EXPECT_EQ(open.counts().in_doubt, 2u);
}

TEST_F(OpenRecordsTest, WhatIsInDoubtAtTheEndIsNotUnsent) {
  ended(KeyState::in_doubt);
  std::vector<RecordState> states(4);
  for (const RecordReport& report : open.resolveRest()) {
    states.at(report.index) = report.state;
    EXPECT_EQ(report.error.has_value(), report.state == RecordState::unresolved);
  }
  EXPECT_EQ(states,
            (std::vector{RecordState::unresolved,
                         RecordState::unresolved,
                         RecordState::unresolved,
                         RecordState::unsent}));
  EXPECT_EQ(open.counts().unsent, 1u);
  EXPECT_EQ(open.doubtful(), 3u);
}

TEST_F(OpenRecordsTest, TheReasonOfARefusalIsTold) {
  open.note(2, {"value_error", "no", "email"});
  ended(KeyState::rejected);
  EXPECT_EQ(resolve(2, What::rejected, KeyState::rejected).error->param, "email");
  // Of an earlier run, the journal has the code only.
  RecordFate fate;
  fate.record = 3;
  fate.what = What::rejected;
  fate.answer.error_code = "value_error";
  const RecordReport report = open.resolve(fate);
  EXPECT_EQ(report.error->code, "value_error");
  EXPECT_FALSE(report.error->param.has_value());
  const RecordReport local = open.reject(7, {"missing_key", "no", "metadata"});
  EXPECT_EQ(local.index, 4u);
  EXPECT_EQ(open.counts().rejected, 3u);
}

}  // namespace
}  // namespace heymilo_test
