#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

#include "heymilo/testing/recorded_request.hpp"
#include "testing/server/api/access.hpp"
#include "testing/server/api/reply.hpp"
#include "testing/server/state/candidate_json.hpp"
#include "testing/server/state/candidate_store.hpp"

namespace heymilo::testing::detail {

struct Route;

struct ApiOptions {
  Access access;
  std::chrono::milliseconds queue_delay{0};
  Variety variety{};
};

/// What an operation works on.
struct ApiState {
  const ApiOptions& options;
  CandidateStore& store;
};

/// The response of the real API, as far as it is known.
struct ApiResult {
  Reply reply;
  bool committed = false;  ///< candidates were stored, queued or changed
};

/// An operation of the API. This is all that the mock server knows of it.
struct Operation {
  enum class Body {
    none,  ///< what comes is not looked at
    json   ///< what is not application/json is refused with 415
  };

  std::string_view id;      ///< the operationId
  std::string_view method;  ///< `GET`, `POST`, ...
  std::string_view path;    ///< its template: each `{name}` is a segment, whatever is in it
  Body body;
  /// Called by any thread, for a request that may use the API and is within the rate limit.
  ApiResult (*respond)(const ApiState& state, const Route& route, const RecordedRequest& request);
};

/// Operations, in the order in which a path is compared with theirs. They must outlive it.
class OperationTable {
 public:
  template <std::size_t Count>
  constexpr OperationTable(const Operation (&rows)[Count]) noexcept  // NOLINT: a table is its rows
      : begin_(rows), end_(rows + Count) {}

  const Operation* begin() const noexcept { return begin_; }
  const Operation* end() const noexcept { return end_; }

 private:
  const Operation* begin_;
  const Operation* end_;
};

/// Those of the Candidates API.
OperationTable documentedOperations() noexcept;

}  // namespace heymilo::testing::detail
