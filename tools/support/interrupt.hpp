#pragma once

#include <heymilo/cancellation.hpp>
#include <thread>

namespace support {

/// During its lifetime, the first Ctrl-C (SIGINT), SIGTERM or SIGHUP requests an orderly end: it
/// prints a message, unless `silent`, cancels token() and then calls raiseStop(). The second one
/// ends the process immediately, as the signal does by default, after removing all TemporaryFiles.
/// A SIGHUP together with another signal counts as one: when a terminal or a session is closed, its
/// kernel, shell and manager each send theirs. A signal that was ignored at construction stays
/// ignored. There is one object at a time, constructed before any TemporaryFiles.
class Interrupt {
 public:
  enum class Words { printed, silent };

  /// Throws heymilo::OverloadError if no thread can be started, and std::system_error.
  explicit Interrupt(Words words = Words::printed);
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  heymilo::CancellationToken token() const { return source_.token(); }

 private:
  void watch();

  const Words words_;
  heymilo::CancellationSource source_;
  std::thread watcher_;  // last: it uses the other members
};

}  // namespace support
