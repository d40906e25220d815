#include "support/output.hpp"

#include <cerrno>
#include <cstddef>
#include <system_error>

#include "support/descriptor_io.hpp"

#include <fcntl.h>
#ifdef _WIN32
#include <io.h>
#else
#include <unistd.h>
#endif

namespace support {

namespace {

constexpr int kOutput = 1;
constexpr std::size_t kMost = std::size_t{64} << 10;

std::string reasonOf(int error) {
  if (error == EBADF) {
    return "it is closed or not writable";
  }
  return error == ECANCELED ? "its reader does not read" : std::generic_category().message(error);
}

[[noreturn]] void fail(int error) {
  throw OutputError("can't write to standard output: " + reasonOf(error) +
                    (error == EPIPE ? "\nThe reading program ended before the end of the output."
                                    : "\nRedirect it to a writable destination."));
}

}  // namespace

Output::Output() {
#ifdef _WIN32
  _setmode(kOutput, _O_BINARY);  // a CSV record's CRLF must not become CR CR LF
#endif
}

void Output::check() {
#ifndef _WIN32
  const int flags = fcntl(kOutput, F_GETFL);
  if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) {
    fail(EBADF);
  }
#endif
}

void Output::write(std::string_view text) {
  pending_ += text;
  if (pending_.size() >= kMost) {
    flush();
  }
}

void Output::flush() {
  const Written written = writeAll(kOutput, pending_);
  delivered_ = delivered_ || written.bytes != 0;
  pending_.clear();
  if (written.error != 0) {
    fail(written.error);
  }
}

void Output::finish() {
  flush();
#ifndef _WIN32
  const int copy = dup(kOutput);
  if (copy >= 0 && close(copy) != 0 && errno != EINTR) {
    fail(errno);
  }
#endif
}

}  // namespace support
