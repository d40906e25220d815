#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support/chaos_api.hpp"
#include "support/child_process.hpp"
#include "support/eventually.hpp"
#include "support/faults.hpp"
#include "support/living_file.hpp"
#include "support/running_process.hpp"
#include "support/sanitizers.hpp"
#include "support/temporary_directory.hpp"

namespace heymilo_test {

/// Processes of bulk_ingest on one file that lives and one journal: about every 0.2 s one is
/// killed, others are stopped and resumed, and the API fails. What becomes of the journal is the
/// derived class's.
///
/// HEYMILO_TEST_SEED and HEYMILO_TEST_SECONDS repeat it or make it longer.
class IngestChaos : public ::testing::Test {
 protected:
  using Time = std::chrono::steady_clock::time_point;
  using milliseconds = std::chrono::milliseconds;
  using seconds = std::chrono::seconds;

  struct Setup {
    std::uint64_t seconds;  ///< of accidents, unless HEYMILO_TEST_SECONDS is set
    bool async = false;
    milliseconds queue_delay{0};
    milliseconds settle{1'500};
  };

  explicit IngestChaos(const Setup& setup)
      : setup_(slowed(setup)),
        seconds_(setting("HEYMILO_TEST_SECONDS", setup.seconds)),
        api(seed_, setup_.settle * 3 / 4 - setup_.queue_delay, setup_.queue_delay) {
    std::cout << trace() << " HEYMILO_TEST_SECONDS=" << seconds_ << '\n';
  }

  /// For SCOPED_TRACE().
  std::string trace() const { return "HEYMILO_TEST_SEED=" + std::to_string(seed_); }

  /// Whatever the environment has is not theirs. They share no quota.
  std::map<std::string, std::string> environment() {
    return {{"HEYMILO_API_KEY", "test-key"},
            {"HEYMILO_BASE_URL", api.server().url()},
            {"HEYMILO_RATE_LIMIT", "none"}};
  }

  /// Accidents of the journal, called every few milliseconds.
  virtual void meddle() = 0;

  void runWithAccidents() {
    RecordProperty("seed", std::to_string(seed_));
    file.change(100);
    api.beginFailing(milliseconds{1300});
    // Nobody is in it. Two first runs, which live until the journal has been begun.
    start({"--new-posting"}, seconds{2});
    start({"--new-posting"}, seconds{2});
    for (end_ = now() + seconds(seconds_); now() < end_;) {
      reap();
      resume();
      killSome();
      stopSome();
      if (below(40) == 0) {
        file.change(20);
      }
      meddle();
      if (workers_.size() < kMost && below(2) == 0) {
        start();
      }
      std::this_thread::sleep_for(milliseconds{20});
    }
    killAll();
    std::cout << killed_ << " killed, " << stops_ << " stopped, " << api.executedLate()
              << " requests late, " << api.server().requestCount() << " requests, "
              << api.server().candidateCount("p") << " of " << file.people()
              << " people in before the last run; exit codes:";
    for (const auto& [code, times] : codes_) {
      std::cout << ' ' << code << " (" << times << ')';
    }
    std::cout << '\n';
    EXPECT_GT(killed_, seconds_);
    EXPECT_GT(api.server().candidateCount("p"), 0u);
  }

  /// A run with everybody and without accidents, after which everybody is in the posting once.
  /// `runs`: as many may be needed where the API has a queue.
  void expectEverybodyOnce(int runs = 1) {
    api.endFailing();
    file.complete();
    std::string left = "no run";
    for (; runs > 0 && !left.empty(); --runs) {
      RunningProcess last(kProgram,
                          arguments({"--report", directory.file("report")}),
                          environment(),
                          directory.file("log"));
      const auto code = last.wait(std::chrono::minutes{2});
      ASSERT_TRUE(code == 0 || code == 3) << code.value_or(-1000) << '\n' << logged();
      left = unfinished();
    }
    EXPECT_EQ(left, "") << logged();
    ASSERT_TRUE(eventually([&] { return api.idle(); }));
    EXPECT_TRUE(eventually([&] { return api.server().candidateCount("p") >= file.people(); }));
    std::this_thread::sleep_for(setup_.queue_delay);  // for what nobody should have queued
    std::map<std::string, std::vector<std::string>> there;
    for (const nlohmann::json& candidate : api.server().candidates("p")) {
      there[candidate.at("metadata").at("number").get<std::string>()].push_back(candidate.dump());
    }
    for (std::size_t number = 0; number < file.people(); ++number) {
      const std::vector<std::string>& found = there[std::to_string(number)];
      EXPECT_EQ(found.size(), 1u) << "person " << number << ": " << ::testing::PrintToString(found);
    }
    EXPECT_EQ(there.size(), file.people());  // nobody else
    const ChildResult verified =
        runChild(HEYMILO_PROGRAMS_DIR "/verify", {"p", "--journal", journal()}, environment());
    EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  }

  /// What is given to --journal.
  virtual std::string journal() const = 0;

  void start(const std::vector<std::string>& extra = {}, milliseconds least = milliseconds{0}) {
    constexpr std::size_t kChunks[] = {1, 3, 7, 20};
    std::vector<std::string> all = arguments(extra);
    all.insert(all.end(), {"--chunk", std::to_string(kChunks[below(4)])});
    all.insert(all.end(), {"--concurrency", below(2) == 0 ? "1" : "3"});
    // Most die young, and some live long enough to look for what is in doubt.
    const std::uint64_t longest = below(7) == 0 ? 5'000 : 700;
    Worker worker;
    worker.process =
        std::make_unique<RunningProcess>(kProgram, all, environment(), directory.file("log"));
    worker.dies = now() + least + milliseconds{below(longest)};
    workers_.push_back(std::move(worker));
  }

  void killAll() {
    for (Worker& worker : workers_) {
      worker.dies = now();
    }
    killSome();
  }

  /// Calls `act` while no worker does anything. Each of them goes on afterwards as before.
  template <class Act>
  void whileAllAreStopped(const Act& act) {
    for (const Worker& worker : workers_) {
      stop(worker);
    }
    act();
    for (const Worker& worker : workers_) {
      if (!worker.stopped) {
        worker.process->signal(SIGCONT);
      }
    }
  }

  bool anyWorker() const { return !workers_.empty(); }
  static Time now() { return std::chrono::steady_clock::now(); }
  milliseconds left() const { return std::chrono::duration_cast<milliseconds>(end_ - now()); }
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  milliseconds settle() const { return setup_.settle; }
  /// How long a new journal waits where workers may live that it does not see.
  milliseconds adoption() const {
    return seconds{10} + seconds{kTimeout} + 2 * setup_.settle + seconds{1};
  }

 private:
  static constexpr std::size_t kMost = 4;
  static constexpr int kTimeout = 1;  // seconds
  static constexpr const char* kProgram = HEYMILO_PROGRAMS_DIR "/bulk_ingest";

  struct Worker {
    std::unique_ptr<RunningProcess> process{};
    Time dies{};
    std::optional<Time> stopped{};  // until then
  };

  static Setup slowed(Setup setup) {
    if (kSanitized) {
      setup.settle *= 3;
    }
    return setup;
  }

  std::vector<std::string> arguments(const std::vector<std::string>& extra) const {
    const milliseconds settle = setup_.settle;
    std::vector<std::string> all{"p",
                                 file.path(),
                                 "--key",
                                 "number",
                                 "--journal",
                                 journal(),
                                 "--timeout",
                                 std::to_string(kTimeout),
                                 "--settle",
                                 std::to_string(static_cast<double>(settle.count()) / 1000)};
    if (setup_.async) {
      all.emplace_back("--async");
    }
    all.insert(all.end(), extra.begin(), extra.end());
    return all;
  }

  /// Those that have ended by their own choice. They must not have crashed.
  void reap() {
    for (auto worker = workers_.begin(); worker != workers_.end();) {
      const auto code = worker->process->wait(milliseconds{0});
      if (code) {
        EXPECT_TRUE(code == 0 || code == 1 || code == 3) << *code << '\n' << logged();
        ++codes_[*code];
        worker = workers_.erase(worker);
      } else {
        ++worker;
      }
    }
  }

  void killSome() {
    for (auto worker = workers_.begin(); worker != workers_.end();) {
      if (now() < worker->dies) {
        ++worker;
        continue;
      }
      worker->process->signal(SIGKILL);
      const auto code = worker->process->wait(seconds{10});
      EXPECT_TRUE(code == -SIGKILL || code == 0 || code == 1 || code == 3) << logged();
      killed_ += code == -SIGKILL ? 1U : 0U;
      worker = workers_.erase(worker);
    }
  }

  /// Waits until it has stopped.
  static void stop(const Worker& worker) {
    worker.process->signal(SIGSTOP);
    const std::string status = "/proc/" + std::to_string(worker.process->pid()) + "/stat";
    eventually([&] {
      std::ifstream in(status);
      const std::string text{std::istreambuf_iterator<char>(in), {}};
      const std::size_t name = text.rfind(')');
      return name == std::string::npos || text.substr(name, 3).find_first_of("TZX") != text.npos;
    });
  }

  void stopSome() {
    const auto stopped = [](const Worker& worker) { return worker.stopped.has_value(); };
    if (workers_.empty() || below(30) != 0 ||
        std::any_of(workers_.begin(), workers_.end(), stopped)) {
      return;  // several would leave nobody who works
    }
    Worker& worker = workers_[below(workers_.size())];
    const milliseconds time{below(below(10) == 0 ? 14'000 : 2'000)};
    worker.stopped = now() + time;
    worker.dies += time;
    stop(worker);
    ++stops_;
  }

  void resume() {
    for (Worker& worker : workers_) {
      if (worker.stopped && now() >= *worker.stopped) {
        worker.stopped.reset();
        worker.process->signal(SIGCONT);
      }
    }
  }

  /// The records of the last run that are not in the posting, by its report.
  std::string unfinished() const {
    static const std::set<std::string> kIn{"ingested", "queued", "known", "changed", "duplicate"};
    std::string lines;
    std::size_t count = 0;
    std::ifstream in(directory.file("report"));
    for (std::string line; std::getline(in, line); ++count) {
      if (kIn.count(nlohmann::json::parse(line).at("outcome").get<std::string>()) == 0) {
        lines += line + '\n';
      }
    }
    return count == file.people() ? lines : std::to_string(count) + " records\n" + lines;
  }

  std::string logged() const {
    constexpr std::size_t kEnd = 4000;
    std::ifstream in(directory.file("log"));
    const std::string all{std::istreambuf_iterator<char>(in), {}};
    return all.size() > kEnd ? all.substr(all.size() - kEnd) : all;
  }

  const Setup setup_;
  const std::uint64_t seed_ = setting("HEYMILO_TEST_SEED", std::random_device{}());
  const std::uint64_t seconds_;
  std::mt19937_64 random_{seed_};
  std::vector<Worker> workers_;
  std::map<int, int> codes_;  // how often a worker has ended with it
  std::size_t killed_ = 0, stops_ = 0;
  Time end_{};

 protected:
  TemporaryDirectory directory;
  LivingFile file{seed_ + 2, directory.file("people.ndjson")};
  ChaosApi api;
};

}  // namespace heymilo_test
