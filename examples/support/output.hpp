#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace support {

/// Standard output can't be written: its reader has gone, its disk is full. what() says so, and
/// what to do.
class OutputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Standard output for results, buffered, that does not lose any in silence. In a process whose
/// SIGPIPE is not ignored a reader that has gone ends the process instead.
class Output {
 public:
  Output();

  /// Throws OutputError.
  void write(std::string_view text);
  /// Hands everything written so far to the system. Throws OutputError.
  void flush();
  /// Whether anything has been handed to the system.
  bool delivered() const noexcept { return delivered_; }

 private:
  [[noreturn]] static void fail();

  bool pending_ = false;
  bool delivered_ = false;
};

}  // namespace support
