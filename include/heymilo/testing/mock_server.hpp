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

/// Test support for code that uses the library. It is a separate library: link `heymilo::testing`,
/// in tests only.
namespace heymilo::testing {

/// Options of a MockServer. It is deterministic: the same options and requests give the same
/// responses, including ids.
struct MockServerOptions {
  /// The key accepted in `X-API-KEY`, and in `Authorization: Bearer ...`.
  std::string api_key = "test-key";
  /// If set, a request with another workspace in `X-Workspace-Id` gets a 403.
  std::optional<std::string> workspace_id{};
  /// The port on 127.0.0.1; 0: any free port.
  int port = 0;
  /// A sliding window for each key, by `clock`. Every request for an operation with a valid key
  /// counts, except those refused with 429 and those scripted without a commit.
  std::optional<RateLimit> rate_limit{};
  /// The clock for rate limits, latency, delays of scripted responses and
  /// RecordedRequest::received_at, such as the client's ManualClock; nullptr: Clock::steady().
  std::shared_ptr<Clock> clock{};
  /// Time before each response.
  std::chrono::milliseconds latency{0};
  /// The seed for ids, generated people and their progress.
  std::uint64_t seed = 1;
  /// The start of the logical clock; empty: the system's time.
  std::optional<Timestamp> start_time{};
  /// Logical seconds per second. 0: as many as on `clock` if one is set; otherwise only advance()
  /// moves the logical clock.
  double time_scale = 0;
  /// The offset of the `Date` header from the logical clock, in every response, including errors;
  /// negative: behind it. Empty: no `Date`. A header from a script is kept.
  std::optional<std::chrono::seconds> date_offset{std::chrono::seconds{0}};
  /// Logical time from the acceptance of an async ingestion until its candidates exist.
  std::chrono::milliseconds queue_delay{5'000};
  /// Share, 0 to 1, of the nullable properties that are null without need. The choice is fixed for
  /// a candidate. Never identifiers, `created_at`, `status`, `score`, and values that the caller
  /// supplied.
  double null_rate = 0.05;
  /// Share, 0 to 1, of the objects in a response with an undocumented property.
  double unknown_property_rate = 0.05;
  /// Responses are gzipped for clients that accept it.
  bool compression = false;
  /// How long an idle connection stays open.
  std::chrono::milliseconds keep_alive_timeout{60'000};
  /// The number of latest requests kept for requests().
  std::size_t max_recorded_requests = 10'000;
  /// Called with each request after its response has been determined and before it is sent, on a
  /// thread of the server, in parallel. Must not throw.
  std::function<void(const RecordedRequest&)> on_request{};
};

/// A mock HeyMilo API in the test's own process: the five candidate operations, with state, as
/// strict as the real API, over HTTP and without a socket.
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
/// server.advance(MockServer::workflow_time);  // every workflow is over
/// ```
///
/// **Over HTTP or in process.** A client with clientOptions() calls the server directly, through
/// transport(): no socket, no thread, a few microseconds per request. Any other client, or another
/// program, uses url(). Both have the same candidates, script and recorded requests. With
/// HEYMILO_TESTING_HTTP=OFF only the first is available, and cpp-httplib is not needed.
///
/// **Order of checks.** An unknown path is 404 and an unknown method 405, with FastAPI's messages.
/// Then, each with the API's error envelope: 401 (key), 403 (workspace), 429 (quota), 415 (a POST
/// that is not `application/json`). Then 422 with FastAPI's `detail`, which lists every violation
/// in the query or the body. Then 404 (posting), and 400 (`created_before` is earlier than
/// `created_after`, or `starting_after` is not a candidate of this posting). 413 is for a body over
/// 64 MiB. Every response has an `X-Request-Id` and a `Date`.
///
/// **Lists** are ordered by `created_at`, oldest first, then by order of arrival. `total_count` is
/// the number of candidates that match the date filters.
///
/// **Ingestion.** A bulk request is stored completely or not at all. There are no idempotency keys:
/// the same person sent twice is two interviews, with one `candidate_id` for the e-mail address.
///
/// **The logical clock** determines `created_at`, `Date`, queued ingestions and the workflow. An
/// ingested or generated candidate goes through four steps (resume, SMS, web interview, form), is
/// evaluated, and ends as `completed`, `shortlisted`, `dismissed` or `knocked_out`; when and how
/// depends only on the seed and the candidate.
///
/// Thread-safe. Functions with a posting or a candidate throw std::invalid_argument for an unknown
/// id.
class MockServer {
 public:
  /// After this logical time every candidate is in a final state.
  static constexpr std::chrono::hours workflow_time{14 * 24};

  /// With HTTP, the server is listening when the constructor returns. Throws std::runtime_error if
  /// it can't listen, and std::invalid_argument for invalid options.
  explicit MockServer(MockServerOptions options = {});
  /// Closes all connections, even in the middle of a response, and waits for the server's threads.
  ~MockServer();
  MockServer(const MockServer&) = delete;
  MockServer& operator=(const MockServer&) = delete;

  /// `http://127.0.0.1:PORT`. Throws as port() does.
  std::string url() const;
  /// The port on 127.0.0.1. Throws std::logic_error if the library was built without HTTP.
  int port() const;
  /// A transport that passes requests to this server without a socket, on the sending thread. It
  /// behaves like a connection: with the same outcomes, timeouts and cancellation. It may outlive
  /// the server: connections are then refused.
  std::shared_ptr<NonBlockingTransport> transport() const;
  /// Options for a client in process: the server's key, clock and transport(). With `transport` set
  /// to nullptr the client uses url() instead.
  ClientOptions clientOptions() const;

  /// Adds a posting, with this number of generated candidates, created over the past days. If the
  /// posting exists, the candidates are added to it.
  void addPosting(std::string_view posting_id, std::size_t generated_candidates = 0);
  /// Adds a candidate and returns its `interview_id`. `candidate` is a CandidateResponse, or JSON
  /// with any of its properties. A candidate with a `status` keeps the given state, with only the
  /// required properties filled in; any other goes through the workflow, and shows the given
  /// properties meanwhile. Throws std::invalid_argument if it is not an object, if its
  /// `interview_id` exists already, or for a wrong type of `interview_id`, `name`, `email` (string)
  /// or `created_at` (number).
  std::string addCandidate(std::string_view posting_id,
                           const nlohmann::json& candidate = nlohmann::json::object());
  /// From now on the candidate shows these properties as given, such as `{{"status",
  /// "shortlisted"}, {"shortlisted", true}}`, and the others as before. Throws
  /// std::invalid_argument if they are not an object, or contain `interview_id`, `posting_id` or
  /// `created_at`.
  void patchCandidate(std::string_view interview_id, const nlohmann::json& properties);
  /// Removes a candidate, as if it had been deleted.
  void removeCandidate(std::string_view interview_id);
  /// The posting's candidates as the API would list them now: an array of CandidateResponse.
  nlohmann::json candidates(std::string_view posting_id) const;
  /// The number of candidates that the API would list now.
  std::size_t candidateCount(std::string_view posting_id) const;

  /// The logical clock.
  Timestamp now() const;
  /// Moves the logical clock forward. Throws std::invalid_argument for a negative time.
  void advance(std::chrono::microseconds time);

  /// The requests completely received since the start or clearRequests(), in that order. A request
  /// whose response has not been determined yet has `status` 0. Requests that are not HTTP, or were
  /// interrupted, are not included.
  std::vector<RecordedRequest> requests() const;
  /// The requests of one operation.
  std::vector<RecordedRequest> requests(std::string_view operation) const;
  /// The number of requests completely received since the start or clearRequests(), including those
  /// that are no longer kept.
  std::size_t requestCount() const;
  void clearRequests();  ///< forgets them, and counts from 0 again
  /// Waits until requestCount() is at least `count`. False after `limit`.
  bool waitForRequests(std::size_t count,
                       std::chrono::milliseconds limit = std::chrono::seconds{10}) const;

  /// The next matching request gets this response. Several rules apply in the order in which they
  /// were added, each until it is used up. RequestMatch::accepts is called on a thread of the
  /// server or the sending one, one call at a time, and must not call the server. Throws
  /// std::invalid_argument for an unknown operation.
  void respondNext(RequestMatch match, ScriptedResponse response);
  /// Sends the responses that are being held; see ScriptedResponse::held(). Responses held from now
  /// on wait for the next release().
  void release();
  /// The number of scripted responses that have not been used yet.
  std::size_t pendingResponses() const;
  /// Discards the scripted responses that have not been used.
  void clearResponses();

  /// Replaces MockServerOptions::rate_limit; empty: no limit. Counting starts anew.
  void setRateLimit(std::optional<RateLimit> limit);
  /// Sets a separate limit for one operation, in addition to the limit for all. Throws
  /// std::invalid_argument for an unknown operation.
  void setRateLimit(std::string_view operation, std::optional<RateLimit> limit);

  /// The number of open connections.
  std::size_t openConnections() const;
  /// Closes the connections without a request in progress, as a server does after its keep-alive
  /// timeout.
  void closeIdleConnections();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heymilo::testing
