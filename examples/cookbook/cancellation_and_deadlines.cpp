#include <future>
#include <string>

#include "recipe.hpp"

namespace {

using heymilo::testing::ScriptedResponse;
using CancellationAndDeadlines = Recipe;

// [deadline]
/// The first candidates, or nothing on a timeout. The deadline covers everything: waiting for the
/// quota, connecting, retries and the waits between them.
std::optional<std::vector<heymilo::CandidateResponse>> firstCandidatesWithin(
    const heymilo::Client& client, std::chrono::milliseconds time) {
  heymilo::RequestOptions options;
  options.total_timeout = time;
  try {
    return client.listCandidates("posting-id", {}, options).data;
  } catch (const heymilo::TimeoutError&) {
    return std::nullopt;
  }
}
// [/deadline]

TEST_F(CancellationAndDeadlines, ADeadlineEndsACall) {
  const heymilo::Client client(options);
  EXPECT_TRUE(firstCandidatesWithin(client, std::chrono::seconds{30}));
  server.respondNext("listCandidates",
                     ScriptedResponse::asUsual().delayedBy(std::chrono::seconds{30}));
  EXPECT_FALSE(firstCandidatesWithin(client, std::chrono::milliseconds{20}));
}

// [cancel]
/// Work that another thread can cancel at any moment.
class Sync {
 public:
  explicit Sync(heymilo::Client client) : client_(std::move(client)) {}

  /// False if stop() came first.
  bool run() {
    heymilo::RequestOptions options;
    options.cancellation = stop_.token();
    try {
      for (const auto& candidate : client_.listAllCandidates("posting-id", {}, options)) {
        last_seen_ = candidate.interview_id;
      }
      return true;
    } catch (const heymilo::CancelledError&) {
      return false;
    }
  }

  /// From any thread, but not from a signal handler: it takes locks.
  void stop() { stop_.cancel(); }

 private:
  heymilo::Client client_;
  heymilo::CancellationSource stop_;
  std::string last_seen_;
};
// [/cancel]

TEST_F(CancellationAndDeadlines, AnotherThreadEndsACall) {
  EXPECT_TRUE(Sync(heymilo::Client(options)).run());
  server.respondNext("listCandidates",
                     ScriptedResponse::asUsual().delayedBy(std::chrono::seconds{30}));
  Sync sync{heymilo::Client(options)};
  auto done = std::async(std::launch::async, [&] { return sync.run(); });
  EXPECT_TRUE(server.waitForRequests(2));  // it waits for a response now
  sync.stop();
  EXPECT_FALSE(done.get());
}

// [in doubt]
/// The outcome of a cancelled write: `not_sent`, or `unknown` once the request was written.
heymilo::Outcome outcomeOfACancelledWrite(const heymilo::Client& client,
                                          const heymilo::CancellationToken& cancellation) {
  heymilo::RequestOptions options;
  options.cancellation = cancellation;
  try {
    client.ingestCandidate("posting-id", {"Ada Example", "ada@example.com"}, options);
  } catch (const heymilo::CancelledError& error) {
    return error.outcome();
  }
  return heymilo::Outcome::applied;
}
// [/in doubt]

TEST_F(CancellationAndDeadlines, ACancelledWriteIsInDoubtOnceItIsOut) {
  const heymilo::Client client(options);
  heymilo::CancellationSource early;
  early.cancel();
  EXPECT_EQ(outcomeOfACancelledWrite(client, early.token()), heymilo::Outcome::not_sent);
  EXPECT_EQ(server.requestCount(), 0u);
  server.respondNext("ingestCandidate",
                     ScriptedResponse::asUsual().delayedBy(std::chrono::seconds{30}));
  heymilo::CancellationSource late;
  auto outcome = std::async(std::launch::async,
                            [&] { return outcomeOfACancelledWrite(client, late.token()); });
  EXPECT_TRUE(server.waitForRequests(1));
  late.cancel();
  EXPECT_EQ(outcome.get(), heymilo::Outcome::unknown);
}

}  // namespace
