#include "call/one_line.hpp"

#include <cstdint>
#include <iterator>

#include "base/ascii.hpp"
#include "base/utf8.hpp"

namespace heymilo {

namespace {

bool continues(char c) noexcept { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80; }

std::size_t lengthOf(char lead) noexcept {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

/// The code point that begins at `at`; of text that is cut short, whatever is there.
std::uint32_t codePointAt(std::string_view text, std::size_t at) noexcept {
  const std::size_t length = lengthOf(text[at]);
  const auto lead = static_cast<unsigned char>(text[at]);
  if (length == 1) {
    return lead;
  }
  std::uint32_t point = lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length && at + i < text.size(); ++i) {
    point = point << 6U | (static_cast<unsigned char>(text[at + i]) & 0x3fU);
  }
  return point;
}

bool isWordCharacter(std::uint32_t point) noexcept {
  if (point < 0x80) {
    const char c = static_cast<char>(point);
    return ascii::isLetter(c) || ascii::isDigit(c) || c == '_';
  }
  struct Range {
    std::uint32_t first, last;
  };
  // Punctuation, symbols, and scripts without spaces between words.
  constexpr Range kOthers[] = {
      {0x80, 0xa9},     {0xab, 0xb4},     {0xb6, 0xb9},     {0xbb, 0xbf},       {0xd7, 0xd7},
      {0xf7, 0xf7},     {0xe00, 0xeff},   {0x1000, 0x109f}, {0x1780, 0x17ff},   {0x2000, 0x206f},
      {0x20a0, 0x20cf}, {0x2190, 0x2bff}, {0x2e80, 0x9fff}, {0xac00, 0xd7af},   {0xf900, 0xfaff},
      {0xfe30, 0xfe4f}, {0xff00, 0xffef}, {0xfffd, 0xfffd}, {0x1f000, 0x1faff}, {0x20000, 0x3ffff}};
  for (const Range& range : kOthers) {
    if (point >= range.first && point <= range.last) {
      return false;
    }
  }
  return true;
}

/// Of a code point of two bytes, U+0080 to U+07FF; another one of these.
std::uint32_t smallLetter(std::uint32_t point) noexcept {
  const auto within = [point](std::uint32_t first, std::uint32_t last) {
    return point >= first && point <= last;
  };
  if ((within(0xc0, 0xde) && point != 0xd7) || within(0x391, 0x3a9) || within(0x410, 0x42f)) {
    return point + 0x20;
  }
  if (within(0x400, 0x40f)) {
    return point + 0x50;
  }
  const bool even_is_capital = within(0x100, 0x137) || within(0x14a, 0x177);
  const bool odd_is_capital = within(0x139, 0x148) || within(0x179, 0x17e);
  if ((even_is_capital && point % 2 == 0) || (odd_is_capital && point % 2 == 1)) {
    return point + 1;
  }
  return point;
}

}  // namespace

std::string onOneLine(std::string_view text, std::size_t longest) {
  std::string line;
  while (!text.empty() && line.size() < longest) {
    const auto lead = static_cast<unsigned char>(text.front());
    std::string_view character = text.substr(0, lengthOf(text.front()));
    if (!isUtf8(character)) {
      text.remove_prefix(1);
      line += '?';
      continue;
    }
    text.remove_prefix(character.size());
    const bool separator = character == "\u2028" || character == "\u2029";
    const bool c1 = lead == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
    if (ascii::isControl(character[0]) || separator || c1) {
      character = " ";
    }
    if (character != " " || (!line.empty() && line.back() != ' ')) {
      line += character;
    }
  }
  return line;
}

std::string inSmallLetters(std::string_view text) {
  std::string small(text);
  for (std::size_t at = 0; at < small.size(); ++at) {
    if (lengthOf(small[at]) == 1) {
      small[at] = ascii::toLower(small[at]);
    } else if (lengthOf(small[at]) == 2 && !continues(small[at]) && at + 1 < small.size() &&
               continues(small[at + 1])) {
      const std::uint32_t point = smallLetter(codePointAt(small, at));
      small[at] = static_cast<char>(0xc0U | point >> 6U);
      small[++at] = static_cast<char>(0x80U | (point & 0x3fU));
    }
  }
  return small;
}

bool wordCharacterAt(std::string_view text, std::size_t at) noexcept {
  return at < text.size() && isWordCharacter(codePointAt(text, at));
}

bool wordCharacterBefore(std::string_view text, std::size_t at) noexcept {
  if (at == 0 || at > text.size()) {
    return false;
  }
  do {
    --at;
  } while (at > 0 && continues(text[at]));
  return isWordCharacter(codePointAt(text, at));
}

}  // namespace heymilo
