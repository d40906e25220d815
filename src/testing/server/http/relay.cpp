#include "testing/server/http/relay.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "base/ascii.hpp"
#include "testing/server/http/head_text.hpp"

namespace heymilo::testing::detail {

namespace {

constexpr std::size_t kNoLimit = (std::numeric_limits<std::size_t>::max)();
constexpr std::size_t kPiece = 64u << 10;

constexpr int kContinue = 100;

bool isOneLine(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

bool isSendable(std::string_view name, std::string_view value) {
  return !name.empty() && isOneLine(name) && isOneLine(value);
}

bool has(const Reply& reply, std::string_view name) {
  return std::any_of(reply.headers.begin(), reply.headers.end(), [&](const auto& header) {
    return isSendable(header.first, header.second) && ascii::equalIgnoringCase(header.first, name);
  });
}

/// Whether a header is about the connection to cpp-httplib only (RFC 9110, section 7.6.1).
bool isOfConnection(std::string_view name) {
  return ascii::equalIgnoringCase(name, "Connection") ||
         ascii::equalIgnoringCase(name, "Keep-Alive");
}

bool accepts(const RecordedRequest& request, std::string_view coding) {
  return request.header("Accept-Encoding").value_or("").find(coding) != std::string::npos;
}

/// Forwards bytes to cpp-httplib, until it has responded or closed.
class Outlet {
 public:
  explicit Outlet(Socket socket) : socket_(socket) {}

  void add(std::string_view bytes) {
    if (open_) {
      pending_ += bytes;
    }
    if (pending_.size() >= kPiece) {
      flush();
    }
  }

  void flush() {
    if (pending_.empty()) {
      return;
    }
    open_ = open_ && !(sent_ && waitReadable(socket_, std::chrono::milliseconds{0})) &&
            sendAll(socket_, pending_.data(), pending_.size());
    sent_ = true;
    pending_.clear();
  }

 private:
  const Socket socket_;
  std::string pending_;
  bool open_ = true;
  bool sent_ = false;
};

}  // namespace

Relay::Relay(RelayOptions options)
    : options_(std::move(options)),
      exchanges_(options_.handle),
      httplib_(options_.max_body,
               [this](std::uint64_t number, std::string body) {
                 return exchanges_.respond(number, std::move(body));
               }),
      upstreams_(httplib_) {}

std::optional<Relay::Response> Relay::request(Connection& client, const RequestHead& head) {
  const std::optional<BodyEnd> end = bodyEndOf(head);
  if (!end) {
    return refusal(kBadRequest);
  }
  std::unique_ptr<Upstream> upstream = upstreams_.take();
  if (!upstream) {
    return std::nullopt;
  }
  Connection& connection = upstream->connection;
  const bool gzip = options_.compression && accepts(head.request, "gzip");
  const std::uint64_t number = exchanges_.begin(head.request);
  auto [passed, response] = pass(client,
                                 connection,
                                 forwardedHead(head, HttplibServer::exchange_header, number, gzip),
                                 head.expects_continue,
                                 *end,
                                 kNoLimit);
  if (passed == Passed::broken) {  // the received part is validated
    endSending(connection.socket());
  }
  if (passed == Passed::whole || passed == Passed::broken) {
    response = readResponse(connection);
  }
  std::optional<Reply> reply = exchanges_.end(number);
  const bool responded = response && reply && passed == Passed::whole;
  upstreams_.giveUp(std::move(upstream), responded && !response->last);
  if (reply && !responded) {  // already processed: a refusal would be wrong
    return std::nullopt;
  }
  if (!responded) {
    return refusal(response ? response->status : kBadRequest);
  }
  if (head.request.method == "HEAD") {
    response->body.clear();
  }
  return assemble(*response, std::move(*reply), head.last);
}

void Relay::interrupt(Connection& client, const RequestHead& head, std::size_t bytes) {
  const std::optional<BodyEnd> end = bodyEndOf(head);
  if (!end || bytes == 0) {
    return;
  }
  if (std::unique_ptr<Upstream> upstream = upstreams_.take()) {
    // Number 0: an exchange that does not exist.
    const std::string forwarded = forwardedHead(head, HttplibServer::exchange_header, 0, false);
    pass(client, upstream->connection, forwarded, head.expects_continue, *end, bytes);
    upstreams_.giveUp(std::move(upstream), false);
  }
}

std::optional<Relay::Response> Relay::refusal(int status) {
  std::unique_ptr<Upstream> upstream = upstreams_.take();
  if (!upstream) {
    return std::nullopt;
  }
  const std::uint64_t number = exchanges_.begin(options_.refuse((std::max)(status, kBadRequest)));
  const std::string request = "GET / HTTP/1.1\r\n" + std::string(HttplibServer::exchange_header) +
                              ": " + std::to_string(number) + "\r\n\r\n";
  sendAll(upstream->connection.socket(), request.data(), request.size());
  const std::optional<ReceivedResponse> response = readResponse(upstream->connection);
  std::optional<Reply> reply = exchanges_.end(number);
  upstreams_.giveUp(std::move(upstream), response && reply && !response->last);
  if (!response || !reply) {
    return std::nullopt;
  }
  return assemble(*response, std::move(*reply), true);
}

// If cpp-httplib responds before the end of the body, the rest is still read: a client may read the
// response only after it has sent everything.
Relay::Passage Relay::pass(Connection& client, Connection& upstream, const std::string& head,
                           bool expects_continue, BodyEnd end, std::size_t limit) {
  Outlet outlet(upstream.socket());
  outlet.add(head);
  if (expects_continue) {
    outlet.flush();
    std::optional<ReceivedResponse> interim = readResponse(upstream);
    if (!interim || interim->status != kContinue) {
      return {Passed::early, std::move(interim)};
    }
    if (!sendAll(client.socket(), interim->head.data(), interim->head.size())) {
      return {Passed::broken};
    }
  }
  while (!end.reached() && limit > 0) {
    if (!client.buffered()) {
      outlet.flush();
    }
    const std::string_view come = client.peek().substr(0, limit);
    if (come.empty()) {
      return {Passed::broken};
    }
    const std::size_t count = end.take(come);
    if (end.failed()) {
      return {Passed::invalid};
    }
    outlet.add(come.substr(0, count));
    client.take(count);
    limit -= count;
  }
  outlet.flush();
  return {};
}

Relay::Response Relay::assemble(const ReceivedResponse& response, Reply reply, bool last) const {
  std::string_view rest = response.head;
  std::string bytes(takeUntil(rest, "\r\n"));
  bytes += "\r\n";
  const auto add = [&](std::string_view name, std::string_view value) {
    bytes.append(name).append(": ").append(value).append("\r\n");
  };
  while (!rest.empty()) {
    std::string_view value = takeUntil(rest, "\r\n");
    const std::string_view name = takeUntil(value, ":");
    if (!name.empty() && !isOfConnection(name) && !has(reply, name)) {
      add(name, ascii::trimmed(value));
    }
  }
  for (const auto& [name, value] : reply.headers) {
    if (isSendable(name, value)) {
      add(name, value);
    }
  }
  if (last && !has(reply, "Connection")) {
    add("Connection", "close");
  } else if (!last && !has(reply, "Keep-Alive")) {
    const auto limit = std::chrono::ceil<std::chrono::seconds>(options_.keep_alive_timeout);
    add("Keep-Alive", "timeout=" + std::to_string(limit.count()));
  }
  bytes += "\r\n";
  bytes += response.body;
  return {std::move(bytes), std::move(reply.delivery), last};
}

}  // namespace heymilo::testing::detail
