#include "support/output.hpp"

#include <cerrno>
#include <cstdio>
#include <system_error>

#ifdef _WIN32
#include <fcntl.h>
#include <io.h>
#endif

namespace support {

Output::Output() {
#ifdef _WIN32
  _setmode(_fileno(stdout), _O_BINARY);  // a CSV record's CRLF must not become CR CR LF
#endif
}

void Output::write(std::string_view text) {
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) {
    fail();
  }
  pending_ = pending_ || !text.empty();
}

void Output::flush() {
  errno = 0;
  if (std::fflush(stdout) != 0) {
    fail();
  }
  delivered_ = delivered_ || pending_;
  pending_ = false;
}

void Output::fail() {
  const int error = errno != 0 ? errno : EIO;
  throw OutputError("can't write to standard output: " + std::generic_category().message(error) +
                    (error == EPIPE ? "\nWhat reads it has ended before the end of the output."
                                    : "\nSend it to where it can be written."));
}

}  // namespace support
