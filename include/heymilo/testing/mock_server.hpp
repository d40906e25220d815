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
#include <utility>
#include <vector>

#include "heymilo/models/timestamp.hpp"
#include "heymilo/options.hpp"

/// What a test of code that uses the library needs. It is not part of the library proper: link
/// `heymilo::testing`, in tests only.
namespace heymilo::testing {

/// A request as it arrived, and what became of it.
struct RecordedRequest {
  using Header = std::pair<std::string, std::string>;

  std::string operation{};        ///< the operationId; empty when the path or method is of none
  std::string posting_id{};       ///< of the path, percent-decoded; empty when there is none
  std::string method{};           ///< `GET`, `POST`, …
  std::string path{};             ///< as received, percent-encoded, without the query
  std::string query{};            ///< as received, without the `?`
  std::vector<Header> headers{};  ///< as received, in order
  std::string body{};
  /// When it had come in whole: the moment for which MockServerOptions::rate_limit counts it.
  std::chrono::steady_clock::time_point received_at{};
  std::size_t connection = 0;  ///< its number, from 1: equal for requests that shared one
  int status = 0;              ///< what it was answered; 0: nothing, or nothing yet
  std::string request_id{};    ///< the answer's X-Request-Id
  bool committed = false;      ///< candidates were stored or queued

  /// The value of the first header of that name, whose case doesn't matter.
  std::optional<std::string> header(std::string_view name) const;
  /// The body as JSON. Throws nlohmann::json::parse_error where it is none.
  nlohmann::json json() const;
};

/// Which requests a ScriptedResponse is for: those of one operation (`"listCandidates"`; empty: of
/// any, also those that belong to no operation) for which `accepts` is true, or not set. `accepts`
/// is called on a thread of the server, one call at a time, and must not call the server.
struct RequestMatch {
  std::string operation{};
  std::function<bool(const RecordedRequest&)> accepts{};

  RequestMatch() = default;
  RequestMatch(const char* operation_id);  // NOLINT: respondNext("listCandidates", …)
  RequestMatch(std::string operation_id,   // NOLINT: respondNext({"listCandidates", …}, …)
               std::function<bool(const RecordedRequest&)> accepts_request = {});
};

/// What is to happen to a request instead of the usual. Made by one of the static functions, then
/// refined: `ScriptedResponse::answer(500).afterCommit().times(3)`.
struct ScriptedResponse {
  /// The usual answer, for which the request is treated as any other; to be slowed or cut.
  static ScriptedResponse asUsual();
  /// This answer. Nothing is checked and nothing carried out, unless afterCommit() follows. The
  /// body goes out as `application/json` unless a Content-Type is among the headers.
  static ScriptedResponse answer(int status, std::string body = {},
                                 std::vector<RecordedRequest::Header> headers = {});
  /// The same, with the API's error envelope as its body.
  static ScriptedResponse error(int status, std::string_view code, std::string_view message);
  /// These bytes in the place of an HTTP answer, then the end of the connection.
  static ScriptedResponse raw(std::string bytes);
  /// The connection is closed; nothing is carried out and nothing answered.
  static ScriptedResponse disconnect();

  /// First treats the request as any other, then drops the usual answer.
  ScriptedResponse afterCommit() &&;
  /// Holds the answer back for this long, on the real clock.
  ScriptedResponse delayedBy(std::chrono::milliseconds time) &&;
  /// Sends only the first `bytes` of the answer, status line and headers counted, then closes the
  /// connection.
  ScriptedResponse cutAfter(std::size_t bytes) &&;
  /// Sends the answer in pieces of `bytes`, with a pause of `interval` before each but the first.
  ScriptedResponse trickled(std::size_t bytes, std::chrono::milliseconds interval) &&;
  /// Where the connection is closed, it is with a TCP reset rather than an orderly end.
  ScriptedResponse reset() &&;
  /// Adds a header to the answer, in the place of one of the same name.
  ScriptedResponse withHeader(std::string name, std::string value) &&;
  /// For so many matching requests; otherwise for one.
  ScriptedResponse times(std::size_t requests) &&;

  bool commit = true;  ///< the request is first treated as any other
  int status = 0;      ///< 0: the usual answer
  std::vector<RecordedRequest::Header> headers{};
  std::string body{};
  std::optional<std::string> raw_bytes{};
  std::chrono::milliseconds delay{0};
  std::optional<std::size_t> cut_after{};
  std::size_t piece = 0;  ///< 0: all at once
  std::chrono::milliseconds piece_interval{0};
  bool reset_connection = false;
  std::size_t count = 1;
};

/// How a MockServer behaves. All of it is deterministic: the same options and requests give the
/// same answers, ids included.
struct MockServerOptions {
  /// Accepted in `X-API-KEY`, and in `Authorization: Bearer …`.
  std::string api_key = "test-key";
  /// When set, a request that names another workspace in `X-Workspace-Id` is answered 403.
  std::optional<std::string> workspace_id{};
  /// On 127.0.0.1; 0: any that is free.
  int port = 0;
  /// A sliding window for each key. Every request for an operation with a good key counts, except
  /// those that are refused with 429 and those scripted without a commit.
  std::optional<RateLimit> rate_limit{};
  /// Time on the real clock before each answer.
  std::chrono::milliseconds latency{0};
  /// What ids, generated people and their progress are drawn from.
  std::uint64_t seed = 1;
  /// Where the logical clock starts; empty: at the system's time.
  std::optional<Timestamp> start_time{};
  /// Logical seconds that pass in a second of real time; 0: the clock moves by advance() only.
  double time_scale = 0;
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

/// A stand-in for the HeyMilo API that runs in a test's own process: the five candidate operations
/// over HTTP, with state, as strict as the real one.
///
/// ```cpp
/// heymilo::testing::MockServer server;
/// server.addPosting("posting-1", 250);
///
/// heymilo::ClientOptions options;
/// options.api_key = "test-key";
/// options.base_url = server.url();
/// heymilo::Client client{options};
///
/// server.respondNext("ingestCandidate", ScriptedResponse::answer(503).afterCommit());
/// EXPECT_THROW(client.ingestCandidate("posting-1", {"Ada", "ada@example.com"}), ServerError);
/// EXPECT_EQ(server.requests().size(), 1u);
/// EXPECT_TRUE(server.requests()[0].committed);
///
/// server.advance(MockServer::workflow_time);  // everybody is through
/// ```
///
/// **Order of checks.** A path of no operation is 404 and a method of none 405, in FastAPI's words.
/// Then, each with the API's error envelope: 401 (key), 403 (workspace), 429 (quota), 415 (a POST
/// that is not `application/json`). Then 422 with FastAPI's `detail`, which lists every violation
/// in the query or the body. Then 404 (posting), and 400 (`created_before` is earlier than
/// `created_after`, or `starting_after` is no candidate of this posting). 413 is for a body over
/// 64 MiB. Every answer has an `X-Request-Id`.
///
/// **Lists** are ordered by `created_at`, the oldest first, and in order of arrival where that is
/// equal. `total_count` is the number of candidates that the date filters leave.
///
/// **Ingestion.** A bulk request is stored as a whole or not at all. The API knows no idempotency:
/// the same person sent twice is two interviews, with one `candidate_id` for the e-mail address.
///
/// **The logical clock** is what `created_at`, queued ingestions and the workflow go by. A
/// candidate that was ingested or generated goes through four steps (résumé, SMS, web interview,
/// form), is evaluated, and ends as `completed`, `shortlisted`, `dismissed` or `knocked_out`; when
/// and how depends on seed and candidate only. Rate limit, latency and delays go by the real clock.
///
/// Every function may be called from any thread. Functions that name a posting or a candidate
/// throw std::invalid_argument where there is none of that id.
class MockServer {
 public:
  /// After this much logical time every candidate is in a state that it does not leave.
  static constexpr std::chrono::hours workflow_time{14 * 24};

  /// Listens when the constructor returns. Throws std::runtime_error where it can't, and
  /// std::invalid_argument for options that can't be used.
  explicit MockServer(MockServerOptions options = {});
  /// Closes all connections, in the middle of an answer too, and waits for the server's threads.
  ~MockServer();
  MockServer(const MockServer&) = delete;
  MockServer& operator=(const MockServer&) = delete;

  /// `http://127.0.0.1:PORT`
  std::string url() const;
  int port() const;

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
  void clearRequests();
  /// Waits until requestCount() is at least `count`. False when `limit` has passed before that.
  bool waitForRequests(std::size_t count,
                       std::chrono::milliseconds limit = std::chrono::seconds{10}) const;

  /// The next request that `match` fits is answered so. Several rules apply in the order in which
  /// they were added, each until it is used up. Throws std::invalid_argument for an operation that
  /// does not exist.
  void respondNext(RequestMatch match, ScriptedResponse response);
  /// How many scripted responses have not been used yet.
  std::size_t pendingResponses() const;
  /// Forgets the scripted responses that have not been used.
  void clearResponses();

  /// Puts another limit, or none, in the place of MockServerOptions::rate_limit. Counting starts
  /// anew.
  void setRateLimit(std::optional<RateLimit> limit);

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
