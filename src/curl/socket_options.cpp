#include "curl/socket_options.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#endif

namespace heymilo::socket_options {

namespace {

template <class Value>
void set(curl_socket_t handle, int level, int name, const Value& value) noexcept {
  // A failure here means that the socket had no connection any more.
  static_cast<void>(
      ::setsockopt(handle, level, name, reinterpret_cast<const char*>(&value), sizeof value));
}

#ifndef _WIN32
/// Replaces the socket's connection with an unconnected socket. This closes the connection unless
/// another process also has it.
void replace(curl_socket_t handle) noexcept {
  const curl_socket_t other = open(AF_INET, SOCK_STREAM, 0);
  if (other != CURL_SOCKET_BAD) {
#ifdef __linux__
    static_cast<void>(::dup3(other, handle, O_CLOEXEC));
#else
    static_cast<void>(::dup2(other, handle));
    static_cast<void>(::fcntl(handle, F_SETFD, FD_CLOEXEC));
#endif
    static_cast<void>(close(other));
  }
}
#endif

}  // namespace

curl_socket_t open(int family, int type, int protocol) noexcept {
#if defined(_WIN32)
  return ::WSASocketW(
      family, type, protocol, nullptr, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
#elif defined(SOCK_CLOEXEC)
  return ::socket(family, type | SOCK_CLOEXEC, protocol);
#else
  const int handle = ::socket(family, type, protocol);
  if (handle >= 0) {
    static_cast<void>(::fcntl(handle, F_SETFD, FD_CLOEXEC));
  }
  return handle;
#endif
}

int close(curl_socket_t handle) noexcept {
#ifdef _WIN32
  return ::closesocket(handle);
#else
  return ::close(handle);
#endif
}

void endWithReset(curl_socket_t handle, bool yes) noexcept {
  linger value{};
  value.l_onoff = yes ? 1 : 0;
  value.l_linger = 0;
  set(handle, SOL_SOCKET, SO_LINGER, value);
}

void setUserTimeout(curl_socket_t handle, std::chrono::milliseconds time) noexcept {
#ifdef TCP_USER_TIMEOUT
  constexpr std::chrono::milliseconds kLongest{(std::numeric_limits<int>::max)()};
  set(handle, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>((std::min)(time, kLongest).count()));
#else
  static_cast<void>(handle);
  static_cast<void>(time);
#endif
}

void reset(curl_socket_t handle) noexcept {
  endWithReset(handle, true);
#if defined(__linux__)
  sockaddr unspecified{};
  unspecified.sa_family = AF_UNSPEC;
  if (::connect(handle, &unspecified, sizeof unspecified) != 0) {
    replace(handle);  // an emulation of Linux without this feature
  }
#elif !defined(_WIN32)
  replace(handle);
#endif
}

bool ended(curl_socket_t handle) noexcept {
#ifdef _WIN32
  fd_set readable;
  FD_ZERO(&readable);
  FD_SET(handle, &readable);
  const timeval at_once{};
  char byte = 0;
  return ::select(0, &readable, nullptr, nullptr, &at_once) != 0 &&
         ::recv(handle, &byte, 1, MSG_PEEK) <= 0;
#else
#ifdef POLLRDHUP  // set even while the peer's last bytes, such as a TLS close_notify, are unread
  constexpr short kEnd = POLLRDHUP;
#else
  constexpr short kEnd = 0;
#endif
  pollfd polled{handle, static_cast<short>(POLLIN | kEnd), 0};
  if (::poll(&polled, 1, 0) <= 0) {
    return false;
  }
  char byte = 0;
  return (polled.revents & (kEnd | POLLHUP | POLLERR | POLLNVAL)) != 0 ||
         ::recv(handle, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
#endif
}

std::pair<std::string, int> endOf(curl_socket_t handle, Side side) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  const int failed = side == Side::local ? ::getsockname(handle, generic, &size)
                                         : ::getpeername(handle, generic, &size);
  if (failed != 0) {
    return {};
  }
  const void* bytes = nullptr;
  int port = 0;
  sockaddr_in ipv4{};
  sockaddr_in6 ipv6{};
  if (address.ss_family == AF_INET) {
    std::memcpy(&ipv4, &address, sizeof ipv4);
    bytes = &ipv4.sin_addr;
    port = ntohs(ipv4.sin_port);
  } else if (address.ss_family == AF_INET6) {
    std::memcpy(&ipv6, &address, sizeof ipv6);
    bytes = &ipv6.sin6_addr;
    port = ntohs(ipv6.sin6_port);
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (bytes == nullptr ||
      ::inet_ntop(address.ss_family, bytes, text.data(), text.size()) == nullptr) {
    return {};
  }
  return {text.data(), port};
}

}  // namespace heymilo::socket_options
