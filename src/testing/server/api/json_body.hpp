#pragma once

#include <nlohmann/json.hpp>
#include <string_view>
#include <variant>

#include "testing/server/api/reply.hpp"

namespace heymilo::testing::detail {

/// Reads a request's body as JSON, or returns the error response: 422 as FastAPI does, or 400 for
/// text that its JSON reader rejects (not UTF-8, nested 1,000 deep).
std::variant<nlohmann::json, Reply> parseJsonBody(std::string_view body);

}  // namespace heymilo::testing::detail
