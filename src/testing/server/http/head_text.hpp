#pragma once

#include <algorithm>
#include <string_view>

/// The pieces of the heads of messages.
namespace heymilo::testing::detail {

/// Takes what comes before the separator off the front of `rest`, and the separator.
inline std::string_view takeUntil(std::string_view& rest, std::string_view separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(std::min(end + separator.size(), rest.size()));
  return taken;
}

}  // namespace heymilo::testing::detail
