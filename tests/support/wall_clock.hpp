#pragma once

#include <chrono>

namespace heymilo_test {

/// Sets the wall clock of this process so far ahead of the machine's, as if somebody had set that;
/// negative: behind it. The monotonic clocks go on. At once, for all threads. The test program has
/// to have the source file wall_clock.cpp.
void setWallClock(std::chrono::nanoseconds ahead);

}  // namespace heymilo_test
