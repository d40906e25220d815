#pragma once

#include <chrono>
#include <string_view>

#include "testing/server/api/reply.hpp"

namespace heymilo::testing::detail {

/// An answer with the API's error envelope, an APIErrorResponse. The type of error follows from the
/// status. `param` is the name of the parameter at fault; empty: none.
Reply errorReply(int status, std::string_view code, std::string_view message,
                 std::string_view param = {});

/// 429, with a Retry-After after which there is room for a request.
Reply tooManyRequests(std::chrono::nanoseconds wait);

/// An answer of the web framework rather than of the API: `{"detail": …}`.
Reply frameworkReply(int status, std::string_view detail);

}  // namespace heymilo::testing::detail
