#include "testing/server/http/message_reading.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string_view>

#include "base/ascii.hpp"
#include "testing/server/http/head_text.hpp"
#include "testing/server/http/request_head.hpp"

namespace heymilo::testing::detail {

namespace {

constexpr std::size_t kMaxHead = std::size_t{1} << 20;
constexpr std::string_view kHeadEnd = "\r\n\r\n";

constexpr int kHeadTooLarge = 431;

/// Takes the available part of a head, at most to its end. False if nothing was received.
bool takeHeadBytes(Connection& connection, std::string& head) {
  const std::string_view come = connection.peek();
  const std::size_t before = head.size();
  head += come;
  const std::size_t overlap = std::min(before, kHeadEnd.size() - 1);
  const std::size_t end = head.find(kHeadEnd, before - overlap);
  if (end != std::string::npos) {
    head.resize(end + kHeadEnd.size());
  }
  connection.take(head.size() - before);
  return !come.empty();
}

bool isWhole(std::string_view head) {
  return head.size() >= kHeadEnd.size() && head.substr(head.size() - kHeadEnd.size()) == kHeadEnd;
}

/// A line that ends without a carriage return might be one line here, and two lines in cpp-httplib.
bool hasBareLineFeed(std::string_view head) {
  for (std::size_t at = head.find('\n'); at != std::string_view::npos;
       at = head.find('\n', at + 1)) {
    if (at == 0 || head[at - 1] != '\r') {
      return true;
    }
  }
  return false;
}

template <class Number>
Number numberIn(std::string_view text) {
  Number number{};
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

ReceivedHead readRequestHead(Connection& connection) {
  ReceivedHead head;
  bool line_read = false;
  while (!isWhole(head.bytes)) {
    if (!takeHeadBytes(connection, head.bytes)) {
      head.refusal = kBadRequest;
      return head;
    }
    const std::size_t line_size = head.bytes.find('\n') + 1;
    line_read = line_read || line_size > 0;
    if (line_read && !isRequestLine(std::string_view(head.bytes).substr(0, line_size))) {
      head.refusal = kBadRequest;
      return head;
    }
    if (head.bytes.size() > kMaxHead) {
      head.refusal = kHeadTooLarge;
      return head;
    }
  }
  head.refusal = hasBareLineFeed(head.bytes) ? kBadRequest : 0;
  return head;
}

std::optional<ReceivedResponse> readResponse(Connection& connection) {
  ReceivedResponse response;
  while (!isWhole(response.head)) {
    if (!takeHeadBytes(connection, response.head)) {
      return std::nullopt;
    }
  }
  std::string_view rest = response.head;
  std::string_view line = takeUntil(rest, "\r\n");
  takeUntil(line, " ");
  response.status = numberIn<int>(line);
  std::size_t left = 0;
  while (!rest.empty()) {
    std::string_view value = takeUntil(rest, "\r\n");
    const std::string_view name = takeUntil(value, ":");
    if (ascii::equalIgnoringCase(name, "Content-Length")) {
      left = numberIn<std::size_t>(ascii::trimmed(value));
    } else if (ascii::equalIgnoringCase(name, "Connection")) {
      response.last = ascii::equalIgnoringCase(ascii::trimmed(value), "close");
    }
  }
  response.body.reserve(left);
  while (left > 0) {
    const std::string_view come = connection.peek().substr(0, left);
    if (come.empty()) {
      return std::nullopt;
    }
    response.body += come;
    connection.take(come.size());
    left -= come.size();
  }
  return response;
}

}  // namespace heymilo::testing::detail
