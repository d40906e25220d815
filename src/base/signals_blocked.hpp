#pragma once

#ifndef _WIN32
#include <pthread.h>

#include <csignal>
#endif

namespace heymilo {

#ifdef _WIN32

/// Windows has no signals for a thread.
class SignalsBlocked {
 public:
  SignalsBlocked() noexcept {}
};

#else

/// During its lifetime, this thread and the threads that it starts receive no signals: they are
/// delivered to the host's threads. The destructor restores the previous mask.
class SignalsBlocked {
 public:
  SignalsBlocked() noexcept {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

#endif

}  // namespace heymilo
