#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace support {

/// The number of terminal columns of the text: UAX #11 (East Asian Width), with combining marks,
/// emoji sequences and flags counted as one character. The text is UTF-8; an invalid byte counts as
/// one column. Control characters count as zero: see printable().
std::size_t displayWidth(std::string_view text);

/// The text; if it is wider than `width` columns, cut between two characters and ended with `…`.
std::string truncated(std::string_view text, std::size_t width);

}  // namespace support
