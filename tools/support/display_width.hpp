#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace support {

/// How many columns of a terminal the text takes: UAX #11 (East Asian Width), with combining marks,
/// emoji sequences and flags counted as the one sign that they are shown as. The text is UTF-8;
/// a byte that is not counts as one column. Control characters count as none: see printable().
std::size_t displayWidth(std::string_view text);

/// The text, where it is wider than `width` columns cut between two signs and ended with `…`.
std::string truncated(std::string_view text, std::size_t width);

}  // namespace support
