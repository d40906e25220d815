#pragma once

#include <functional>
#include <memory>

#include "heymilo/export.hpp"

namespace heymilo {

namespace detail {
class CancellationState;
}

/// Signals a call that its result is no longer needed. Copies share one state; the default token is
/// never cancelled. Thread-safe.
class HEYMILO_EXPORT CancellationToken {
 public:
  CancellationToken() = default;

  bool cancelled() const noexcept;  ///< whether cancel() was called; permanent

 private:
  friend class CancellationSource;
  friend class CancellationCallback;
  friend class detail::CancellationState;
  explicit CancellationToken(std::shared_ptr<detail::CancellationState> state);
  std::shared_ptr<detail::CancellationState> state_;
};

/// The source of a cancellation: pass token() to calls, and cancel() ends them all with
/// CancelledError, those that are waiting and those that have not begun. Copies share one state.
class HEYMILO_EXPORT CancellationSource {
 public:
  CancellationSource();

  CancellationToken token() const;  ///< shares the state; may outlive the source
  /// Cancels permanently. Runs the registered callbacks on this thread, once; their exceptions are
  /// swallowed. Thread-safe, but not for use in a signal handler.
  void cancel() const noexcept;
  bool cancelled() const noexcept;  ///< whether cancel() was called; permanent

 private:
  std::shared_ptr<detail::CancellationState> state_;
};

/// A callback for the cancellation of a token: a Transport uses it to wake up. The function runs on
/// the thread that cancels, or in the constructor if the token is already cancelled. The destructor
/// unregisters it, and waits for it if it is running on another thread.
class HEYMILO_EXPORT CancellationCallback {
 public:
  /// Registers `function`; its exceptions are swallowed.
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
