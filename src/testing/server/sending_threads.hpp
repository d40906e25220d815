#pragma once

#include <functional>
#include <memory>

#include "heymilo/transport.hpp"

namespace heymilo::testing::detail {

/// A thread for each request that was begun without waiting for it: a fake has few at a time. The
/// destructor waits for all of them, but for the one that it may be called on.
class SendingThreads {
 public:
  SendingThreads();
  ~SendingThreads();
  SendingThreads(const SendingThreads&) = delete;
  SendingThreads& operator=(const SendingThreads&) = delete;

  /// Sends on a thread of its own, and tells `done` what `send` returns or throws.
  void start(std::function<HttpResponse()> send, NonBlockingTransport::Completion done);

 private:
  struct State;

  const std::shared_ptr<State> state_;
};

}  // namespace heymilo::testing::detail
