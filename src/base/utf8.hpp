#pragma once

#include <cstddef>
#include <string_view>

namespace heymilo {

/// Whether the text is well-formed UTF-8 (RFC 3629): no overlong form, no surrogate, nothing past
/// U+10FFFF, no truncated sequence.
bool isUtf8(std::string_view text) noexcept;

/// The number of code points of a text for which isUtf8() is true.
std::size_t countCodePoints(std::string_view text) noexcept;

}  // namespace heymilo
