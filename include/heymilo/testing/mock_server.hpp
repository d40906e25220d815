#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "heymilo/clock.hpp"
#include "heymilo/models/timestamp.hpp"
#include "heymilo/options.hpp"
#include "heymilo/testing/recorded_request.hpp"
#include "heymilo/testing/scripted_response.hpp"
#include "heymilo/transport.hpp"

/// What a test of code that uses the library needs. It is not part of the library proper: link
/// `heymilo::testing`, in tests only.
namespace heymilo::testing {

/// How a MockServer behaves. All of it is deterministic: the same options and requests give the
/// same answers, ids included.
struct MockServerOptions {
  /// Accepted in `X-API-KEY`, and in `Authorization: Bearer ...`.
  std::string api_key = "test-key";
  /// When set, a request that names another workspace in `X-Workspace-Id` is answered 403.
  std::optional<std::string> workspace_id{};
  /// On 127.0.0.1; 0: any that is free.
  int port = 0;
  /// A sliding window for each key, by `clock`. Every request for an operation with a good key
  /// counts, except those that are refused with 429 and those scripted without a commit.
  std::optional<RateLimit> rate_limit{};
  /// What rate limits, latency, the delays of scripted responses and RecordedRequest::received_at
  /// go by, such as a ManualClock that the client has too; nullptr: Clock::steady().
  std::shared_ptr<Clock> clock{};
  /// Time before each answer.
  std::chrono::milliseconds latency{0};
  /// What ids, generated people and their progress are drawn from.
  std::uint64_t seed = 1;
  /// Where the logical clock starts; empty: at the system's time.
  std::optional<Timestamp> start_time{};
  /// Logical seconds that pass in a second. 0: as many as on `clock` where one is given; otherwise
  /// the logical clock moves by advance() only.
  double time_scale = 0;
  /// How far the `Date` header of each response, of refusals too, is ahead of the logical clock;
  /// negative: behind it. Empty: there is none. A header that a script gives stays as it is.
  std::optional<std::chrono::seconds> date_offset{std::chrono::seconds{0}};
  /// Logical time from the acceptance of an async ingestion to its candidates being there.
  std::chrono::milliseconds queue_delay{5'000};
  /// Share, 0 to 1, of the properties that the schema lets be null which are null although they
  /// need not be. Which are is fixed for a candidate. Never identifiers, `created_at`, `status`,
  /// `score`, and what the caller supplied.
  double null_rate = 0.05;
  /// Share, 0 to 1, of the objects in an answer that have a property the schema doesn't know.
  double unknown_property_rate = 0.05;
  /// Answers are gzipped for those who accept that.
  bool compression = false;
  /// How long an idle connection is kept open.
  std::chrono::milliseconds keep_alive_timeout{60'000};
  /// Only the last so many requests are kept for requests().
  std::size_t max_recorded_requests = 10'000;
  /// Told of each request when its answer has been decided and before it is sent, on a thread of
  /// the server, several at once. Must not throw.
  std::function<void(const RecordedRequest&)> on_request{};
};

/// A stand-in for the HeyMilo API that runs in a test's own process: the five candidate operations,
/// with state, as strict as the real one, over HTTP and without a socket.
///
/// ```cpp
/// heymilo::testing::MockServer server;
/// server.addPosting("posting-1", 250);
/// heymilo::Client client(server.clientOptions());
///
/// server.respondNext("ingestCandidate", ScriptedResponse::answer(503).afterCommit());
/// EXPECT_THROW(client.ingestCandidate("posting-1", {"Ada", "ada@example.com"}), ServerError);
/// EXPECT_TRUE(received(server, "ingestCandidate", 1));  // heymilo/testing/expectations.hpp
/// EXPECT_TRUE(server.requests()[0].committed);
///
/// server.advance(MockServer::workflow_time);  // everybody is through
/// ```
///
/// **Over HTTP or in process.** A client of clientOptions() calls the server directly, by
/// transport(): no socket, no thread, a few microseconds a request. Any other client, or another
/// program, comes by url(). Both ways lead to the same candidates, script and record. A kit that
/// was built with HEYMILO_TESTING_HTTP=OFF has the first way only, and needs no cpp-httplib.
///
/// **Order of checks.** A path of no operation is 404 and a method of none 405, in FastAPI's words.
/// Then, each with the API's error envelope: 401 (key), 403 (workspace), 429 (quota), 415 (a POST
/// that is not `application/json`). Then 422 with FastAPI's `detail`, which lists every violation
/// in the query or the body. Then 404 (posting), and 400 (`created_before` is earlier than
/// `created_after`, or `starting_after` is no candidate of this posting). 413 is for a body over
/// 64 MiB. Every answer has an `X-Request-Id` and a `Date`.
///
/// **Lists** are ordered by `created_at`, the oldest first, and in order of arrival where that is
/// equal. `total_count` is the number of candidates that the date filters leave.
///
/// **Ingestion.** A bulk request is stored as a whole or not at all. The API knows no idempotency:
/// the same person sent twice is two interviews, with one `candidate_id` for the e-mail address.
///
/// **The logical clock** is what `created_at`, `Date`, queued ingestions and the workflow go by. A
/// candidate that was ingested or generated goes through four steps (resume, SMS, web interview,
/// form), is evaluated, and ends as `completed`, `shortlisted`, `dismissed` or `knocked_out`; when
/// and how depends on seed and candidate only.
///
/// Every function may be called from any thread. Functions that name a posting or a candidate
/// throw std::invalid_argument where there is none of that id.
class MockServer {
 public:
  /// After this much logical time every candidate is in a state that it does not leave.
  static constexpr std::chrono::hours workflow_time{14 * 24};

  /// Listens when the constructor returns, if there is HTTP. Throws std::runtime_error where it
  /// can't, and std::invalid_argument for options that can't be used.
  explicit MockServer(MockServerOptions options = {});
  /// Closes all connections, in the middle of an answer too, and waits for the server's threads.
  ~MockServer();
  MockServer(const MockServer&) = delete;
  MockServer& operator=(const MockServer&) = delete;

  /// `http://127.0.0.1:PORT`. Throws as port() does.
  std::string url() const;
  /// Of 127.0.0.1. Throws std::logic_error where the kit was built without HTTP.
  int port() const;
  /// A transport that brings requests to this server without a socket, on the thread that sends
  /// them, and does to the client what a connection would: outcomes, time-outs and cancellation are
  /// the same. It may outlive the server: then nobody listens.
  std::shared_ptr<NonBlockingTransport> transport() const;
  /// For a client in process: the server's key, clock and transport(). With `transport` set to
  /// nullptr the client comes by url() instead.
  ClientOptions clientOptions() const;

  /// Adds a posting, with so many generated candidates who were invited over the past days. A
  /// posting that is there already gets these added.
  void addPosting(std::string_view posting_id, std::size_t generated_candidates = 0);
  /// Adds a candidate and returns its `interview_id`. `candidate` is a CandidateResponse, or JSON
  /// with any of its properties. One that has a `status` stays as it is given, with only what the
  /// schema requires filled in; any other goes through the workflow, and shows the given
  /// properties on the way. Throws std::invalid_argument where it is no object, its `interview_id`
  /// is taken, or one of `interview_id`, `name`, `email` is no string or `created_at` no number.
  std::string addCandidate(std::string_view posting_id,
                           const nlohmann::json& candidate = nlohmann::json::object());
  /// From now on the candidate shows these properties as given, such as
  /// `{{"status", "shortlisted"}, {"shortlisted", true}}`, and the others as before. Throws
  /// std::invalid_argument where they are no object, or `interview_id`, `posting_id` or
  /// `created_at` is among them.
  void patchCandidate(std::string_view interview_id, const nlohmann::json& properties);
  /// Takes a candidate out, as if it had been deleted.
  void removeCandidate(std::string_view interview_id);
  /// The posting's candidates as the API would list them now: an array of CandidateResponse.
  nlohmann::json candidates(std::string_view posting_id) const;
  /// How many candidates the API would list now.
  std::size_t candidateCount(std::string_view posting_id) const;

  /// The logical clock.
  Timestamp now() const;
  /// Moves the logical clock forward. Throws std::invalid_argument for a negative time.
  void advance(std::chrono::microseconds time);

  /// The requests that have been received in whole since the start or clearRequests(), in that
  /// order. One whose answer has not been decided yet has `status` 0. What is not HTTP, or ended
  /// too early, is not among them.
  std::vector<RecordedRequest> requests() const;
  /// Those of one operation.
  std::vector<RecordedRequest> requests(std::string_view operation) const;
  /// How many requests have been received in whole since the start or clearRequests(), those
  /// included that are no longer kept.
  std::size_t requestCount() const;
  void clearRequests();  ///< forgets them, and counts from 0 again
  /// Waits until requestCount() is at least `count`. False when `limit` has passed before that.
  bool waitForRequests(std::size_t count,
                       std::chrono::milliseconds limit = std::chrono::seconds{10}) const;

  /// The next request that `match` fits is answered so. Several rules apply in the order in which
  /// they were added, each until it is used up. RequestMatch::accepts is called on a thread of the
  /// server or the one that sends, one call at a time, and must not call the server. Throws
  /// std::invalid_argument for an operation that does not exist.
  void respondNext(RequestMatch match, ScriptedResponse response);
  /// Lets the answers go that are being held; see ScriptedResponse::held(). Those that will be held
  /// from now on wait for the next release().
  void release();
  /// How many scripted responses have not been used yet.
  std::size_t pendingResponses() const;
  /// Forgets the scripted responses that have not been used.
  void clearResponses();

  /// Puts another limit, or none, in the place of MockServerOptions::rate_limit. Counting starts
  /// anew.
  void setRateLimit(std::optional<RateLimit> limit);
  /// The same for one operation, which then has a limit of its own beside that for all. Throws
  /// std::invalid_argument for an operation that does not exist.
  void setRateLimit(std::string_view operation, std::optional<RateLimit> limit);

  /// How many connections are open.
  std::size_t openConnections() const;
  /// Closes the connections on which no request is being answered, as a server does when it has
  /// kept them long enough.
  void closeIdleConnections();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heymilo::testing
