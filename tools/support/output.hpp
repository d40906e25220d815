#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace support {

/// Standard output can't be written: its reader has gone, its disk is full, it is closed. what()
/// says so, and what to do.
class OutputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Standard output for results, buffered, that does not lose any in silence. It waits for a reader
/// that is slow, also where the descriptor is a non-blocking one. In a process whose SIGPIPE is not
/// ignored a reader that has gone ends the process instead. What is written and neither flushed
/// nor finished is dropped with the object.
class Output {
 public:
  Output();

  /// Throws OutputError where standard output is closed, or not for writing: before something is
  /// done whose result could not be shown.
  static void check();

  /// Throws OutputError.
  void write(std::string_view text);
  /// Hands everything written so far to the system. Throws OutputError.
  void flush();
  /// flush() after which nothing follows: a file system that tells only at closing that it could
  /// not store everything is asked. Throws OutputError.
  void finish();
  /// Whether anything has been handed to the system.
  bool delivered() const noexcept { return delivered_; }

 private:
  std::string pending_;
  bool delivered_ = false;
};

}  // namespace support
