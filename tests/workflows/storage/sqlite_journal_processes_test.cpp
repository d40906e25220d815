// A journal in SQLite that several processes use, some of which are killed.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "heymilo/workflows/sqlite_journal.hpp"
#include "heymilo/workflows/store_error.hpp"
#include "support/temporary_directory.hpp"
#include "workflows/job/journal_contract.hpp"
#include "workflows/job/journal_worker.hpp"

namespace heymilo_test {
namespace {

namespace wf = heymilo::workflows;
using heymilo::StoreError;
using heymilo::workflows::sqliteJournal;
using journal_contract::Outcome;
using journal_contract::State;
using journal_contract::Verdict;
using journal_contract::Worker;

class SqliteJournalProcesses : public ::testing::Test {
 protected:
  SqliteJournalProcesses() { EXPECT_EQ(pipe(told.data()), 0); }
  ~SqliteJournalProcesses() override {
    close(told[0]);
    close(told[1]);
  }

  /// A child, whose names are its own. It exits with 0 where it has no failure.
  pid_t child(const std::function<void()>& run) {
    ++children;
    const pid_t process = fork();
    if (process == 0) {
      constexpr int kNames = 1000;
      for (int name = 0; name < kNames * children; ++name) {
        journal_contract::freshName();
      }
      try {
        run();
      } catch (const std::exception& error) {
        ADD_FAILURE() << error.what();
      }
      _exit(HasFailure() ? 1 : 0);
    }
    return process;
  }
  static int ended(pid_t process) {
    int status = 0;
    EXPECT_EQ(waitpid(process, &status, 0), process);
    return status;
  }
  void tell() const { EXPECT_EQ(write(told[1], "x", 1), 1); }
  void hear() const {
    char byte = 0;
    EXPECT_EQ(read(told[0], &byte, 1), 1);
  }

  int children = 0;
  std::array<int, 2> told{};
  TemporaryDirectory directory;
  const std::string file = directory.file("journal");
  const OpensJournal open = [this] { return sqliteJournal(file); };
};

std::vector<std::string> keys(int count) {
  std::vector<std::string> keys;
  for (int key = 0; key < count; ++key) {
    keys.push_back("key" + std::to_string(key));
  }
  return keys;
}

TEST_F(SqliteJournalProcesses, AKilledOneIsKnownToBeDeadAtOnce) {
  Worker worker(open);
  worker.adopt();
  const pid_t killed = child([&] {
    Worker other(open);
    other.claim({"a"}, "t");
    tell();
    pause();
  });
  hear();
  const auto others = worker.beat().others;
  ASSERT_EQ(others.size(), 1U);
  EXPECT_EQ(others[0].lives, true);
  kill(killed, SIGKILL);
  ended(killed);
  EXPECT_EQ(worker.beat().others.at(0).lives, false);
  worker.beat({{others[0].worker, others[0].number}});
  EXPECT_EQ(worker.row("a").state, State::in_doubt);
}

TEST_F(SqliteJournalProcesses, AChildOfAWorkerDoesNotKeepItAlive) {
  Worker worker(open);
  worker.adopt();
  std::array<int, 2> inner{};
  ASSERT_EQ(pipe(inner.data()), 0);
  const pid_t killed = child([&] {
    const Worker other(open);
    if (fork() == 0) {  // lives until the test has ended, and has never heard of the journal
      close(inner[1]);
      tell();
      char byte = 0;
      _exit(static_cast<int>(read(inner[0], &byte, 1)));
    }
    pause();
  });
  hear();
  kill(killed, SIGKILL);
  ended(killed);
  EXPECT_EQ(worker.beat().others.at(0).lives, false);
  close(inner[0]);
  close(inner[1]);
}

TEST_F(SqliteJournalProcesses, AChildHasToOpenItAnew) {
  auto worker = std::make_unique<Worker>(open);
  worker->adopt();
  EXPECT_EQ(ended(child([&] {
              EXPECT_THROW(worker->beat(), StoreError);
              EXPECT_THROW(worker->ask("a"), StoreError);
              EXPECT_THROW(worker->journal().requireInPlace(), StoreError);
              worker.reset();
              Worker own(open);
              EXPECT_EQ(own.beat().others.at(0).lives, true);
              own.journal().leave(own.next());
            })),
            0);
  EXPECT_EQ(worker->beat().outcome, Outcome::good);  // it still lives, and has its locks
  EXPECT_EQ(Worker(open).beat().others.at(0).lives, true);
}

TEST_F(SqliteJournalProcesses, EachKeyIsClaimedByOne) {
  constexpr int kProcesses = 4, kKeys = 400, kBatch = 20;
  Worker first(open);
  first.adopt();
  first.journal().leave(first.next());
  std::vector<pid_t> processes;
  for (int number = 0; number < kProcesses; ++number) {
    processes.push_back(child([&, number] {
      Worker worker(open);
      const std::vector<std::string> all = keys(kKeys);
      for (std::size_t from = 0; from < all.size(); from += kBatch) {
        const std::vector<std::string> batch(
            all.begin() + static_cast<std::ptrdiff_t>(from),
            all.begin() + static_cast<std::ptrdiff_t>(from + kBatch));
        const std::string token = std::to_string(number) + '-' + std::to_string(from);
        const auto answers = worker.claim(batch, token);
        ASSERT_EQ(answers.size(), batch.size());
        wf::JournalSettle settle;
        for (std::size_t at = 0; at < batch.size(); ++at) {
          if (answers[at].verdict == Verdict::claimed) {
            settle.results.push_back(Worker::result(batch[at], token, State::ingested));
          }
        }
        settle.stamp = worker.next();
        EXPECT_EQ(worker.journal().settle(settle).twice, 0U);
      }
      worker.journal().leave(worker.next());
    }));
  }
  for (const pid_t process : processes) {
    EXPECT_EQ(ended(process), 0);
  }
  Worker worker(open);
  const wf::JournalView view = worker.beat();
  EXPECT_TRUE(view.adopted);
  EXPECT_TRUE(view.others.empty());
  EXPECT_EQ(view.counts.ingested, static_cast<std::uint64_t>(kKeys));
}

/// What children have claimed is told through a pipe, after the response and before a sending.
TEST_F(SqliteJournalProcesses, NoClaimOfAKilledOneIsForgotten) {
  constexpr int kKills = 25, kTogether = 3;
  constexpr std::size_t kKeyLength = 16;
  std::mt19937 random(std::random_device{}());
  std::set<std::string> claimed;
  const auto heard = [&](int from) {
    std::string text(kKeyLength, '\0');
    while (read(from, text.data(), text.size()) == static_cast<ssize_t>(kKeyLength)) {
      EXPECT_TRUE(claimed.insert(text).second) << text << " was claimed twice";
    }
  };
  std::array<int, 2> claims{};
  ASSERT_EQ(pipe(claims.data()), 0);
  Worker(open).adopt();
  for (int round = 0; round < kKills; ++round) {
    std::vector<pid_t> processes;
    for (int number = 0; number < kTogether; ++number) {
      processes.push_back(child([&] {
        Worker worker(open);
        for (int key = 0;; ++key) {
          std::string name = std::to_string(key);
          name.insert(0, kKeyLength - name.size(), '0');
          const auto answers = worker.claim({name}, worker.id() + name);
          EXPECT_EQ(worker.outcome(), Outcome::good) << "a killed one has left something else";
          if (answers.size() != 1) {
            return;
          }
          if (answers[0].verdict == Verdict::claimed) {
            EXPECT_EQ(write(claims[1], name.data(), name.size()),
                      static_cast<ssize_t>(name.size()));
          }
        }
      }));
    }
    usleep(static_cast<useconds_t>(random() % 300'000));
    for (const pid_t process : processes) {
      kill(process, SIGKILL);
      const int status = ended(process);
      EXPECT_TRUE(WIFSIGNALED(status)) << "it has ended before, with " << WEXITSTATUS(status);
    }
  }
  close(claims[1]);
  heard(claims[0]);
  close(claims[0]);
  EXPECT_FALSE(claimed.empty());
  Worker worker(open);
  const wf::JournalView view = worker.beat();
  EXPECT_TRUE(view.adopted);  // none of it looks like a restored copy
  EXPECT_GE(view.counts.in_flight, claimed.size());
  std::map<std::string, State> states;
  for (std::string after;;) {
    const auto rows = worker.journal().rows("posting", after, 500);
    if (rows.empty()) {
      break;
    }
    for (const wf::JournalRow& row : rows) {
      states[row.key] = row.state;
    }
    after = rows.back().key;
  }
  for (const std::string& key : claimed) {
    EXPECT_EQ(states.count(key), 1U) << key;
  }
}

TEST_F(SqliteJournalProcesses, AFullDiskLosesNothing) {
  Worker(open).adopt();
  EXPECT_EQ(ended(child([&] {
              signal(SIGXFSZ, SIG_IGN);
              Worker worker(open);
              worker.claim({"before"}, "t");
              const rlimit limit{64 * 1024, 64 * 1024};
              ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
              EXPECT_THROW(worker.claim(keys(1000), "t2"), StoreError);
              EXPECT_EQ(worker.row("before").state, State::in_flight);
              EXPECT_EQ(worker.row("key1").key, "");
              EXPECT_EQ(worker.beat().outcome, Outcome::good);
            })),
            0);
  Worker worker(open);
  const wf::JournalView view = worker.beat();
  EXPECT_TRUE(view.adopted);
  EXPECT_EQ(view.counts.in_flight, 1U);
}

}  // namespace
}  // namespace heymilo_test
