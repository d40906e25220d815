#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace heymilo {

/// Whether the text is well-formed UTF-8 (RFC 3629): no overlong form, no surrogate, nothing past
/// U+10FFFF, no truncated sequence.
bool isUtf8(std::string_view text) noexcept;

/// The number of code points of a text for which isUtf8() is true.
std::size_t countCodePoints(std::string_view text) noexcept;

/// One code point of a text, and the bytes that it takes.
struct CodePoint {
  char32_t value;
  std::size_t size;
};

inline constexpr char32_t kReplacementCharacter = 0xFFFD;

/// The code point that begins at byte `at`, which must be within the text. A byte that does not
/// begin a well-formed sequence is read as U+FFFD of size 1.
CodePoint decodeCodePoint(std::string_view text, std::size_t at) noexcept;

/// Appends a code point, which must be at most U+10FFFF.
void appendUtf8(std::string& text, char32_t code_point);

}  // namespace heymilo
