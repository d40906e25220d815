#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "support/loopback.hpp"
#include "support/raw_connection.hpp"

namespace heymilo_test {

/// A server that follows a test's script byte for byte, and records what it received. It listens on
/// a free port of 127.0.0.1 and runs the script for each connection, each on its own thread; after
/// a failed TLS handshake no script runs. The destructor closes all connections and waits for the
/// scripts. Thread-safe.
class RawServer {
 public:
  using Script = std::function<void(RawConnection&)>;

  /// `receive_buffer`: the number of bytes that the kernel buffers for an unread connection; 0: the
  /// default.
  explicit RawServer(Script script, const std::optional<RawServerTls>& tls = std::nullopt,
                     int receive_buffer = 0);
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  int port() const noexcept { return port_; }
  /// `http://127.0.0.1:port`, or https, and the path.
  std::string url(std::string_view path = "/") const;
  /// As url(), with a name for the host.
  std::string urlOf(std::string_view host, std::string_view path = "/") const;

  /// The complete requests so far, in order of completion.
  std::vector<RawRequest> requests() const { return record_.requests(); }
  /// All bytes received on each connection, decrypted.
  std::vector<std::string> received() const { return record_.received(); }
  std::size_t connections() const { return record_.connections(); }

  /// Wait for at most 10 seconds; false otherwise.
  bool waitForRequests(std::size_t count) const { return record_.waitForRequests(count); }
  bool waitForConnections(std::size_t count) const { return record_.waitForConnections(count); }
  bool waitForFinishedScripts(std::size_t count) const {
    return record_.waitForFinishedScripts(count);
  }
  /// Waits until the scripts of all connections so far have returned.
  bool waitForScripts() const { return record_.waitForScripts(); }

 private:
  void acceptConnections();
  void serve(RawConnection& connection);

  const Script script_;
  const std::shared_ptr<ssl_ctx_st> tls_;
  RawRecord record_;
  int port_ = 0;  // set by the listener's initializer: the order matters
  const Socket listener_;

  std::mutex mutex_;
  bool stopping_ = false;
  std::vector<std::unique_ptr<RawConnection>> connections_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// A complete response with these header lines (each ended by CRLF), a Content-Length and the body.
std::string httpAnswer(std::string_view status, std::string_view body = "",
                       std::string_view header_lines = "");

/// Sends the same bytes in response to every request of every connection.
RawServer::Script answering(std::string answer);

}  // namespace heymilo_test
