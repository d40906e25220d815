#pragma once

#include <cstddef>
#include <memory>

#include "heymilo/export.hpp"

namespace heymilo {

class Clock;

/// How much an Engine does at once.
struct EngineOptions {
  /// Requests on their way at once, of all its clients together, and connections kept open. More
  /// wait for their turn.
  std::size_t max_connections = 64;
  /// Calls that were begun and have not ended. One more is refused with OverloadError.
  std::size_t max_pending = 10'000;
  /// What its waits go by, which must be the clock of its clients; nullptr: Clock::steady().
  std::shared_ptr<Clock> clock{};
};

/// What runs the calls of NonBlockingClients: one thread, however many calls there are, for all the
/// clients that share it. The thread starts with the first call. Cheap to copy; copies are the same
/// engine.
///
/// It ends with the last of its copies and of the clients and PendingCalls that use it: what is
/// under way is then cancelled, each call ends with CancelledError and the outcome that it has, and
/// the thread is joined. (Where the last one goes in a completion on the engine's own thread, that
/// thread ends by itself a moment later.) A child of fork() has an engine of its own, with no call
/// in it.
class HEYMILO_EXPORT Engine {
 public:
  /// Throws InvalidArgumentError where a number is 0.
  explicit Engine(EngineOptions options = {});

  /// How many calls were begun and have not ended. Completions may still be on their way to an
  /// executor.
  std::size_t pending() const;
  /// Waits until pending() is 0. Not for the engine's own thread.
  void wait() const;

 private:
  friend class NonBlockingClient;
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace heymilo
