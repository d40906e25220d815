#pragma once

#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>

#include "testing/server/http/socket.hpp"

namespace heymilo::testing::detail {

/// The open connections of clients and their states; another thread can close them. Thread-safe.
class OpenConnections {
 public:
  /// Adds a connection and returns its number, from 1.
  std::size_t add(Socket socket);
  /// Must be called before the socket is closed.
  void remove(std::size_t number);

  /// A request begins. False: the connection must be closed instead.
  bool beginRequest(std::size_t number);
  /// Only the end of the response remains to be passed to the operating system.
  void finishAnswer(std::size_t number);
  /// The connection waits for a request. False: it must be closed instead.
  bool beIdle(std::size_t number);

  std::size_t size() const;
  /// Closes the connections that wait for a request, or will after their response, and waits for
  /// that.
  void closeIdle();
  /// Ends all connections, present and future.
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
