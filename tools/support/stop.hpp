#pragma once

#include <stdexcept>

namespace support {

/// raiseStop() has ended a wait for input. what() is for people.
class Stopped : public std::runtime_error {
 public:
  Stopped() : std::runtime_error("stopped") {}
};

/// Enables raiseStop() for all later waits on a descriptor. Throws std::system_error.
void prepareStop();

/// Ends, for the rest of the process, all waits for input, and soon those for a reader that does
/// not read. Thread-safe.
void raiseStop() noexcept;

/// A descriptor that is readable as soon as raiseStop() has been called; -1 before prepareStop().
/// It must not be read from.
int stopDescriptor() noexcept;

/// Waits for raiseStop().
void waitForStop();

}  // namespace support
