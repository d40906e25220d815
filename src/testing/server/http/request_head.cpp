#include "testing/server/http/request_head.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <utility>

#include "base/ascii.hpp"
#include "testing/server/http/head_text.hpp"

namespace heymilo::testing::detail {

namespace {

constexpr std::array<std::string_view, 9> kMethods{
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"};

struct RequestLine {
  std::string_view method;
  std::string_view target;
  std::string_view version;
  bool whole;
};

RequestLine splitRequestLine(std::string_view line) {
  const bool ended = line.size() >= 2 && line.substr(line.size() - 2) == "\r\n";
  std::string_view rest = takeUntil(line, "\r\n");
  RequestLine parts{};
  parts.method = takeUntil(rest, " ");
  parts.target = takeUntil(rest, " ");
  parts.version = rest;
  parts.whole = ended && !parts.target.empty();
  return parts;
}

/// Whether the header has this among its elements.
bool hasElement(const RecordedRequest& request, std::string_view name, std::string_view element) {
  return std::any_of(
      request.headers.begin(), request.headers.end(), [&](const RecordedRequest::Header& header) {
        if (!ascii::equalIgnoringCase(header.first, name)) {
          return false;
        }
        std::string_view rest = header.second;
        while (!rest.empty()) {
          if (ascii::equalIgnoringCase(ascii::trimmed(takeUntil(rest, ",")), element)) {
            return true;
          }
        }
        return false;
      });
}

bool has(const RecordedRequest& request, std::string_view name) {
  return std::any_of(request.headers.begin(), request.headers.end(), [&](const auto& header) {
    return ascii::equalIgnoringCase(header.first, name);
  });
}

/// A header line, including its line end, as forwarded.
void appendLine(std::string& head, std::string_view line, bool chunked) {
  std::string_view rest = line;
  const std::string_view name = takeUntil(rest, ":");
  if (ascii::equalIgnoringCase(name, "Content-Length")) {
    if (!chunked) {
      head += line;
    }
    return;
  }
  const std::size_t begin = head.size();
  head += line;
  constexpr std::string_view kNoNames = " \t\r\n:";
  if (!ascii::equalIgnoringCase(name, "Transfer-Encoding") &&
      kNoNames.find(line.front()) == std::string_view::npos) {
    head[begin] = '_';
  }
}

}  // namespace

bool isRequestLine(std::string_view line) {
  const RequestLine parts = splitRequestLine(line);
  return parts.whole &&
         std::find(kMethods.begin(), kMethods.end(), parts.method) != kMethods.end() &&
         (parts.version == "HTTP/1.1" || parts.version == "HTTP/1.0");
}

RequestHead parseRequestHead(std::string bytes) {
  RequestHead head;
  head.bytes = std::move(bytes);
  std::string_view rest = head.bytes;
  RequestLine line = splitRequestLine(rest.substr(0, rest.find('\n') + 1));
  takeUntil(rest, "\r\n");
  RecordedRequest& request = head.request;
  request.method = line.method;
  request.path = takeUntil(line.target, "?");
  request.query = line.target;
  while (!rest.empty()) {
    std::string_view value = takeUntil(rest, "\r\n");
    if (!value.empty()) {
      const std::string_view name = takeUntil(value, ":");
      request.headers.emplace_back(name, ascii::trimmed(value));
    }
  }
  head.has_body = has(request, "Content-Length") || has(request, "Transfer-Encoding");
  head.expects_continue = head.has_body && hasElement(request, "Expect", "100-continue");
  head.last = hasElement(request, "Connection", "close") ||
              (line.version == "HTTP/1.0" && !hasElement(request, "Connection", "keep-alive"));
  return head;
}

std::optional<BodyEnd> bodyEndOf(const RequestHead& head) {
  if (has(head.request, "Transfer-Encoding")) {
    return ascii::equalIgnoringCase(head.request.header("Transfer-Encoding").value_or(""),
                                    "chunked")
               ? std::optional(BodyEnd::ofChunks())
               : std::nullopt;
  }
  std::optional<std::uint64_t> length;
  for (const auto& [name, value] : head.request.headers) {
    if (!ascii::equalIgnoringCase(name, "Content-Length")) {
      continue;
    }
    std::uint64_t bytes = 0;
    const char* const end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, bytes);
    if (error != std::errc() || stop != end || (length && *length != bytes)) {
      return std::nullopt;
    }
    length = bytes;
  }
  return BodyEnd::after(length.value_or(0));
}

std::string forwardedHead(const RequestHead& head, std::string_view exchange_name,
                          std::uint64_t exchange, bool gzip) {
  std::string_view rest = head.bytes;
  const std::size_t line_size = rest.find('\n') + 1;
  const RequestLine line = splitRequestLine(rest.substr(0, line_size));
  rest.remove_prefix(line_size);

  // The path is constant, for a single handler; some versions refuse a question mark in the query.
  std::string forwarded = head.has_body ? "POST /?" : "GET /?";
  std::replace_copy(
      line.target.begin(), line.target.end(), std::back_inserter(forwarded), '?', '/');
  forwarded += " HTTP/1.1\r\n";
  forwarded += exchange_name;
  forwarded += ": " + std::to_string(exchange) + "\r\n";
  if (gzip) {
    forwarded += "Accept-Encoding: gzip\r\n";
  }
  if (head.expects_continue) {
    forwarded += "Expect: 100-continue\r\n";
  }
  const bool chunked = has(head.request, "Transfer-Encoding");
  while (!rest.empty()) {
    const std::size_t size = std::min(rest.find('\n'), rest.size() - 1) + 1;
    appendLine(forwarded, rest.substr(0, size), chunked);
    rest.remove_prefix(size);
  }
  return forwarded;
}

}  // namespace heymilo::testing::detail
