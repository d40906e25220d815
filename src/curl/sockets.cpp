#include "curl/sockets.hpp"

#include <algorithm>
#include <utility>

#include "base/process_id.hpp"
#include "base/under_way.hpp"
#include "curl/easy_handle.hpp"
#include "curl/socket_options.hpp"
#include "curl/transfer.hpp"

namespace heymilo {

namespace {

using socket_options::Side;

/// Longer than libcurl's own limit for the request, which therefore takes effect first; and no
/// longer than the time within which a request may still arrive after its end.
std::chrono::milliseconds userTimeoutOf(const HttpRequest& request) noexcept {
  constexpr std::chrono::hours kLongest{24 * 24};
  return request.timeout.count() == 0
             ? request.timeout
             : (std::min<std::chrono::milliseconds>)(request.timeout, kLongest) + kUnderWay;
}

// The callbacks that libcurl calls. An exception must not pass through libcurl.
extern "C" {

static curl_socket_t onOpen(void* user, curlsocktype, curl_sockaddr* address) noexcept {
  return static_cast<Sockets*>(user)->open(*address);
}

static int onClose(void* user, curl_socket_t handle) noexcept {
  return static_cast<Sockets*>(user)->close(handle);
}

}  // extern "C"

bool isEnd(curl_socket_t handle, Side side, const Sockets::End& end) {
  const auto [ip, port] = socket_options::endOf(handle, side);
  return end == Sockets::End{ip, port};
}

}  // namespace

Sockets::Sockets() noexcept : process_(processId()) {}

void Sockets::attach(EasyHandle& handle) {
  handle.set(CURLOPT_OPENSOCKETFUNCTION, &onOpen);
  handle.set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
  handle.set(CURLOPT_CLOSESOCKETFUNCTION, &onClose);
  handle.set(CURLOPT_CLOSESOCKETDATA, static_cast<void*>(this));
}

bool Sockets::areOurs() const noexcept { return process_ == processId(); }

curl_socket_t Sockets::open(const curl_sockaddr& address) noexcept {
  const curl_socket_t handle =
      socket_options::open(address.family, address.socktype, address.protocol);
  if (handle == CURL_SOCKET_BAD) {
    return handle;
  }
  // libcurl does not report every socket that it closes before it is connected.
  Socket* socket = find(handle);
  try {
    if (socket == nullptr) {
      socket = &sockets_.emplace_back();
    }
  } catch (...) {
    static_cast<void>(socket_options::close(handle));
    return CURL_SOCKET_BAD;
  }
  *socket = Socket{handle};
  socket_options::endWithReset(handle, true);
  return handle;
}

int Sockets::close(curl_socket_t handle) noexcept {
  if (Socket* const closed = find(handle)) {
    if (closed->user != nullptr) {
      reset(*closed);
    }
    std::swap(*closed, sockets_.back());
    sockets_.pop_back();
  }
  return socket_options::close(handle);
}

Sockets::Socket* Sockets::find(curl_socket_t handle) noexcept {
  const auto found = std::find_if(sockets_.begin(), sockets_.end(), [handle](const Socket& socket) {
    return socket.handle == handle;
  });
  return found != sockets_.end() ? &*found : nullptr;
}

bool Sockets::begin(const Transfer& transfer, const End& local, const End& remote) {
  Socket* const socket = find(local, remote);
  if (socket == nullptr || !areOurs()) {
    return true;
  }
  // libcurl has given the connection to the next transfer before this class was notified of the
  // previous one's end. If the previous one has no response, only its HTTP/2 stream was ended. If a
  // response has begun, it will soon be known whether it is complete.
  socket->before = std::exchange(socket->user, nullptr);
  if (socket->before != nullptr && !socket->before->response.headersComplete()) {
    socket->before = nullptr;
    reset(*socket);
  }
  if (socket->reset) {
    return false;
  }
  // libcurl 8.23 does not check a connection that it has used within the last second.
  if (std::exchange(socket->used, true) && socket_options::ended(socket->handle)) {
    return false;
  }
  socket->user = &transfer;
  socket_options::endWithReset(socket->handle, true);
  const std::chrono::milliseconds user_timeout = userTimeoutOf(transfer.request);
  if (socket->user_timeout != user_timeout) {
    socket->user_timeout = user_timeout;
    socket_options::setUserTimeout(socket->handle, user_timeout);
  }
  return true;
}

/// The addresses of a socket are queried when its first request begins. Later requests need no
/// system call.
Sockets::Socket* Sockets::find(const End& local, const End& remote) {
  if (local.port <= 0) {
    return nullptr;
  }
  for (Socket& socket : sockets_) {
    if (socket.local == local && socket.remote == remote) {
      return &socket;
    }
  }
  Socket* found = nullptr;
  for (Socket& socket : sockets_) {
    if (socket.local.port == 0 && isEnd(socket.handle, Side::local, local)) {
      found = &socket;
      if (isEnd(socket.handle, Side::remote, remote)) {
        break;
      }
    }
  }
  if (found != nullptr) {
    found->local = local;
    found->remote = remote;
  }
  return found;
}

void Sockets::finish(const Transfer& transfer) noexcept {
  for (Socket& socket : sockets_) {
    if (socket.before == &transfer) {
      socket.before = nullptr;
    }
    if (socket.user == &transfer) {
      socket.user = nullptr;
      if (areOurs()) {
        socket_options::endWithReset(socket.handle, false);
      }
    }
  }
}

void Sockets::abandon(const Transfer& transfer) noexcept {
  for (Socket& socket : sockets_) {
    if (socket.user == &transfer || socket.before == &transfer) {
      socket.user = nullptr;
      socket.before = nullptr;
      reset(socket);
    }
  }
}

void Sockets::reset(Socket& socket) const noexcept {
  socket.reset = true;
  if (areOurs()) {
    socket_options::reset(socket.handle);
  }
}

}  // namespace heymilo
