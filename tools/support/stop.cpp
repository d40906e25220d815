#include "support/stop.hpp"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>

#ifndef _WIN32
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#endif

namespace support {

namespace {

std::atomic<bool> raised{false};
std::atomic<int> read_end{-1};
std::atomic<int> write_end{-1};

}  // namespace

void prepareStop() {
#ifndef _WIN32
  if (read_end >= 0) {
    return;
  }
  int ends[2];
  if (pipe(ends) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe");
  }
  for (const int end : ends) {
    fcntl(end, F_SETFD, FD_CLOEXEC);
  }
  write_end = ends[1];
  read_end = ends[0];
#endif
}

void raiseStop() noexcept {
  if (raised.exchange(true)) {
    return;
  }
#ifndef _WIN32
  if (write_end >= 0) {
    close(write_end.exchange(-1));  // the other end stays readable
  }
#endif
}

int stopDescriptor() noexcept { return read_end; }

void waitForStop() {
#ifndef _WIN32
  pollfd stop{stopDescriptor(), POLLIN, 0};
  while (!raised && (poll(&stop, 1, -1) >= 0 || errno == EINTR)) {
  }
#else
  while (!raised) {
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
#endif
}

}  // namespace support
