#include "workflows/bulk/chunk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/bulk_records.hpp"

namespace heymilo_test {
namespace {

/// The indexes of its records, whose candidates must be theirs.
std::vector<std::uint64_t> indexesIn(const Chunk& chunk) {
  std::vector<std::uint64_t> indexes;
  EXPECT_EQ(chunk.records().size(), chunk.request().data.size());
  EXPECT_EQ(chunk.size(), chunk.records().size());
  for (std::size_t place = 0; place < chunk.size(); ++place) {
    indexes.push_back(chunk.records()[place].record);
    EXPECT_EQ(chunk.request().data[place].email, person(indexes.back()).email);
  }
  return indexes;
}

TEST(Chunk, ItsRequestHasTheCandidatesOfItsRecords) {
  EXPECT_TRUE(Chunk().empty());
  EXPECT_THAT(indexesIn(Chunk()), ElementsAre());
  EXPECT_THAT(indexesIn(chunkOf(3)), ElementsAre(0, 1, 2));
}

TEST(Chunk, KeepsTheWantedInOrder) {
  Chunk chunk = chunkOf(5);
  std::vector<std::size_t> asked;
  const Chunk removed = chunk.keepIf([&](std::size_t place) {
    asked.push_back(place);
    return place % 2 == 0;
  });
  EXPECT_THAT(indexesIn(removed), ElementsAre(1, 3));
  EXPECT_THAT(asked, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(indexesIn(chunk), ElementsAre(0, 2, 4));
  chunk.keepIf([](std::size_t place) { return place == 1; });
  EXPECT_THAT(indexesIn(chunk), ElementsAre(2));
  chunk.keepIf([](std::size_t) { return false; });
  EXPECT_TRUE(chunk.empty());
}

TEST(Chunk, HalvesAreInOrderAndLeaveNothing) {
  Chunk chunk = chunkOf(5);
  auto [first, second] = chunk.halve();
  EXPECT_THAT(indexesIn(first), ElementsAre(0, 1));
  EXPECT_THAT(indexesIn(second), ElementsAre(2, 3, 4));
  EXPECT_TRUE(chunk.empty());
  auto [none, one] = chunkOf(1).halve();
  EXPECT_TRUE(none.empty());
  EXPECT_THAT(indexesIn(one), ElementsAre(0));
}

// A candidate's data stay where the source's were from reading to sending.
TEST(Chunk, CopiesNoCandidate) {
  CandidateIngestRequest candidate = person(1);
  candidate.email = std::string(100, 'x');  // too long to be within the object
  const void* const data = candidate.email.data();
  Chunk chunk;
  chunk.add(record(0), person(0));
  chunk.add(record(1), std::move(candidate));
  chunk.keepIf([](std::size_t place) { return place == 1; });
  Chunk half = chunk.halve().second;
  const Chunk moved = std::move(half);
  ASSERT_EQ(moved.size(), 1u);
  EXPECT_EQ(moved.request().data.front().email.data(), data);
}

}  // namespace
}  // namespace heymilo_test
