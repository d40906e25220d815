#pragma once

#include <algorithm>
#include <string_view>

namespace heymilo_test {

/// Whether two names of header fields are the same, ignoring case.
inline bool isSameName(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace heymilo_test
