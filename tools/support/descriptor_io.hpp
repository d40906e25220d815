#pragma once

#include <cstddef>
#include <string_view>

namespace support {

/// What writeAll() came to.
struct Written {
  std::size_t bytes = 0;  ///< handed to the system
  int error = 0;          ///< an errno; 0: everything was written
};

/// Hands all of the text to the descriptor, which may be a non-blocking one: it waits for as long
/// as nothing is taken. After raiseStop() it gives up with ECANCELED where nothing is taken for two
/// seconds.
Written writeAll(int descriptor, std::string_view text) noexcept;

/// Reads up to so many bytes, at least one but at the end; waits for them, from a non-blocking
/// descriptor too. Throws Stopped after raiseStop(), and std::system_error.
std::size_t readSome(int descriptor, char* bytes, std::size_t size);

}  // namespace support
