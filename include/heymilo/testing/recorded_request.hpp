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

/// A request as it arrived, and what became of it. It holds the key and candidates' data, as the
/// request did.
struct RecordedRequest {
  /// A header's name and value.
  using Header = std::pair<std::string, std::string>;

  std::string operation{};        ///< the operationId; empty when the path or method is of none
  std::string posting_id{};       ///< of the path, percent-decoded; empty when there is none
  std::string method{};           ///< `GET`, `POST`, ...
  std::string path{};             ///< as received, percent-encoded, without the query
  std::string query{};            ///< as received, without the `?`
  std::vector<Header> headers{};  ///< as received, in order
  std::string body{};             ///< as received
  /// When it had come in whole, by the clock of who received it: the moment for which
  /// MockServerOptions::rate_limit counts it.
  std::chrono::steady_clock::time_point received_at{};
  std::size_t connection = 0;  ///< its number, from 1: equal for requests that shared one; 0: none
  int status = 0;              ///< what it was answered; 0: nothing, or nothing yet
  std::string request_id{};    ///< the answer's X-Request-Id
  bool committed = false;      ///< candidates were stored or queued

  /// The value of the first header of that name, whose case doesn't matter.
  std::optional<std::string> header(std::string_view name) const;
  /// The body as JSON. Throws nlohmann::json::parse_error where it is none.
  nlohmann::json json() const;
  /// The body as the library's model: `request.as<BulkCandidateIngestRequest>()`. Throws
  /// DecodeError where it is JSON but not such a model, nlohmann::json::parse_error where it is no
  /// JSON.
  template <class Model>
  Model as() const {
    return json().get<Model>();
  }
};

/// `POST /api/v2/... (ingestCandidate): 201`: one line, without headers and body.
std::ostream& operator<<(std::ostream& out, const RecordedRequest& request);

/// Which requests are meant: those of one operation (`"listCandidates"`; empty: of any, also those
/// that belong to no operation) for which `accepts` is true, or not set.
struct RequestMatch {
  std::string operation{};                                ///< the operationId; empty: any
  std::function<bool(const RecordedRequest&)> accepts{};  ///< not set: all of them

  /// Any request.
  RequestMatch() = default;
  /// Those of an operation: `"listCandidates"`.
  RequestMatch(const char* operation_id);  // NOLINT: respondNext("listCandidates", ...)
  /// Those of an operation that `accepts_request` is true for.
  RequestMatch(std::string operation_id,  // NOLINT: respondNext({"listCandidates", ...}, ...)
               std::function<bool(const RecordedRequest&)> accepts_request = {});

  /// Those of an operation with this body, as the library's model:
  /// `RequestMatch::sending("ingestCandidate", CandidateIngestRequest{"Ada", "ada@example.com"})`.
  template <class Model>
  static RequestMatch sending(std::string operation_id, Model body) {
    return {std::move(operation_id), [body = std::move(body)](const RecordedRequest& request) {
              const auto json = nlohmann::json::parse(request.body, nullptr, false);
              return !json.is_discarded() && json == nlohmann::json(body);
            }};
  }

  /// Whether that request is meant. Throws what `accepts` throws.
  bool operator()(const RecordedRequest& request) const;
};

}  // namespace heymilo::testing
