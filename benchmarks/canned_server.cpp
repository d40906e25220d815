#include "canned_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace benchmarks {

namespace {

using Clock = std::chrono::steady_clock;

class Descriptor {
 public:
  explicit Descriptor(int number) noexcept : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (number_ >= 0) {
      close(number_);
    }
  }

  int get() const noexcept { return number_; }
  int release() noexcept { return std::exchange(number_, -1); }

 private:
  int number_;
};

int require(int result, const char* call) {
  if (result < 0) {
    throw std::system_error(errno, std::generic_category(), call);
  }
  return result;
}

/// A listening socket on a free port, and that port.
std::pair<Descriptor, int> listenOnLoopback() {
  Descriptor listener(require(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  require(bind(listener.get(), generic, length), "bind");
  require(listen(listener.get(), SOMAXCONN), "listen");
  require(getsockname(listener.get(), generic, &length), "getsockname");
  return {std::move(listener), ntohs(address.sin_port)};
}

/// False if the client has closed.
bool receiveMore(int socket, std::string& received) {
  std::array<char, 16384> buffer;
  ssize_t count = 0;
  do {
    count = recv(socket, buffer.data(), buffer.size(), 0);
  } while (count < 0 && errno == EINTR);
  if (count <= 0) {
    return false;
  }
  received.append(buffer.data(), static_cast<std::size_t>(count));
  return true;
}

std::size_t contentLength(std::string head) {
  std::transform(head.begin(), head.end(), head.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  constexpr std::string_view kName = "\r\ncontent-length:";
  const std::size_t at = head.find(kName);
  return at == std::string::npos ? 0 : std::strtoull(&head[at + kName.size()], nullptr, 10);
}

/// The target of the next complete request; empty if the client has closed. `received` is the data
/// so far, and keeps the bytes after the request.
std::optional<std::string> nextTarget(int socket, std::string& received) {
  constexpr std::string_view kEndOfHead = "\r\n\r\n";
  std::size_t end = 0;
  while ((end = received.find(kEndOfHead)) == std::string::npos) {
    if (!receiveMore(socket, received)) {
      return std::nullopt;
    }
  }
  end += kEndOfHead.size();
  const std::string head = received.substr(0, end);
  end += contentLength(head);
  while (received.size() < end) {
    if (!receiveMore(socket, received)) {
      return std::nullopt;
    }
  }
  received.erase(0, end);
  const std::size_t target = head.find(' ') + 1;
  return head.substr(target, head.find(' ', target) - target);
}

iovec vectorOf(std::string_view bytes) noexcept {
  return {const_cast<char*>(bytes.data()), bytes.size()};
}

/// Both with one call: the client is not woken for the head alone.
bool sendAll(int socket, std::string_view head, std::string_view body) {
  while (!head.empty() || !body.empty()) {
    const std::array<iovec, 2> parts = {vectorOf(head), vectorOf(body)};
    const ssize_t count = writev(socket, parts.data(), static_cast<int>(parts.size()));
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return false;
    }
    const auto sent = static_cast<std::size_t>(count);
    const std::size_t of_head = (std::min)(sent, head.size());
    head.remove_prefix(of_head);
    body.remove_prefix(sent - of_head);
  }
  return true;
}

void serve(int socket, const CannedServer::Answer& answer, std::chrono::milliseconds latency) {
  std::string received;
  while (const auto target = nextTarget(socket, received)) {
    const Clock::time_point due = Clock::now() + latency;
    const CannedServer::Body body = answer(*target);
    const std::string head =
        "HTTP/1.1 200 OK\r\n"
        "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
        "Content-Type: application/json\r\n"
        "X-Request-Id: req_4b1f9e02c7d84d5e\r\n"
        "Content-Length: " +
        std::to_string(body->size()) + "\r\n\r\n";
    if (latency.count() > 0) {
      std::this_thread::sleep_until(due);
    }
    if (!sendAll(socket, head, *body)) {
      return;
    }
  }
}

/// Until the other end of `lifeline` is closed.
void acceptConnections(int listener, int lifeline, const CannedServer::Answer& answer,
                       std::chrono::milliseconds latency) {
  std::array<pollfd, 2> watched = {pollfd{listener, POLLIN, 0}, pollfd{lifeline, POLLIN, 0}};
  while (poll(watched.data(), watched.size(), -1) >= 0 || errno == EINTR) {
    if (watched[1].revents != 0) {
      return;
    }
    if (watched[0].revents == 0) {
      continue;
    }
    Descriptor connection(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    const int on = 1;
    setsockopt(connection.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    std::thread([connection = std::move(connection), &answer, latency] {
      serve(connection.get(), answer, latency);
    }).detach();
  }
}

}  // namespace

CannedServer::CannedServer(const Answer& answer, std::chrono::milliseconds latency) {
  const auto [listener, port] = listenOnLoopback();
  url_ = "http://127.0.0.1:" + std::to_string(port);
  int ends[2] = {};
  require(pipe2(ends, O_CLOEXEC), "pipe2");
  const Descriptor servers_end(ends[0]);
  Descriptor own_end(ends[1]);
  process_ = require(fork(), "fork");
  if (process_ == 0) {
    close(own_end.release());
    std::signal(SIGPIPE, SIG_IGN);
    try {
      acceptConnections(listener.get(), servers_end.get(), answer, latency);
    } catch (...) {
      _exit(1);
    }
    _exit(0);  // nothing of the parent's is flushed or destroyed, and no thread is waited for
  }
  lifeline_ = own_end.release();
}

CannedServer::~CannedServer() {
  close(lifeline_);
  kill(process_, SIGKILL);  // a server that was forked later holds the lifeline, too
  waitpid(process_, nullptr, 0);
}

}  // namespace benchmarks
