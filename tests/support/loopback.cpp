#include "support/loopback.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

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

int bindLoopback(int& port) {
  const int bound = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = loopbackAddress(0);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bound < 0 || ::bind(bound, generic, size) != 0 || ::getsockname(bound, generic, &size) != 0) {
    throw std::runtime_error("can't bind a port of 127.0.0.1");
  }
  port = ntohs(address.sin_port);
  return bound;
}

int connectLoopback(int port) {
  const int connection = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = loopbackAddress(port);
  if (::connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(connection);
    return -1;
  }
  const int no_delay = 1;
  ::setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &no_delay, sizeof no_delay);
  return connection;
}

ClosedPort::ClosedPort() : socket_(bindLoopback(port_)) {}
ClosedPort::~ClosedPort() { ::close(socket_); }

}  // namespace heymilo_test
