#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "heymilo/testing/recorded_request.hpp"
#include "testing/server/http/body_end.hpp"

namespace heymilo::testing::detail {

/// The head of a request: the bytes up to its empty line, and what the relay has to know of them.
struct RequestHead {
  std::string bytes{};
  RecordedRequest request{};  ///< method, path, query and headers, as they were received
  bool has_body = false;
  bool expects_continue = false;  ///< the client waits for `100 Continue`
  bool last = false;              ///< the client wants the connection to end afterwards
};

/// Whether this first line is of HTTP/1, the line's end included.
bool isRequestLine(std::string_view line);

/// `bytes` begin with a request line.
RequestHead parseRequestHead(std::string bytes);

/// Where the body of this request ends. Empty where its headers do not say that in a valid way.
std::optional<BodyEnd> bodyEndOf(const RequestHead& head);

/// The head as cpp-httplib is given it. The names of all headers but those of the body's length are
/// changed, so that none of them X how they are written is still judged. Line by line it is as long
/// as it was.
///
/// `exchange` goes into a header of the name `exchange_name`.
std::string forwardedHead(const RequestHead& head, std::string_view exchange_name,
                          std::uint64_t exchange, bool gzip);

}  // namespace heymilo::testing::detail
