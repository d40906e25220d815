#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "heymilo/testing/recorded_request.hpp"

namespace heymilo::testing {

/// A scripted treatment of a request. Created by one of the static functions, then refined:
/// `ScriptedResponse::answer(500).afterCommit().times(3)`.
///
/// | to test | |
/// | --- | --- |
/// | connection refused: certainly not sent | `interrupt()` |
/// | the connection breaks, and the request was not processed | `disconnect()` |
/// | the connection breaks, and the request was processed | `disconnect().afterCommit()` |
/// | a truncated response | `asUsual().cutAfter(200)` |
/// | no response before the timeout | `asUsual().held()`, or `.delayedBy(...)` |
/// | the API is down | `answer(503)` |
/// | a gateway timeout after the commit | `answer(504, "<html>...").afterCommit()` |
/// | the quota is used up | `rateLimited(seconds{7})` |
/// | an unreadable response | `answer(201, "{}").afterCommit()` |
struct ScriptedResponse {
  /// The usual response, after the usual processing; can be delayed or truncated.
  static ScriptedResponse asUsual();
  /// This response. Nothing is checked or processed, unless afterCommit() follows. The Content-Type
  /// is `application/json` unless it is among the headers.
  static ScriptedResponse answer(int status, std::string body = {},
                                 std::vector<RecordedRequest::Header> headers = {});
  /// As above, with the API's error envelope as the body.
  static ScriptedResponse error(int status, std::string_view code, std::string_view message);
  /// 429 with this Retry-After, the API's response when the quota is used up. Nothing is processed.
  static ScriptedResponse rateLimited(std::chrono::seconds retry_after);
  /// These bytes instead of an HTTP response, then the end of the connection. Over a socket only:
  /// MockServer::transport() fails with std::logic_error.
  static ScriptedResponse raw(std::string bytes);
  /// The connection is closed; nothing is processed and there is no response.
  static ScriptedResponse disconnect();
  /// The connection is closed after this many bytes of the request's body: the request is never
  /// received completely, is not among requests(), and nothing is processed. In process the client
  /// knows that (Outcome::not_sent), as for a refused connection. Over a socket it only knows if a
  /// part of the body had not been sent yet; and RequestMatch::accepts is called after the head,
  /// without a body.
  static ScriptedResponse interrupt(std::size_t body_bytes = 0);

  /// Processes the request in the usual way, then discards the usual response.
  ScriptedResponse afterCommit() &&;
  /// Delays the response for this long, by MockServerOptions::clock.
  ScriptedResponse delayedBy(std::chrono::milliseconds time) &&;
  /// Holds the response until MockServer::release(), or the server's end.
  ScriptedResponse held() &&;
  /// Sends only the first `bytes` of the response, including status line and headers, then closes
  /// the connection.
  ScriptedResponse cutAfter(std::size_t bytes) &&;
  /// Sends the response in pieces of `bytes`, with a pause of `interval` between them.
  ScriptedResponse trickled(std::size_t bytes, std::chrono::milliseconds interval) &&;
  /// Closes the connection with a TCP reset instead of an orderly end.
  ScriptedResponse reset() &&;
  /// Sets a header of the response.
  ScriptedResponse withHeader(std::string name, std::string value) &&;
  /// Applies to this many matching requests; the default is one.
  ScriptedResponse times(std::size_t requests) &&;

  bool commit = true;                              ///< first processed in the usual way
  int status = 0;                                  ///< 0: the usual response
  std::vector<RecordedRequest::Header> headers{};  ///< of the response
  std::string body{};                              ///< of the response
  std::optional<std::string> raw_bytes{};          ///< see raw()
  std::optional<std::size_t> interrupt_after{};    ///< see interrupt()
  std::chrono::milliseconds delay{0};              ///< see delayedBy()
  bool hold = false;                               ///< see held()
  std::optional<std::size_t> cut_after{};          ///< see cutAfter()
  std::size_t piece = 0;                           ///< see trickled(); 0: as a whole
  std::chrono::milliseconds piece_interval{0};     ///< see trickled()
  bool reset_connection = false;                   ///< see reset()
  std::size_t count = 1;                           ///< see times()
};

}  // namespace heymilo::testing
