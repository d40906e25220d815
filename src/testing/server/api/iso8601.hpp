#pragma once

#include <string_view>
#include <variant>

#include "heymilo/models/timestamp.hpp"

namespace heymilo::testing::detail {

/// Reads an ISO-8601 date, or date and time, as pydantic does; without an offset it is UTC, digits
/// past the microsecond are cut off. Otherwise gives the reason why it is none. (Unix timestamps,
/// which pydantic reads as well, are refused: the API's reference asks for ISO-8601.)
std::variant<Timestamp, const char*> readIso8601(std::string_view text);

}  // namespace heymilo::testing::detail
