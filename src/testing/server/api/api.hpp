#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>
#include <vector>

#include "heymilo/testing/recorded_request.hpp"
#include "testing/server/api/access.hpp"
#include "testing/server/api/reply.hpp"
#include "testing/server/api/route.hpp"
#include "testing/server/state/candidate_json.hpp"
#include "testing/server/state/candidate_store.hpp"
#include "testing/server/state/rate_window.hpp"

namespace heymilo::testing::detail {

/// The largest body that is read, in bytes.
inline constexpr std::size_t kMaxBody = std::size_t{64} << 20;

struct ApiOptions {
  Access access;
  std::chrono::milliseconds queue_delay{0};
  Variety variety{};
};

/// The five operations: from a request to the real API's response. Thread-safe.
class Api {
 public:
  struct Result {
    Reply reply;
    bool committed = false;  ///< candidates were stored or queued
  };

  Api(ApiOptions options, CandidateStore& store, RateWindow& window);

  /// Sets `received_at` to the time at which the rate limit counted the request.
  Result answer(const Route& route, RecordedRequest& request) const;

 private:
  Reply list(const Route& route, std::string_view query) const;
  Result ingest(const Route& route, std::string_view body) const;
  Reply receipt(const CandidatePointer& candidate) const;
  static Reply receipts(const std::vector<CandidatePointer>& candidates);

  const ApiOptions options_;
  CandidateStore& store_;
  RateWindow& window_;
};

}  // namespace heymilo::testing::detail
