// Bulk ingestion against its two bounds: the time required by the quota alone, and the memory of a
// run a hundredth as long. And without a quota, from a file to a server, beside a loop by hand that
// keeps no journal: it reads each line with nlohmann/json, and sends with one handle of libcurl.
//
//   bulk_ingest_benchmark             prints all of it, with a million records by hand and with the
//                                     library
//   bulk_ingest_benchmark memory N    prints the peak memory, in KiB, of a run of N records
//   bulk_ingest_benchmark records N   prints the comparison with N records, a multiple of 10,000

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "allocations.hpp"
#include "canned_server.hpp"
#include "heymilo/testing/mock_server.hpp"
#include "heymilo/workflows/bulk_ingest.hpp"
#include "raw_curl.hpp"
#include "statistics.hpp"

namespace {

using heymilo::BulkIngestCandidateResponseItem;
using heymilo::workflows::BulkRecord;
using heymilo::workflows::BulkSource;
using Seconds = std::chrono::duration<double>;

BulkSource generated(std::size_t count) {
  return [count, i = std::size_t{0}]() mutable -> std::optional<BulkRecord> {
    if (i == count) {
      return std::nullopt;
    }
    const std::string number = std::to_string(i++);
    return BulkRecord{{"Person " + number, "person" + number + "@example.com"}, std::nullopt};
  };
}

/// In a folder of its own: where another one was used a moment ago, a run waits for what that may
/// still have in flight.
class NewJournal {
 public:
  NewJournal() {
    static int number = 0;
    folder_ = std::filesystem::temp_directory_path() /
              ("heymilo-benchmark-" + std::to_string(getpid()) + '-' + std::to_string(++number));
    std::filesystem::create_directory(folder_);
  }
  ~NewJournal() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  NewJournal(const NewJournal&) = delete;
  NewJournal& operator=(const NewJournal&) = delete;

  std::string file() const { return (folder_ / "journal").string(); }

 private:
  std::filesystem::path folder_;
};

constexpr const char* kNobody = R"({"data":[],"pagination":{"has_more":false,"total_count":0}})";

/// Responds to bulk requests immediately, with a receipt for each record, and stores nothing.
class InstantApi : public heymilo::Transport {
 public:
  heymilo::HttpResponse send(const heymilo::HttpRequest& request,
                             const heymilo::CancellationToken& /*cancellation*/) override {
    if (request.method == "GET") {
      return {200, {{"Content-Type", "application/json"}}, kNobody};
    }
    std::string body = R"({"data":[)";
    constexpr std::string_view kOneEach = R"("email":)";
    for (std::size_t at = request.body.find(kOneEach); at != std::string::npos;
         at = request.body.find(kOneEach, at + 1)) {
      body +=
          R"({"interview_id":"0123456789abcdef","interview_url":"https://example.com/i/0123"},)";
    }
    body.back() = ']';
    return {201, {{"Content-Type", "application/json"}}, body + '}'};
  }
};

/// The time for `requests` requests, as a multiple of the quota's minimum.
double timeOverBound(int requests, heymilo::RateLimit limit, std::size_t chunk) {
  heymilo::testing::MockServerOptions server_options;
  server_options.rate_limit = limit;
  heymilo::testing::MockServer server(server_options);
  server.addPosting("p");
  heymilo::ClientOptions client_options;
  client_options.api_key = "test-key";
  client_options.base_url = server.url();
  client_options.rate_limit = limit;
  heymilo::workflows::BulkIngestOptions options;
  const NewJournal journal;
  options.journal = journal.file();
  options.new_posting = true;
  options.chunk = chunk;
  const auto began = std::chrono::steady_clock::now();
  const auto result =
      heymilo::workflows::bulkIngest(heymilo::Client(client_options),
                                     "p",
                                     generated(static_cast<std::size_t>(requests) * chunk),
                                     options);
  const Seconds took = std::chrono::steady_clock::now() - began;
  std::size_t refused = 0;
  for (const auto& request : server.requests()) {
    refused += request.status == 429 ? 1 : 0;
  }
  if (!result.complete || refused != 0) {
    std::printf("not complete, or %zu answers of 429\n", refused);
    std::exit(1);
  }
  const Seconds bound = Seconds(limit.per) * requests / limit.requests;
  std::printf("  %d requests, %d in %lld ms: %.3f s, bound %.3f s, ratio %.3f\n",
              requests,
              limit.requests,
              static_cast<long long>(limit.per.count()),
              took.count(),
              bound.count(),
              took / bound);
  return took / bound;
}

int memoryOf(std::size_t records) {
  heymilo::ClientOptions client_options;
  client_options.api_key = "test-key";
  client_options.base_url = "http://localhost";
  client_options.rate_limit.reset();
  client_options.transport = std::make_shared<InstantApi>();
  heymilo::workflows::BulkIngestOptions options;
  const NewJournal journal;
  options.journal = journal.file();
  options.new_posting = true;
  options.chunk = 1000;
  const auto result = heymilo::workflows::bulkIngest(
      heymilo::Client(client_options), "p", generated(records), options);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("%ld\n", usage.ru_maxrss);
  return result.ingested == records ? 0 : 1;
}

constexpr std::size_t kChunk = 1'000;
constexpr std::size_t kParts = 10;  // of a comparison, in turns

std::string linesFile() {
  return (std::filesystem::temp_directory_path() /
          ("heymilo-benchmark-" + std::to_string(getpid()) + ".ndjson"))
      .string();
}

void writeLines(const std::string& file, std::size_t count, std::size_t part) {
  std::ofstream out(file);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string number = std::to_string(part * count + i);
    out << R"({"name":"Person Number )" << number << R"(","email":"person)" << number
        << R"(@example.com","phone_number":"+14155550123","metadata":{"external_id":"ats-)"
        << number << R"(","source":"careers page"},"data":{"city":"London","years":12}})" << '\n';
  }
}

/// As a careful developer would, but for a journal: nothing of it is known after a failure.
void ingestByHand(const std::string& url, const std::string& file, std::size_t count) {
  benchmarks::RawCurl curl({{"X-API-KEY", "test-key"},
                            {"Accept", "application/json"},
                            {"Content-Type", "application/json"}},
                           url + "/api/v2/postings/p/candidates/bulk",
                           "-");
  std::ifstream in(file);
  nlohmann::json request{{"data", nlohmann::json::array()}};
  nlohmann::json& people = request["data"];
  std::size_t ingested = 0;
  const auto send = [&] {
    const nlohmann::json response = nlohmann::json::parse(curl.sendBody(request.dump()));
    if (response.at("data").size() != people.size()) {
      throw std::runtime_error("not a receipt for each record");
    }
    ingested += people.size();
    people.clear();
  };
  for (std::string line; std::getline(in, line);) {
    people.push_back(nlohmann::json::parse(line));
    if (people.size() == kChunk) {
      send();
    }
  }
  if (ingested != count) {
    throw std::runtime_error("not all are ingested");
  }
}

void ingestWithTheLibrary(const std::string& url, const std::string& file, std::size_t count) {
  heymilo::ClientOptions client_options;
  client_options.api_key = "test-key";
  client_options.base_url = url;
  client_options.rate_limit.reset();
  heymilo::workflows::BulkIngestOptions options;
  const NewJournal journal;
  options.journal = journal.file();
  options.new_posting = true;
  options.chunk = kChunk;
  std::ifstream in(file);
  std::string line;
  const auto result = heymilo::workflows::bulkIngest(
      heymilo::Client(client_options),
      "p",
      [&]() -> std::optional<BulkRecord> {
        if (!std::getline(in, line)) {
          return std::nullopt;
        }
        return BulkRecord{nlohmann::json::parse(line).get<heymilo::CandidateIngestRequest>(),
                          std::nullopt};
      },
      options);
  if (result.ingested != count) {
    throw std::runtime_error("not all are ingested");
  }
}

double secondsOf(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

struct Contender {
  const char* name;
  std::function<void()> ingest;
  std::vector<double> wall{}, cpu{};
};

void compare(std::size_t records) {
  const std::size_t count = records / kParts;
  std::string receipts = R"({"data":[)";
  for (std::size_t i = 0; i < kChunk; ++i) {
    receipts +=
        R"({"interview_id":"0123456789abcdef","interview_url":"https://example.com/i/0123"},)";
  }
  receipts.back() = ']';
  const auto bulk = std::make_shared<const std::string>(receipts + '}');
  const auto nobody = std::make_shared<const std::string>(kNobody);
  const benchmarks::CannedServer server([&](std::string_view target) {
    return target.find("bulk") == std::string_view::npos ? nobody : bulk;
  });
  const std::string file = linesFile();
  std::vector<Contender> contenders{
      {"by hand, without a journal", [&] { ingestByHand(server.url(), file, count); }},
      {"bulkIngest", [&] { ingestWithTheLibrary(server.url(), file, count); }}};
  for (std::size_t part = 0; part < kParts; ++part) {
    writeLines(file, count, part);
    for (Contender& contender : contenders) {
      const double wall = secondsOf(CLOCK_MONOTONIC), cpu = secondsOf(CLOCK_PROCESS_CPUTIME_ID);
      contender.ingest();
      contender.wall.push_back(secondsOf(CLOCK_MONOTONIC) - wall);
      contender.cpu.push_back(secondsOf(CLOCK_PROCESS_CPUTIME_ID) - cpu);
    }
  }
  std::printf(
      "%zu records from a file to a server without a quota, %zu a request:\n"
      "  %-28s %10s %10s   %-22s %-22s %s\n",
      records,
      kChunk,
      "",
      "records/s",
      "CPU us",
      "time",
      "CPU",
      "allocations a record");
  for (const Contender& contender : contenders) {
    const auto each = static_cast<double>(count);
    std::printf("  %-28s %10.0f %10.1f   %-22s %-22s %.0f\n",
                contender.name,
                each / benchmarks::median(contender.wall),
                benchmarks::median(contender.cpu) / each * 1e6,
                text(benchmarks::ratioOf(contender.wall, contenders.front().wall)).c_str(),
                text(benchmarks::ratioOf(contender.cpu, contenders.front().cpu)).c_str(),
                static_cast<double>(benchmarks::allocationsOf(contender.ingest).count) / each);
  }
  std::filesystem::remove(file);
}

/// Runs this program again, to measure the peak of that run only.
long peakOf(const char* self, const char* records) {
  const std::string command = std::string(self) + " memory " + records;
  std::FILE* output = popen(command.c_str(), "r");
  std::array<char, 64> line{};
  const bool read = output != nullptr && std::fgets(line.data(), line.size(), output) != nullptr;
  const bool good = output != nullptr && pclose(output) == 0;
  if (!read || !good) {
    std::puts("the run for memory failed");
    std::exit(1);
  }
  return std::atol(line.data());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string(argv[1]) == "memory") {
    return memoryOf(std::strtoull(argv[2], nullptr, 10));
  }
  if (argc == 3 && std::string(argv[1]) == "records") {
    compare(std::strtoull(argv[2], nullptr, 10));
    return 0;
  }
  compare(1'000'000);
  std::puts("Time over the bound of the quota (requests needed / quota):");
  timeOverBound(500, {50, std::chrono::milliseconds{500}}, 20);
  timeOverBound(600, {100, std::chrono::milliseconds{2000}}, 100);
  std::puts("Peak memory, without a server:");
  const long small = peakOf(argv[0], "10000");
  const long large = peakOf(argv[0], "1000000");
  std::printf("  10,000 records %ld KiB, 1,000,000 records %ld KiB, ratio %.2f\n",
              small,
              large,
              static_cast<double>(large) / static_cast<double>(small));
  return 0;
}
