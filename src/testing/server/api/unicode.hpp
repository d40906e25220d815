#pragma once

#include <cstddef>
#include <string_view>

namespace heymilo::testing::detail {

/// Whether the text is UTF-8 (Unicode 15, table 3-7).
bool isUtf8(std::string_view text);

/// The number of Unicode code points of a UTF-8 text.
std::size_t countCodePoints(std::string_view text);

}  // namespace heymilo::testing::detail
