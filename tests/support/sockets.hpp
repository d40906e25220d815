#pragma once

// The socket functions of the operating system for tests, also on Windows.
#ifdef _WIN32
#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#endif

#include <cerrno>
#include <cstddef>

namespace heymilo_test {

#ifdef _WIN32

using Socket = SOCKET;
inline constexpr Socket kNoSocket = INVALID_SOCKET;

/// Initializes Winsock, until the process ends.
inline void startSockets() {
  static const bool started = [] {
    WSADATA data;
    return ::WSAStartup(MAKEWORD(2, 2), &data) == 0;
  }();
  static_cast<void>(started);
}
inline void closeSocket(Socket socket) { ::closesocket(socket); }
inline void endSendingOn(Socket socket) { ::shutdown(socket, SD_SEND); }
/// Also ends other threads' waits on it.
inline void endBothWays(Socket socket) {
  ::shutdown(socket, SD_BOTH);
  ::CancelIoEx(reinterpret_cast<HANDLE>(socket), nullptr);
}
inline std::ptrdiff_t sendOn(Socket socket, const char* data, std::size_t size) {
  return ::send(socket, data, static_cast<int>(size), 0);
}
inline std::ptrdiff_t receiveFrom(Socket socket, char* data, std::size_t size) {
  return ::recv(socket, data, static_cast<int>(size), 0);
}
inline bool wasInterrupted() { return false; }
/// Whether the failed call failed because the peer had reset the connection.
inline bool wasResetByPeer() { return ::WSAGetLastError() == WSAECONNRESET; }
using PollEntry = WSAPOLLFD;
inline int pollSockets(PollEntry* entries, std::size_t count, int milliseconds) {
  return ::WSAPoll(entries, static_cast<ULONG>(count), milliseconds);
}

#else

using Socket = int;
inline constexpr Socket kNoSocket = -1;

inline void startSockets() {}
inline void closeSocket(Socket socket) { ::close(socket); }
inline void endSendingOn(Socket socket) { ::shutdown(socket, SHUT_WR); }
/// Also ends other threads' waits on it.
inline void endBothWays(Socket socket) { ::shutdown(socket, SHUT_RDWR); }
inline std::ptrdiff_t sendOn(Socket socket, const char* data, std::size_t size) {
#ifdef MSG_NOSIGNAL
  return ::send(socket, data, size, MSG_NOSIGNAL);
#else
  return ::send(socket, data, size, 0);
#endif
}
inline std::ptrdiff_t receiveFrom(Socket socket, char* data, std::size_t size) {
  return ::recv(socket, data, size, 0);
}
inline bool wasInterrupted() { return errno == EINTR; }
/// Whether the failed call failed because the peer had reset the connection.
inline bool wasResetByPeer() { return errno == ECONNRESET; }
using PollEntry = pollfd;
inline int pollSockets(PollEntry* entries, std::size_t count, int milliseconds) {
  return ::poll(entries, static_cast<nfds_t>(count), milliseconds);
}

#endif

inline bool isReadableWithin(Socket socket, int milliseconds) {
  PollEntry entry{socket, POLLIN, 0};
  return pollSockets(&entry, 1, milliseconds) > 0;
}

template <class Value>
int setSocketOption(Socket socket, int level, int name, const Value& value) {
  return ::setsockopt(socket, level, name, reinterpret_cast<const char*>(&value), sizeof value);
}

/// Sends small messages immediately.
inline void sendAtOnce(Socket socket) {
#ifdef SO_NOSIGPIPE  // macOS, which has no MSG_NOSIGNAL
  setSocketOption(socket, SOL_SOCKET, SO_NOSIGPIPE, 1);
#endif
  setSocketOption(socket, IPPROTO_TCP, TCP_NODELAY, 1);
}

}  // namespace heymilo_test
