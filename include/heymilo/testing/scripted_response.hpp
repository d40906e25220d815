#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "heymilo/testing/recorded_request.hpp"

namespace heymilo::testing {

/// What is to happen to a request instead of the usual. Made by one of the static functions, then
/// refined: `ScriptedResponse::answer(500).afterCommit().times(3)`.
///
/// | to test | |
/// | --- | --- |
/// | nobody listens: surely not sent | `interrupt()` |
/// | the connection breaks: was it carried out? It was not. | `disconnect()` |
/// | the same, and it was | `disconnect().afterCommit()` |
/// | the answer breaks off | `asUsual().cutAfter(200)` |
/// | no answer before the time-out | `asUsual().held()`, or `.delayedBy(...)` |
/// | the API is down | `answer(503)` |
/// | a gateway gives up on what the API has done | `answer(504, "<html>...").afterCommit()` |
/// | the quota is used up | `rateLimited(seconds{7})` |
/// | an answer that can't be read | `answer(201, "{}").afterCommit()` |
struct ScriptedResponse {
  /// The usual answer, for which the request is treated as any other; to be slowed or cut.
  static ScriptedResponse asUsual();
  /// This answer. Nothing is checked and nothing carried out, unless afterCommit() follows. The
  /// body goes out as `application/json` unless a Content-Type is among the headers.
  static ScriptedResponse answer(int status, std::string body = {},
                                 std::vector<RecordedRequest::Header> headers = {});
  /// The same, with the API's error envelope as its body.
  static ScriptedResponse error(int status, std::string_view code, std::string_view message);
  /// 429 with this Retry-After, as the API says that the quota is used up. Nothing is carried out.
  static ScriptedResponse rateLimited(std::chrono::seconds retry_after);
  /// These bytes in the place of an HTTP answer, then the end of the connection. Over a socket
  /// only: MockServer::transport() fails with std::logic_error.
  static ScriptedResponse raw(std::string bytes);
  /// The connection is closed; nothing is carried out and nothing answered.
  static ScriptedResponse disconnect();
  /// The connection is closed when so many bytes of the request's body have come, so that it never
  /// arrives in whole: it is not among requests(), and nothing is carried out. In process the
  /// client knows that (Outcome::not_sent), as where nobody listens. Over a socket it knows where a
  /// part of the body had not gone out yet; and RequestMatch::accepts is asked when the head has
  /// come, so it sees no body.
  static ScriptedResponse interrupt(std::size_t body_bytes = 0);

  /// First treats the request as any other, then drops the usual answer.
  ScriptedResponse afterCommit() &&;
  /// Holds the answer back for this long, by MockServerOptions::clock.
  ScriptedResponse delayedBy(std::chrono::milliseconds time) &&;
  /// Holds the answer back until MockServer::release(), or the server's end.
  ScriptedResponse held() &&;
  /// Sends only the first `bytes` of the answer, status line and headers counted, then closes the
  /// connection.
  ScriptedResponse cutAfter(std::size_t bytes) &&;
  /// Sends the answer in pieces of `bytes`, with a pause of `interval` before each but the first.
  ScriptedResponse trickled(std::size_t bytes, std::chrono::milliseconds interval) &&;
  /// Where the connection is closed, it is with a TCP reset rather than an orderly end.
  ScriptedResponse reset() &&;
  /// Adds a header to the answer, in the place of one of the same name.
  ScriptedResponse withHeader(std::string name, std::string value) &&;
  /// For so many matching requests; otherwise for one.
  ScriptedResponse times(std::size_t requests) &&;

  bool commit = true;                              ///< the request is first treated as any other
  int status = 0;                                  ///< 0: the usual answer
  std::vector<RecordedRequest::Header> headers{};  ///< of the answer
  std::string body{};                              ///< of the answer
  std::optional<std::string> raw_bytes{};          ///< see raw()
  std::optional<std::size_t> interrupt_after{};    ///< see interrupt()
  std::chrono::milliseconds delay{0};              ///< see delayedBy()
  bool hold = false;                               ///< see held()
  std::optional<std::size_t> cut_after{};          ///< see cutAfter()
  std::size_t piece = 0;                           ///< see trickled(); 0: all at once
  std::chrono::milliseconds piece_interval{0};     ///< see trickled()
  bool reset_connection = false;                   ///< see reset()
  std::size_t count = 1;                           ///< see times()
};

}  // namespace heymilo::testing
