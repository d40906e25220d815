#pragma once

#include <string>
#include <string_view>

#include "support/terminal.hpp"

namespace support {

enum class Color { red, green, yellow };

/// `auto`, `always` or `never`, for both streams; `auto` by default. `auto` colours text if
/// understandsEscapes() and NO_COLOR is unset or empty (no-color.org).
void setColorMode(std::string_view mode);

/// Whether text for this stream is coloured.
bool isColored(Stream stream);

/// The text between the escape sequences of a colour.
std::string inColor(std::string_view text, Color color);

}  // namespace support
