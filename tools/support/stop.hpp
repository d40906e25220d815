#pragma once

#include <stdexcept>

namespace support {

/// What waits for input has been ended by raiseStop(). what() is for people.
class Stopped : public std::runtime_error {
 public:
  Stopped() : std::runtime_error("stopped") {}
};

/// From here on raiseStop() is noticed by what waits for a descriptor. Throws std::system_error.
void prepareStop();

/// Ends, for the rest of the process, what waits for input, and soon what waits for a reader that
/// takes nothing. May be called by any thread.
void raiseStop() noexcept;

/// A descriptor that can be read from as soon as raiseStop() has been called; -1 before
/// prepareStop(). Nothing may be read from it.
int stopDescriptor() noexcept;

/// Returns when raiseStop() has been called.
void waitForStop();

}  // namespace support
