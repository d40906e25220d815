#pragma once

#include <sys/resource.h>

#include <csignal>

namespace heymilo_test {

/// Prevents files of this process from growing, as on a full disk; ended when it is destroyed.
class FullDisk {
 public:
  FullDisk() {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

  /// From now on no file can be written beyond this size.
  void begin(rlim_t bytes = 1) const {
    const rlimit few{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &few);
  }

 private:
  rlimit before_{};
};

}  // namespace heymilo_test
