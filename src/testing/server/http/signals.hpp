#pragma once

#ifndef _WIN32
#include <csignal>
#endif

/// The host's signals stay the host's.
namespace heymilo::testing::detail {

#ifndef _WIN32
/// While it lives, this thread and those that it starts get no signals: they go to the host's
/// threads. What was blocked before is put back.
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

/// What the process does on SIGPIPE, as it was when this was made: cpp-httplib's constructor
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
