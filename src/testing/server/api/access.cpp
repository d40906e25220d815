#include "testing/server/api/access.hpp"

#include <algorithm>

#include "testing/server/api/error_reply.hpp"

namespace heymilo::testing::detail {

namespace {

// The token of `Authorization: Bearer …`; the scheme ignores case (RFC 9110, section 11.1).
std::optional<std::string> bearerToken(const RecordedRequest& request) {
  constexpr std::string_view kScheme = "bearer ";
  const std::optional<std::string> value = request.header("Authorization");
  if (!value || value->size() < kScheme.size() ||
      !std::equal(kScheme.begin(), kScheme.end(), value->begin(), [](char expected, char c) {
        return expected == (c == ' ' ? c : static_cast<char>(c | 0x20));
      })) {
    return std::nullopt;
  }
  return value->substr(kScheme.size());
}

}  // namespace

std::optional<Reply> refuseAccess(const Access& access, const RecordedRequest& request) {
  std::optional<std::string> key = request.header("X-API-KEY");
  if (!key) {
    key = bearerToken(request);
  }
  if (!key) {
    return errorReply(401, "missing_api_key", "No API key was provided.");
  }
  if (*key != access.api_key) {
    return errorReply(401, "invalid_api_key", "The API key is not valid.");
  }
  const std::optional<std::string> workspace = request.header("X-Workspace-Id");
  if (workspace && access.workspace_id && *workspace != *access.workspace_id) {
    return errorReply(403,
                      "workspace_forbidden",
                      "The API key has no access to this workspace.",
                      "X-Workspace-Id");
  }
  return std::nullopt;
}

}  // namespace heymilo::testing::detail
