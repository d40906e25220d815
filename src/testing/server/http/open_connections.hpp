#pragma once

#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>

#include "testing/server/http/socket.hpp"

namespace heymilo::testing::detail {

/// The connections of clients that are open and what they are doing, so that they can be closed
/// from another thread. Used by any thread.
class OpenConnections {
 public:
  /// Adds a connection and returns its number, from 1.
  std::size_t add(Socket socket);
  /// To be called before the socket is closed.
  void remove(std::size_t number);

  /// A request begins. False: the connection is to be closed instead.
  bool beginRequest(std::size_t number);
  /// All that is left is to hand the end of the answer to the operating system.
  void finishAnswer(std::size_t number);
  /// The connection waits for a request. False: it is to be closed instead.
  bool beIdle(std::size_t number);

  std::size_t size() const;
  /// Closes those that wait for a request, or will when their answer is out, and waits for that.
  void closeIdle();
  /// Ends what all connections do, now and from now on.
  void closeAll();

 private:
  enum class State { idle, busy, finishing };
  struct Entry {
    Socket socket = kNoSocket;
    State state = State::idle;
    bool closing = false;
  };

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::size_t, Entry> entries_;
  std::size_t last_number_ = 0;
  bool all_closed_ = false;
};

}  // namespace heymilo::testing::detail
