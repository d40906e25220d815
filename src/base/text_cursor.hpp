#pragma once

#include <optional>
#include <string_view>

#include "base/ascii.hpp"

namespace heymilo {

/// Reads a short text of a fixed form, such as a date, from front to back. A part that does not
/// match is not consumed.
class TextCursor {
 public:
  explicit TextCursor(std::string_view text) noexcept : rest_(text) {}

  bool atEnd() const noexcept { return rest_.empty(); }

  bool skip(char expected) noexcept {
    if (rest_.empty() || rest_.front() != expected) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }

  bool skip(std::string_view expected) noexcept {
    if (rest_.substr(0, expected.size()) != expected) {
      return false;
    }
    rest_.remove_prefix(expected.size());
    return true;
  }

  /// The number written in exactly `count` digits (1 to 9).
  std::optional<int> digits(int count) noexcept {
    const auto length = static_cast<std::size_t>(count);
    if (rest_.size() < length) {
      return std::nullopt;
    }
    int value = 0;
    for (const char c : rest_.substr(0, length)) {
      if (!ascii::isDigit(c)) {
        return std::nullopt;
      }
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(length);
    return value;
  }

 private:
  std::string_view rest_;
};

}  // namespace heymilo
