#include "support/printable.hpp"

#include "base/utf8.hpp"

namespace support {

namespace {

char32_t shownAs(char32_t c) {
  if (c < 0x20) {
    return 0x2400 + c;
  }
  if (c == 0x7F) {
    return 0x2421;
  }
  const bool c1 = c >= 0x80 && c < 0xA0;
  const bool separator = c == 0x2028 || c == 0x2029;
  const bool bidirectional = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
  return c1 || separator || bidirectional ? heymilo::kReplacementCharacter : c;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const heymilo::CodePoint c = heymilo::decodeCodePoint(text, at);
    heymilo::appendUtf8(shown, shownAs(c.value));
    at += c.size;
  }
  return shown;
}

}  // namespace support
