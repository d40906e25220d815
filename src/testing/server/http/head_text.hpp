#pragma once

#include <algorithm>
#include <string_view>

/// Helpers for parsing the heads of messages.
namespace heymilo::testing::detail {

/// Removes and returns the part of `rest` before the separator; removes the separator.
inline std::string_view takeUntil(std::string_view& rest, std::string_view separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(std::min(end + separator.size(), rest.size()));
  return taken;
}

}  // namespace heymilo::testing::detail
