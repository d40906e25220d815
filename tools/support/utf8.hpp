#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace support {

/// One code point of a UTF-8 text, and its length in bytes.
struct CodePoint {
  char32_t value;
  std::size_t size;
};

inline constexpr char32_t kReplacementCharacter = 0xFFFD;

/// The code point that begins at byte `at`, which must be within the text. A byte that does not
/// begin a well-formed sequence (RFC 3629) is read as U+FFFD of size 1.
CodePoint decodeCodePoint(std::string_view text, std::size_t at) noexcept;

void appendUtf8(std::string& text, char32_t code_point);

}  // namespace support
