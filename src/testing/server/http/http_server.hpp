#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <thread>

#include "testing/server/http/connection.hpp"
#include "testing/server/http/http_front.hpp"
#include "testing/server/http/open_connections.hpp"
#include "testing/server/http/relay.hpp"
#include "testing/server/http/socket.hpp"
#include "testing/server/http/thread_pool.hpp"

namespace heymilo::testing::detail {

/// The clients' side of the mock server. It owns their connections: it can stop immediately, keep
/// them open as long as a client likes, and delay, truncate and replace the bytes of a response. A
/// Relay forwards valid HTTP to cpp-httplib.
class HttpServer final : public HttpFront {
 public:
  /// Throws std::runtime_error if it can't listen.
  explicit HttpServer(HttpFrontOptions options);
  ~HttpServer() override;
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const override { return port_; }
  std::size_t openConnections() const override { return connections_.size(); }
  void closeIdleConnections() override { connections_.closeIdle(); }

 private:
  enum class Next { keep, close, reset };

  void acceptAll();
  void serveAll(Socket socket);
  Next serve(Connection& connection, std::size_t number);
  Next deliver(Connection& connection, std::size_t number, const Relay::Response& response);
  bool pause(std::chrono::milliseconds time);

  const HttpFrontOptions options_;
  Relay relay_;
  OpenConnections connections_;
  std::atomic<bool> ended_{false};
  Socket listener_ = kNoSocket;
  int port_ = 0;
  ThreadPool threads_;
  std::thread acceptor_;
};

}  // namespace heymilo::testing::detail
