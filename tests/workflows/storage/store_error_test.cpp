// A store that fails: the error says whether anything was sent before.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "heymilo/workflows/store_error.hpp"
#include "support/bulk_ingest_fixture.hpp"
#include "support/full_disk.hpp"

namespace heymilo {
namespace {

using heymilo_test::FullDisk;
using heymilo_test::people;
using heymilo_test::sourceOf;

class StoreErrorTest : public heymilo_test::BulkIngestTest {
 protected:
  /// The error of a run whose journal can't be written from the first record on, or from the first
  /// request on.
  StoreError failureAfter(bool a_request) {
    const auto all = people(400);
    const FullDisk disk;
    options.concurrency = 1;
    client_options.on_event = [&](const Event& event) {
      if (a_request && event.operation == "ingestCandidatesBulk") {
        disk.begin();
      }
    };
    std::size_t given = 0;
    const workflows::BulkSource source = [&]() -> std::optional<workflows::BulkRecord> {
      if (given == 0 && !a_request) {
        disk.begin();
      }
      return given == all.size()
                 ? std::nullopt
                 : std::optional<workflows::BulkRecord>(workflows::BulkRecord{all[given++], {}});
    };
    try {
      bulkIngest(Client(client_options), "p", source, options);
    } catch (const Error& error) {
      return dynamic_cast<const StoreError&>(error);
    }
    ADD_FAILURE() << "nothing was thrown";
    return StoreError("");
  }
};

TEST_F(StoreErrorTest, IsNotSentBeforeAnythingWasSent) {
  EXPECT_EQ(failureAfter(false).outcome(), Outcome::not_sent);
  EXPECT_EQ(posts(), 0u);
}

TEST_F(StoreErrorTest, IsUnknownAfterwards) {
  EXPECT_EQ(failureAfter(true).outcome(), Outcome::unknown);
  EXPECT_GE(posts(), 1u);
}

TEST_F(StoreErrorTest, OfAJournalThatCannotBeOpenedIsNotSent) {
  options.journal = directory.file("no such folder/journal");
  try {
    ingest(people(3));
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_NE(dynamic_cast<const StoreError*>(&error), nullptr);
    EXPECT_EQ(error.outcome(), Outcome::not_sent);
  }
}

}  // namespace
}  // namespace heymilo
