// What a shared quota costs a request, in one run and by turns: a client with a quota of its own,
// one that shares it with the machine's processes, and one that shares it through PostgreSQL. Then
// how long an interactive call takes while others use all that bulk calls may.
//
// The transport is a function, so that nothing but the library is measured. The database is a
// server of the benchmark's own.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "heymilo/client.hpp"
#include "heymilo/quota.hpp"
#include "heymilo/testing/fake_transport.hpp"
#include "postgres/quota_store.hpp"
#include "statistics.hpp"
#include "support/postgres.hpp"
#include "support/temporary_directory.hpp"

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kRequests = 2'000;
constexpr milliseconds kPer{500};
constexpr int kBurst = 500;
constexpr int kRounds = 40;

// Short, so that a new store is waited out soon.
constexpr heymilo::postgres::QuotaTimes kTimes{milliseconds{1'000}, milliseconds{100}};

heymilo::ClientOptions options(std::shared_ptr<heymilo::SharedQuota> quota) {
  heymilo::ClientOptions options;
  options.api_key = "a-key";
  options.timeout = milliseconds{500};
  options.rate_limit = heymilo::RateLimit{kRequests, kPer};
  options.quota = std::move(quota);
  options.transport = std::make_shared<heymilo::testing::FakeTransport>(
      [](const heymilo::HttpRequest&, const heymilo::CancellationToken&) {
        return heymilo::testing::jsonAnswer(
            200, R"({"object":"list","data":[],"pagination":{"has_more":false}})");
      });
  return options;
}

struct Kind {
  const char* name;
  heymilo::Client client;
  std::vector<double> times{};
};

/// Microseconds a request.
double burst(const heymilo::Client& client) {
  const auto began = steady_clock::now();
  for (int i = 0; i < kBurst; ++i) {
    client.listCandidates("posting");
  }
  return std::chrono::duration<double, std::micro>(steady_clock::now() - began).count() / kBurst;
}

void costOfARequest(const heymilo_test::PostgresServer& database, const std::string& file) {
  Kind kinds[] = {
      {"a quota of its own", heymilo::Client(options(nullptr))},
      {"the machine's", heymilo::Client(options(heymilo::machineQuota(file)))},
      {"PostgreSQL's",
       heymilo::Client(options(heymilo::postgres::makeQuota(database.url(), "", kTimes)))}};
  for (Kind& kind : kinds) {
    burst(kind.client);  // the new store is waited out
  }
  const auto statements = [&] {
    return std::stoll(database.sql(
        "SELECT coalesce(sum(seq), 0) FROM heymilo.quota_holder WHERE holder NOT LIKE 'ghost:%'"));
  };
  const long long before = statements();
  for (int round = 0; round < kRounds; ++round) {
    for (Kind& kind : kinds) {
      kind.times.push_back(burst(kind.client));
      std::this_thread::sleep_for(kPer / 3);
    }
  }
  std::printf("microseconds a request, median of %d rounds of %d\n", kRounds, kBurst);
  for (const Kind& kind : kinds) {
    std::printf("%-22s %8.2f   %+.2f\n",
                kind.name,
                benchmarks::median(kind.times),
                benchmarks::median(kind.times) - benchmarks::median(kinds[0].times));
  }
  std::printf("statements a request   %8.4f\n",
              static_cast<double>(statements() - before) / (kRounds * kBurst));
}

void interactiveAmongBulk(const heymilo_test::PostgresServer& database) {
  heymilo::ClientOptions shared =
      options(heymilo::postgres::makeQuota(database.url(), "priority", kTimes));
  shared.rate_limit = heymilo::RateLimit{100, milliseconds{1'000}};
  shared.reserved_requests = 20;
  const heymilo::Client bulk(shared);
  const heymilo::Client interactive(shared);
  heymilo::RequestOptions in_bulk;
  in_bulk.priority = heymilo::Priority::bulk;
  heymilo::CancellationSource stop;
  in_bulk.cancellation = stop.token();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      try {
        for (;;) {
          bulk.listCandidates("posting", {}, in_bulk);
        }
      } catch (const heymilo::CancelledError&) {
      }
    });
  }
  interactive.listCandidates("posting");
  std::this_thread::sleep_for(milliseconds{2'000});
  std::vector<double> times;
  for (int i = 0; i < 300; ++i) {
    const auto began = steady_clock::now();
    interactive.listCandidates("posting");
    times.push_back(std::chrono::duration<double, std::milli>(steady_clock::now() - began).count());
    std::this_thread::sleep_for(milliseconds{55});  // 18 a second, of a reserve of 20
  }
  stop.cancel();
  for (std::thread& thread : threads) {
    thread.join();
  }
  std::sort(times.begin(), times.end());
  std::printf(
      "an interactive call among bulk calls of another client, PostgreSQL: median %.2f ms, "
      "99%% within %.2f ms\n",
      benchmarks::median(times),
      times[times.size() * 99 / 100]);
}

}  // namespace

int main() {
  const heymilo_test::PostgresServer database;
  const heymilo_test::TemporaryDirectory directory;
  std::filesystem::permissions(directory.path(), std::filesystem::perms::owner_all);
  costOfARequest(database, directory.file("quota"));
  interactiveAmongBulk(database);
}
