#include "testing/server/in_process.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "heymilo/errors.hpp"
#include "testing/server/api/route.hpp"

namespace heymilo::testing::detail {

namespace {

using std::chrono::milliseconds;

constexpr std::string_view kServer = "the server in this process";

std::string about(const std::string& what) { return std::string(kServer) + ": " + what; }

/// The size of status line and headers, without the headers that the server's HTTP library adds.
std::size_t headSize(const HttpResponse& answer) {
  constexpr std::string_view kAround = "HTTP/1.1 200 OK\r\n\r\n";
  std::size_t size = kAround.size();
  for (const auto& [name, value] : answer.headers) {
    size += name.size() + value.size() + std::string_view(": \r\n").size();
  }
  return size;
}

HttpResponse responseOf(Reply& reply) {
  HttpResponse answer;
  answer.status = reply.status;
  for (const auto& [name, value] : reply.headers) {
    answer.headers.add(name, value);
  }
  if (!reply.body.empty() && !answer.headers.contains("Content-Type")) {
    answer.headers.add("Content-Type", "application/json");
  }
  answer.body = std::move(reply.body);
  return answer;
}

/// The time limit of one request.
class Patience {
 public:
  Patience(const HttpRequest& request, WaitingRoom& room, const CancellationToken& cancellation)
      : room_(room),
        cancellation_(cancellation),
        timeout_(request.timeout),
        limit_(request.timeout.count() > 0 ? later(room.clock().now(), request.timeout)
                                           : (Clock::TimePoint::max)()) {}

  void waitFor(milliseconds time) { wait(later(room_.clock().now(), time), std::nullopt); }
  void waitForRelease(std::uint64_t ticket) { wait((Clock::TimePoint::max)(), ticket); }

 private:
  void wait(Clock::TimePoint until, std::optional<std::uint64_t> ticket) {
    switch (room_.wait((std::min)(until, limit_), ticket, cancellation_)) {
      case WaitingRoom::End::due:
        if (until > limit_) {
          throw TimeoutError(about("timed out after " + std::to_string(timeout_.count()) + " ms"),
                             Outcome::unknown);
        }
        return;
      case WaitingRoom::End::released:
        return;
      case WaitingRoom::End::closed:
        throw ConnectionError(about("server stopped"), Outcome::unknown);
      case WaitingRoom::End::cancelled:
        throw CancelledError(about("waiting for the response: cancelled"), Outcome::unknown);
    }
  }

  WaitingRoom& room_;
  const CancellationToken& cancellation_;
  milliseconds timeout_;
  const Clock::TimePoint limit_;
};

}  // namespace

RecordedRequest receivedAs(const HttpRequest& request) {
  RecordedRequest received;
  received.method = request.method;
  std::string_view target = request.url;
  if (const std::size_t scheme = target.find("://"); scheme != std::string_view::npos) {
    target.remove_prefix(std::min(target.find('/', scheme + 3), target.size()));
  }
  const std::size_t question = std::min(target.find('?'), target.size());
  received.path = target.substr(0, question);
  received.query = target.substr(std::min(question + 1, target.size()));
  received.headers.assign(request.headers.begin(), request.headers.end());
  received.body = request.body;
  noteRoute(received, findRoute(documentedOperations(), received.method, received.path));
  return received;
}

void requireNotCancelled(const CancellationToken& cancellation) {
  if (cancellation.cancelled()) {
    throw CancelledError(about("cancelled before the request was sent"), Outcome::not_sent);
  }
}

void requireMaySend(const HttpRequest& request) {
  if (request.may_send && !request.may_send()) {
    throw TransportError(about("not sent, since HttpRequest::may_send refused it"),
                         Outcome::not_sent);
  }
}

void requireOpen(const WaitingRoom& room) {
  if (room.closed()) {
    throw ConnectionError(about("server stopped"), Outcome::not_sent);
  }
}

HttpResponse deliver(const HttpRequest& request, Reply reply, WaitingRoom& room,
                     const CancellationToken& cancellation) {
  const Delivery delivery = std::move(reply.delivery);
  if (delivery.raw_bytes) {
    throw std::logic_error("ScriptedResponse::raw() requires a socket: use MockServer::url()");
  }
  if (delivery.interrupt) {
    throw ConnectionError(about("the connection broke before the request was received"),
                          Outcome::not_sent);
  }
  Patience patience(request, room, cancellation);
  if (delivery.ticket) {
    patience.waitForRelease(*delivery.ticket);
  }
  patience.waitFor(delivery.delay);
  HttpResponse answer = responseOf(reply);
  const std::size_t size = headSize(answer) + answer.body.size();
  const std::size_t sent = std::min(size, delivery.cut_after.value_or(size));
  if (delivery.piece > 0 && sent > 0) {
    const auto pauses = static_cast<milliseconds::rep>((sent - 1) / delivery.piece);
    patience.waitFor(delivery.piece_interval * pauses);
  }
  if (sent < size) {
    throw ConnectionError(about(sent == 0 ? "the connection broke before the response"
                                          : "the connection broke during the response"),
                          Outcome::unknown);
  }
  if (request.max_response_bytes > 0 && answer.body.size() > request.max_response_bytes) {
    throw TransportError(about("response body longer than max_response_bytes"), Outcome::unknown);
  }
  return answer;
}

}  // namespace heymilo::testing::detail
