#pragma once

#include <chrono>

namespace heymilo_test {

/// Sets this process's wall clock this far ahead of the machine's, as an administrator would;
/// negative: behind it. The monotonic clocks are unaffected. Takes effect immediately, for all
/// threads. The test program needs the source file wall_clock.cpp.
void setWallClock(std::chrono::nanoseconds ahead);

}  // namespace heymilo_test
