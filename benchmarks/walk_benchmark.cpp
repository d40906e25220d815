// Walks over all candidates of a posting, compared with their bounds.
//
//   walk_benchmark [--brief] [cpu | prefetch | memory]   default: all three
//
//   cpu        the CPU time for a candidate, beside pages got with libcurl and decoded by hand
//   prefetch   the time of a walk over the time that the server, or else the reader, takes alone
//   memory     the peak of a walk over a million candidates, beside one over a thousand

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "canned_server.hpp"
#include "documents.hpp"
#include "heymilo/heymilo.hpp"
#include "json/codec.hpp"
#include "peers/by_hand.hpp"
#include "raw_curl.hpp"
#include "statistics.hpp"

namespace {

using benchmarks::CannedServer;
using benchmarks::median;
using benchmarks::RawCurl;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kPageSize = 100;

/// The number after `name` in a text like
/// `…/postings/20/candidates?limit=100&starting_after=int_5f2b9c1e7a000199`; 0 if there is none.
std::size_t numberAfter(std::string_view text, std::string_view name) {
  const std::size_t at = text.find(name);
  return at == std::string_view::npos
             ? 0
             : std::strtoull(std::string(text.substr(at + name.size())).c_str(), nullptr, 10);
}

void replaceAll(std::string& text, std::string_view old, std::string_view replacement) {
  for (std::size_t at = text.find(old); at != std::string::npos; at = text.find(old, at)) {
    text.replace(at, old.size(), replacement);
    at += replacement.size();
  }
}

/// Pages of a posting whose id is its number of candidates. They are equal except for the last
/// candidate's interview_id, a counter, and for has_more.
class Pages {
 public:
  CannedServer::Body operator()(std::string_view target) const {
    const std::size_t pages = numberAfter(target, "/postings/");
    const std::size_t last = numberAfter(target, kCursor) + kPageSize;
    std::string number = std::to_string(last);
    number.insert(0, kDigits - (std::min)(number.size(), kDigits), '0');
    auto page = std::make_shared<std::string>(page_);
    replaceAll(*page, kLastId, std::string(kIdPrefix) + number);
    if (last == pages * kPageSize) {
      replaceAll(*page, R"("has_more":true)", R"("has_more":false)");
    }
    return page;
  }

 private:
  static constexpr std::string_view kCursor = "starting_after=int_5f2b9c1e7a";
  static constexpr std::string_view kIdPrefix = "int_5f2b9c1e7a";
  static constexpr std::string_view kLastId = "int_5f2b9c1e7a000099";
  static constexpr std::size_t kDigits = 6;

  const std::string page_ = benchmarks::pageText(kPageSize);
};

heymilo::Client clientOf(const std::string& server) {
  heymilo::ClientOptions options;
  options.api_key = "test-key";
  options.base_url = server;
  options.rate_limit.reset();
  return heymilo::Client(options);
}

/// Shows the current measurement on a terminal, until the next one.
void showProgress(const std::string& what) {
  if (isatty(STDERR_FILENO) != 0) {
    std::fprintf(stderr, "\r\033[K%s", what.c_str());
  }
}

void require(bool good, const char* problem) {
  if (!good) {
    throw std::runtime_error(problem);
  }
}

// --- cpu ---

std::size_t walkByHand(const std::string& server, const std::string& posting) {
  const std::string first = server + "/api/v2/postings/" + posting + "/candidates?limit=100";
  RawCurl curl({{"X-API-KEY", "test-key"}}, first);
  std::size_t candidates = 0;
  for (bool has_more = true; has_more;) {
    const by_hand::Page page = by_hand::decodePageWithNlohmann(curl.send());
    candidates += page.data.size();
    curl.setUrl(first + "&starting_after=" + page.data.back().interview_id);
    has_more = page.pagination.has_more;
  }
  return candidates;
}

std::size_t walk(const heymilo::Client& client, const std::string& posting) {
  std::size_t candidates = 0;
  for ([[maybe_unused]] const auto& candidate : client.listAllCandidates(posting)) {
    ++candidates;
  }
  return candidates;
}

/// Microseconds of this process's CPU time, user and system, for a candidate.
template <class Walk>
double cpuOf(std::size_t pages, const Walk& walk_all) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
  };
  const double before = now();
  require(walk_all() == pages * kPageSize, "a walk did not see all candidates");
  return (now() - before) / static_cast<double>(pages * kPageSize);
}

void measureCpu(const std::string& server, bool brief) {
  const std::size_t pages = brief ? 50 : 200;
  const std::string posting = std::to_string(pages);
  const heymilo::Client client = clientOf(server);
  std::vector<double> library;
  std::vector<double> hand;
  for (int i = 0; i < 3; ++i) {
    showProgress("cpu: " + std::to_string(i + 1) + " of 3");
    library.push_back(cpuOf(pages, [&] { return walk(client, posting); }));
    hand.push_back(cpuOf(pages, [&] { return walkByHand(server, posting); }));
  }
  showProgress("");
  std::printf(
      "CPU time for a candidate, in a walk over %zu pages of %zu (median of 3)\n"
      "  listAllCandidates                     %8.2f us\n"
      "  libcurl, nlohmann/json, by hand       %8.2f us\n"
      "  ratio                                 %8.2f\n",
      pages,
      kPageSize,
      median(library),
      median(hand),
      median(library) / median(hand));
}

// --- prefetch ---

enum class Work { at_the_end, spread };  // of a page: after its last candidate, or after each

/// Seconds of a walk whose reader needs `work` per page.
double timeOf(const heymilo::Client& client, std::size_t pages, milliseconds work, Work when,
              bool prefetch) {
  const Clock::time_point began = Clock::now();
  Clock::time_point page_began;
  std::size_t candidates = 0;
  auto range = client.listAllCandidates(std::to_string(pages)).prefetch(prefetch);
  for ([[maybe_unused]] const auto& candidate : range) {
    const auto place = static_cast<long>(candidates++ % kPageSize) + 1;
    const bool last = place == static_cast<long>(kPageSize);
    if (place == 1) {
      page_began = Clock::now();
    }
    if (when == Work::spread) {
      // Until a point in time, not for a duration: the delays of the sleeps do not add up.
      std::this_thread::sleep_until(page_began + std::chrono::microseconds(work) * place /
                                                     static_cast<long>(kPageSize));
    } else if (last) {
      std::this_thread::sleep_for(work);
    }
  }
  require(candidates == pages * kPageSize, "a walk did not see all candidates");
  return std::chrono::duration<double>(Clock::now() - began).count();
}

void measurePrefetchAt(const std::string& server, milliseconds latency, std::size_t pages,
                       milliseconds work, Work when) {
  const heymilo::Client client = clientOf(server);
  showProgress("prefetch: " + std::to_string(latency.count()) + " ms, work " +
               std::to_string(work.count()) + " ms");
  const double on = timeOf(client, pages, work, when, true);
  const double off = timeOf(client, pages, work, when, false);
  showProgress("");
  const std::chrono::duration<double> bound =
      latency + static_cast<long>(pages) * (std::max)(latency, work);
  std::printf("  %7lld %7lld   %-11s %8.3f %8.3f %7.3f %12.3f %7.3f\n",
              static_cast<long long>(latency.count()),
              static_cast<long long>(work.count()),
              work.count() == 0      ? ""
              : when == Work::spread ? "spread"
                                     : "at the end",
              bound.count(),
              on,
              on / bound.count(),
              off,
              off / bound.count());
}

struct SlowServer {
  milliseconds latency;
  const CannedServer& server;
};

void measurePrefetch(const std::vector<SlowServer>& servers, bool brief) {
  const std::size_t pages = brief ? 3 : 20;
  std::printf(
      "Walk over P = %zu pages, from a server that takes L for each, by a reader that takes "
      "W;\nbound: L + P * max(L, W)\n"
      "  %7s %7s   %-11s %8s %8s %7s %12s %7s\n",
      pages,
      "L ms",
      "W ms",
      "work",
      "bound s",
      "walk s",
      "ratio",
      "no prefetch",
      "ratio");
  for (const auto& [latency, server] : servers) {
    for (const milliseconds work : {milliseconds{0}, milliseconds{25}, milliseconds{50}}) {
      measurePrefetchAt(server.url(), latency, pages, work, Work::at_the_end);
      if (work.count() > 0) {
        measurePrefetchAt(server.url(), latency, pages, work, Work::spread);
      }
      if (brief && work.count() > 0) {
        return;
      }
    }
  }
}

// --- memory ---

/// The peak memory of this process, in kB.
std::size_t peakMemory() {
  std::FILE* status = std::fopen("/proc/self/status", "r");
  require(status != nullptr, "/proc is not available");
  std::array<char, 256> line{};
  std::size_t peak = 0;
  while (std::fgets(line.data(), line.size(), status) != nullptr) {
    peak = (std::max)(peak, numberAfter(line.data(), "VmHWM:"));
  }
  std::fclose(status);
  return peak;
}

/// Runs this program again, to measure the peak of that walk only.
std::size_t peakOf(const char* self, const std::string& server, std::size_t pages) {
  showProgress("memory: " + std::to_string(pages) + " pages");
  const std::string command =
      '\'' + std::string(self) + "' peak-of " + server + ' ' + std::to_string(pages);
  std::FILE* output = popen(command.c_str(), "r");
  std::array<char, 64> line{};
  const bool read = output != nullptr && std::fgets(line.data(), line.size(), output) != nullptr;
  const bool good = output != nullptr && pclose(output) == 0;
  showProgress("");
  require(read && good, "the run for memory failed");
  return std::strtoull(line.data(), nullptr, 10);
}

std::size_t heldOnHeap() {
  const auto held = mallinfo2();
  return held.uordblks + held.hblkhd;
}

void measureMemory(const char* self, const std::string& server, bool brief) {
  const std::size_t few = 10;
  const std::size_t many = brief ? 300 : 10'000;
  const std::string text = benchmarks::pageText(kPageSize);
  const std::size_t held_before = heldOnHeap();
  const auto page = heymilo::json::decode<by_hand::Page>(text);
  const std::size_t page_size = heldOnHeap() - held_before;
  const std::size_t small = peakOf(self, server, few);
  const std::size_t large = peakOf(self, server, many);
  std::printf(
      "Peak memory of a walk\n"
      "  %9zu candidates    %8zu kB\n"
      "  %9zu candidates    %8zu kB\n"
      "  ratio                   %8.3f\n"
      "  a page of %zu: %zu kB as text, %zu kB decoded\n",
      few * page.data.size(),
      small,
      many * page.data.size(),
      large,
      static_cast<double>(large) / static_cast<double>(small),
      page.data.size(),
      text.size() / 1024,
      page_size / 1024);
}

int run(const char* self, bool brief, std::string_view part) {
  // Before the first thread.
  const Pages pages;
  const CannedServer at_once(pages);
  const CannedServer near(pages, milliseconds{50});
  const CannedServer far(pages, milliseconds{200});
  if (part.empty() || part == "cpu") {
    measureCpu(at_once.url(), brief);
  }
  if (part.empty() || part == "prefetch") {
    measurePrefetch({{milliseconds{50}, near}, {milliseconds{200}, far}}, brief);
  }
  if (part.empty() || part == "memory") {
    measureMemory(self, at_once.url(), brief);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // each row as it is there, in a log too
  std::vector<std::string_view> arguments(argv + 1, argv + argc);
  try {
    if (arguments.size() == 3 && arguments[0] == "peak-of") {  // how the program calls itself
      const std::size_t seen = walk(clientOf(argv[2]), argv[3]);
      require(seen == kPageSize * std::strtoull(argv[3], nullptr, 10), "candidates are missing");
      std::printf("%zu\n", peakMemory());
      return 0;
    }
    const auto brief = std::find(arguments.begin(), arguments.end(), "--brief");
    const bool is_brief = brief != arguments.end();
    if (is_brief) {
      arguments.erase(brief);
    }
    const std::string_view part = arguments.empty() ? "" : arguments[0];
    if (arguments.size() <= 1 &&
        (part.empty() || part == "cpu" || part == "prefetch" || part == "memory")) {
      return run(argv[0], is_brief, part);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "walk_benchmark: %s\n", error.what());
    return 1;
  }
  std::fputs("usage: walk_benchmark [--brief] [cpu | prefetch | memory]\n", stderr);
  return 2;
}
