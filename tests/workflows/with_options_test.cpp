#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <optional>

#include "heymilo/testing/manual_clock.hpp"
#include "heymilo/workflows/bulk_ingest.hpp"
#include "heymilo/workflows/mirror.hpp"
#include "support/bulk_ingest_fixture.hpp"
#include "support/mirror_fakes.hpp"

// A workflow has the defaults of the client that it is given: see Client::withOptions().

namespace heymilo::workflows {
namespace {

using BulkIngestWithOptions = heymilo_test::BulkIngestTest;
using heymilo::testing::RecordedRequest;
using heymilo::testing::ScriptedResponse;
using heymilo_test::People;
using heymilo_test::people;

TEST_F(BulkIngestWithOptions, HasTheDefaultsOfItsClient) {
  RequestOptions defaults;
  defaults.headers.add("X-Source", "job");
  const People all = people(30);
  const Client client = Client(client_options).withOptions(defaults);
  EXPECT_TRUE(bulkIngest(client, "p", sourceOf(all), options).complete);
  EXPECT_EQ(posts(), 3u);
  for (const RecordedRequest& request : server.requests()) {
    EXPECT_EQ(request.header("X-Source"), "job");
  }
}

TEST_F(BulkIngestWithOptions, EndsByTheCancellationOfItsClient) {
  const auto clock = std::make_shared<heymilo::testing::ManualClock>();
  const People all = people(30);
  options.concurrency = 1;
  const auto run = [&](const CancellationSource& source) {
    RequestOptions defaults;
    defaults.cancellation = source.token();
    records.clear();
    bulkIngest(Client(client_options).withOptions(defaults), "p", sourceOf(all), options);
  };
  {
    const CancellationSource source;
    source.cancel();
    client_options.clock = clock;
    EXPECT_THROW(run(source), CancelledError);
    EXPECT_EQ(server.requestCount(), 0u);
    client_options.clock.reset();
  }
  {
    const CancellationSource source;
    server.respondNext("ingestCandidatesBulk", ScriptedResponse::asUsual().held());
    auto ended = std::async(std::launch::async, [&] { EXPECT_THROW(run(source), CancelledError); });
    EXPECT_TRUE(server.waitForRequests(2));
    source.cancel();
    ended.get();
    server.release();
    EXPECT_EQ(posts(), 1u);
  }
  EXPECT_TRUE(ingest(all).complete);
  expectEverybodyOnce(30);
}

TEST(MirrorWithOptions, EndsByTheCancellationOfItsClient) {
  test::FakeList list;
  test::MemorySink sink;
  list.add(250, parseTimestamp("2026-03-01T00:00:00Z"), std::chrono::minutes{1});
  const CancellationSource source;
  RequestOptions defaults;
  defaults.cancellation = source.token();
  const Client client = list.client().withOptions(defaults);
  list.before = [&](std::size_t request) -> std::optional<HttpResponse> {
    if (request == 2) {
      source.cancel();
      throw CancelledError("cancelled");  // as a transport does
    }
    return std::nullopt;
  };
  EXPECT_THROW(mirrorCandidates(client, "p", sink), CancelledError);
  EXPECT_THROW(mirrorCandidates(client, "p", sink), CancelledError);
  EXPECT_EQ(list.queries.size(), 2u);  // the second run sent nothing
  list.before = nullptr;
  mirrorCandidates(list.client(), "p", sink);
  EXPECT_EQ(sink.rows.size(), 250u);
}

}  // namespace
}  // namespace heymilo::workflows
