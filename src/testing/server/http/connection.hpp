#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "testing/server/http/socket.hpp"

namespace heymilo::testing::detail {

/// Received data of a connection, buffered until it is taken. Not thread-safe. It does not own the
/// socket.
class Connection {
 public:
  /// Reading ends if nothing is received for `read_timeout`.
  Connection(Socket socket, std::chrono::milliseconds read_timeout);

  Socket socket() const { return socket_; }

  /// Whether there is buffered data.
  bool buffered() const { return begin_ < end_; }
  /// Waits for data. False if the peer has closed, or sent nothing for `limit`.
  bool await(std::chrono::milliseconds limit);
  /// The received data that has not been taken, at least a byte. Empty: the end, or the timeout.
  std::string_view peek();
  /// Takes the first bytes of peek().
  void take(std::size_t bytes) { begin_ += bytes; }

 private:
  const Socket socket_;
  const std::chrono::milliseconds read_timeout_;
  std::string input_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace heymilo::testing::detail
