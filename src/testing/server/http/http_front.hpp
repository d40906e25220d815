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
  int port = 0;  ///< on 127.0.0.1; 0: any that is free
  std::chrono::milliseconds keep_alive_timeout{60'000};
  std::size_t max_body = 0;
  bool compression = false;
  /// The reply to a request that was received in whole. Called on a thread of its own.
  std::function<Reply(RecordedRequest)> handle{};
  /// The reply to what is no request, with the status that says why.
  std::function<Reply(int status)> refuse{};
  /// Asked when the head of a request has come: after how many bytes of the body to break off.
  std::function<std::optional<std::size_t>(RecordedRequest head)> interrupt{};
  WaitingRoom* room = nullptr;  ///< where replies wait; closed before the server's end
};

/// What the mock server knows of its clients that come over HTTP. Used by any thread; ends with the
/// object.
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

/// Listens when it returns. Throws std::runtime_error where it can't. Null in a kit that was built
/// without HTTP.
std::unique_ptr<HttpFront> listenForHttp(HttpFrontOptions options);

}  // namespace heymilo::testing::detail
