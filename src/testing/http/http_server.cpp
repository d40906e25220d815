#include "testing/http/http_server.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "testing/http/request_head.hpp"
#include "testing/http/socket.hpp"
#include "testing/http/thread_pool.hpp"

namespace heymilo::testing::detail {

namespace {

constexpr std::size_t kMaxConnections = 1024;
// For a peer that stops in the middle of a request, or does not take its answer.
constexpr std::chrono::seconds kStallLimit{60};

void fill(httplib::Response& response, Reply reply) {
  response.status = reply.status;
  response.body = std::move(reply.body);
  for (const auto& [name, value] : reply.headers) {
    response.set_header(name, value);
  }
  if (!response.body.empty() && !response.has_header("Content-Type")) {
    response.set_header("Content-Type", "application/json");
  }
}

}  // namespace

/// One request on its way through cpp-httplib, whose handlers can't be given anything.
struct HttpServer::Exchange {
  RecordedRequest request;
  Delivery delivery;
  bool interrupted = false;
  bool answered = false;

  static thread_local Exchange* current;
};

thread_local HttpServer::Exchange* HttpServer::Exchange::current = nullptr;

HttpServer::HttpServer(HttpServerOptions options) : options_(std::move(options)) {
  SigpipeDisposition::restore();
  const auto on_request = [this](const httplib::Request& request, httplib::Response& response) {
    answer(request, response);
  };
  Get("/", on_request);
  Post("/", on_request);
  set_error_handler(
      [this](const httplib::Request&, httplib::Response& response) { answerRefusal(response); });
  set_payload_max_length(options_.max_body);
  set_read_timeout(kStallLimit);
  set_write_timeout(kStallLimit);
  // Only told to clients: the loop below keeps connections by itself.
  set_keep_alive_timeout(
      std::chrono::ceil<std::chrono::seconds>(options_.keep_alive_timeout).count());
  set_keep_alive_max_count(std::numeric_limits<int>::max());
  set_address_family(AF_INET);
  set_socket_options(prepareListener);
  new_task_queue = [] { return new ThreadPool(kMaxConnections); };

  const std::string host = "127.0.0.1";
  port_ = options_.port != 0 ? (bind_to_port(host, options_.port) ? options_.port : -1)
                             : bind_to_any_port(host);
  if (port_ < 0) {
    throw std::runtime_error("the mock server can't listen on " + host + ":" +
                             std::to_string(options_.port));
  }
  widenBacklog(svr_sock_);
  const SignalsBlocked blocked;
  acceptor_ = std::thread([this] { listen_after_bind(); });
}

HttpServer::~HttpServer() {
  const socket_t listener = svr_sock_.exchange(INVALID_SOCKET);
  wakeListener(listener);
  options_.room->close();
  connections_.closeAll();
  acceptor_.join();
  closeListener(listener);
}

bool HttpServer::process_and_close_socket(socket_t socket) {
  prepareConnection(socket);
  const std::size_t number = connections_.add(socket);
  Connection connection(socket, kStallLimit);
  Next next = Next::keep;
  while (next == Next::keep && connection.awaitRequest(options_.keep_alive_timeout) &&
         connections_.beginRequest(number)) {
    next = serve(connection, number);
    if (next == Next::keep && !connections_.beIdle(number)) {
      next = Next::close;
    }
  }
  connections_.remove(number);
  closeSocket(socket, next == Next::reset);
  return true;
}

HttpServer::Next HttpServer::serve(Connection& connection, std::size_t number) {
  Exchange exchange;
  exchange.request.connection = number;
  Exchange::current = &exchange;
  bool last = false;
  const bool written = process_request(connection, false, last, [&](httplib::Request& request) {
    begin(request, connection, exchange);
  });
  Exchange::current = nullptr;
  if (exchange.interrupted || exchange.delivery.interrupt) {
    return Next::close;
  }
  const Next next = deliver(connection, number, exchange.delivery);
  return written && exchange.answered && !last ? next : std::max(next, Next::close);
}

// Called when the head has been read. What would make cpp-httplib treat the body as anything but
// bytes is taken out; the recorded request has all of it.
void HttpServer::begin(httplib::Request& request, Connection& connection,
                       Exchange& exchange) const {
  const std::size_t number = exchange.request.connection;
  exchange.request = parseRequestHead(connection.takeHead());
  exchange.request.connection = number;
  if (const std::optional<std::size_t> bytes = options_.interrupt(exchange.request)) {
    exchange.interrupted = true;
    connection.readOnly(*bytes);
  }

  request.path = "/";
  request.ranges.clear();
  request.headers.erase("Content-Type");
  request.headers.erase("Content-Encoding");
  const bool gzip = options_.compression &&
                    request.get_header_value("Accept-Encoding").find("gzip") != std::string::npos;
  request.headers.erase("Accept-Encoding");
  if (gzip) {
    request.set_header("Accept-Encoding", "gzip");
  }
  if (request.has_header("Content-Length") || request.has_header("Transfer-Encoding")) {
    request.method = "POST";
  } else if (request.method != "HEAD") {
    request.method = "GET";
  }
}

void HttpServer::answer(const httplib::Request& request, httplib::Response& response) {
  Exchange& exchange = *Exchange::current;
  if (exchange.interrupted) {  // by its head's end, as it has no body, or by less than it has
    return;
  }
  exchange.request.body = request.body;
  Reply reply = options_.handle(std::move(exchange.request));
  exchange.delivery = std::move(reply.delivery);
  exchange.answered = true;
  fill(response, std::move(reply));
}

void HttpServer::answerRefusal(httplib::Response& response) const {
  if (!Exchange::current->answered) {
    fill(response, options_.refuse(response.status));
  }
}

HttpServer::Next HttpServer::deliver(Connection& connection, std::size_t number,
                                     const Delivery& delivery) {
  const std::string written = connection.takeOutput();
  std::string_view bytes = delivery.raw_bytes ? *delivery.raw_bytes : written;
  bytes = bytes.substr(0, delivery.cut_after.value_or(bytes.size()));
  const Next cut = delivery.reset ? Next::reset : Next::close;
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
  return delivery.raw_bytes || delivery.cut_after ? cut : Next::keep;
}

// False, at once, when the server ends.
bool HttpServer::pause(std::chrono::milliseconds time) {
  return options_.room->wait(later(options_.room->clock().now(), time)) != WaitingRoom::End::closed;
}

}  // namespace heymilo::testing::detail
