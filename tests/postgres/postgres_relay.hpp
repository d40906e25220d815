#pragma once

#include <sys/un.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/postgres.hpp"
#include "support/sockets.hpp"
#include "support/temporary_directory.hpp"

namespace heymilo_test {

/// Passes bytes on between clients and a PostgreSQL server, and cuts the connections when a test
/// says so. On a Unix socket, as the server is.
class PostgresRelay {
 public:
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  explicit PostgresRelay(const PostgresServer& server)
      : server_(server.socketDirectory() + kName), listener_(open(directory_.path() + kName)) {
    if (::listen(listener_, 8) != 0) {
      throw std::runtime_error("listen");
    }
    acceptor_ = std::thread([this] { acceptAll(); });
  }
  ~PostgresRelay() {
    stopped_ = true;
    acceptor_.join();
    for (std::thread& connection : connections_) {
      connection.join();
    }
    closeSocket(listener_);
  }
  PostgresRelay(const PostgresRelay&) = delete;
  PostgresRelay& operator=(const PostgresRelay&) = delete;

  std::string url() const { return "postgresql://heymilo@/heymilo?host=" + directory_.path(); }

  /// From now on so many bytes are passed on each way, then all connections are cut, and new ones
  /// too.
  void cutAfter(std::int64_t to_server, std::int64_t to_client) {
    const std::lock_guard lock(mutex_);
    to_server_ = to_server;
    to_client_ = to_client;
    lost_.clear();
    sent_to_server_ = sent_to_client_ = 0;
  }
  /// A statement with this text reaches the server, which responds; the response is lost with the
  /// connection.
  void loseResponseTo(std::string statement) {
    cutAfter(kNever, kNever);
    const std::lock_guard lock(mutex_);
    lost_ = std::move(statement);
  }
  void passOnAll() { cutAfter(kNever, kNever); }

  /// Bytes since the last of these.
  std::int64_t sentToServer() const { return sent_to_server_; }
  std::int64_t sentToClient() const { return sent_to_client_; }

 private:
  static constexpr const char* kName = "/.s.PGSQL.5432";
  static constexpr int kTurn = 20;  // in ms: how soon it stops

  static sockaddr_un addressOf(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return address;
  }
  static Socket open(const std::string& path) {
    const Socket socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const sockaddr_un address = addressOf(path);
    if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("bind " + path);
    }
    return socket;
  }

  void acceptAll() {
    while (!stopped_) {
      if (isReadableWithin(listener_, kTurn)) {
        const Socket client = ::accept(listener_, nullptr, nullptr);
        connections_.emplace_back([this, client] { serve(client); });
      }
    }
  }

  void serve(Socket client) {
    const Socket server = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const sockaddr_un address = addressOf(server_);
    bool open = ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    std::string last;  // of the bytes to the server
    bool losing = false;
    while (open && !stopped_) {
      std::array<PollEntry, 2> ends = {{{client, POLLIN, 0}, {server, POLLIN, 0}}};
      pollSockets(ends.data(), ends.size(), kTurn);
      if (ends[1].revents != 0) {
        open = !losing && passOn(server, client, to_client_, sent_to_client_, nullptr);
      }
      if (open && ends[0].revents != 0) {
        open = passOn(client, server, to_server_, sent_to_server_, &last);
        const std::lock_guard lock(mutex_);
        losing = losing || (!lost_.empty() && last.find(lost_) != std::string::npos);
      }
    }
    closeSocket(server);
    closeSocket(client);
  }

  /// Whether the connection goes on.
  bool passOn(Socket from, Socket to, std::int64_t& left, std::atomic<std::int64_t>& sent,
              std::string* seen) {
    constexpr std::size_t kKept = 4'096;
    std::array<char, 65'536> buffer{};
    const std::lock_guard lock(mutex_);
    const auto most =
        static_cast<std::size_t>(std::min(left, static_cast<std::int64_t>(buffer.size())));
    const std::ptrdiff_t count = most == 0 ? 0 : receiveFrom(from, buffer.data(), most);
    if (count <= 0) {
      return false;
    }
    left -= left == kNever ? 0 : count;
    sent += count;
    if (seen != nullptr) {
      seen->append(buffer.data(), static_cast<std::size_t>(count));
      seen->erase(0, seen->size() - std::min(seen->size(), buffer.size() + kKept));
    }
    for (std::ptrdiff_t done = 0; done < count;) {
      const std::ptrdiff_t now =
          sendOn(to, buffer.data() + done, static_cast<std::size_t>(count - done));
      if (now < 0) {
        return false;
      }
      done += now;
    }
    return left > 0;
  }

  const TemporaryDirectory directory_;
  const std::string server_;
  const Socket listener_;
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;
  std::int64_t to_server_ = kNever, to_client_ = kNever;  // guarded by mutex_, as is lost_
  std::string lost_;
  std::atomic<std::int64_t> sent_to_server_{0}, sent_to_client_{0};
  std::thread acceptor_;
  std::vector<std::thread> connections_;  // of the acceptor, until it has ended
};

}  // namespace heymilo_test
