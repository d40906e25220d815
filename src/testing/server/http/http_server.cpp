#include "testing/server/http/http_server.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "base/signals_blocked.hpp"
#include "testing/server/http/message_reading.hpp"
#include "testing/server/http/request_head.hpp"
#include "testing/server/http/signals.hpp"
#include "testing/server/http/socket.hpp"

namespace heymilo::testing::detail {

namespace {

constexpr std::size_t kMaxConnections = 1024;
// For a client that stops in the middle of a request.
constexpr std::chrono::seconds kStallLimit{60};

}  // namespace

HttpServer::HttpServer(HttpFrontOptions options)
    : options_(std::move(options)),
      relay_({options_.max_body,
              options_.compression,
              options_.keep_alive_timeout,
              options_.handle,
              options_.refuse}),
      listener_(listenOn(options_.port)),
      threads_(kMaxConnections) {
  if (listener_ == kNoSocket) {
    throw std::runtime_error("mock server can't listen on 127.0.0.1:" +
                             std::to_string(options_.port));
  }
  port_ = portOf(listener_);
  const SignalsBlocked blocked;
  acceptor_ = std::thread([this] { acceptAll(); });
}

HttpServer::~HttpServer() {
  ended_ = true;
  wakeListener(listener_);
  options_.room->close();
  connections_.closeAll();
  acceptor_.join();
  threads_.shutdown();
  closeListener(listener_);
}

void HttpServer::acceptAll() {
  for (Socket socket = acceptFrom(listener_, ended_); socket != kNoSocket;
       socket = acceptFrom(listener_, ended_)) {
    threads_.enqueue([this, socket] { serveAll(socket); });
  }
}

void HttpServer::serveAll(Socket socket) {
  const std::size_t number = connections_.add(socket);
  Connection connection(socket, kStallLimit);
  Next next = Next::keep;
  while (next == Next::keep && connection.await(options_.keep_alive_timeout) &&
         connections_.beginRequest(number)) {
    next = serve(connection, number);
    if (next == Next::keep && !connections_.beIdle(number)) {
      next = Next::close;
    }
  }
  connections_.remove(number);
  closeSocket(socket, next == Next::reset);
}

HttpServer::Next HttpServer::serve(Connection& connection, std::size_t number) {
  ReceivedHead received = readRequestHead(connection);
  std::optional<Relay::Response> response;
  if (received.refusal != 0) {
    response = relay_.refusal(received.refusal);
  } else {
    RequestHead head = parseRequestHead(std::move(received.bytes));
    head.request.connection = number;
    if (const std::optional<std::size_t> bytes = options_.interrupt(head.request)) {
      relay_.interrupt(connection, head, *bytes);
      return Next::close;
    }
    response = relay_.request(connection, head);
  }
  if (!response || response->delivery.interrupt) {
    return Next::close;
  }
  return deliver(connection, number, *response);
}

HttpServer::Next HttpServer::deliver(Connection& connection, std::size_t number,
                                     const Relay::Response& response) {
  const Delivery& delivery = response.delivery;
  std::string_view bytes = delivery.raw_bytes ? *delivery.raw_bytes : response.bytes;
  bytes = bytes.substr(0, delivery.cut_after.value_or(bytes.size()));
  if (delivery.ticket &&
      options_.room->wait((Clock::TimePoint::max)(), delivery.ticket) == WaitingRoom::End::closed) {
    return Next::close;
  }
  if (!pause(delivery.delay)) {
    return Next::close;
  }
  const std::size_t piece = delivery.piece > 0 ? delivery.piece : bytes.size();
  while (bytes.size() > piece) {
    if (!sendAll(connection.socket(), bytes.data(), piece) || !pause(delivery.piece_interval)) {
      return Next::close;
    }
    bytes.remove_prefix(piece);
  }
  connections_.finishAnswer(number);
  if (!sendAll(connection.socket(), bytes.data(), bytes.size())) {
    return Next::close;
  }
  if (delivery.raw_bytes || delivery.cut_after) {
    return delivery.reset ? Next::reset : Next::close;
  }
  return response.last ? Next::close : Next::keep;
}

// False, immediately, when the server ends.
bool HttpServer::pause(std::chrono::milliseconds time) {
  return options_.room->wait(later(options_.room->clock().now(), time)) != WaitingRoom::End::closed;
}

std::unique_ptr<HttpFront> listenForHttp(HttpFrontOptions options) {
  return std::make_unique<HttpServer>(std::move(options));
}

}  // namespace heymilo::testing::detail
