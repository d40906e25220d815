#pragma once

#include <algorithm>
#include <string_view>

namespace heymilo::testing::detail {

/// Header names ignore case (RFC 9110, section 5.1).
inline bool isSameHeaderName(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char one, char other) {
    return lower(one) == lower(other);
  });
}

}  // namespace heymilo::testing::detail
