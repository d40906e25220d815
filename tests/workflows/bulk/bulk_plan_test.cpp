#include "heymilo/workflows/bulk_plan.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "support/bulk_ingest_fixture.hpp"
#include "support/rows_journal.hpp"

namespace heymilo_test {
namespace {

using heymilo::QuotaStatus;
using heymilo::workflows::BulkPlan;
using heymilo::workflows::JournalPosting;
using heymilo::workflows::JournalStanding;
using heymilo::workflows::KeyState;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class BulkPlanTest : public BulkIngestTest {
 protected:
  BulkPlanTest() { options.key = "number"; }

  BulkPlan plan(const People& all) {
    records.clear();
    return planIngest(Client(client_options), "p", sourceOf(all), options);
  }

  /// The journal and the files beside it, as bytes.
  std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
      std::ifstream in(entry.path());
      all[entry.path().filename().string()] = {std::istreambuf_iterator<char>(in), {}};
    }
    return all;
  }
};

TEST_F(BulkPlanTest, OfANewPostingMakesAndSendsNothing) {
  const BulkPlan planned = plan(people(25));
  EXPECT_EQ(planned.records, 25u);
  EXPECT_EQ(planned.to_send, 25u);
  EXPECT_EQ(planned.sends, 3u);
  EXPECT_TRUE(planned.adopts);
  EXPECT_FALSE(planned.has_journal);
  EXPECT_EQ(planned.wait, milliseconds{0});
  EXPECT_EQ(planned.requests_made, 1u);  // whether it is new
  EXPECT_EQ(server.requests("listCandidates").size(), 1u);
  EXPECT_EQ(server.requestCount(), 1u);
  EXPECT_THAT(files(), IsEmpty());
  EXPECT_THAT(reported(RecordState::unsent), SizeIs(25));
}

TEST_F(BulkPlanTest, OfAPostingThatIsNotNewAfterAllTakesOverWhoIsThere) {
  ASSERT_EQ(ingest(people(25)).ingested, 25u);
  options.journal = directory.file("lost.journal");
  const BulkPlan planned = plan(people(25));
  EXPECT_EQ(planned.to_send, 0u);
  EXPECT_EQ(planned.known, 25u);
}

TEST_F(BulkPlanTest, SaysWhatTheRunThenDoes) {
  People all = people(30);
  all[5].email = "nobody";  // the API refuses it
  ingest(all);
  all[6].name = "Changed";
  all.push_back(all[7]);
  all.push_back({"Without a key", "x@example.com"});
  all.push_back({"Long", "long@example.com"});
  all.back().metadata =
      Metadata{{"number", "long"}, {"note", std::string(600, 'x')}};  // refused locally
  for (int i = 40; i < 55; ++i) {
    all.push_back({"New", "new" + std::to_string(i) + "@example.com"});
    all.back().metadata = Metadata{{"number", std::to_string(i)}};
  }
  const auto before = files();
  const std::size_t posts_before = posts();
  const BulkPlan planned = plan(all);
  EXPECT_EQ(files(), before);
  EXPECT_EQ(posts(), posts_before);
  EXPECT_EQ(planned.to_send, 15u);
  EXPECT_EQ(planned.sends, 2u);
  EXPECT_EQ(planned.known, 28u);
  EXPECT_EQ(planned.changed, 1u);
  EXPECT_EQ(planned.duplicate, 1u);
  EXPECT_EQ(planned.rejected, 3u);
  EXPECT_FALSE(planned.adopts);
  EXPECT_TRUE(planned.has_journal);
  const auto rejected = reported(RecordState::rejected);
  ASSERT_THAT(rejected, SizeIs(3));
  EXPECT_EQ(rejected[0].index, 5u);
  EXPECT_EQ(rejected[1].error->code, "missing_key");
  EXPECT_EQ(rejected[2].index, 32u);
  EXPECT_THAT(rejected[2].error->param.value_or(""), ::testing::StartsWith("metadata."));
  EXPECT_THAT(records, SizeIs(all.size()));

  const BulkIngestResult result = ingest(all);
  EXPECT_EQ(result.ingested, planned.to_send);
  EXPECT_EQ(result.known, planned.known);
  EXPECT_EQ(result.changed, planned.changed);
  EXPECT_EQ(result.duplicate, planned.duplicate);
  EXPECT_EQ(result.rejected, planned.rejected);
}

TEST_F(BulkPlanTest, ARejectedRecordThatWasCorrectedIsToBeSent) {
  People all = people(3);
  all[1].email = "nobody";
  ingest(all);
  all[1].email = "person1@example.com";
  EXPECT_EQ(plan(all).to_send, 1u);
}

TEST_F(BulkPlanTest, OfALostJournalKnowsWhoIsInThePosting) {
  ingest(people(250));
  options.journal = directory.file("other.journal");
  options.new_posting = false;
  options.settling_time = seconds{7};
  server.clearRequests();
  const BulkPlan planned = plan(people(260));
  EXPECT_TRUE(planned.adopts);
  EXPECT_EQ(planned.candidates, 250u);
  EXPECT_EQ(planned.known, 250u);
  EXPECT_EQ(planned.to_send, 10u);
  EXPECT_GE(planned.wait, seconds{7});
  EXPECT_LT(planned.wait, seconds{8});
  EXPECT_EQ(planned.requests_made, 3u);
  EXPECT_EQ(server.requests("listCandidates").size(), 3u);
  EXPECT_EQ(server.requestCount(), 3u);
  EXPECT_GE(planned.lists, 4u);
  EXPECT_FALSE(std::filesystem::exists(options.journal));
}

TEST_F(BulkPlanTest, OfAStoreCountsTheWaitForWorkersElsewhere) {
  options.journal.clear();
  options.store = std::make_shared<RowsJournal>();
  options.new_posting = false;
  EXPECT_GT(plan(people(1)).wait, seconds{70});
}

TEST_F(BulkPlanTest, CountsWhatIsInDoubtAndHowLongTheRunWaits) {
  auto journal = std::make_shared<RowsJournal>();
  journal->standing_ =
      JournalStanding{JournalPosting{"p", Client(client_options).baseUrl(), "key:number", 1}, true};
  options.journal.clear();
  options.store = journal;
  options.settling_time = seconds{7};
  journal->add("key:number:0", KeyState::in_doubt);
  journal->add("key:number:1", KeyState::unresolved);
  journal->add("key:number:2", KeyState::in_flight);
  journal->add("key:number:3", KeyState::unsent);
  journal->add("key:number:4", KeyState::in_doubt);  // it has arrived
  server.addCandidate("p", {{"metadata", {{"heymilo_ref", "key:number:4"}}}});
  const BulkPlan planned = plan(people(5));
  EXPECT_EQ(planned.in_doubt, 3u);
  EXPECT_EQ(planned.to_send, 1u);
  EXPECT_EQ(planned.known, 1u);
  EXPECT_GE(planned.wait, seconds{7});
  EXPECT_LT(planned.wait, seconds{8});
  EXPECT_THAT(reported(RecordState::unresolved), SizeIs(3));
}

TEST_F(BulkPlanTest, RefusesAJournalOfSomethingElse) {
  ingest(people(1));
  options.key = "email";
  EXPECT_THROW(plan(people(1)), StoreError);
}

TEST_F(BulkPlanTest, RefusesAPostingWithPeopleWhomOnlyAnOldJournalKnows) {
  server.addCandidate("p", {{"metadata", {{"heymilo_ref", "0123456789abcdef01234567-1"}}}});
  options.new_posting = false;
  EXPECT_THROW(plan(people(1)), StoreError);
}

TEST_F(BulkPlanTest, EndsWhereItIsStopped) {
  CancellationSource stop;
  options.stop = stop.token();
  options.on_record = {};
  const People all = people(5'000);
  std::size_t given = 0;
  const BulkSource source = [&]() -> std::optional<heymilo::workflows::BulkRecord> {
    if (++given == 100) {
      stop.cancel();
    }
    return heymilo::workflows::BulkRecord{all[given - 1], {}, {}};
  };
  const BulkPlan planned = planIngest(Client(client_options), "p", source, options);
  EXPECT_TRUE(planned.stopped);
  EXPECT_EQ(planned.records, 100u);
}

TEST(QuotaTime, IsThatOfTheWindowsThatAreNeeded) {
  QuotaStatus quota;
  quota.requests = 300;
  quota.per = seconds{60};
  quota.reserved_requests = 20;
  quota.free = 300;
  EXPECT_EQ(quotaTime(280, quota), seconds{0});
  EXPECT_EQ(quotaTime(281, quota), seconds{60});
  EXPECT_EQ(quotaTime(560, quota), seconds{60});
  EXPECT_EQ(quotaTime(561, quota), seconds{120});
  quota.free = 10;
  EXPECT_EQ(quotaTime(1, quota), seconds{60});
  quota.held = seconds{5};
  EXPECT_EQ(quotaTime(0, quota), seconds{5});
}

}  // namespace
}  // namespace heymilo_test
