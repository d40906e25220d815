#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "heymilo/testing/mock_server.hpp"
#include "postgres/quota_store.hpp"
#include "support/faults.hpp"
#include "support/postgres.hpp"
#include "support/running_process.hpp"
#include "support/temporary_directory.hpp"

namespace heymilo_test {

inline const int kQuotaRequests = static_cast<int>(setting("HEYMILO_TEST_QUOTA_REQUESTS", 20));
inline const std::chrono::seconds kQuotaPer{setting("HEYMILO_TEST_QUOTA_WINDOW", 1)};
constexpr heymilo::postgres::QuotaTimes kQuotaTimes{std::chrono::milliseconds{1'000},
                                                    std::chrono::milliseconds{200}};
/// T_o of a holder with a timeout of 500 ms: T_c + timeout + U + W and a thousandth.
inline const std::chrono::milliseconds kQuotaOutlast =
    std::chrono::milliseconds{1'704} + kQuotaPer + std::chrono::milliseconds{kQuotaPer} / 1'000;

/// Processes that share a quota in PostgreSQL, and a mock server that enforces the limit and writes
/// down by its own clock what arrived when.
///
/// HEYMILO_TEST_QUOTA_SECONDS sets the length of each test (3), HEYMILO_TEST_QUOTA_SHARERS the
/// number of processes (8), HEYMILO_TEST_QUOTA_REQUESTS and HEYMILO_TEST_QUOTA_WINDOW the limit (20
/// in 1 s), HEYMILO_TEST_SEED repeats one.
class QuotaProcesses : public ::testing::Test {
 protected:
  QuotaProcesses() {
    api.addPosting("p", 1);
    api.setRateLimit(heymilo::RateLimit{kQuotaRequests, kQuotaPer});
    std::printf("HEYMILO_TEST_SEED=%u HEYMILO_TEST_QUOTA_SECONDS=%d\n",
                seed,
                static_cast<int>(length.count()));
  }

  std::unique_ptr<RunningProcess> worker(const std::string& url, int threads = 2,
                                         const std::string& priority = "interactive",
                                         const std::string& mode = "plain", int reserve = 0) const {
    return workerOf(url,
                    {{"HEYMILO_BASE_URL", api.url()},
                     {"HEYMILO_WORKSPACE_ID", priority},
                     {"HEYMILO_RATE_LIMIT",
                      std::to_string(kQuotaRequests) + '/' + std::to_string(kQuotaPer.count()) +
                          '/' + std::to_string(reserve)}},
                    {std::to_string(threads), priority, mode, "500"});
  }

  /// With the rest of its arguments.
  std::unique_ptr<RunningProcess> workerOf(const std::string& url,
                                           std::map<std::string, std::string> environment,
                                           const std::vector<std::string>& rest) const {
    std::vector<std::string> arguments{url,
                                       "",
                                       std::to_string(kQuotaTimes.lease.count()),
                                       std::to_string(kQuotaTimes.under_way.count()),
                                       "p"};
    arguments.insert(arguments.end(), rest.begin(), rest.end());
    environment.emplace("HEYMILO_API_KEY", "test-key");
    return std::make_unique<RunningProcess>(
        std::string(HEYMILO_PROGRAMS_DIR) + "/postgres_quota_worker",
        arguments,
        environment,
        directory.file("log"));
  }

  using Workers = std::vector<std::unique_ptr<RunningProcess>>;
  Workers workers(const std::string& url, int number) const {
    Workers all;
    for (int i = 0; i < number; ++i) {
      all.push_back(worker(url));
    }
    return all;
  }

  std::string logged() const {
    std::stringstream text;
    text << std::ifstream(directory.file("log")).rdbuf();
    return text.str();
  }

  void expectRunning(const Workers& all) const {
    for (const auto& process : all) {
      EXPECT_EQ(process->wait(std::chrono::milliseconds{0}), std::nullopt) << logged();
    }
  }

  std::chrono::milliseconds upTo(int most) {
    return std::chrono::milliseconds{std::uniform_int_distribution<int>(0, most)(random)};
  }

  /// So that accidents come while requests are under way.
  void respondSlowly() {
    using heymilo::testing::ScriptedResponse;
    api.respondNext(
        {}, ScriptedResponse::asUsual().delayedBy(std::chrono::milliseconds{60}).times(1'000'000));
  }

  /// Waits until requests arrive: the rows of a new store are waited out.
  void waitForFirst(std::size_t number = 1) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{60} + 4 * kQuotaPer;
    while (api.requests().size() < number && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    ASSERT_GE(api.requests().size(), number) << logged();
  }

  /// Checks that no window has too many requests. The part of the quota that was used, of whole
  /// windows.
  double check(const char* what) const {
    std::vector<std::chrono::steady_clock::time_point> times;
    for (const auto& request : api.requests()) {
      times.push_back(request.received_at);
      EXPECT_NE(request.status, 429);
    }
    std::sort(times.begin(), times.end());
    const auto limit = static_cast<std::size_t>(kQuotaRequests);
    EXPECT_GT(times.size(), limit) << logged();
    if (times.size() <= limit) {
      return 0;
    }
    auto shortest = std::chrono::steady_clock::duration::max();
    for (std::size_t i = limit; i < times.size(); ++i) {
      shortest = (std::min)(shortest, times[i] - times[i - limit]);
    }
    const std::size_t last = (times.size() - 1) / limit * limit;
    const double used =
        static_cast<double>(last) * std::chrono::duration<double>(kQuotaPer).count() /
        (kQuotaRequests * std::chrono::duration<double>(times[last] - times[0]).count());
    std::printf("%s: %zu requests, the shortest window %.3f ms, %.1f%% of the quota used\n",
                what,
                times.size(),
                std::chrono::duration<double, std::milli>(shortest).count(),
                100 * used);
    EXPECT_GT(shortest, kQuotaPer);
    return used;
  }

  const std::chrono::seconds length{setting("HEYMILO_TEST_QUOTA_SECONDS", 3)};
  const int sharers = static_cast<int>(setting("HEYMILO_TEST_QUOTA_SHARERS", 8));
  const unsigned seed = static_cast<unsigned>(setting("HEYMILO_TEST_SEED", std::random_device()()));
  std::mt19937 random{seed};
  TemporaryDirectory directory;
  heymilo::testing::MockServer api;
};

}  // namespace heymilo_test
