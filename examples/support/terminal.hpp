#pragma once

#include <cstddef>
#include <optional>

namespace support {

/// The width of the terminal that standard output goes to; empty when it goes elsewhere. The
/// environment's COLUMNS, if it is set to a number, counts for more than what the terminal says, as
/// POSIX has it; a terminal that says nothing has 80 columns.
std::optional<std::size_t> terminalWidth();

}  // namespace support
