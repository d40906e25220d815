#include "support/formula.hpp"

#include <cstddef>

#include "base/utf8.hpp"

namespace support {

namespace {

bool isControlCharacter(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

bool beginsFormula(char32_t c) {
  switch (c) {
    case U'=':
    case U'+':
    case U'-':
    case U'@':
    case 0xFF1D:  // the same, full width
    case 0xFF0B:
    case 0xFF0D:
    case 0xFF20:
    case 0xFE66:  // the same, small
    case 0xFE62:
    case 0xFE63:
    case 0xFE6B:
    case 0x2212:  // minus sign
      return true;
    default:
      return false;
  }
}

/// A character that a program may remove, or ignore, before it interprets the beginning of a cell.
bool isPassedOver(char32_t c) {
  const bool blank = c == ' ' || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
                     c == 0x202F || c == 0x205F || c == 0x3000;
  const bool invisible = c == 0xAD || (c >= 0x200B && c <= 0x200F) ||
                         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
                         c == 0xFEFF || c == 0x180E;
  return isControlCharacter(c) || blank || invisible || c == '"' || c == '\'' ||
         c == heymilo::kReplacementCharacter;
}

bool separates(char32_t c) { return c == ';' || c == '\t' || c == '\n' || c == '\r'; }

/// The position of the next character that a program does not ignore.
std::size_t firstSeen(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const heymilo::CodePoint c = heymilo::decodeCodePoint(text, at);
    if (!isPassedOver(c.value)) {
      break;
    }
    at += c.size;
  }
  return at;
}

}  // namespace

std::string withoutFormulas(std::string_view text) {
  std::string safe;
  safe.reserve(text.size() + 1);
  std::size_t seen = firstSeen(text, 0);
  bool begins = true;
  for (std::size_t at = 0; at < text.size();) {
    const heymilo::CodePoint c = heymilo::decodeCodePoint(text, at);
    if (at > seen) {
      seen = firstSeen(text, at);
    }
    const bool formula =
        seen < text.size() && beginsFormula(heymilo::decodeCodePoint(text, seen).value);
    if ((begins && formula) || (at == 0 && isControlCharacter(c.value))) {
      safe += '\'';
    }
    begins = separates(c.value);
    safe.append(text, at, c.size);
    at += c.size;
  }
  return safe;
}

}  // namespace support
