#include "support/display_width.hpp"

#include <algorithm>
#include <iterator>

#include "base/utf8.hpp"
#include "support/display_width_table.hpp"

namespace support {

namespace {

template <std::size_t N>
bool contains(const CodePointRange (&ranges)[N], char32_t c) {
  const auto* found = std::lower_bound(
      std::begin(ranges), std::end(ranges), c, [](const CodePointRange& r, char32_t v) {
        return r.last < v;
      });
  return found != std::end(ranges) && found->first <= c;
}

constexpr char32_t kZeroWidthJoiner = 0x200D;
constexpr char32_t kEmojiVariationSelector = 0xFE0F;

bool isControl(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }
bool isEmojiModifier(char32_t c) { return c >= 0x1F3FB && c <= 0x1F3FF; }
bool isRegionalIndicator(char32_t c) { return c >= 0x1F1E6 && c <= 0x1F1FF; }
// All emoji that can be part of a sequence are at or after this code point; all scripts that use
// joiners between letters are before it.
bool maybeEmoji(char32_t c) { return c >= 0x2190; }

std::size_t widthOf(char32_t c) {
  if (isControl(c) || contains(kZeroWidth, c)) {
    return 0;
  }
  return contains(kWide, c) ? 2 : 1;
}

/// A visible character: its end, and its columns.
struct Sign {
  std::size_t end;
  std::size_t width;
};

Sign signAt(std::string_view text, std::size_t at) {
  const heymilo::CodePoint base = heymilo::decodeCodePoint(text, at);
  Sign sign{at + base.size, widthOf(base.value)};
  bool joined = false;
  bool flag_open = isRegionalIndicator(base.value);
  while (sign.end < text.size()) {
    const heymilo::CodePoint next = heymilo::decodeCodePoint(text, sign.end);
    if (next.value == kEmojiVariationSelector && sign.width == 1) {
      sign.width = 2;  // UAX #11, section 4: an emoji presentation sequence is wide
    } else if (isEmojiModifier(next.value) && maybeEmoji(base.value)) {
      sign.width = 2;
    } else if (flag_open && isRegionalIndicator(next.value)) {
      sign.width = 2;
      flag_open = false;
    } else if (isControl(next.value)) {
      break;
    } else if (widthOf(next.value) != 0 && !(joined && maybeEmoji(next.value))) {
      break;
    }
    joined = next.value == kZeroWidthJoiner && sign.width == 2;
    sign.end += next.size;
  }
  return sign;
}

}  // namespace

std::size_t displayWidth(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Sign sign = signAt(text, at);
    width += sign.width;
    at = sign.end;
  }
  return width;
}

std::string truncated(std::string_view text, std::size_t width) {
  std::size_t kept = 0;  // bytes that leave space for the ellipsis
  std::size_t used = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Sign sign = signAt(text, at);
    used += sign.width;
    if (used > width) {
      return width == 0 ? std::string() : std::string(text.substr(0, kept)) + "…";
    }
    at = sign.end;
    if (used < width) {
      kept = at;
    }
  }
  return std::string(text);
}

}  // namespace support
