#pragma once

#ifndef _WIN32
#include <csignal>
#endif

/// The host's signal handling is left unchanged.
namespace heymilo::testing::detail {

#ifndef _WIN32
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
struct SigpipeDisposition {
  void restore() const noexcept {}
};
#endif

}  // namespace heymilo::testing::detail
