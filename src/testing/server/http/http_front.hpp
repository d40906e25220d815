#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "heymilo/testing/recorded_request.hpp"
#include "testing/server/api/reply.hpp"
#include "testing/server/state/waiting_room.hpp"

namespace heymilo::testing::detail {

struct HttpFrontOptions {
  int port = 0;  ///< on 127.0.0.1; 0: any free port
  std::chrono::milliseconds keep_alive_timeout{60'000};
  std::size_t max_body = 0;
  bool compression = false;
  /// The reply to a completely received request. Called on a separate thread.
  std::function<Reply(RecordedRequest)> handle{};
  /// The reply to an invalid request, with the status of the error.
  std::function<Reply(int status)> refuse{};
  /// Called when the head of a request has been received: the number of body bytes after which to
  /// disconnect.
  std::function<std::optional<std::size_t>(RecordedRequest head)> interrupt{};
  WaitingRoom* room = nullptr;  ///< where replies wait; closed before the server's end
};

/// The mock server's interface to its HTTP clients. Thread-safe; ends with the object.
class HttpFront {
 public:
  HttpFront() = default;
  virtual ~HttpFront() = default;
  HttpFront(const HttpFront&) = delete;
  HttpFront& operator=(const HttpFront&) = delete;

  virtual int port() const = 0;
  virtual std::size_t openConnections() const = 0;
  virtual void closeIdleConnections() = 0;
};

/// The server is listening on return. Throws std::runtime_error if it can't. Null without HTTP.
std::unique_ptr<HttpFront> listenForHttp(HttpFrontOptions options);

}  // namespace heymilo::testing::detail
