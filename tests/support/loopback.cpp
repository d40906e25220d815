#include "support/loopback.hpp"

#include <cstdint>
#include <stdexcept>

namespace heymilo_test {

namespace {

sockaddr_in loopbackAddress(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

}  // namespace

Socket bindLoopback(int& port) {
  startSockets();
  const Socket bound = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = loopbackAddress(0);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bound == kNoSocket || ::bind(bound, generic, size) != 0 ||
      ::getsockname(bound, generic, &size) != 0) {
    throw std::runtime_error("can't bind a port of 127.0.0.1");
  }
  port = ntohs(address.sin_port);
  return bound;
}

Socket connectLoopback(int port) {
  startSockets();
  const Socket connection = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = loopbackAddress(port);
  if (::connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    closeSocket(connection);
    return kNoSocket;
  }
  sendAtOnce(connection);
  return connection;
}

ClosedPort::ClosedPort() : socket_(bindLoopback(port_)) {}
ClosedPort::~ClosedPort() { closeSocket(socket_); }

}  // namespace heymilo_test
