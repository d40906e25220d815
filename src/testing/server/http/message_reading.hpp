#pragma once

#include <optional>
#include <string>

#include "testing/server/http/connection.hpp"

namespace heymilo::testing::detail {

/// The status of a request that is not HTTP.
constexpr int kBadRequest = 400;

/// The received part of the head of a request.
struct ReceivedHead {
  std::string bytes{};  ///< including the empty line if it is valid
  int refusal = 0;      ///< the status of the error; 0: valid
};

/// Reads the head of a request whose beginning has been received. If it does not begin with a
/// request line, it is rejected immediately.
ReceivedHead readRequestHead(Connection& connection);

/// A response of cpp-httplib, always with a Content-Length.
struct ReceivedResponse {
  int status = 0;
  std::string head{};
  std::string body{};
  bool last = false;  ///< its sender closes the connection
};

/// Reads a response. Empty if the connection ended before it was complete.
std::optional<ReceivedResponse> readResponse(Connection& connection);

}  // namespace heymilo::testing::detail
