#pragma once

#include "support/sockets.hpp"

namespace heymilo_test {

/// A socket bound to a free port of 127.0.0.1, and the port.
Socket bindLoopback(int& port);

/// A connection to a port of 127.0.0.1; kNoSocket if it is refused.
Socket connectLoopback(int port);

/// A port of 127.0.0.1 on which nothing listens for the lifetime of the object.
class ClosedPort {
 public:
  ClosedPort();
  ~ClosedPort();
  ClosedPort(const ClosedPort&) = delete;
  ClosedPort& operator=(const ClosedPort&) = delete;

  int port() const noexcept { return port_; }

 private:
  int port_ = 0;  // set by the socket's initializer: the order matters
  const Socket socket_;
};

}  // namespace heymilo_test
