// One job, step by step. job_simulation_test.cpp has many of them.

#include "workflows/job/job.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "workflows/job/journal_model.hpp"
#include "workflows/job/journal_worker.hpp"
#include "workflows/job/posting_model.hpp"

namespace heymilo_test {
namespace {

using std::chrono::milliseconds;

/// A job on a journal, and a posting in which there is nobody.
struct Stepping {
  explicit Stepping(const wf::JournalPosting& posting = journal_contract::purpose()) {
    wf::Job::Setup setup;
    setup.posting = posting;
    setup.new_posting = true;
    setup.fresh_id = [this] { return "id" + std::to_string(++ids); };
    setup.first_time = [](const std::string&) { return true; };
    job = std::make_unique<wf::Job>(std::move(setup));
  }

  wf::Moment now() const { return {time, PostingModel::clock(time)}; }
  /// Whatever it asks for, for so long.
  void go(milliseconds length) {
    for (const PostingModel::Time end = time + length; time < end; time += milliseconds{10}) {
      if (auto request = job->store(now())) {
        if (store_fails) {
          job->notResponded(now());
        } else {
          job->responded(wf::perform(*journal, *request), now());
        }
      }
      if (job->list(now())) {
        wf::ListedPage page;
        page.unreadable = unreadable;
        job->paged(std::move(page), now());
      }
      while (auto sending = job->send(now())) {
        sendings.push_back(*sending);
      }
      for (const wf::RecordFate& fate : job->fates()) {
        fates.push_back(fate.what);
      }
    }
  }
  void end(wf::KeyState state) {
    for (const wf::Sending& sending : std::exchange(sendings, {})) {
      std::vector<wf::SentRecord> sent(sending.parts.size());
      for (std::size_t i = 0; i < sent.size(); ++i) {
        sent[i].record = sending.parts[i].record;
        sent[i].state = state;
      }
      job->sent(sending.number, sent, now());
    }
  }

  std::shared_ptr<JournalModel> journal = std::make_shared<JournalModel>(JournalModel::Broken());
  std::unique_ptr<wf::Job> job;
  int ids = 0;
  std::size_t unreadable = 0;
  bool store_fails = false;
  PostingModel::Time time{milliseconds{1}};
  std::vector<wf::Sending> sendings;
  std::vector<wf::RecordFate::What> fates;
};

TEST(Job, EndsWhenAllIsWritten) {
  Stepping stepping;
  stepping.job->read(0, {"key", "digest"}, stepping.now());
  stepping.job->sourceEnded();
  stepping.go(milliseconds{1'000});
  ASSERT_EQ(stepping.sendings.size(), 1U);
  EXPECT_FALSE(stepping.job->over());
  stepping.end(wf::KeyState::ingested);
  stepping.go(milliseconds{100});
  EXPECT_TRUE(stepping.job->over());
  EXPECT_EQ(stepping.fates, std::vector{wf::RecordFate::What::ingested});
  EXPECT_EQ(stepping.journal->data().rows.at("key").state, wf::KeyState::ingested);
}

TEST(Job, SendsNothingForWhatTheJournalIsNot) {
  Stepping stepping({"posting", "http://localhost", "id", 1});
  journal_contract::Worker first([&] { return stepping.journal; });
  stepping.job->read(0, {"key", "digest"}, stepping.now());
  stepping.go(milliseconds{1'000});
  EXPECT_EQ(stepping.job->trouble(), wf::Job::Trouble::refused);
  EXPECT_EQ(stepping.job->journal(), journal_contract::purpose());
  EXPECT_TRUE(stepping.job->over());
  EXPECT_EQ(stepping.fates, std::vector{wf::RecordFate::What::unsent});
}

TEST(Job, EndsWhereACandidateMayBeAnybody) {
  Stepping stepping;
  stepping.job->read(0, {"key", "digest"}, stepping.now());
  stepping.go(milliseconds{1'000});
  stepping.unreadable = 1;
  stepping.end(wf::KeyState::in_doubt);
  stepping.go(milliseconds{130'000});
  EXPECT_EQ(stepping.job->trouble(), wf::Job::Trouble::unreadable);
  EXPECT_TRUE(stepping.job->over());
  EXPECT_TRUE(stepping.sendings.empty());
  EXPECT_EQ(stepping.journal->data().rows.at("key").state, wf::KeyState::in_doubt);
}

TEST(Job, SendsOnlyBeforeTheEndOfItsLease) {
  Stepping stepping;
  stepping.job->read(0, {"key", "digest"}, stepping.now());
  stepping.go(milliseconds{1'000});
  ASSERT_EQ(stepping.sendings.size(), 1U);
  const std::string worker = stepping.sendings[0].worker;
  EXPECT_TRUE(stepping.job->maySend(worker, stepping.time));
  EXPECT_FALSE(stepping.job->maySend("another", stepping.time));
  stepping.store_fails = true;
  stepping.go(milliseconds{9'900});
  EXPECT_FALSE(stepping.job->maySend(worker, stepping.time));
  EXPECT_TRUE(stepping.job->failingSince());
  stepping.store_fails = false;
  stepping.go(milliseconds{2'000});
  EXPECT_TRUE(stepping.job->maySend(worker, stepping.time));  // nobody has taken what it has
  EXPECT_FALSE(stepping.job->failingSince());
}

TEST(Job, FindsOutAboutWhatOthersHaveLeftInDoubt) {
  Stepping stepping;
  journal_contract::Worker other([&] { return stepping.journal; });
  other.adopt().claim({"theirs"}, "claim");
  EXPECT_EQ(stepping.journal->leave(other.next()), wf::JournalOutcome::good);
  stepping.job->sourceEnded();
  stepping.go(milliseconds{130'000});
  EXPECT_TRUE(stepping.job->over());
  EXPECT_EQ(stepping.journal->data().rows.at("theirs").state, wf::KeyState::unsent);
}

// It claims, and sleeps until the journal has become a copy from just then. Others have had the key
// in the meantime.
TEST(Job, SendsNothingThatItHasClaimedInAnOldCopy) {
  for (const bool broken : {false, true}) {
    Stepping stepping;
    JournalModel::Broken breaks;
    breaks.old_workers_live_on = broken;
    stepping.journal = std::make_shared<JournalModel>(breaks);
    stepping.job->read(0, {"key", "digest"}, stepping.now());
    stepping.go(milliseconds{1'000});
    ASSERT_EQ(stepping.sendings.size(), 1U);
    stepping.journal->restore(stepping.journal->data());
    const journal_contract::Worker other([&] { return stepping.journal; });
    stepping.time += milliseconds{5'000};
    stepping.go(milliseconds{100});
    EXPECT_EQ(stepping.job->maySend(stepping.sendings[0].worker, stepping.time), broken);
  }
}

TEST(Job, StopsInGoodOrder) {
  Stepping stepping;
  for (wf::RecordId record = 0; record < 1'000; ++record) {
    stepping.job->read(record, {"key" + std::to_string(record), "digest"}, stepping.now());
  }
  stepping.go(milliseconds{1'000});
  EXPECT_EQ(stepping.sendings.size(), 4U);
  stepping.job->stop();
  stepping.go(milliseconds{1'000});
  EXPECT_FALSE(stepping.job->over());  // requests are under way
  stepping.end(wf::KeyState::ingested);
  stepping.go(milliseconds{1'000});
  EXPECT_TRUE(stepping.job->over());
  EXPECT_EQ(stepping.fates.size(), 1'000U);
  for (const auto& [key, row] : stepping.journal->data().rows) {
    EXPECT_TRUE(row.state == wf::KeyState::ingested || row.state == wf::KeyState::unsent) << key;
  }
}

}  // namespace
}  // namespace heymilo_test
