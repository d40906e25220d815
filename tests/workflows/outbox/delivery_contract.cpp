#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>

#include "heymilo/testing/mock_server.hpp"
#include "heymilo/workflows/bulk_ingest.hpp"
#include "heymilo/workflows/store_error.hpp"
#include "support/eventually.hpp"
#include "support/mock_client.hpp"
#include "support/namespaces.hpp"
#include "workflows/outbox/outbox_contract.hpp"

namespace heymilo_test {
namespace {

namespace wf = heymilo::workflows;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using wf::Outbox;
using wf::OutboxEvent;
using wf::OutboxOptions;
using wf::OutboxResult;

/// The API, and what a delivery needs.
struct World {
  World() {
    server.addPosting("p");
    server.addPosting("q");
    client_options = mockClientOptions(server);
    client_options.rate_limit.reset();
    client_options.retry.max_retries = 0;
    client_options.timeout = std::chrono::seconds{2};
    options.once = true;
    options.new_posting = true;
    options.settling_time = milliseconds{50};
    options.poll = milliseconds{5};
    options.on_event = [this](const OutboxEvent& event) {
      const std::lock_guard lock(mutex);
      events.push_back(event);
    };
  }

  OutboxResult deliver(Outbox& outbox) {
    return deliverOutbox(heymilo::Client(client_options), outbox, options);
  }

  /// The references of a posting's candidates, in their order.
  std::vector<std::string> references(const std::string& posting = "p") const {
    std::vector<std::string> found;
    for (const nlohmann::json& candidate : server.candidates(posting)) {
      found.push_back(candidate.at("metadata").at("heymilo_ref").get<std::string>());
    }
    return found;
  }
  std::size_t posts() const { return server.requests("ingestCandidatesBulk").size(); }
  std::vector<OutboxEvent> told(OutboxEvent::Kind kind) {
    const std::lock_guard lock(mutex);
    std::vector<OutboxEvent> found;
    std::copy_if(events.begin(), events.end(), std::back_inserter(found), [&](const auto& event) {
      return event.kind == kind;
    });
    return found;
  }

  MockServer server;
  heymilo::ClientOptions client_options;
  OutboxOptions options;
  std::mutex mutex;
  std::vector<OutboxEvent> events;  // guarded by mutex
};

/// An outbox whose settle() fails while it is `dead`, as if its process was killed before it.
class Forgetful : public Outbox {
 public:
  explicit Forgetful(std::shared_ptr<Outbox> outbox) : outbox_(std::move(outbox)) {}
  std::shared_ptr<wf::Journal> journal() override { return outbox_->journal(); }
  std::vector<wf::OutboxPosting> pending() override { return outbox_->pending(); }
  std::vector<wf::OutboxRow> pending(const std::string& posting, std::int64_t after,
                                     std::size_t most) override {
    return outbox_->pending(posting, after, most);
  }
  void settle(const std::vector<wf::OutboxOutcome>& outcomes) override {
    if (dead) {
      throw wf::StoreError("killed");
    }
    outbox_->settle(outcomes);
  }
  std::uint64_t expire(std::chrono::seconds age) override { return outbox_->expire(age); }

  std::atomic<bool> dead{true};

 private:
  const std::shared_ptr<Outbox> outbox_;
};

void inOrderOfInsertion(OutboxDatabase& database) {
  World world;
  const auto outbox = database.open();
  world.options.chunk = 3;
  std::vector<std::string> expected;
  for (int i = 0; i < 10; ++i) {
    database.enqueue(std::to_string((i * 7) % 10));
    expected.push_back("key:id:" + std::to_string((i * 7) % 10));
  }
  // The first request is lost: what was inserted later waits for it all the same.
  world.server.respondNext("ingestCandidatesBulk", ScriptedResponse::disconnect().reset());
  const OutboxResult result = world.deliver(*outbox);
  EXPECT_EQ(result.delivered, 10u);
  EXPECT_EQ(result.failed, 0u);
  EXPECT_EQ(world.references(), expected);
  EXPECT_EQ(database.row("p", "7"), "ingested  -");
  EXPECT_EQ(outbox->pending().size(), 0u);
}

void poisonIsSetAside(OutboxDatabase& database) {
  World world;
  const auto outbox = database.open();
  database.enqueue("1");
  database.enqueue("p", "2", R"([1])");
  database.enqueue("p", "3", R"({"name": "No address"})");
  database.enqueue("p", "4", R"({"name": "Bad", "email": "nobody"})");
  database.enqueue("p", "5", R"({"name": "P", "email": "a@example.com", "metadata": {"id": "6"}})");
  database.enqueue("p", "6", R"({"name": "P", "email": "b@example.com", "metadata": {"id": "6"}})");
  database.enqueue("p", std::string(480, 'k'), R"({"name": "P", "email": "c@example.com"})");
  database.enqueue("p", std::string(499, 'k'), R"({"name": "P", "email": "c@example.com"})");
  const OutboxResult result = world.deliver(*outbox);
  EXPECT_EQ(result.delivered, 3u);
  EXPECT_EQ(result.rejected, 5u);
  EXPECT_EQ(result.failed, 0u);
  EXPECT_THAT(world.references(),
              ElementsAre("key:id:1", "key:id:6", "key:id:" + std::string(480, 'k')));
  EXPECT_THAT(database.row("p", "2"), StartsWith("rejected invalid_record [1]"));
  EXPECT_THAT(database.row("p", "3"), StartsWith("rejected invalid_record {"));
  EXPECT_THAT(database.row("p", "4"), StartsWith("rejected value_error {"));
  EXPECT_THAT(database.row("p", "5"), StartsWith("rejected other_key {"));
  EXPECT_THAT(database.row("p", std::string(499, 'k')), StartsWith("rejected invalid_key {"));

  // The same again is not sent again; a correction is.
  const std::size_t posts = world.posts();
  database.enqueue("p", "4", R"({"name": "Bad", "email": "nobody"})");
  EXPECT_EQ(world.deliver(*outbox).rejected, 1u);
  EXPECT_EQ(world.posts(), posts);
  database.enqueue("p", "4", R"({"name": "Good", "email": "good@example.com"})");
  EXPECT_EQ(world.deliver(*outbox).delivered, 1u);
  EXPECT_EQ(database.row("p", "4"), "ingested  -");
}

void killedBeforeTheOutboxKnows(OutboxDatabase& database) {
  World world;
  Forgetful outbox(database.open());
  for (const char* key : {"1", "2", "3"}) {
    database.enqueue(key);
  }
  EXPECT_EQ(world.deliver(outbox).failed, 1u);
  EXPECT_EQ(world.server.candidateCount("p"), 3u);
  EXPECT_THAT(database.row("p", "1"), StartsWith("pending"));
  outbox.dead = false;
  const OutboxResult result = world.deliver(outbox);
  EXPECT_EQ(result.delivered, 3u);
  EXPECT_EQ(result.known, 3u);
  EXPECT_EQ(world.server.candidateCount("p"), 3u);
  EXPECT_EQ(world.posts(), 1u);
  EXPECT_EQ(database.row("p", "1"), "ingested  -");
}

void inParallel(OutboxDatabase& database) {
  World world;
  world.options.chunk = 5;
  world.options.concurrency = 3;
  for (int i = 0; i < 100; ++i) {
    if (i == 0) {
      static_cast<void>(database.open());
    }
    database.enqueue(std::to_string(i));
  }
  std::atomic<std::uint64_t> delivered{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      const auto outbox = database.open();
      delivered += world.deliver(*outbox).delivered;
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  std::vector<std::string> found = world.references();
  EXPECT_EQ(found.size(), 100u);
  std::sort(found.begin(), found.end());
  EXPECT_EQ(std::unique(found.begin(), found.end()), found.end());
  EXPECT_EQ(database.open()->pending().size(), 0u);
}

void untilItIsStopped(OutboxDatabase& database) {
  World world;
  world.options.once = false;
  CancellationSource stop;
  world.options.stop = stop.token();
  const auto outbox = database.open();
  database.enqueue("nowhere", "1", R"({"name": "P", "email": "p@example.com"})");
  OutboxResult result;
  std::thread thread([&] { result = world.deliver(*outbox); });
  for (int i = 0; i < 5; ++i) {
    database.enqueue(std::to_string(i));
    EXPECT_TRUE(eventually([&] {
      return world.server.candidateCount("p") == static_cast<std::size_t>(i) + 1;
    })) << "a posting that is not there holds up the others, or new rows are not seen";
  }
  // The API fails for a while.
  world.server.respondNext("ingestCandidatesBulk", ScriptedResponse::answer(503).times(3));
  database.enqueue("again");
  EXPECT_TRUE(eventually([&] { return database.row("p", "again") == "ingested  -"; }));
  stop.cancel();
  thread.join();
  EXPECT_TRUE(result.stopped);
  EXPECT_EQ(result.delivered, 6u);
  EXPECT_EQ(world.server.candidateCount("p"), 6u);
  const auto failures = world.told(OutboxEvent::Kind::failed);
  ASSERT_FALSE(failures.empty());
  EXPECT_EQ(failures.front().posting_id, "nowhere");
  EXPECT_EQ(failures.front().wait, milliseconds{1000});
  EXPECT_GE(world.told(OutboxEvent::Kind::waiting).size(), 2u);
}

void onePostingAtATime(OutboxDatabase& database) {
  World world;
  world.options.once = false;
  world.options.postings = 1;
  CancellationSource stop;
  world.options.stop = stop.token();
  const auto outbox = database.open();
  std::thread thread([&] { world.deliver(*outbox); });
  for (const char* posting : {"p", "q", "p", "q"}) {
    const std::size_t count = world.server.candidateCount(posting) + 1;
    const std::string key = std::to_string(count);
    database.enqueue(posting, key, R"({"name": "P", "email": "p@example.com"})");
    EXPECT_TRUE(eventually([&] { return world.server.candidateCount(posting) == count; }))
        << "the other posting keeps the only thread";
  }
  stop.cancel();
  thread.join();
}

void byTheJournalsName(OutboxDatabase& database) {
  World world;
  const auto outbox = database.open();
  const heymilo::Client client(world.client_options);
  const auto ingest = [&](const std::string& posting, const std::string& key) {
    wf::BulkIngestOptions options;
    options.store = outbox->journal();
    options.key = key;
    options.new_posting = true;
    std::vector<heymilo::CandidateIngestRequest> people(1);
    people[0].name = "P";
    people[0].email = "a@example.com";
    people[0].metadata = std::map<std::string, std::string>{{"number", "1"}};
    bulkIngest(client, posting, wf::sourceOf(people), options);
  };
  ingest("p", "number");
  ingest("q", "email");
  EXPECT_EQ(outbox->pending().size(), 0u);
  database.enqueue("p", "1", R"({"name":"P","email":"a@example.com","metadata":{"number":"1"}})");
  database.enqueue("p", "2", R"({"name": "P", "email": "b@example.com"})");
  database.enqueue("q", "1", R"({"name": "P", "email": "a@example.com"})");
  EXPECT_EQ(outbox->pending().at(0).key_name, "key:number");
  const OutboxResult result = world.deliver(*outbox);
  EXPECT_EQ(result.delivered, 2u);
  EXPECT_EQ(result.known, 1u);
  EXPECT_THAT(world.references(), ElementsAre("key:number:1", "key:number:2"));
  EXPECT_THAT(database.row("q", "1"), StartsWith("rejected other_key {"));
  EXPECT_EQ(world.server.candidateCount("q"), 1u);

  // Known to the journal with other content: not sent.
  database.enqueue("p", "3", R"({"name": "P", "email": "c@example.com"})");
  world.deliver(*outbox);
  EXPECT_EQ(database.row("p", "3"), "ingested  -");
}

void changedContentIsNotSent(OutboxDatabase& database) {
  World world;
  const auto outbox = database.open();
  {
    wf::BulkIngestOptions options;
    options.store = outbox->journal();
    options.key = "id";
    options.new_posting = true;
    std::vector<heymilo::CandidateIngestRequest> people(1);
    people[0].name = "P";
    people[0].email = "a@example.com";
    people[0].metadata = std::map<std::string, std::string>{{"id", "1"}};
    bulkIngest(heymilo::Client(world.client_options), "p", wf::sourceOf(people), options);
  }
  database.enqueue("p", "1", R"({"name": "Other", "email": "a@example.com"})");
  const OutboxResult result = world.deliver(*outbox);
  EXPECT_EQ(result.changed, 1u);
  EXPECT_EQ(result.delivered, 0u);
  EXPECT_EQ(database.row("p", "1"), "changed  -");
  EXPECT_EQ(world.server.candidateCount("p"), 1u);
  EXPECT_EQ(world.told(OutboxEvent::Kind::changed).size(), 1u);
}

/// An outbox whose second page comes when a key has been corrected.
class Corrected : public Forgetful {
 public:
  explicit Corrected(std::shared_ptr<Outbox> outbox) : Forgetful(std::move(outbox)) {
    dead = false;
  }
  std::vector<wf::OutboxRow> pending(const std::string& posting, std::int64_t after,
                                     std::size_t most) override {
    EXPECT_TRUE(after == 0 || eventually([&] { return corrected.load(); }));
    return Forgetful::pending(posting, after, most);
  }
  using Forgetful::pending;

  std::atomic<bool> corrected{false};
};

void enqueuedAgainWhileItIsDelivered(OutboxDatabase& database) {
  World world;
  world.options.concurrency = 2;  // a run has all rows
  Corrected outbox(database.open());
  database.enqueue("p", "1", R"({"name": "Bad", "email": "nobody"})");
  world.options.on_event = [&](const OutboxEvent& event) {
    if (event.kind == OutboxEvent::Kind::rejected && !outbox.corrected) {
      database.enqueue("1");
      outbox.corrected = true;
    }
  };
  const OutboxResult result = world.deliver(outbox);
  EXPECT_EQ(result.rejected, 1u);
  EXPECT_EQ(result.delivered, 1u);
  EXPECT_EQ(result.failed, 0u);
  EXPECT_EQ(database.row("p", "1"), "ingested  -");
}

}  // namespace

std::vector<OutboxRule> deliveryContract() {
  return {{"InOrderOfInsertion", inOrderOfInsertion},
          {"PoisonIsSetAside", poisonIsSetAside},
          {"KilledBeforeTheOutboxKnows", killedBeforeTheOutboxKnows},
          {"InParallel", inParallel},
          {"UntilItIsStopped", untilItIsStopped},
          {"OnePostingAtATime", onePostingAtATime},
          {"ByTheJournalsName", byTheJournalsName},
          {"ChangedContentIsNotSent", changedContentIsNotSent},
          {"EnqueuedAgainWhileItIsDelivered", enqueuedAgainWhileItIsDelivered}};
}

}  // namespace heymilo_test
