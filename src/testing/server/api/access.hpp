#pragma once

#include <optional>
#include <string>

#include "heymilo/testing/recorded_request.hpp"
#include "testing/server/api/reply.hpp"

namespace heymilo::testing::detail {

/// Authentication and authorization.
struct Access {
  std::string api_key;
  std::optional<std::string> workspace_id{};
};

/// The refusal of the request for its credentials (401) or its workspace (403); empty if it is
/// permitted. If there is an X-API-KEY, Authorization is ignored.
std::optional<Reply> refuseAccess(const Access& access, const RecordedRequest& request);

}  // namespace heymilo::testing::detail
