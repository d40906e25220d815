#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "testing/server/http/socket.hpp"

namespace heymilo::testing::detail {

/// What comes on a connection, kept until it is taken. Used by one thread. It does not own the
/// socket.
class Connection {
 public:
  /// Reading ends where nothing has come for `read_timeout`.
  Connection(Socket socket, std::chrono::milliseconds read_timeout);

  Socket socket() const { return socket_; }

  /// Whether there is something to take that was read before.
  bool buffered() const { return begin_ < end_; }
  /// Waits for something to take. False when the peer has closed, or sent nothing for `limit`.
  bool await(std::chrono::milliseconds limit);
  /// What has come and has not been taken, at least a byte. Empty: the end, or the time-out.
  std::string_view peek();
  /// Takes the first bytes of what peek() gave.
  void take(std::size_t bytes) { begin_ += bytes; }

 private:
  const Socket socket_;
  const std::chrono::milliseconds read_timeout_;
  std::string input_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace heymilo::testing::detail
