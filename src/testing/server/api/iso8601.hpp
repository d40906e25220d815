#pragma once

#include <string_view>
#include <variant>

#include "heymilo/models/timestamp.hpp"

namespace heymilo::testing::detail {

/// Reads an ISO-8601 date, or date and time, as pydantic does; without an offset it is UTC, and
/// digits after the microseconds are ignored. Otherwise returns the error message. (Unix
/// timestamps, which pydantic accepts as well, are refused: the API's reference requires ISO-8601.)
std::variant<Timestamp, const char*> readIso8601(std::string_view text);

}  // namespace heymilo::testing::detail
