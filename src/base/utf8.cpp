#include "base/utf8.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace heymilo {

namespace {

unsigned char byteAt(std::string_view text, std::size_t i) noexcept {
  return static_cast<unsigned char>(text[i]);
}

/// Allowed continuation bytes after a lead byte: RFC 3629, section 4. Only the second byte's range
/// varies.
struct Sequence {
  std::size_t length;
  unsigned char second_low;
  unsigned char second_high;
};

Sequence sequenceOf(unsigned char lead) noexcept {
  if (lead >= 0xc2 && lead <= 0xdf) {
    return {2, 0x80, 0xbf};
  }
  if (lead >= 0xe0 && lead <= 0xef) {
    return {3,
            static_cast<unsigned char>(lead == 0xe0 ? 0xa0 : 0x80),   // else overlong
            static_cast<unsigned char>(lead == 0xed ? 0x9f : 0xbf)};  // else a surrogate
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    return {4,
            static_cast<unsigned char>(lead == 0xf0 ? 0x90 : 0x80),   // else overlong
            static_cast<unsigned char>(lead == 0xf4 ? 0x8f : 0xbf)};  // else past U+10FFFF
  }
  return {0, 0, 0};
}

/// The end of the run of ASCII that begins at `i`, or up to seven bytes before it.
std::size_t skipAscii(std::string_view text, std::size_t i) noexcept {
  std::uint64_t block = 0;
  while (text.size() - i >= sizeof block) {
    std::memcpy(&block, text.data() + i, sizeof block);
    if ((block & 0x8080808080808080U) != 0) {
      break;
    }
    i += sizeof block;
  }
  return i;
}

bool isContinuation(char c) noexcept { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

/// Of the well-formed sequence that begins at `at`; 0 where there is none.
std::size_t sequenceLength(std::string_view text, std::size_t at) noexcept {
  const unsigned char lead = byteAt(text, at);
  if (lead < 0x80) {
    return 1;
  }
  const Sequence sequence = sequenceOf(lead);
  if (sequence.length == 0 || text.size() - at < sequence.length) {
    return 0;
  }
  const unsigned char second = byteAt(text, at + 1);
  if (second < sequence.second_low || second > sequence.second_high) {
    return 0;
  }
  for (std::size_t n = 2; n < sequence.length; ++n) {
    if (!isContinuation(text[at + n])) {
      return 0;
    }
  }
  return sequence.length;
}

}  // namespace

bool isUtf8(std::string_view text) noexcept {
  std::size_t i = 0;
  while ((i = skipAscii(text, i)) < text.size()) {
    const std::size_t length = sequenceLength(text, i);
    if (length == 0) {
      return false;
    }
    i += length;
  }
  return true;
}

std::size_t countCodePoints(std::string_view text) noexcept {
  return text.size() -
         static_cast<std::size_t>(std::count_if(text.begin(), text.end(), isContinuation));
}

CodePoint decodeCodePoint(std::string_view text, std::size_t at) noexcept {
  const std::size_t length = sequenceLength(text, at);
  if (length == 0) {
    return {kReplacementCharacter, 1};
  }
  char32_t value = byteAt(text, at);
  if (length > 1) {
    value &= 0x7fU >> length;
  }
  for (std::size_t n = 1; n < length; ++n) {
    value = value << 6U | (byteAt(text, at + n) & 0x3fU);
  }
  return {value, length};
}

void appendUtf8(std::string& text, char32_t code_point) {
  const auto put = [&](char32_t byte) {
    text += static_cast<char>(static_cast<unsigned char>(byte));
  };
  const auto tail = [&](unsigned shift) { put(0x80U | (code_point >> shift & 0x3fU)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xc0U | code_point >> 6U);
    tail(0);
  } else if (code_point < 0x10000) {
    put(0xe0U | code_point >> 12U);
    tail(6);
    tail(0);
  } else {
    put(0xf0U | code_point >> 18U);
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace heymilo
