// The workflows' requests are bulk: they wait for those that somebody waits for.

#include <gtest/gtest.h>

#include <memory>

#include "heymilo/workflows/mirror.hpp"
#include "heymilo/workflows/sqlite_mirror.hpp"
#include "support/bulk_ingest_fixture.hpp"
#include "support/fake_quota.hpp"

namespace {

using namespace heymilo_test;
using heymilo::Priority;

class WorkflowPriority : public BulkIngestTest {
 protected:
  WorkflowPriority() {
    client_options.quota = quota;
    client_options.rate_limit = heymilo::RateLimit{300, std::chrono::seconds{60}};
  }
  void expectAll(Priority priority) const {
    const auto asked = quota->record().asked;
    EXPECT_GT(asked.size(), 0u);
    for (const heymilo::SlotRequest& request : asked) {
      EXPECT_EQ(request.priority, priority);
    }
  }

  const std::shared_ptr<FakeQuota> quota = std::make_shared<FakeQuota>();
};

TEST_F(WorkflowPriority, BulkIngestionIsBulk) {
  // Some are in doubt, so that the posting is read as well.
  server.respondNext({"ingestCandidatesBulk"},
                     heymilo::testing::ScriptedResponse::answer(503).afterCommit());
  ingest(people(25));
  EXPECT_GT(server.requests("listCandidates").size(), 0u);
  expectAll(Priority::bulk);
}

TEST_F(WorkflowPriority, TheMirrorIsBulkUnlessItIsToldOtherwise) {
  server.addPosting("m", 5);
  heymilo::workflows::SqliteMirror sink(directory.file("mirror.db"), "m");
  heymilo::workflows::MirrorOptions how;
  mirrorCandidates(Client(client_options), "m", sink, how);
  expectAll(Priority::bulk);
  const std::size_t before = quota->record().asked.size();
  how.request.priority = Priority::interactive;
  mirrorCandidates(Client(client_options), "m", sink, how);
  EXPECT_EQ(quota->record().asked.at(before).priority, Priority::interactive);
}

}  // namespace
