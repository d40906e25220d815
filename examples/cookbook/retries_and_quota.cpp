#include <string>
#include <vector>

#include "recipe.hpp"

namespace {

using heymilo::testing::ScriptedResponse;
using RetriesAndQuota = Recipe;

// [options]
/// A client for a batch job: it is not in a hurry, and shares the key's quota with another program.
heymilo::Client patientClient(heymilo::ClientOptions options) {
  options.retry.max_retries = 8;
  options.retry.max_backoff = std::chrono::minutes{2};
  options.retry.max_retry_after = std::chrono::minutes{10};
  options.rate_limit = heymilo::RateLimit{200, std::chrono::seconds{60}};  // 100 for the other
  return heymilo::Client(std::move(options));
}
// [/options]

// [one call]
/// For a page that a person waits for: one attempt, two seconds at most.
std::size_t countQuickly(const heymilo::Client& client) {
  heymilo::RequestOptions options;
  options.max_retries = 0;
  options.total_timeout = std::chrono::seconds{2};
  heymilo::ListCandidatesParams params;
  params.limit = 1;
  const auto page = client.listCandidates("posting-id", params, options);
  return static_cast<std::size_t>(page.pagination.total_count.value_or(0));
}
// [/one call]

// [defaults]
/// The same for all calls of a part of the program. Connections and quota are those of `client`.
heymilo::Client hurriedClient(const heymilo::Client& client) {
  heymilo::RequestOptions defaults;
  defaults.max_retries = 0;
  defaults.total_timeout = std::chrono::seconds{2};
  return client.withOptions(defaults);
}
// [/defaults]

TEST_F(RetriesAndQuota, ACopyMayHaveDefaults) {
  const heymilo::Client client(options);
  server.respondNext("listCandidates", ScriptedResponse::answer(503));
  EXPECT_THROW(hurriedClient(client).listCandidates("posting-id"), heymilo::ServerError);
  server.respondNext("listCandidates", ScriptedResponse::answer(503));
  EXPECT_EQ(client.listCandidates("posting-id").http.attempts, 2);
}

TEST_F(RetriesAndQuota, AReadIsTriedAgainAndAWriteIsNot) {
  const heymilo::Client client = patientClient(options);
  server.respondNext("listCandidates", ScriptedResponse::answer(503).times(5));
  const auto page = client.listCandidates("posting-id");
  EXPECT_EQ(page.http.attempts, 6);
  server.respondNext("ingestCandidate", ScriptedResponse::answer(503));
  EXPECT_THROW(client.ingestCandidate("posting-id", {"Ada Example", "ada@example.com"}),
               heymilo::ServerError);
  EXPECT_EQ(server.requests("ingestCandidate").size(), 1u);
  server.respondNext("listCandidates", ScriptedResponse::answer(503));
  EXPECT_THROW(countQuickly(client), heymilo::ServerError);
  EXPECT_EQ(countQuickly(client), 0u);
}

// [shared]
/// Copies share one quota: make one client for each key, and copy it.
std::vector<heymilo::Client> clientsFor(const heymilo::ClientOptions& options, std::size_t count) {
  return std::vector<heymilo::Client>(count, heymilo::Client(options));
}
// [/shared]

TEST_F(RetriesAndQuota, CopiesShareTheQuota) {
  const heymilo::RateLimit limit{4, std::chrono::milliseconds{100}};
  server.setRateLimit(limit);
  options.rate_limit = limit;
  int waited = 0;
  options.on_event = [&](const heymilo::Event& event) {
    waited += event.kind == heymilo::EventKind::throttled ? 1 : 0;
  };
  for (const auto& client : clientsFor(options, 9)) {
    EXPECT_EQ(client.listCandidates("posting-id").http.attempts, 1);  // never a 429
  }
  EXPECT_GE(waited, 2);
}

}  // namespace
