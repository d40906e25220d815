#include "workflows/bulk/journal_record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "support/namespaces.hpp"

namespace heymilo_test {
namespace {

CandidateIngestRequest withKeys(std::size_t count) {
  CandidateIngestRequest request{"Ada", "Ada@Example.com"};
  for (std::size_t i = 0; i < count; ++i) {
    request.withMetadata("key" + std::to_string(i), "value");
  }
  return request;
}

TEST(JournalRecordTest, PlacesAreCountedFromOne) {
  EXPECT_EQ(placeOf(0, std::nullopt), "record 1");
  EXPECT_EQ(placeOf(500, 507), "record 501 (line 507)");
}

// Journals have these numbers: they must not change. Those of FNV-1a are published.
TEST(JournalRecordTest, HashesAreStable) {
  EXPECT_EQ(static_cast<std::uint64_t>(stableHash("")), 0xcbf29ce484222325U);
  EXPECT_EQ(static_cast<std::uint64_t>(stableHash("a")), 0xaf63dc4c8601ec8cU);
  EXPECT_EQ(static_cast<std::uint64_t>(stableHash("foobar")), 0x85944171f73967e8U);
  CandidateIngestRequest request{"Ada", "ada@example.com"};
  request.withMetadata("b", "2").withMetadata("a", "1");
  EXPECT_EQ(identify(0, request, "ref", "id").hash,
            stableHash(R"({"email":"ada@example.com","metadata":{"a":"1","b":"2"},"name":"Ada"})"));
}

TEST(JournalRecordTest, AddressesAreComparedWithoutRegardToCase) {
  EXPECT_EQ(emailHash("ADA.Z@example.COM"), emailHash("ada.z@example.com"));
  EXPECT_NE(emailHash("ada@example.com"), emailHash("ida@example.com"));
  EXPECT_NE(emailHash("[@example.com"), emailHash("{@example.com"));  // next to the letters
  EXPECT_NE(emailHash("@"), emailHash("`"));
}

TEST(JournalRecordTest, AMarkOfTheCallersOwnStays) {
  CandidateIngestRequest request{"Ada", "ada@example.com"};
  request.withMetadata("ref", "17");
  const JournalRecord record = identify(3, request, "ref", "id");
  EXPECT_EQ(record.index, 3u);
  EXPECT_EQ(record.mark, "17");
  EXPECT_EQ(record.email_hash, std::nullopt);
  EXPECT_EQ(request.metadata->at("ref"), "17");
}

TEST(JournalRecordTest, AMarkIsMadeWhereThereIsNone) {
  for (const std::size_t keys : {0u, 1u, 49u}) {
    CandidateIngestRequest request = withKeys(keys);
    CandidateIngestRequest same = request;
    const JournalRecord record = identify(3, request, "ref", "id");
    EXPECT_EQ(record.mark, "id-3");
    EXPECT_EQ(record.email_hash, std::nullopt);
    EXPECT_EQ(request.metadata->at("ref"), "id-3");
    EXPECT_EQ(request.metadata->size(), keys + 1);
    // The hash is the source's: another journal makes another mark.
    EXPECT_EQ(record.hash, identify(3, same, "ref", "other").hash);
  }
}

TEST(JournalRecordTest, WithoutRoomForAMarkTheAddressCounts) {
  CandidateIngestRequest request = withKeys(50);
  const JournalRecord record = identify(3, request, "ref", "id");
  EXPECT_EQ(record.mark, std::nullopt);
  EXPECT_EQ(record.email_hash, emailHash("ada@example.com"));
  EXPECT_EQ(request.metadata->size(), 50u);
  // One of the fifty is the mark.
  request = withKeys(50);
  EXPECT_EQ(identify(3, request, "key7", "id").mark, "value");
}

TEST(JournalRecordTest, TextThatIsNotUtf8HasAHashToo) {
  CandidateIngestRequest request{"\xff", "ada@example.com"};
  CandidateIngestRequest other{"\xff\xff", "ada@example.com"};
  EXPECT_NE(identify(0, request, "ref", "id").hash, identify(0, other, "ref", "id").hash);
}

}  // namespace
}  // namespace heymilo_test
