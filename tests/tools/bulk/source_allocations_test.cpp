// What memory a record takes from a line of a file to the wire. Without the file:
// workflows/bulk/bulk_ingest_allocations.

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>

#include "bulk/csv_source.hpp"
#include "bulk/input.hpp"
#include "bulk/ndjson_source.hpp"
#include "support/counted_allocations.hpp"
#include "support/receiving_api.hpp"
#include "support/temporary_file.hpp"

namespace heymilo_test {
namespace {

using Sources = heymilo::workflows::BulkSource (*)(bulk::Input&);

std::string ndjson(int records) {
  std::string text;
  for (int i = 0; i < records; ++i) {
    const std::string number = std::to_string(i);
    text += R"({"name":"A Person With Number )" + number + R"(","email":"person)" + number +
            R"(@example.com","phone_number":"+14155550123",)" +
            R"("metadata":{"external_id":"an id with number )" + number +
            R"("},"data":{"city":"London"}})" + '\n';
  }
  return text;
}

std::string csv(int records) {
  std::string text = "name,email,phone_number,metadata.external_id,data.city\n";
  for (int i = 0; i < records; ++i) {
    const std::string number = std::to_string(i);
    text += "A Person With Number " + number + ",person" + number +
            "@example.com,+14155550123,an id with number " + number + ",London\n";
  }
  return text;
}

int allocationsOf(const std::string& text, Sources sourceOf, int records) {
  const TemporaryFile file(text);
  const int before = allocations;
  bulk::Input input(file.path());
  const auto result = ingestInto(std::make_shared<ReceivingApi>(), sourceOf(input), 100);
  EXPECT_EQ(result.ingested, static_cast<std::uint64_t>(records));
  return allocations - before;
}

int allocationsOfARecord(std::string (*textOf)(int), Sources sourceOf) {
  allocationsOf(textOf(10), sourceOf, 10);
  return (allocationsOf(textOf(3'000), sourceOf, 3'000) -
          allocationsOf(textOf(1'000), sourceOf, 1'000)) /
         2'000;
}

TEST(SourceAllocations, ALineOfJsonNeedsFew) {
  const int needed = allocationsOfARecord(&ndjson, &bulk::ndjsonSource);
  EXPECT_LE(needed, 100);
  RecordProperty("allocations_per_record", needed);
}

TEST(SourceAllocations, ARowOfACsvFileNeedsFew) {
  const int needed = allocationsOfARecord(&csv, &bulk::csvSource);
  EXPECT_LE(needed, 80);
  RecordProperty("allocations_per_record", needed);
}

}  // namespace
}  // namespace heymilo_test
