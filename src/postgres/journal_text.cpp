#include "postgres/journal_text.hpp"

#include <cstddef>
#include <string_view>

#include "base/utf8.hpp"

namespace heymilo::postgres {

namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::string_view kMark = "\\x";

}  // namespace

std::string storedText(const std::string& text) {
  if (isUtf8(text) && text.find('\0') == std::string::npos && text.rfind(kMark, 0) != 0) {
    return text;
  }
  std::string stored(kMark);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    stored.push_back(kDigits[byte / 16U]);
    stored.push_back(kDigits[byte % 16U]);
  }
  return stored;
}

std::string plainText(const std::string& stored) {
  if (stored.rfind(kMark, 0) != 0) {
    return stored;
  }
  std::string text;
  for (std::size_t at = kMark.size(); at + 1 < stored.size(); at += 2) {
    const std::size_t high = kDigits.find(stored[at]);
    const std::size_t low = kDigits.find(stored[at + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) {
      return stored;  // somebody else has written it
    }
    text.push_back(static_cast<char>(high * 16 + low));
  }
  return text;
}

}  // namespace heymilo::postgres
