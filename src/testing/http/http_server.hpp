#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "testing/http/connection.hpp"
#include "testing/http/open_connections.hpp"
#include "testing/http/relay.hpp"
#include "testing/http/reply.hpp"
#include "testing/http/thread_pool.hpp"
#include "testing/waiting_room.hpp"

namespace heymilo::testing::detail {

struct HttpServerOptions {
  int port = 0;  ///< on 127.0.0.1; 0: any that is free
  std::chrono::milliseconds keep_alive_timeout{60'000};
  std::size_t max_body = 0;
  bool compression = false;
  /// The reply to a request that was received in whole. Called on a thread of its own.
  std::function<Reply(RecordedRequest)> handle{};
  /// The reply to what is no request, with the status that says why.
  std::function<Reply(int status)> refuse{};
  /// Asked when the head of a request has come: after how many bytes of the body to break off.
  std::function<std::optional<std::size_t>(RecordedRequest head)> interrupt{};
  WaitingRoom* room = nullptr;  ///< where replies wait; closed before the server's end
};

/// The clients' side of the mock server. It owns their connections, and so stops at once, keeps
/// them as long as a client likes, and can delay, cut and replace the bytes of a response. What
/// HTTP there is, a Relay passes on to cpp-httplib.
class HttpServer {
 public:
  /// Throws std::runtime_error where it can't listen.
  explicit HttpServer(HttpServerOptions options);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const { return port_; }
  OpenConnections& connections() { return connections_; }

 private:
  enum class Next { keep, close, reset };

  void acceptAll();
  void serveAll(Socket socket);
  Next serve(Connection& connection, std::size_t number);
  Next deliver(Connection& connection, std::size_t number, const Relay::Response& response);
  bool pause(std::chrono::milliseconds time);

  const HttpServerOptions options_;
  Relay relay_;
  OpenConnections connections_;
  std::atomic<bool> ended_{false};
  Socket listener_ = kNoSocket;
  int port_ = 0;
  ThreadPool threads_;
  std::thread acceptor_;
};

}  // namespace heymilo::testing::detail
