#pragma once

#include <cstddef>
#include <optional>

namespace support {

/// The standard streams, by their descriptors.
enum class Stream { output = 1, error = 2 };

/// The width of the terminal of standard output or error; empty if it is not a terminal. The
/// environment's COLUMNS, if set to a number, takes precedence over the terminal's own width, as in
/// POSIX; a terminal without a width has 80 columns.
std::optional<std::size_t> terminalWidth(Stream stream = Stream::output);

/// The same for text that must not exceed the terminal's current width: COLUMNS is used only if the
/// terminal has no width, since it may be outdated.
std::optional<std::size_t> ownWidth(Stream stream);

/// Whether escape sequences may be written there: to a terminal, with TERM set and not `dumb`.
bool understandsEscapes(Stream stream);

}  // namespace support
