#include "workflows/bulk/record_feed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "heymilo/workflows/store_error.hpp"
#include "support/journal_fixture.hpp"

namespace heymilo_test {
namespace {

/// A feed with chunks of 3 over a source that the test sets. The journal's records are those that
/// an earlier feed of the test has read.
class RecordFeedTest : public JournalFixture {
 protected:
  /// As many people, who are the same each time; those at `unreadable` could not be read.
  void sourceHas(std::uint64_t count, const std::vector<std::uint64_t>& unreadable = {}) {
    records.clear();
    for (std::uint64_t i = 0; i < count; ++i) {
      records.push_back({person(i), std::nullopt, 10 + i});
    }
    for (const std::uint64_t index : unreadable) {
      records[index].problem = APIErrorDetail{"invalid_record", "not JSON"};
    }
  }

  RecordFeed& feed() {
    if (!feed_) {
      next_ = 0;
      feed_ = std::make_unique<RecordFeed>(source_, *journal, "ref", 3, stop.token());
    }
    return *feed_;
  }
  /// As another run.
  void again() {
    feed_.reset();
    reopen();
  }

  static std::vector<std::uint64_t> indexesOf(const Chunk& chunk) {
    std::vector<std::uint64_t> indexes;
    for (const JournalRecord& one : chunk.records()) {
      indexes.push_back(one.index);
    }
    return indexes;
  }
  std::vector<std::uint64_t> nextIndexes() { return indexesOf(feed().next()); }

  /// Takes all that the feed has, as if it had been sent and had arrived.
  void ingestEverybody() {
    for (Chunk chunk = feed().next(); !chunk.empty(); chunk = feed().next()) {
      std::vector<Journal::Receipt> receipts;
      for (const JournalRecord& one : chunk.records()) {
        receipts.push_back({one.index, "i", "u"});
      }
      journal->begin(chunk.records(), {});
      journal->setIngested(receipts, {});
    }
  }

  std::string complaint() {
    try {
      while (!feed().next().empty()) {
      }
      return "none";
    } catch (const StoreError& error) {
      return error.what();
    }
  }

  std::vector<BulkRecord> records;
  CancellationSource stop;
  std::size_t asked = 0;

 private:
  std::size_t next_ = 0;
  const BulkSource source_ = [this]() -> std::optional<BulkRecord> {
    ++asked;
    return next_ == records.size() ? std::nullopt : std::optional(records[next_++]);
  };
  std::unique_ptr<RecordFeed> feed_;
};

TEST_F(RecordFeedTest, HandsTheSourceOutInChunks) {
  sourceHas(7);
  const Chunk first = feed().next();
  EXPECT_THAT(indexesOf(first), ElementsAre(0, 1, 2));
  EXPECT_EQ(first.request().data[2].email, person(2).email);
  EXPECT_EQ(first.records()[2].line, 12u);
  EXPECT_EQ(first.records()[2].mark, journal->id() + "-2");
  EXPECT_EQ(first.request().data[2].metadata->at("ref"), journal->id() + "-2");
  EXPECT_EQ(feed().read(), 3u);
  EXPECT_THAT(nextIndexes(), ElementsAre(3, 4, 5));
  EXPECT_FALSE(feed().exhausted());
  EXPECT_THAT(nextIndexes(), ElementsAre(6));
  EXPECT_TRUE(feed().exhausted());
  EXPECT_THAT(nextIndexes(), ElementsAre());
  EXPECT_EQ(feed().read(), 7u);
  EXPECT_EQ(asked, 8u);  // not again after its end
  EXPECT_EQ(journal->sourceLength(), 7u);
}

TEST_F(RecordFeedTest, WhatWasGivenBackComesFirst) {
  sourceHas(9);
  Chunk first = feed().next();
  Chunk second = feed().next();
  feed().giveBack(std::move(second));
  feed().giveBack(std::move(first));
  EXPECT_THAT(nextIndexes(), ElementsAre(3, 4, 5));
  EXPECT_THAT(nextIndexes(), ElementsAre(0, 1, 2));
  Chunk third = feed().next();
  EXPECT_THAT(indexesOf(third), ElementsAre(6, 7, 8));
  EXPECT_THAT(nextIndexes(), ElementsAre());
  EXPECT_TRUE(feed().exhausted());
  feed().giveBack(std::move(third));
  EXPECT_FALSE(feed().exhausted());
  EXPECT_THAT(nextIndexes(), ElementsAre(6, 7, 8));
  EXPECT_TRUE(feed().exhausted());
}

TEST_F(RecordFeedTest, LeavesOutWhatIsDone) {
  sourceHas(5);
  ingestEverybody();
  again();
  EXPECT_THAT(nextIndexes(), ElementsAre());
  EXPECT_TRUE(feed().exhausted());
  EXPECT_EQ(feed().read(), 5u);
  journal->setUnsent({record(1), record(4)});
  again();
  EXPECT_THAT(nextIndexes(), ElementsAre(1, 4));
}

// What is in doubt is not sent again, whoever asks for it.
TEST_F(RecordFeedTest, OnlyTheUnsentAreSentAgain) {
  sourceHas(6);
  ingestEverybody();
  const auto hash = journal->find(0)->hash;
  JournalRecord one = record(0);
  one.hash = hash;
  journal->begin({one}, {});  // in flight
  journal->setQueued({record(1)}, "job");
  journal->setRejected({{record(2), {"value_error", "no"}}});
  journal->setUnsent({record(5)});
  again();
  EXPECT_THAT(nextIndexes(), ElementsAre(5));
  EXPECT_THAT(nextIndexes(), ElementsAre());
}

TEST_F(RecordFeedTest, WhatTheSourceCouldNotReadIsRejected) {
  sourceHas(5, {1, 4});
  EXPECT_THAT(nextIndexes(), ElementsAre(0, 2));  // the unreadable one counts
  EXPECT_EQ(stateOf(1), RecordState::rejected);
  EXPECT_THAT(nextIndexes(), ElementsAre(3));
  EXPECT_EQ(stateOf(4), RecordState::rejected);
  EXPECT_TRUE(feed().exhausted());
  again();
  EXPECT_THAT(nextIndexes(), ElementsAre(0, 2, 3));  // nothing was sent, and nothing is refused
  const auto reported = report();
  EXPECT_EQ(reported.at(1).error->message, "not JSON");
  EXPECT_EQ(reported.at(1).line, 11u);
}

TEST_F(RecordFeedTest, AFileOfUnreadableRecordsIsReadToItsEnd) {
  sourceHas(11, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  EXPECT_THAT(nextIndexes(), ElementsAre(10));
  EXPECT_EQ(journal->count(RecordState::rejected), 10u);
}

TEST_F(RecordFeedTest, ARecordThatHasChangedIsRefused) {
  sourceHas(7);
  ingestEverybody();
  again();
  records[4].request.name = "Somebody Else";
  asked = 0;
  EXPECT_THAT(complaint(), HasSubstr("record 5 (line 14) is a different one"));
  EXPECT_TRUE(feed().refused());
  EXPECT_EQ(feed().read(), 4u);
  EXPECT_THAT(nextIndexes(), ElementsAre());  // and nothing more is read
  EXPECT_EQ(asked, 5u);
  EXPECT_FALSE(feed().exhausted());
}

TEST_F(RecordFeedTest, AnUnreadableRecordThatHasChangedIsRefusedToo) {
  sourceHas(2, {1});
  ingestEverybody();
  again();
  sourceHas(2);
  EXPECT_THAT(complaint(), HasSubstr("record 2 (line 11) is a different one"));
}

TEST_F(RecordFeedTest, AnotherLengthIsRefused) {
  sourceHas(6);
  ingestEverybody();
  again();
  sourceHas(7);
  EXPECT_THAT(complaint(), HasSubstr("it had 6 records, and has more"));
  again();
  sourceHas(5);
  EXPECT_THAT(complaint(), HasSubstr("it had 6 records, and has 5"));
  EXPECT_TRUE(feed().refused());
  EXPECT_FALSE(feed().exhausted());
}

TEST_F(RecordFeedTest, OfASourceThatWasNotReadToItsEndTheLeastIsKnown) {
  sourceHas(9);
  journal->begin(feed().next().records(), {});
  journal->begin(feed().next().records(), {});
  again();
  sourceHas(5);
  EXPECT_THAT(complaint(), HasSubstr("it had at least 6 records, and has 5"));
  again();
  sourceHas(12);  // may be what it always was
  EXPECT_EQ(complaint(), "none");
}

TEST_F(RecordFeedTest, NothingAfterAStopIsNotTheEnd) {
  sourceHas(2);
  stop.cancel();
  EXPECT_THAT(nextIndexes(), ElementsAre(0, 1));
  EXPECT_FALSE(feed().exhausted());
  EXPECT_EQ(journal->sourceLength(), std::nullopt);
}

TEST_F(RecordFeedTest, DoesNotAskASourceAgainThatHasThrown) {
  std::size_t calls = 0;
  const BulkSource failing = [&]() -> std::optional<BulkRecord> {
    if (++calls == 5) {
      throw std::runtime_error("a quotation mark is missing");
    }
    return BulkRecord{person(calls), {}, {}};
  };
  RecordFeed feed(failing, *journal, "ref", 3, {});
  EXPECT_THAT(indexesOf(feed.next()), ElementsAre(0, 1, 2));
  EXPECT_THROW(feed.next(), std::runtime_error);
  EXPECT_TRUE(feed.next().empty());
  EXPECT_EQ(calls, 5u);
  EXPECT_FALSE(feed.exhausted());
  EXPECT_FALSE(feed.refused());
}

TEST_F(RecordFeedTest, LinesThatHaveMovedAreNoted) {
  sourceHas(4);
  ingestEverybody();
  again();
  sourceHas(4);
  records[1].line = 99;
  records[2].line.reset();
  EXPECT_EQ(complaint(), "none");
  EXPECT_EQ(journal->find(0)->line, 10u);
  EXPECT_EQ(journal->find(1)->line, 99u);
  EXPECT_EQ(journal->find(2)->line, 12u);
}

}  // namespace
}  // namespace heymilo_test
