#include "testing/http/socket.hpp"

#include <cerrno>

#ifndef _WIN32
#include <poll.h>
#endif

namespace heymilo::testing::detail {

namespace {

#if defined(MSG_NOSIGNAL)
constexpr int kSendFlags = MSG_NOSIGNAL;
#else
constexpr int kSendFlags = 0;
#endif

#ifdef _WIN32
using OptionValue = const char*;
using Size = int;
bool interrupted() noexcept { return WSAGetLastError() == WSAEINTR; }
int pollOne(WSAPOLLFD& entry, int limit) noexcept { return WSAPoll(&entry, 1, limit); }
using PollEntry = WSAPOLLFD;
#else
using OptionValue = const void*;
using Size = std::size_t;
bool interrupted() noexcept { return errno == EINTR; }
int pollOne(pollfd& entry, int limit) noexcept { return ::poll(&entry, 1, limit); }
using PollEntry = pollfd;
#endif

template <class Value>
void setOption(socket_t socket, int level, int name, const Value& value) noexcept {
  const void* address = &value;
  (void)::setsockopt(socket, level, name, static_cast<OptionValue>(address), sizeof value);
}

}  // namespace

bool waitReadable(socket_t socket, std::chrono::milliseconds limit) noexcept {
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

std::ptrdiff_t receive(socket_t socket, char* buffer, std::size_t size) noexcept {
  while (true) {
    const auto count = ::recv(socket, buffer, static_cast<Size>(size), 0);
    if (count < 0 && interrupted()) {
      continue;
    }
    return count;
  }
}

bool sendAll(socket_t socket, const char* data, std::size_t size) noexcept {
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

void prepareConnection(socket_t socket) noexcept {
  setOption(socket, IPPROTO_TCP, TCP_NODELAY, int{1});
#ifdef SO_NOSIGPIPE
  setOption(socket, SOL_SOCKET, SO_NOSIGPIPE, int{1});
#endif
}

void prepareListener(socket_t socket) noexcept {
#ifdef _WIN32
  setOption(socket, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, int{1});
#else
  setOption(socket, SOL_SOCKET, SO_REUSEADDR, int{1});
#endif
}

void widenBacklog(socket_t listener) noexcept { (void)::listen(listener, 1024); }

void shutDown(socket_t socket) noexcept {
#ifdef _WIN32
  (void)::shutdown(socket, SD_BOTH);
#else
  (void)::shutdown(socket, SHUT_RDWR);
#endif
}

void closeSocket(socket_t socket, bool reset) noexcept {
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

// Only Linux wakes an accept() by a shutdown; elsewhere it takes a close.
#ifdef __linux__
void wakeListener(socket_t listener) noexcept { shutDown(listener); }
void closeListener(socket_t listener) noexcept { closeSocket(listener, false); }
#else
void wakeListener(socket_t listener) noexcept { closeSocket(listener, false); }
void closeListener(socket_t) noexcept {}
#endif

}  // namespace heymilo::testing::detail
