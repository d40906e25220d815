#pragma once

#include <cstddef>
#include <string_view>

namespace support {

/// The result of writeAll().
struct Written {
  std::size_t bytes = 0;  ///< passed to the system
  int error = 0;          ///< an errno; 0: everything was written
};

/// Writes all of the text to the descriptor, blocking or not: it waits while nothing is accepted.
/// After raiseStop() it gives up with ECANCELED if nothing is accepted for two seconds.
Written writeAll(int descriptor, std::string_view text) noexcept;

/// Reads up to this many bytes, at least one except at the end; waits for them, even with a
/// non-blocking descriptor. Throws Stopped after raiseStop(), and std::system_error.
std::size_t readSome(int descriptor, char* bytes, std::size_t size);

}  // namespace support
