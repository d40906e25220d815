// What memory a record takes on its way from the source to the wire: it is moved, and not copied.

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "support/counted_allocations.hpp"
#include "support/receiving_api.hpp"

namespace heymilo_test {
namespace {

using heymilo::workflows::BulkRecord;

/// Ingests records with a text of this size each.
void ingest(int records, std::size_t text_size, std::size_t chunk, bool refusing = false) {
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
  const auto result = ingestInto(std::make_shared<ReceivingApi>(refusing), source, chunk);
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
  const int before = large_allocations;
  ingest(20, kLargeAllocation, 1);
  EXPECT_EQ(large_allocations - before, 20 * 3);
}

TEST(BulkIngestAllocations, ARecordThatIsSentAgainIsNotCopied) {
  ingest(1, 10, 1);
  const int before = large_allocations;
  ingest(20, kLargeAllocation, 1, true);
  EXPECT_EQ(large_allocations - before, 20 * 3);
}

}  // namespace
}  // namespace heymilo_test
