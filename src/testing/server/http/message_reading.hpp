#pragma once

#include <optional>
#include <string>

#include "testing/server/http/connection.hpp"

namespace heymilo::testing::detail {

/// The head of a request as far as it has come.
struct ReceivedHead {
  std::string bytes{};  ///< up to the empty line and with it, where it is valid
  int refusal = 0;      ///< the status that says why it is not a request's head; 0: it is
};

/// Reads the head of a request: its beginning has come. It is not waited for the rest of what does
/// not begin with a request line.
ReceivedHead readRequestHead(Connection& connection);

/// A response as cpp-httplib sends it, always with a Content-Length.
struct ReceivedResponse {
  int status = 0;
  std::string head{};
  std::string body{};
  bool last = false;  ///< its sender closes the connection
};

/// Reads a response. Empty where the connection ended before all of it was there.
std::optional<ReceivedResponse> readResponse(Connection& connection);

}  // namespace heymilo::testing::detail
