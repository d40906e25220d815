#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <iosfwd>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace heymilo::testing {

/// A request as it was received, and its result. It contains the key and candidate data.
struct RecordedRequest {
  /// A header's name and value.
  using Header = std::pair<std::string, std::string>;

  std::string operation{};        ///< the operationId; empty for an unknown path or method
  std::string posting_id{};       ///< from the path, percent-decoded; empty if none
  std::string method{};           ///< `GET`, `POST`, ...
  std::string path{};             ///< as received, percent-encoded, without the query
  std::string query{};            ///< as received, without the `?`
  std::vector<Header> headers{};  ///< as received, in order
  std::string body{};             ///< as received
  /// When it had been received completely, by the receiver's clock: the time at which
  /// MockServerOptions::rate_limit counts it.
  std::chrono::steady_clock::time_point received_at{};
  std::size_t connection = 0;  ///< its number, from 1: equal for requests that shared one; 0: none
  int status = 0;              ///< of the response; 0: none, or none yet
  std::string request_id{};    ///< the response's X-Request-Id
  bool committed = false;      ///< candidates were stored or queued

  /// The value of the first header of that name (ignoring case).
  std::optional<std::string> header(std::string_view name) const;
  /// The body as JSON. Throws nlohmann::json::parse_error if it is not JSON.
  nlohmann::json json() const;
  /// The body as the library's model: `request.as<BulkCandidateIngestRequest>()`. Throws
  /// DecodeError for JSON that does not match the model, nlohmann::json::parse_error if it is not
  /// JSON.
  template <class Model>
  Model as() const {
    return json().get<Model>();
  }
};

/// Writes one line without headers and body: `POST /api/v2/... (ingestCandidate): 201`.
std::ostream& operator<<(std::ostream& out, const RecordedRequest& request);

/// Selects requests: those of one operation (`"listCandidates"`; empty: any, including requests of
/// no operation) for which `accepts` returns true or is not set.
struct RequestMatch {
  std::string operation{};                                ///< the operationId; empty: any
  std::function<bool(const RecordedRequest&)> accepts{};  ///< not set: all of them

  /// Any request.
  RequestMatch() = default;
  /// The requests of an operation: `"listCandidates"`.
  RequestMatch(const char* operation_id);  // NOLINT: respondNext("listCandidates", ...)
  /// The requests of an operation for which `accepts_request` returns true.
  RequestMatch(std::string operation_id,  // NOLINT: respondNext({"listCandidates", ...}, ...)
               std::function<bool(const RecordedRequest&)> accepts_request = {});

  /// The requests of an operation with this body, as the library's model:
  /// `RequestMatch::sending("ingestCandidate", CandidateIngestRequest{"Ada", "ada@example.com"})`.
  template <class Model>
  static RequestMatch sending(std::string operation_id, Model body) {
    return {std::move(operation_id), [body = std::move(body)](const RecordedRequest& request) {
              const auto json = nlohmann::json::parse(request.body, nullptr, false);
              return !json.is_discarded() && json == nlohmann::json(body);
            }};
  }

  /// Whether the request matches. Throws the exceptions of `accepts`.
  bool operator()(const RecordedRequest& request) const;
};

}  // namespace heymilo::testing
