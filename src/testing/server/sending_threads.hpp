#pragma once

#include <functional>
#include <memory>

#include "heymilo/transport.hpp"

namespace heymilo::testing::detail {

/// A thread for each request that was started without waiting: a fake has few at a time. The
/// destructor waits for all of them, except for the one that it may run on.
class SendingThreads {
 public:
  SendingThreads();
  ~SendingThreads();
  SendingThreads(const SendingThreads&) = delete;
  SendingThreads& operator=(const SendingThreads&) = delete;

  /// Sends on a separate thread, and calls `done` with the result or exception of `send`.
  void start(std::function<HttpResponse()> send, NonBlockingTransport::Completion done);

 private:
  struct State;

  const std::shared_ptr<State> state_;
};

}  // namespace heymilo::testing::detail
