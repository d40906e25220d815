#pragma once

#ifndef _WIN32
#include <pthread.h>

#include <csignal>
#include <ctime>
#endif

namespace heymilo {

#ifdef _WIN32

/// SIGPIPE does not exist here.
class SigpipeGuard {
 public:
  SigpipeGuard() noexcept {}
};

#else

/// During its lifetime, a write of this thread to a connection that the peer has closed raises no
/// SIGPIPE. (A TLS library may write without MSG_NOSIGNAL, and libcurl's own protection changes the
/// process's handler.) The host's handler stays installed, and a signal that was already pending
/// stays pending.
class SigpipeGuard {
 public:
  SigpipeGuard() noexcept {
    const sigset_t sigpipe = onlySigpipe();
    pthread_sigmask(SIG_BLOCK, &sigpipe, &mask_before_);
    // Only a blocked signal can have been pending.
    was_pending_ = sigismember(&mask_before_, SIGPIPE) == 1 && pending();
  }

  ~SigpipeGuard() {
    if (!was_pending_) {
      const sigset_t sigpipe = onlySigpipe();
#ifdef __APPLE__
      if (pending()) {
        int taken = 0;
        sigwait(&sigpipe, &taken);
      }
#else
      const timespec at_once{0, 0};
      sigtimedwait(&sigpipe, nullptr, &at_once);
#endif
    }
    pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
  }

  SigpipeGuard(const SigpipeGuard&) = delete;
  SigpipeGuard& operator=(const SigpipeGuard&) = delete;

 private:
  static sigset_t onlySigpipe() noexcept {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    return signals;
  }

  static bool pending() noexcept {
    sigset_t signals;
    sigemptyset(&signals);
    sigpending(&signals);
    return sigismember(&signals, SIGPIPE) == 1;
  }

  bool was_pending_ = false;
  sigset_t mask_before_{};
};

#endif

}  // namespace heymilo
