#pragma once

#include <cstddef>
#include <memory>

#include "heymilo/export.hpp"

namespace heymilo {

class Clock;

/// The limits of an Engine.
struct EngineOptions {
  /// Requests in progress in parallel, of all its clients together, and connections kept open.
  /// Further requests wait for their turn.
  std::size_t max_connections = 64;
  /// Calls in progress. One more is refused with OverloadError.
  std::size_t max_pending = 10'000;
  /// The clock for its waits, which must be its clients' clock; nullptr: Clock::steady().
  std::shared_ptr<Clock> clock{};
};

/// Runs the calls of NonBlockingClients: one thread for any number of calls, for all the clients
/// that share it. The thread starts with the first call. Cheap to copy; copies refer to the same
/// engine.
///
/// It ends with the last of its copies and of the clients and PendingCalls that use it: calls in
/// progress are cancelled, each ends with CancelledError and its outcome, and the thread is joined.
/// (If the last one is destroyed in a completion on the engine's own thread, that thread ends
/// shortly afterwards without a join.) A child of fork() has its own engine, without calls.
class HEYMILO_EXPORT Engine {
 public:
  /// Throws InvalidArgumentError if a number is 0.
  explicit Engine(EngineOptions options = {});

  /// The number of calls in progress. Completions may still be queued in an executor.
  std::size_t pending() const;
  /// Waits until pending() is 0. Must not be called on the engine's own thread.
  void wait() const;

 private:
  friend class NonBlockingClient;
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace heymilo
