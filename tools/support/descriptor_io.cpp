#include "support/descriptor_io.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "support/stop.hpp"

#ifdef _WIN32
#include <io.h>
#else
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#endif

namespace support {

#ifdef _WIN32

Written writeAll(int descriptor, std::string_view text) noexcept {
  constexpr std::size_t kPiece = 32768;
  Written written;
  while (written.bytes < text.size()) {
    const auto piece = static_cast<unsigned>(std::min(text.size() - written.bytes, kPiece));
    const int taken = _write(descriptor, text.data() + written.bytes, piece);
    if (taken <= 0) {
      written.error = taken < 0 ? errno : EIO;
      break;
    }
    written.bytes += static_cast<std::size_t>(taken);
  }
  return written;
}

std::size_t readSome(int descriptor, char* bytes, std::size_t size) {
  const int count =
      _read(descriptor, bytes, static_cast<unsigned>(std::min<std::size_t>(size, 65536)));
  if (count < 0) {
    throw std::system_error(errno, std::generic_category());
  }
  return static_cast<std::size_t>(count);
}

#else

namespace {

constexpr int kGrace = 2000;  // milliseconds
constexpr int kHangUp = 200;

bool isForNow(int error) { return error == EINTR || error == EAGAIN || error == EWOULDBLOCK; }

bool isOfKind(int descriptor, mode_t kind) {
  struct stat status {};
  return fstat(descriptor, &status) == 0 && (status.st_mode & S_IFMT) == kind;
}

/// Waits until some bytes can be written without blocking, or there is an error to report. False to
/// give up.
bool waitUntilWritable(int descriptor) {
  pollfd wanted[2] = {{descriptor, POLLOUT, 0}, {stopDescriptor(), POLLIN, 0}};
  for (bool stopped = false;;) {
    const int ready = poll(wanted, stopped ? 1 : 2, stopped ? kGrace : -1);
    if (ready < 0) {
      if (errno != EINTR) {
        return true;  // writing reports the error
      }
    } else if (wanted[0].revents != 0) {
      return true;
    } else if (stopped) {
      return false;
    } else {
      stopped = wanted[1].revents != 0;
    }
  }
}

}  // namespace

Written writeAll(int descriptor, std::string_view text) noexcept {
  // This many bytes can be written without blocking if poll() reports space.
  const bool waits = !isOfKind(descriptor, S_IFREG);
  const std::size_t most = waits ? _POSIX_PIPE_BUF * std::size_t{8} : text.size();
  Written written;
  while (written.bytes < text.size()) {
    if (waits && !waitUntilWritable(descriptor)) {
      written.error = ECANCELED;
      break;
    }
    const ssize_t taken = ::write(
        descriptor, text.data() + written.bytes, std::min(text.size() - written.bytes, most));
    if (taken > 0) {
      written.bytes += static_cast<std::size_t>(taken);
    } else if (taken == 0 || !isForNow(errno)) {
      written.error = taken == 0 ? EIO : errno;
      break;
    } else if (errno != EINTR) {
      poll(nullptr, 0, 1);  // it reported space before
    }
  }
  return written;
}

std::size_t readSome(int descriptor, char* bytes, std::size_t size) {
  for (;;) {
    pollfd wanted[2] = {{descriptor, POLLIN, 0}, {stopDescriptor(), POLLIN, 0}};
    if (poll(wanted, 2, -1) < 0) {
      if (errno == EINTR) {
        continue;
      }
      throw std::system_error(errno, std::generic_category());
    }
    if (wanted[1].revents != 0) {
      throw Stopped();
    }
    const ssize_t count = read(descriptor, bytes, size);
    if (count == 0 && (wanted[0].revents & POLLHUP) != 0 && isOfKind(descriptor, S_IFCHR)) {
      // A closed terminal is not the end of the input. Its SIGHUP follows.
      if (poll(&wanted[1], 1, kHangUp) > 0) {
        throw Stopped();
      }
      throw std::system_error(EIO, std::generic_category());
    }
    if (count >= 0) {
      return static_cast<std::size_t>(count);
    }
    if (!isForNow(errno)) {
      throw std::system_error(errno, std::generic_category());
    }
  }
}

#endif

}  // namespace support
