#pragma once

#ifndef _WIN32
#include <csignal>
#endif

/// The host's signal handling is left unchanged.
namespace heymilo::testing::detail {

#ifndef _WIN32
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

/// Restores the process's SIGPIPE action as it was at construction: cpp-httplib's constructor
/// changes it.
class SigpipeDisposition {
 public:
  SigpipeDisposition() noexcept { sigaction(SIGPIPE, nullptr, &before_); }

  void restore() const noexcept { sigaction(SIGPIPE, &before_, nullptr); }

 private:
  struct sigaction before_ {};
};
#else
struct SignalsBlocked {
  SignalsBlocked() noexcept {}
};
struct SigpipeDisposition {
  void restore() const noexcept {}
};
#endif

}  // namespace heymilo::testing::detail
