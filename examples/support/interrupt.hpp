#pragma once

#include <condition_variable>
#include <heymilo/cancellation.hpp>
#include <mutex>
#include <thread>

namespace support {

/// Makes the first Ctrl-C, or SIGTERM, a request to end in good order, for as long as this exists:
/// it says so and cancels token(). The second one ends the process at once. There is one at a time.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  heymilo::CancellationToken token() const { return source_.token(); }

 private:
  void watch();

  heymilo::CancellationSource source_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  std::thread watcher_;  // last: it uses the others
};

}  // namespace support
