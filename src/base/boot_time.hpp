#pragma once

#include <chrono>

#if defined(__linux__)
#include <time.h>
#endif

namespace heymilo {

/// The time since the machine was booted, its suspended time included; nobody can set it, and all
/// processes of a machine (of a time namespace) see the same. Where there is no such clock, it is
/// the steady one.
inline std::chrono::nanoseconds bootTime() noexcept {
#if defined(__linux__)
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
#else
  return std::chrono::steady_clock::now().time_since_epoch();
#endif
}

}  // namespace heymilo
