#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "heymilo/testing/recorded_request.hpp"
#include "testing/server/http/body_end.hpp"

namespace heymilo::testing::detail {

/// The head of a request: the bytes up to its empty line, and the values that the relay needs.
struct RequestHead {
  std::string bytes{};
  RecordedRequest request{};  ///< method, path, query and headers, as they were received
  bool has_body = false;
  bool expects_continue = false;  ///< the client waits for `100 Continue`
  bool last = false;              ///< the client wants the connection to end afterwards
};

/// Whether this first line, including its line end, is HTTP/1.
bool isRequestLine(std::string_view line);

/// `bytes` begin with a request line.
RequestHead parseRequestHead(std::string bytes);

/// The end of this request's body. Empty if its headers are invalid or ambiguous.
std::optional<BodyEnd> bodyEndOf(const RequestHead& head);

/// The head for cpp-httplib. All header names except those of the body's length are replaced, so
/// that none of them has an effect; their syntax is still validated. Each line keeps its length.
///
/// `exchange` is put into a header named `exchange_name`.
std::string forwardedHead(const RequestHead& head, std::string_view exchange_name,
                          std::uint64_t exchange, bool gzip);

}  // namespace heymilo::testing::detail
