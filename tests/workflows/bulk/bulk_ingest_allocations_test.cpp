// What memory a record takes on its way from the source to the wire: it is moved, and not copied.

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <optional>
#include <string>

#include "heymilo/workflows/bulk_ingest.hpp"
#include "support/temporary_directory.hpp"

namespace {
std::atomic<int> allocations{0}, large_ones{0};
constexpr std::size_t kLarge = 100'000;

void* take(std::size_t size) noexcept {
  ++allocations;
  large_ones += size >= kLarge ? 1 : 0;
  return std::malloc(size == 0 ? 1 : size);
}
}  // namespace

void* operator new(std::size_t size) {
  if (void* memory = take(size)) {
    return memory;
  }
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return take(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace heymilo_test {
namespace {

using heymilo::workflows::BulkRecord;

/// Lists nobody, and has a receipt for each record of a request.
class Receiving : public heymilo::Transport {
 public:
  heymilo::HttpResponse send(const heymilo::HttpRequest& request,
                             const heymilo::CancellationToken&) override {
    if (request.method == "GET") {
      return {200,
              {{"Content-Type", "application/json"}},
              R"({"data":[],"pagination":{"has_more":false,"total_count":0}})"};
    }
    std::string body = R"({"data":[)";
    constexpr std::string_view kOneEach = R"("email":)";
    for (std::size_t at = request.body.find(kOneEach); at != std::string::npos;
         at = request.body.find(kOneEach, at + 1)) {
      body += R"({"interview_id":"0123456789abcdef","interview_url":"https://example.com/i"},)";
    }
    body.back() = ']';
    return {201, {{"Content-Type", "application/json"}}, body + '}'};
  }
};

/// Ingests records with a text of this size each.
void ingest(int records, std::size_t text_size, std::size_t chunk) {
  const TemporaryDirectory directory;
  heymilo::ClientOptions client_options;
  client_options.api_key = "test-key";
  client_options.base_url = "http://localhost";
  client_options.rate_limit.reset();
  client_options.transport = std::make_shared<Receiving>();
  heymilo::workflows::BulkIngestOptions options;
  options.journal = directory.file("journal");
  options.new_posting = true;
  options.chunk = chunk;
  int next = 0;
  const auto source = [&]() -> std::optional<BulkRecord> {
    if (next == records) {
      return std::nullopt;
    }
    const std::string number = std::to_string(next++);
    BulkRecord record{{"A Person With Number " + number, "person" + number + "@example.com"},
                      std::nullopt};
    record.request.metadata.emplace().emplace("external_id", "an id with number " + number);
    record.request.data = nlohmann::json::object();
    record.request.data->emplace("about", std::string(text_size, 'x'));
    return record;
  };
  const auto result =
      heymilo::workflows::bulkIngest(heymilo::Client(client_options), "p", source, options);
  EXPECT_EQ(result.ingested, static_cast<std::uint64_t>(records));
}

// 10 are the record's own.
TEST(BulkIngestAllocations, ARecordNeedsFew) {
  ingest(10, 10, 100);
  const int before = allocations;
  ingest(1'000, 10, 100);
  const int first = allocations - before;
  ingest(3'000, 10, 100);
  const int second = allocations - before - first;
  EXPECT_LE((second - first) / 2'000, 80);
  RecordProperty("allocations_per_record", (second - first) / 2'000);
}

// The record's, its canonical content's and the body's: a copy would be one more.
TEST(BulkIngestAllocations, ARecordIsNotCopied) {
  ingest(1, 10, 1);
  const int before = large_ones;
  ingest(20, kLarge, 1);
  EXPECT_EQ(large_ones - before, 20 * 3);
}

}  // namespace
}  // namespace heymilo_test
