#pragma once

#include <heymilo/cancellation.hpp>
#include <thread>

namespace support {

/// Makes the first Ctrl-C (SIGINT), SIGTERM or SIGHUP a request to end in good order, for as long
/// as this exists: it says so, unless it is `silent`, cancels token() and then calls raiseStop().
/// The second one ends the process at once, as the signal does by default, after the removal of
/// TemporaryFiles. A SIGHUP and another signal at the same time are one: where a terminal or a
/// session is closed, its kernel, its shell and its manager each send theirs. A signal that was
/// ignored when this was made stays ignored. There is one at a time, and it is made before any
/// TemporaryFiles.
class Interrupt {
 public:
  enum class Words { told, silent };

  /// Throws heymilo::OverloadError where the system has no thread left, and std::system_error.
  explicit Interrupt(Words words = Words::told);
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  heymilo::CancellationToken token() const { return source_.token(); }

 private:
  void watch();

  const Words words_;
  heymilo::CancellationSource source_;
  std::thread watcher_;  // last: it uses the others
};

}  // namespace support
