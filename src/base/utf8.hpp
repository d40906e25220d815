#pragma once

#include <cstddef>
#include <string_view>

namespace heymilo {

/// Whether the text is well-formed UTF-8 (RFC 3629): no overlong form, no surrogate, nothing past
/// U+10FFFF, no sequence cut short.
bool isUtf8(std::string_view text) noexcept;

/// How many code points a text has that isUtf8().
std::size_t countCodePoints(std::string_view text) noexcept;

}  // namespace heymilo
