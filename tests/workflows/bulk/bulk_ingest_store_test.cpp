#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "heymilo/testing/manual_clock.hpp"
#include "heymilo/workflows/sqlite_journal.hpp"
#include "support/bulk_ingest_fixture.hpp"

// A journal that is given as an object, such as one in a database: it fails for a while, or for
// good, and the right to send ends.

namespace heymilo_test {
namespace {

using std::chrono::seconds;

/// A journal whose operations from one number up to another one fail: every other one of them is
/// carried out all the same. While `held` is locked, all of them wait.
class FailingJournal final : public Journal {
 public:
  explicit FailingJournal(std::shared_ptr<Journal> inner) : inner_(std::move(inner)) {}

  JournalJoined join(const JournalJoin& join) override {
    return perform([&] { return inner_->join(join); });
  }
  JournalView beat(const JournalBeat& beat) override {
    return perform([&] { return inner_->beat(beat); });
  }
  JournalClaimed claim(const JournalClaim& claim) override {
    return perform([&] { return inner_->claim(claim); });
  }
  JournalSettled settle(const JournalSettle& settle) override {
    return perform([&] { return inner_->settle(settle); });
  }
  JournalDoubts search(const JournalSearch& search) override {
    return perform([&] { return inner_->search(search); });
  }
  JournalRecognised recognise(const JournalShown& shown) override {
    return perform([&] { return inner_->recognise(shown); });
  }
  JournalOutcome release(const JournalRelease& release) override {
    return perform([&] { return inner_->release(release); });
  }
  JournalOutcome leave(const JournalStamp& stamp) override {
    return perform([&] { return inner_->leave(stamp); });
  }
  std::optional<JournalStanding> standing(const std::string& posting_id) override {
    return inner_->standing(posting_id);
  }
  std::vector<JournalRow> rows(const std::string& posting_id, const std::string& after,
                               std::size_t most) override {
    return inner_->rows(posting_id, after, most);
  }
  void requireInPlace() override { inner_->requireInPlace(); }

  int fails_from = 0, fails_to = 0;
  int operations = 0;
  std::mutex held;

 private:
  template <class Operation>
  auto perform(const Operation& operation) -> decltype(operation()) {
    const std::lock_guard lock(held);
    const int number = ++operations;
    if (number < fails_from || number >= fails_to) {
      return operation();
    }
    if (number % 2 == 0) {
      operation();
    }
    throw StoreError("the database is gone");
  }

  const std::shared_ptr<Journal> inner_;
};

class BulkIngestStore : public BulkIngestTest {
 protected:
  BulkIngestStore() {
    client_options.clock = clock;
    file = std::exchange(options.journal, "");
  }

  std::shared_ptr<FailingJournal> open() const {
    return std::make_shared<FailingJournal>(sqliteJournal(file));
  }

  const std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
  std::string file;
};

TEST_F(BulkIngestStore, ThatComesBackIsWaitedFor) {
  for (int from = 2; from < 14; ++from) {
    const std::string posting = "p" + std::to_string(from);
    server.addPosting(posting);
    const auto journal = open();
    journal->fails_from = from;
    journal->fails_to = from + 5;
    options.store = journal;
    records.clear();
    const People all = people(45);
    const BulkIngestResult result =
        bulkIngest(Client(client_options), posting, sourceOf(all), options);
    EXPECT_TRUE(result.complete) << from;
    EXPECT_EQ(result.job.ingested, 45u) << from;
    EXPECT_EQ(server.candidateCount(posting), 45u) << from;
  }
}

TEST_F(BulkIngestStore, ThatDoesNotComeBackEndsTheRun) {
  for (int from = 1; from < 10; ++from) {
    const std::string posting = "p" + std::to_string(from);
    server.addPosting(posting);
    const People all = people(45);
    {
      const auto journal = open();
      journal->fails_from = from;
      journal->fails_to = 1'000'000;
      options.store = journal;
      records.clear();
      try {
        bulkIngest(Client(client_options), posting, sourceOf(all), options);
        ADD_FAILURE() << "it ended well: " << from;
      } catch (const StoreError& error) {
        EXPECT_THAT(error.what(), HasSubstr("the database is gone"));
        const bool none = server.candidateCount(posting) == 0;
        EXPECT_EQ(error.outcome(), none ? Outcome::not_sent : Outcome::unknown) << from;
        EXPECT_THAT(error.what(), HasSubstr(none ? "has sent nothing" : "had sent")) << from;
      }
    }
    options.store = open();
    records.clear();
    EXPECT_TRUE(bulkIngest(Client(client_options), posting, sourceOf(all), options).complete);
    EXPECT_EQ(server.candidateCount(posting), 45u) << from;
  }
}

/// Connects slowly, once: so long that others may have taken over what is to be sent. Meanwhile the
/// journal does not respond either, or the worker would say that it lives.
class SlowToConnect final : public Transport {
 public:
  SlowToConnect(std::shared_ptr<Transport> inner, std::shared_ptr<ManualClock> clock,
                std::shared_ptr<FailingJournal> journal)
      : inner_(std::move(inner)), clock_(std::move(clock)), journal_(std::move(journal)) {}

  HttpResponse send(const HttpRequest& request, const CancellationToken& cancellation) override {
    if (request.method != "POST" || slow_.exchange(true)) {
      return inner_->send(request, cancellation);
    }
    const std::lock_guard lock(journal_->held);
    clock_->advance(seconds{11});
    return inner_->send(request, cancellation);
  }

 private:
  const std::shared_ptr<Transport> inner_;
  const std::shared_ptr<ManualClock> clock_;
  const std::shared_ptr<FailingJournal> journal_;
  std::atomic<bool> slow_{false};
};

TEST_F(BulkIngestStore, NothingIsSentAfterTheEndOfTheLease) {
  const auto journal = open();
  client_options.transport = std::make_shared<SlowToConnect>(server.transport(), clock, journal);
  std::atomic<int> not_sent{0};
  client_options.on_event = [&](const Event& event) {
    not_sent += event.kind == EventKind::failure ? 1 : 0;
  };
  options.store = journal;
  options.concurrency = 1;
  options.patience = 1;  // it is not a failure
  const BulkIngestResult result = ingest(people(30));
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(not_sent, 1);
  EXPECT_THAT(posts(), about(3u));
  EXPECT_EQ(result.requests, server.requestCount());
  expectEverybodyOnce(30);
}

}  // namespace
}  // namespace heymilo_test
