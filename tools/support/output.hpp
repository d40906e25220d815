#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace support {

/// Standard output can't be written: its reader has closed it, its disk is full, it is closed.
/// what() contains the reason and the remedy.
class OutputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Buffered standard output for results, which reports every loss. It waits for a slow reader, even
/// with a non-blocking descriptor. If SIGPIPE is not ignored, a closed reader ends the process
/// instead. The destructor drops text that is neither flushed nor finished.
class Output {
 public:
  Output();

  /// Throws OutputError if standard output is closed, or not writable: before an action whose
  /// result could not be shown.
  static void check();

  /// Throws OutputError.
  void write(std::string_view text);
  /// Passes everything written so far to the system. Throws OutputError.
  void flush();
  /// The last flush(): also closes the file, since some file systems report only then that they
  /// could not store everything. Throws OutputError.
  void finish();
  /// Whether anything has been passed to the system.
  bool delivered() const noexcept { return delivered_; }

 private:
  std::string pending_;
  bool delivered_ = false;
};

}  // namespace support
