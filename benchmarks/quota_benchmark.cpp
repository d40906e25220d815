// What a shared quota costs a request, in one run and by turns: a client with a quota of its own,
// one that shares it with the machine's processes, and one that shares it through PostgreSQL. Then,
// with each store, how long an interactive call takes while others use all that bulk calls may, and
// how much of the quota eight processes use.
//
// The transport is a function, so that nothing but the library is measured. The database is a
// server of the benchmark's own.
//
//   quota_benchmark [--brief]   --brief: a few seconds; the figures mean nothing

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
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

constexpr int kRequests = 300;
constexpr milliseconds kPer{100};
constexpr int kBurst = 200;
constexpr int kRounds = 40;
constexpr int kBriefRounds = 3;

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

void costOfARequest(const heymilo_test::PostgresServer& database, const std::string& file,
                    int rounds) {
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
  for (int round = 0; round < rounds; ++round) {
    for (Kind& kind : kinds) {
      kind.times.push_back(burst(kind.client));
      std::this_thread::sleep_for(kPer / 3);
    }
  }
  std::printf("microseconds a request, median of %d rounds of %d\n", rounds, kBurst);
  for (const Kind& kind : kinds) {
    std::printf("%-22s %8.2f   %+.2f\n",
                kind.name,
                benchmarks::median(kind.times),
                benchmarks::median(kind.times) - benchmarks::median(kinds[0].times));
  }
  std::printf("statements a request   %8.4f\n",
              static_cast<double>(statements() - before) / (rounds * kBurst));
}

using MakeQuota = std::function<std::shared_ptr<heymilo::SharedQuota>(const std::string& name)>;

void interactiveAmongBulk(const char* store, const MakeQuota& make, int calls) {
  heymilo::ClientOptions shared = options(make("priority"));
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
  for (int i = 0; i < calls; ++i) {
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
      "%-22s %8.2f %8.2f\n", store, benchmarks::median(times), times[times.size() * 99 / 100]);
}

/// When requests arrived, for processes to write down.
struct Arrivals {
  static constexpr std::size_t kMost = 100'000;
  std::atomic<std::size_t> count{0};
  std::array<steady_clock::time_point, kMost> at{};
};

/// Sends until it is killed.
[[noreturn]] void sendAlways(const MakeQuota& make, Arrivals& arrivals, int requests,
                             milliseconds per) {
  heymilo::ClientOptions shared = options(make("use"));
  shared.rate_limit = heymilo::RateLimit{requests, per};
  shared.transport = std::make_shared<heymilo::testing::FakeTransport>(
      [&arrivals](const heymilo::HttpRequest&, const heymilo::CancellationToken&) {
        arrivals.at[arrivals.count++ % Arrivals::kMost] = steady_clock::now();
        std::this_thread::sleep_for(milliseconds{5});
        return heymilo::testing::jsonAnswer(
            200, R"({"object":"list","data":[],"pagination":{"has_more":false}})");
      });
  const heymilo::Client client(shared);
  std::thread other([&client] {
    for (;;) {
      client.listCandidates("posting");
    }
  });
  for (;;) {
    client.listCandidates("posting");
  }
}

void useByProcesses(const char* store, const MakeQuota& make, milliseconds window, int windows) {
  constexpr int kProcesses = 8;
  constexpr int kLimit = 100;
  void* const memory =
      mmap(nullptr, sizeof(Arrivals), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    throw std::runtime_error("no shared memory");
  }
  auto& arrivals = *new (memory) Arrivals;
  std::vector<pid_t> processes;
  for (int i = 0; i < kProcesses; ++i) {
    processes.push_back(fork());
    if (processes.back() == 0) {
      sendAlways(make, arrivals, kLimit, window);
    }
  }
  while (arrivals.count < kLimit) {  // the new store is waited out
    std::this_thread::sleep_for(milliseconds{10});
  }
  std::this_thread::sleep_for(3 * window);
  const auto began = steady_clock::now();
  std::this_thread::sleep_for((windows + 1) * window);
  for (const pid_t process : processes) {
    kill(process, SIGKILL);
    waitpid(process, nullptr, 0);
  }
  std::vector<steady_clock::time_point> at(
      arrivals.at.begin(), arrivals.at.begin() + static_cast<std::ptrdiff_t>(arrivals.count));
  std::sort(at.begin(), at.end());
  // Slots are used in bursts, which a time that begins by chance would cut: so many such times.
  constexpr int kBeginnings = 100;
  double used = 0;
  for (int i = 0; i < kBeginnings; ++i) {
    const auto from = std::lower_bound(at.begin(), at.end(), began + i * window / kBeginnings);
    const auto to =
        std::lower_bound(from, at.end(), began + i * window / kBeginnings + windows * window);
    used += static_cast<double>(to - from) / kBeginnings;
  }
  steady_clock::duration shortest = steady_clock::duration::max();
  for (std::size_t i = 0; i + kLimit < at.size(); ++i) {
    shortest = (std::min)(shortest, at[i + kLimit] - at[i]);
  }
  std::printf("%-22s %8.1f %8.1f\n",
              store,
              100.0 * used / (kLimit * windows),
              std::chrono::duration<double, std::milli>(shortest).count());
  munmap(memory, sizeof(Arrivals));
}

}  // namespace

int main(int argc, char** argv) {
  const bool brief = argc > 1 && std::string_view(argv[1]) == "--brief";
  const heymilo_test::PostgresServer database;
  const heymilo_test::TemporaryDirectory directory;
  std::filesystem::permissions(directory.path(), std::filesystem::perms::owner_all);
  costOfARequest(database, directory.file("quota"), brief ? kBriefRounds : kRounds);
  const MakeQuota machine = [&directory](const std::string& name) {
    return heymilo::machineQuota(directory.file(name));
  };
  const MakeQuota postgres = [&database](const std::string& name) {
    return heymilo::postgres::makeQuota(database.url(), name, kTimes);
  };
  const int calls = brief ? 10 : 300;
  std::puts("milliseconds of an interactive call among bulk calls of another client: median, p99");
  interactiveAmongBulk("the machine's", machine, calls);
  interactiveAmongBulk("PostgreSQL's", postgres, calls);
  const milliseconds window{brief ? 500 : 2'000};
  const int windows = brief ? 1 : 10;
  std::puts(
      "percent of 100 requests in 2 s used by 8 processes; shortest time of 101 requests, ms");
  std::fflush(stdout);
  useByProcesses("the machine's", machine, window, windows);
  useByProcesses("PostgreSQL's", postgres, window, windows);
}
