#include "support/wall_clock.hpp"

#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>
#include <ctime>

#include <atomic>

namespace {

std::atomic<long> ahead_by{0};

}  // namespace

namespace heymilo_test {

void setWallClock(std::chrono::nanoseconds ahead) {
  ahead_by = static_cast<long>(std::chrono::floor<std::chrono::seconds>(ahead).count());
}

}  // namespace heymilo_test

// Replaces the C library's, for the whole process.
extern "C" {

__attribute__((visibility("default"))) int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const long result = syscall(SYS_clock_gettime, clock, time);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    time->tv_sec += ahead_by;
  }
  return static_cast<int>(result);
}

__attribute__((visibility("default"))) time_t time(time_t* result) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (result != nullptr) {
    *result = now.tv_sec;
  }
  return now.tv_sec;
}

}  // extern "C"
