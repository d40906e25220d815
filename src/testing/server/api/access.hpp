#pragma once

#include <optional>
#include <string>

#include "heymilo/testing/recorded_request.hpp"
#include "testing/server/api/reply.hpp"

namespace heymilo::testing::detail {

/// Who may use the API.
struct Access {
  std::string api_key;
  std::optional<std::string> workspace_id{};
};

/// Why the request is refused for its credentials (401) or its workspace (403); empty: it is not.
/// Where there is an X-API-KEY, Authorization is not looked at.
std::optional<Reply> refuseAccess(const Access& access, const RecordedRequest& request);

}  // namespace heymilo::testing::detail
