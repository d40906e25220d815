#include "workflows/bulk/receipts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "support/journal_fixture.hpp"

namespace heymilo_test {
namespace {

using Items = std::vector<BulkIngestCandidateResponseItem>;

BulkIngestCandidateResponseItem item(const std::string& id,
                                     const std::optional<std::string>& mark = {}) {
  BulkIngestCandidateResponseItem one;
  one.interview_id = id;
  one.interview_url = "url of " + id;
  if (mark) {
    one.metadata.emplace()["ref"] = *mark;
  }
  return one;
}

/// Records 10, 11 and 12, whose marks are m10, m11 and m12.
class Receipts : public ::testing::Test {
 protected:
  Receipts() {
    for (const std::uint64_t index : {10u, 11u, 12u}) {
      chunk.add(record(index), person(index));
    }
  }

  /// The interview ids of 10, 11 and 12.
  std::vector<std::string> idsOf(const Items& response) const {
    std::vector<std::string> ids;
    std::uint64_t index = 10;
    for (const Journal::Receipt& receipt : receiptsOf(chunk, response, "ref")) {
      EXPECT_EQ(receipt.index, index++);
      EXPECT_EQ(receipt.interview_url, "url of " + receipt.interview_id);
      ids.push_back(receipt.interview_id);
    }
    return ids;
  }

  Chunk chunk;
};

TEST_F(Receipts, AreInTheOrderOfTheRequest) {
  EXPECT_THAT(idsOf({item("a"), item("b"), item("c")}), ElementsAre("a", "b", "c"));
}

TEST_F(Receipts, GoByTheirMarkWhereTheyShowIt) {
  EXPECT_THAT(idsOf({item("a", "m12"), item("b", "m10"), item("c", "m11")}),
              ElementsAre("b", "c", "a"));
  EXPECT_THAT(idsOf({item("a", "m10"), item("b"), item("c", "m12")}), ElementsAre("a", "b", "c"));
}

TEST_F(Receipts, WithAnotherNumberThanRecordsAreRefused) {
  for (const Items& response :
       {Items{}, Items{item("a"), item("b")}, Items{item("a"), item("b"), item("c"), item("d")}}) {
    EXPECT_THROW(idsOf(response), DecodeError) << response.size();
  }
}

TEST_F(Receipts, ThatAreNotOneForEachRecordAreRefused) {
  // A mark of nobody, a mark twice, and a mark whose place another one has by its order.
  for (const Items& response : {Items{item("a"), item("b", "m13"), item("c")},
                                Items{item("a", "m10"), item("b", "m10"), item("c", "m12")},
                                Items{item("a", "m11"), item("b"), item("c", "m12")}}) {
    try {
      idsOf(response);
      ADD_FAILURE() << response[0].interview_id;
    } catch (const DecodeError& error) {
      EXPECT_EQ(error.outcome(), Outcome::applied);  // to be looked for
      EXPECT_EQ(error.path(), "/data");
    }
  }
}

}  // namespace
}  // namespace heymilo_test
