#include "workflows/bulk/receipts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "support/bulk_records.hpp"

namespace heymilo_test {
namespace {

using Items = std::vector<BulkIngestCandidateResponseItem>;

BulkIngestCandidateResponseItem item(const std::string& id,
                                     const std::optional<std::string>& key = {}) {
  BulkIngestCandidateResponseItem one;
  one.interview_id = id;
  one.interview_url = "url of " + id;
  if (key) {
    one.metadata.emplace()["heymilo_ref"] = "key:ref:" + *key;
  }
  return one;
}

/// Records 10, 11 and 12.
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
    for (const BulkIngestCandidateResponseItem& receipt :
         receiptsOf(chunk, response, KeyRule("ref"))) {
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

TEST_F(Receipts, GoByTheirKeyWhereTheyShowIt) {
  EXPECT_THAT(idsOf({item("a", "12"), item("b", "10"), item("c", "11")}),
              ElementsAre("b", "c", "a"));
  EXPECT_THAT(idsOf({item("a", "10"), item("b"), item("c", "12")}), ElementsAre("a", "b", "c"));
}

TEST_F(Receipts, WithAnotherNumberThanRecordsAreRefused) {
  for (const Items& response :
       {Items{}, Items{item("a"), item("b")}, Items{item("a"), item("b"), item("c"), item("d")}}) {
    EXPECT_THROW(idsOf(response), DecodeError) << response.size();
  }
}

TEST_F(Receipts, ThatAreNotOneForEachRecordAreRefused) {
  // A key of nobody, a key twice, and a key whose place another one has by its order.
  for (const Items& response : {Items{item("a"), item("b", "13"), item("c")},
                                Items{item("a", "10"), item("b", "10"), item("c", "12")},
                                Items{item("a", "11"), item("b"), item("c", "12")}}) {
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
