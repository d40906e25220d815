#pragma once

#include <chrono>
#include <string_view>

#include "testing/server/api/reply.hpp"

namespace heymilo::testing::detail {

/// A response with the API's error envelope, an APIErrorResponse. The type of error follows from
/// the status. `param` is the name of the invalid parameter; empty: none.
Reply errorReply(int status, std::string_view code, std::string_view message,
                 std::string_view param = {});

/// 429, with a Retry-After until the next request is permitted.
Reply tooManyRequests(std::chrono::nanoseconds wait);

/// A response of the web framework instead of the API: `{"detail": …}`.
Reply frameworkReply(int status, std::string_view detail);

}  // namespace heymilo::testing::detail
