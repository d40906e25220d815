#pragma once

#include <cstddef>
#include <fstream>
#include <future>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

#include "support/http2.hpp"
#include "support/raw_server.hpp"

namespace heymilo_test {

/// The number of bytes that this machine's processes have sent to the port and the kernel still
/// holds.
inline std::size_t unsentBytesTo(int port) {
  std::size_t sum = 0;
#ifdef __linux__
  std::ifstream connections("/proc/net/tcp");
  std::string line;
  while (std::getline(connections, line)) {
    std::istringstream fields(line);
    std::string number, local, remote, state, queues;
    fields >> number >> local >> remote >> state >> queues;
    const std::size_t colon = remote.find(':');
    if (colon != std::string::npos && std::stoi(remote.substr(colon + 1), nullptr, 16) == port) {
      sum += std::stoul(queues.substr(0, queues.find(':')), nullptr, 16);
    }
  }
#else
  static_cast<void>(port);
#endif
  return sum;
}

/// A server that reads the beginning of a request and then nothing, or a little now and then, until
/// it is released. Then it reads everything, to the connection's end.
class UnreadPeer {
 public:
  struct Kind {
    bool http2 = false;
    bool reads_a_little = false;
  };

  explicit UnreadPeer(Kind kind, const std::optional<RawServerTls>& tls)
      : server_([this, kind](RawConnection& raw) { serve(raw, kind); }, tls, 4096) {}
  ~UnreadPeer() { release(); }
  UnreadPeer(const UnreadPeer&) = delete;
  UnreadPeer& operator=(const UnreadPeer&) = delete;

  const RawServer& server() const noexcept { return server_; }

  /// The size of a request for this peer: more than its buffers hold, and less than the sender's.
  static std::string body() { return std::string(kBody, 'x'); }

  /// Whether the whole request is in transit: received, or in the sender's kernel.
  bool requestIsUnderWay() const {
    constexpr std::size_t kElsewhere = 100'000;  // the receiver's buffers, and those of TLS
    return received() > 0 && received() + unsentBytesTo(server_.port()) + kElsewhere > kBody;
  }

  void release() {
    if (!std::exchange(is_released_, true)) {
      release_.set_value();
    }
  }

  /// For the first connection.
  std::size_t received() const {
    const std::vector<std::string> all = server_.received();
    return all.empty() ? 0 : all[0].size();
  }

  /// Releases it, and waits until nothing more arrives. Whether the request was received
  /// completely.
  bool receivesAll() {
    release();
    server_.waitForFinishedScripts(1);
    return received() >= kBody;
  }

 private:
  static constexpr std::size_t kBody = 500'000;

  void serve(RawConnection& raw, Kind kind) {
    std::optional<http2::Connection> connection;
    if (kind.http2) {
      connection.emplace(raw);
    }
    raw.readBytes(1);
    while (released_.wait_for(std::chrono::milliseconds(10)) != std::future_status::ready) {
      if (kind.reads_a_little && received() < kBody / 2) {
        raw.readBytes(4096);
      }
    }
    raw.readToEnd();
  }

  std::promise<void> release_;
  const std::shared_future<void> released_ = release_.get_future().share();
  bool is_released_ = false;
  RawServer server_;
};

}  // namespace heymilo_test
