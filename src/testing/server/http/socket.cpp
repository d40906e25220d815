#include "testing/server/http/socket.hpp"

#include <cerrno>
#include <thread>

#ifdef _WIN32
// The order matters.
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

namespace heymilo::testing::detail {

namespace {

#if defined(MSG_NOSIGNAL)
constexpr int kSendFlags = MSG_NOSIGNAL;
#else
constexpr int kSendFlags = 0;
#endif

constexpr int kBacklog = 1024;

#ifdef _WIN32
using OptionValue = const char*;
using Size = int;
using AddressSize = int;
using PollEntry = WSAPOLLFD;

bool interrupted() noexcept { return WSAGetLastError() == WSAEINTR; }
bool passes() noexcept {
  const int error = WSAGetLastError();
  return error == WSAEINTR || error == WSAECONNRESET || error == WSAEMFILE || error == WSAENOBUFS;
}
int pollOne(PollEntry& entry, int limit) noexcept { return WSAPoll(&entry, 1, limit); }

void useSockets() noexcept {
  static const bool used = [] {
    WSADATA data;
    return WSAStartup(MAKEWORD(2, 2), &data) == 0;
  }();
  (void)used;
}

void keepFromChildren(Socket socket) noexcept {
  const auto handle = reinterpret_cast<HANDLE>(socket);  // NOLINT(performance-no-int-to-ptr)
  (void)SetHandleInformation(handle, HANDLE_FLAG_INHERIT, 0);
}
#else
using OptionValue = const void*;
using Size = std::size_t;
using AddressSize = socklen_t;
using PollEntry = pollfd;

bool interrupted() noexcept { return errno == EINTR; }
/// Whether accept() may succeed later.
bool passes() noexcept {
  switch (errno) {
    case EINTR:
    case EAGAIN:
    case ECONNABORTED:
    case EPROTO:
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      return true;
    default:
      return false;
  }
}
int pollOne(PollEntry& entry, int limit) noexcept { return ::poll(&entry, 1, limit); }

void useSockets() noexcept {}

[[maybe_unused]] void keepFromChildren(Socket socket) noexcept {
  (void)::fcntl(socket, F_SETFD, FD_CLOEXEC);
}
#endif

template <class Value>
void setOption(Socket socket, int level, int name, const Value& value) noexcept {
  const void* address = &value;
  (void)::setsockopt(socket, level, name, static_cast<OptionValue>(address), sizeof value);
}

Socket newSocket() noexcept {
  useSockets();
#ifdef SOCK_CLOEXEC
  return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
#else
  const Socket socket = ::socket(AF_INET, SOCK_STREAM, 0);
  if (socket != kNoSocket) {
    keepFromChildren(socket);
  }
  return socket;
#endif
}

/// Disables Nagle's algorithm, and SIGPIPE for a send to a closed peer.
void prepareConnection(Socket socket) noexcept {
  setOption(socket, IPPROTO_TCP, TCP_NODELAY, int{1});
#ifdef SO_NOSIGPIPE
  setOption(socket, SOL_SOCKET, SO_NOSIGPIPE, int{1});
#endif
}

/// Allows binding an address again immediately, but never by two listeners at a time.
void prepareListener(Socket socket) noexcept {
#ifdef _WIN32
  setOption(socket, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, int{1});
#else
  setOption(socket, SOL_SOCKET, SO_REUSEADDR, int{1});
#endif
}

sockaddr_in loopback(int port) noexcept {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

const sockaddr* generic(const sockaddr_in& address) noexcept {
  const void* pointer = &address;
  return static_cast<const sockaddr*>(pointer);
}

}  // namespace

Socket listenOn(int port) noexcept {
  const Socket socket = newSocket();
  if (socket == kNoSocket) {
    return kNoSocket;
  }
  prepareListener(socket);
  const sockaddr_in address = loopback(port);
  if (::bind(socket, generic(address), sizeof address) != 0 || ::listen(socket, kBacklog) != 0) {
    closeSocket(socket, false);
    return kNoSocket;
  }
  return socket;
}

int portOf(Socket socket) noexcept {
  sockaddr_in address{};
  AddressSize size = sizeof address;
  void* pointer = &address;
  (void)::getsockname(socket, static_cast<sockaddr*>(pointer), &size);
  return ntohs(address.sin_port);
}

Socket acceptFrom(Socket listener, const std::atomic<bool>& ended) {
  while (!ended) {
#if defined(__linux__)
    const Socket socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
#else
    const Socket socket = ::accept(listener, nullptr, nullptr);
#endif
    if (socket != kNoSocket) {
#if !defined(__linux__)
      keepFromChildren(socket);
#endif
      prepareConnection(socket);
      return socket;
    }
    if (interrupted()) {
      continue;
    }
    if (!passes()) {
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{1});  // usually out of descriptors
  }
  return kNoSocket;
}

Socket connectTo(int port) noexcept {
  const Socket socket = newSocket();
  if (socket == kNoSocket) {
    return kNoSocket;
  }
  const sockaddr_in address = loopback(port);
  if (::connect(socket, generic(address), sizeof address) != 0) {
    closeSocket(socket, false);
    return kNoSocket;
  }
  prepareConnection(socket);
  return socket;
}

bool waitReadable(Socket socket, std::chrono::milliseconds limit) noexcept {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + limit;
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    PollEntry entry{socket, POLLIN, 0};
    const int ready = pollOne(entry, left.count() > 0 ? static_cast<int>(left.count()) : 0);
    if (ready < 0 && interrupted()) {
      continue;
    }
    return ready > 0;
  }
}

std::ptrdiff_t receive(Socket socket, char* buffer, std::size_t size) noexcept {
  while (true) {
    const auto count = ::recv(socket, buffer, static_cast<Size>(size), 0);
    if (count < 0 && interrupted()) {
      continue;
    }
    return count;
  }
}

bool sendAll(Socket socket, const char* data, std::size_t size) noexcept {
  while (size > 0) {
    const auto count = ::send(socket, data, static_cast<Size>(size), kSendFlags);
    if (count < 0 && interrupted()) {
      continue;
    }
    if (count <= 0) {
      return false;
    }
    data += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

void widenBacklog(Socket listener) noexcept { (void)::listen(listener, kBacklog); }

void shutDown(Socket socket) noexcept {
#ifdef _WIN32
  (void)::shutdown(socket, SD_BOTH);
#else
  (void)::shutdown(socket, SHUT_RDWR);
#endif
}

void endSending(Socket socket) noexcept {
#ifdef _WIN32
  (void)::shutdown(socket, SD_SEND);
#else
  (void)::shutdown(socket, SHUT_WR);
#endif
}

void closeSocket(Socket socket, bool reset) noexcept {
  if (reset) {
    linger none{};
    none.l_onoff = 1;
    setOption(socket, SOL_SOCKET, SO_LINGER, none);
  }
#ifdef _WIN32
  (void)::closesocket(socket);
#else
  (void)::close(socket);
#endif
}

// Only Linux wakes an accept() by a shutdown; other systems require a close.
#ifdef __linux__
void wakeListener(Socket listener) noexcept { shutDown(listener); }
void closeListener(Socket listener) noexcept { closeSocket(listener, false); }
#else
void wakeListener(Socket listener) noexcept { closeSocket(listener, false); }
void closeListener(Socket) noexcept {}
#endif

}  // namespace heymilo::testing::detail
