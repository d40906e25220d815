#include "support/standard_descriptors.hpp"

#ifndef _WIN32
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#endif

namespace support {

void fillStandardDescriptors() noexcept {
#ifndef _WIN32
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF) {
      continue;
    }
    int opened =
        open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);  // the lowest free descriptor
    if (opened < 0) {
      opened = open("/", O_RDONLY);  // not readable either: it is a directory
    }
    if (opened != fd) {
      _exit(1);
    }
  }
#endif
}

}  // namespace support
