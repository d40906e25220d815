#pragma once

#include <cstddef>

#include "heymilo/testing/recorded_request.hpp"
#include "testing/server/api/limits.hpp"
#include "testing/server/api/operation.hpp"
#include "testing/server/api/route.hpp"
#include "testing/server/state/candidate_store.hpp"
#include "testing/server/state/rate_window.hpp"

namespace heymilo::testing::detail {

/// From a request for an operation to the response of the real API. Used by any thread.
class Api {
 public:
  Api(ApiOptions options, CandidateStore& store, RateWindow& window);

  /// Sets `received_at` to the moment for which the rate limit counted the request.
  ApiResult answer(const Route& route, RecordedRequest& request) const;

 private:
  const ApiOptions options_;
  CandidateStore& store_;
  RateWindow& window_;
};

}  // namespace heymilo::testing::detail
