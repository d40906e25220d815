#pragma once

#include <httplib.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "testing/http/connection.hpp"
#include "testing/http/open_connections.hpp"
#include "testing/http/reply.hpp"
#include "testing/http/signals.hpp"
#include "testing/waiting_room.hpp"

namespace heymilo::testing::detail {

struct HttpServerOptions {
  int port = 0;  ///< on 127.0.0.1; 0: any that is free
  std::chrono::milliseconds keep_alive_timeout{60'000};
  std::size_t max_body = 0;
  bool compression = false;
  /// The answer to a request that was received in whole. Called on the connection's thread.
  std::function<Reply(RecordedRequest)> handle{};
  /// The answer to what is no request, with the status that says why.
  std::function<Reply(int status)> refuse{};
  /// Asked when the head of a request has come: after how many bytes of the body to break off.
  std::function<std::optional<std::size_t>(RecordedRequest head)> interrupt{};
  WaitingRoom* room = nullptr;  ///< where answers wait; closed before the server's end
};

/// cpp-httplib's server with another connection loop: it knows its connections and so stops at
/// once, keeps them as long as the client likes, gives requests as they were received, and can
/// delay, cut and replace the bytes of an answer. The one place that knows cpp-httplib's server.
class HttpServer final : private SigpipeDisposition, private httplib::Server {
 public:
  /// Throws std::runtime_error where it can't listen.
  explicit HttpServer(HttpServerOptions options);
  ~HttpServer() override;
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const { return port_; }
  OpenConnections& connections() { return connections_; }

 private:
  struct Exchange;
  enum class Next { keep, close, reset };

  bool process_and_close_socket(socket_t socket) override;
  Next serve(Connection& connection, std::size_t number);
  void begin(httplib::Request& request, Connection& connection, Exchange& exchange) const;
  void answer(const httplib::Request& request, httplib::Response& response);
  void answerRefusal(httplib::Response& response) const;
  Next deliver(Connection& connection, std::size_t number, const Delivery& delivery);
  bool pause(std::chrono::milliseconds time);

  const HttpServerOptions options_;
  OpenConnections connections_;
  int port_ = 0;
  std::thread acceptor_;
};

}  // namespace heymilo::testing::detail
