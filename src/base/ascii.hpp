#pragma once

#include <algorithm>
#include <string>
#include <string_view>

/// Character classes as protocols define them, independent of the locale.
namespace heymilo::ascii {

constexpr bool isDigit(char c) noexcept { return c >= '0' && c <= '9'; }

constexpr bool isLetter(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

constexpr bool isHexDigit(char c) noexcept {
  return isDigit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

/// 0 to 15, of what isHexDigit().
constexpr int hexValue(char c) noexcept { return isDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10; }

/// C0 controls and DEL.
constexpr bool isControl(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7f;
}

constexpr char toLower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

inline std::string toLower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return toLower(c); });
  return lower;
}

inline bool equalIgnoringCase(std::string_view left, std::string_view right) noexcept {
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(), [](char a, char b) {
           return toLower(a) == toLower(b);
         });
}

/// Whether the text is one or more digits.
inline bool isNumber(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), isDigit);
}

/// The text without the `blanks` at its ends.
inline std::string_view trimmed(std::string_view text, std::string_view blanks = " \t") noexcept {
  text.remove_prefix((std::min)(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

}  // namespace heymilo::ascii
