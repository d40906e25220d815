// The functions heymilo.journal_…() in a PostgreSQL server do what the journal in memory does, so
// that what the job's simulation shows holds for them too.

#include "postgres/journal_sql.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "postgres/journal_store.hpp"
#include "support/postgres.hpp"
#include "workflows/job/journal_model.hpp"

namespace {

namespace wf = heymilo::workflows;
using heymilo::Timestamp;
using heymilo_test::JournalModel;
using heymilo_test::PostgresServer;
using ::testing::ElementsAreArray;

using Lines = std::vector<std::string>;

std::string text(const std::optional<Timestamp>& time) {
  return time ? std::to_string(time->time_since_epoch().count()) : "-";
}
std::string text(bool flag) { return flag ? "yes" : "no"; }
std::string outcome(wf::JournalOutcome value) {
  return "outcome " + std::to_string(static_cast<int>(value));
}

Lines lines(const wf::JournalView& view) {
  const wf::JournalCounts& counts = view.counts;
  Lines all = {outcome(view.outcome), text(view.adopted), "newest " + text(view.newest)};
  for (const std::uint64_t count : {counts.unsent,
                                    counts.in_flight,
                                    counts.in_doubt,
                                    counts.ingested,
                                    counts.queued,
                                    counts.rejected,
                                    counts.unresolved}) {
    all.push_back(std::to_string(count));
  }
  for (const wf::JournalWorker& other : view.others) {
    all.push_back(other.worker + " " + std::to_string(other.number) + " " +
                  std::to_string(other.outlast.count()) + " " + text(other.begun));
  }
  return all;
}

Lines lines(const wf::JournalClaimed& claimed) {
  Lines all = {outcome(claimed.outcome)};
  for (const wf::KeyAnswer& answer : claimed.answers) {
    all.push_back(std::to_string(static_cast<int>(answer.verdict)) + " " +
                  std::string(toString(answer.state)) + " " + std::to_string(answer.failures) +
                  " " + answer.interview_id + " " + answer.interview_url + " " +
                  answer.ingestion_id + " " + answer.error_code);
  }
  return all;
}

Lines lines(const wf::JournalDoubts& doubts) {
  Lines all = {outcome(doubts.outcome),
               text(doubts.mine),
               text(doubts.adoption.empty()),
               text(doubts.fresh),
               std::to_string(doubts.outlast.count()),
               std::to_string(doubts.queued),
               text(doubts.queued_since)};
  for (const wf::KeyInDoubt& doubt : doubts.doubts) {
    all.push_back(doubt.key + " " + doubt.claim + " " + doubt.owner + " " + text(doubt.async) +
                  " " + text(doubt.doubted > 0) + " " + text(doubt.sent_at));
  }
  return all;
}

/// The count of claims has other values: what counts is which one is before the other.
std::string order(const wf::QueueState& queue) {
  if (!queue.oldest_unshown || !queue.newest_shown) {
    return text(queue.oldest_unshown.has_value()) + " " + text(queue.newest_shown.has_value());
  }
  return *queue.oldest_unshown < *queue.newest_shown   ? "before"
         : *queue.oldest_unshown > *queue.newest_shown ? "after"
                                                       : "same";
}

Lines lines(const wf::JournalRecognised& recognised) {
  Lines all = {outcome(recognised.outcome),
               std::to_string(recognised.unknown),
               std::to_string(recognised.twice),
               order(recognised.queue)};
  for (const wf::TimeComparison& one : recognised.comparisons) {
    all.push_back(one.owner + " " + std::to_string((one.created_at - one.received_at).count()));
  }
  std::sort(all.begin() + 4, all.end());
  return all;
}

Lines lines(const std::vector<wf::JournalRow>& rows) {
  Lines all;
  for (const wf::JournalRow& row : rows) {
    std::string line = row.key + " " + row.digest + " " + std::string(toString(row.state)) + " " +
                       row.interview_id + " " + row.interview_url + " " + row.ingestion_id + " " +
                       row.error_code;
    for (const std::string& other : row.other_interview_ids) {
      line += " " + other;
    }
    if (row.sent_at) {
      line += " sent at " + std::to_string(row.sent_at->time_since_epoch().count());
    }
    all.push_back(line);
  }
  return all;
}

/// Random operations of a few workers, in the model and in the store.
class Operations {
 public:
  Operations(unsigned seed, PostgresServer& server, std::shared_ptr<wf::Journal> store)
      : random_(seed), server_(server), store_(std::move(store)) {}

  void step() {
    switch (workers_.empty() ? 0 : below(14)) {
      case 0:
        join();
        break;
      case 1:
      case 2:
        beat();
        break;
      case 3:
      case 4:
      case 5:
        claim();
        break;
      case 6:
      case 7:
      case 8:
        settle();
        break;
      case 9:
        show();
        break;
      case 10:
        restart();
        break;
      case 11:
        leave();
        break;
      default:
        search();
    }
    compare(
        "rows", lines(model_.rows("posting", "", 100)), lines(store_->rows("posting", "", 100)));
  }

 private:
  int below(int end) { return std::uniform_int_distribution<int>(0, end - 1)(random_); }
  bool rarely() { return below(30) == 0; }
  std::string key() { return "key" + std::to_string(below(7)); }
  std::string digest() { return below(4) == 0 ? "" : "digest" + std::to_string(below(2)); }
  std::string token() { return "token" + std::to_string(tokens_ - below(5)); }
  std::optional<Timestamp> time() {
    return below(8) == 0 ? std::nullopt
                         : std::optional(Timestamp(std::chrono::microseconds(below(1'000))));
  }
  const std::string& worker() {
    return std::next(workers_.begin(), below(static_cast<int>(workers_.size())))->first;
  }
  wf::JournalStamp stamp() {
    const std::string name = worker();
    long long& number = workers_[name];
    number += rarely() ? 0 : 1;
    return {name, number, rarely() && below(3) == 0 ? number + 3 : 0};
  }
  static void compare(const char* what, const Lines& model, const Lines& store) {
    ASSERT_THAT(store, ElementsAreArray(model)) << what;
  }

  void join() {
    wf::JournalJoin join;
    join.stamp = {"worker" + std::to_string(below(6)), 1, 0};
    join.posting = {"posting", below(10) == 0 ? "another" : "https://api.example", "email", 1};
    join.outlast = std::chrono::milliseconds{below(1'000)};
    const wf::JournalJoined model = model_.join(join);
    const wf::JournalJoined store = store_->join(join);
    compare("join", {outcome(model.outcome)}, {outcome(store.outcome)});
    EXPECT_EQ(model.posting, store.posting);
    if (model.outcome == wf::JournalOutcome::good) {
      workers_[join.stamp.worker] = 1;
    }
  }
  void beat() {
    wf::JournalBeat beat;
    beat.stamp = stamp();
    beat.begun = below(2) == 0;
    beat.looked = time();
    for (const auto& [name, number] : workers_) {
      if (name != beat.stamp.worker && below(6) == 0) {
        beat.dead.push_back({name, number - (below(3) == 0 ? 1 : 0)});
      }
    }
    compare("beat", lines(model_.beat(beat)), lines(store_->beat(beat)));
  }
  void claim() {
    wf::JournalClaim claim;
    claim.stamp = stamp();
    claim.token = "token" + std::to_string(++tokens_);
    std::set<std::string> keys;
    for (int i = below(6); i >= 0; --i) {
      claim.records.push_back({key(), digest()});
      keys.insert(claim.records.back().key);
    }
    // A key that is there twice is asked for after the others: only where all are claimed is that
    // the same.
    claim.most = keys.size() == claim.records.size() ? static_cast<std::size_t>(below(5)) : 100;
    claim.async = below(2) == 0;
    claim.sent_at = time();
    compare("claim", lines(model_.claim(claim)), lines(store_->claim(claim)));
  }
  void settle() {
    wf::JournalSettle settle;
    settle.stamp = stamp();
    for (int i = below(5); i >= 0; --i) {
      wf::KeyResult result;
      result.key = key();
      result.digest = digest();
      result.claim = token();
      const auto row = model_.data().rows.find(result.key);
      if (row != model_.data().rows.end() && below(3) != 0) {
        result.claim = row->second.claim;
      }
      constexpr wf::KeyState kStates[] = {wf::KeyState::ingested,
                                          wf::KeyState::queued,
                                          wf::KeyState::rejected,
                                          wf::KeyState::unsent,
                                          wf::KeyState::in_doubt};
      result.state = kStates[below(5)];
      result.async = below(2) == 0;
      result.failed = below(2) == 0;
      result.undated = below(4) == 0;
      result.interview_id = "interview" + std::to_string(below(4));
      result.interview_url = "https://" + std::to_string(below(2));
      result.ingestion_id = "ingestion" + std::to_string(below(9));
      result.error_code = "code" + std::to_string(below(3));
      result.received_at = time();
      settle.results.push_back(result);
    }
    const wf::JournalSettled model = model_.settle(settle);
    const wf::JournalSettled store = store_->settle(settle);
    compare("settle",
            {outcome(model.outcome), std::to_string(model.twice)},
            {outcome(store.outcome), std::to_string(store.twice)});
  }
  void show() {
    wf::JournalShown shown;
    shown.stamp = stamp();
    for (int i = below(4); i >= 0; --i) {
      shown.shown.push_back({key(),
                             "interview" + std::to_string(below(4)),
                             "https://" + std::to_string(below(2)),
                             time()});
    }
    compare("recognise", lines(model_.recognise(shown)), lines(store_->recognise(shown)));
  }
  void restart() {
    if (below(3) == 0) {
      model_.restore(model_.data());
      server_.sql("UPDATE heymilo.journal_posting SET incarnation = 'of another server'");
    }
  }
  void leave() {
    if (below(3) == 0) {
      const wf::JournalStamp last = stamp();
      compare("leave", {outcome(model_.leave(last))}, {outcome(store_->leave(last))});
    }
  }
  void search() {
    const wf::JournalSearch search{stamp()};
    const wf::JournalDoubts model = model_.search(search);
    const wf::JournalDoubts store = store_->search(search);
    compare("search", lines(model), lines(store));
    if (!model.mine || below(4) == 0) {
      return;
    }
    wf::JournalRelease release;
    release.stamp = {search.stamp.worker, ++workers_[search.stamp.worker], 0};
    for (wf::KeyInDoubt doubt : model.doubts) {
      doubt.claim = rarely() ? "another" : doubt.claim;
      (below(2) == 0 ? release.free : release.unresolved).push_back(doubt);
    }
    release.began = time();
    release.adoption = rarely() ? "another" : model.adoption;
    const wf::JournalOutcome expected = model_.release(release);
    release.adoption = release.adoption == model.adoption ? store.adoption : release.adoption;
    compare("release", {outcome(expected)}, {outcome(store_->release(release))});
  }

  std::mt19937 random_;
  PostgresServer& server_;
  JournalModel model_{JournalModel::Broken()};
  std::shared_ptr<wf::Journal> store_;
  std::map<std::string, long long> workers_;  // to the number of the last operation
  int tokens_ = 5;
};

TEST(PostgresJournalSql, DoesWhatTheJournalInMemoryDoes) {
  PostgresServer server;
  for (unsigned seed = 1; seed <= 12; ++seed) {
    server.sql("DROP SCHEMA IF EXISTS heymilo CASCADE");
    Operations operations(
        seed, server, heymilo::postgres::makeJournal(server.url(), std::chrono::seconds{10}));
    for (int step = 0; step < 200; ++step) {
      ASSERT_NO_FATAL_FAILURE(operations.step()) << "seed " << seed << " step " << step;
      if (HasFailure()) {
        FAIL() << "seed " << seed << " step " << step;
      }
    }
  }
}

}  // namespace
