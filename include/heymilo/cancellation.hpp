#pragma once

#include <functional>
#include <memory>

#include "heymilo/export.hpp"

namespace heymilo {

namespace detail {
class CancellationState;
}

/// Tells a call that its result is no longer wanted. Copies share one state; the default token is
/// never cancelled. All functions may be called by any number of threads at once.
class HEYMILO_EXPORT CancellationToken {
 public:
  CancellationToken() = default;

  bool cancelled() const noexcept;  ///< whether cancel() was called; for good

 private:
  friend class CancellationSource;
  friend class CancellationCallback;
  friend class detail::CancellationState;
  explicit CancellationToken(std::shared_ptr<detail::CancellationState> state);
  std::shared_ptr<detail::CancellationState> state_;
};

/// Where a cancellation comes from: hand token() to calls, and cancel() ends them all, the ones
/// that are waiting and the ones that have not begun, with CancelledError. Copies share one state.
class HEYMILO_EXPORT CancellationSource {
 public:
  CancellationSource();

  CancellationToken token() const;  ///< shares the state; may outlive the source
  /// Cancels, for good. Runs the registered callbacks on this thread, once; what they throw is
  /// swallowed. May be called by any thread, but not from a signal handler.
  void cancel() const noexcept;
  bool cancelled() const noexcept;  ///< whether cancel() was called; for good

 private:
  std::shared_ptr<detail::CancellationState> state_;
};

/// Runs a function when a token is cancelled: how a Transport learns that it must wake up. The
/// function runs on the thread that cancels, or in the constructor where that has happened already.
/// The destructor takes it back, and waits for it where it is running on another thread.
class HEYMILO_EXPORT CancellationCallback {
 public:
  /// Registers `function`; what it throws is swallowed.
  CancellationCallback(const CancellationToken& token, std::function<void()> function);
  ~CancellationCallback();
  CancellationCallback(const CancellationCallback&) = delete;
  CancellationCallback& operator=(const CancellationCallback&) = delete;

 private:
  struct Registration;
  std::shared_ptr<detail::CancellationState> state_;
  std::shared_ptr<Registration> registration_;
  friend class detail::CancellationState;
};

}  // namespace heymilo
