#pragma once

#include <cstddef>
#include <optional>

namespace support {

/// By their descriptors.
enum class Stream { output = 1, error = 2 };

/// The width of the terminal that standard output, or error, goes to; empty when it goes elsewhere.
/// The environment's COLUMNS, if it is set to a number, counts for more than what the terminal
/// says, as POSIX has it; a terminal that says nothing has 80 columns.
std::optional<std::size_t> terminalWidth(Stream stream = Stream::output);

/// The same for what must not be wider than the terminal is now, whatever COLUMNS says of the time
/// when it was set: it counts only where the terminal says nothing.
std::optional<std::size_t> ownWidth(Stream stream);

/// Whether escape sequences may go there: to a terminal that TERM names, and not as `dumb`.
bool understandsEscapes(Stream stream);

}  // namespace support
