// Bulk ingestion against its two bounds: the time required by the quota alone, and the memory of a
// run a hundredth as long.
//
//   bulk_ingest_benchmark            prints both
//   bulk_ingest_benchmark memory N   prints the peak memory, in KiB, of a run of N records

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "heymilo/testing/mock_server.hpp"
#include "heymilo/workflows/bulk_ingest.hpp"

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

std::string newJournal() {
  const auto path = std::filesystem::temp_directory_path() /
                    ("heymilo-benchmark-" + std::to_string(getpid()) + ".journal");
  std::filesystem::remove(path);
  return path.string();
}

/// Responds to bulk requests immediately, with a receipt for each record, and stores nothing.
class InstantApi : public heymilo::Transport {
 public:
  heymilo::HttpResponse send(const heymilo::HttpRequest& request,
                             const heymilo::CancellationToken& /*cancellation*/) override {
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
  options.journal = newJournal();
  options.new_posting = true;
  options.chunk = chunk;
  const auto began = std::chrono::steady_clock::now();
  const auto result =
      heymilo::workflows::bulkIngest(heymilo::Client(client_options),
                                     "p",
                                     generated(static_cast<std::size_t>(requests) * chunk),
                                     options);
  const Seconds took = std::chrono::steady_clock::now() - began;
  std::filesystem::remove(options.journal);
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
  options.journal = newJournal();
  options.new_posting = true;
  options.chunk = 1000;
  const auto result = heymilo::workflows::bulkIngest(
      heymilo::Client(client_options), "p", generated(records), options);
  std::filesystem::remove(options.journal);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("%ld\n", usage.ru_maxrss);
  return result.ingested == records ? 0 : 1;
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
