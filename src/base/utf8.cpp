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

}  // namespace

bool isUtf8(std::string_view text) noexcept {
  std::size_t i = 0;
  while ((i = skipAscii(text, i)) < text.size()) {
    const unsigned char lead = byteAt(text, i);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const Sequence sequence = sequenceOf(lead);
    if (sequence.length == 0 || text.size() - i < sequence.length) {
      return false;
    }
    const unsigned char second = byteAt(text, i + 1);
    if (second < sequence.second_low || second > sequence.second_high) {
      return false;
    }
    for (std::size_t n = 2; n < sequence.length; ++n) {
      if (!isContinuation(text[i + n])) {
        return false;
      }
    }
    i += sequence.length;
  }
  return true;
}

std::size_t countCodePoints(std::string_view text) noexcept {
  return text.size() -
         static_cast<std::size_t>(std::count_if(text.begin(), text.end(), isContinuation));
}

}  // namespace heymilo
