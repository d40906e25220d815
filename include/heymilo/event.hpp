#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

#include "heymilo/export.hpp"
#include "heymilo/models/enum_json.hpp"

namespace heymilo {

/// What an Event tells of.
enum class EventKind {
  request,   ///< a request is about to be sent
  response,  ///< a response came, of any status
  retry,     ///< the call waits for `wait`, then sends again
  /// the call waits for `wait` until the quota allows a request; with a shared quota a second one
  /// may follow, when the store knows how long the wait is
  throttled,
  failure  ///< no complete response came
};

/// `request`, `response`, `retry`, `throttled` or `failure`.
HEYMILO_EXPORT std::string_view toString(EventKind kind) noexcept;
/// The same, for code that calls to_string() on any type.
HEYMILO_EXPORT std::string to_string(EventKind kind);
/// Writes toString(kind).
HEYMILO_EXPORT std::ostream& operator<<(std::ostream& out, EventKind kind);
/// In JSON, of any nlohmann::basic_json, it is toString(kind).
template <class Json, detail::IfJson<Json> = 0>
void to_json(Json& json, EventKind kind) {
  detail::setText(json, toString(kind));
}

/// Something that happened within a call. It holds no key, body, name, e-mail address or id of a
/// candidate, so that it can be logged as it is.
struct Event {
  using Kind = EventKind;  ///< so that `Event::Kind::retry` works too

  EventKind kind = EventKind::request;   ///< what happened
  std::string_view operation{};          ///< the operationId: `listCandidates`; a literal
  std::string_view method{};             ///< `GET`, `POST` and so on; a literal
  std::string_view route{};              ///< the path's template, never the path; a literal
  int attempt = 0;                       ///< from 1
  int status = 0;                        ///< of a response; otherwise 0
  std::chrono::microseconds elapsed{0};  ///< of this attempt
  std::chrono::milliseconds wait{0};     ///< before what comes next
  std::size_t bytes_sent = 0;            ///< of the request's body
  std::size_t bytes_received = 0;        ///< of the response's body, after decompression
  std::string request_id{};              ///< the response's X-Request-Id
  /// throttled: because the API has asked for no requests (a 429), of this client or of another one
  /// that shares its quota.
  bool held = false;
};

/// The event as one line for a log, without its end: `listCandidates #1: response 200 in 45 ms,
/// 132074 bytes (request id req_1)`. `#1` is the attempt. A `retry` and a `throttled` say how long
/// the call waits, a `response` and a `failure` how long the attempt took.
HEYMILO_EXPORT std::string toString(const Event& event);
/// Writes toString(event).
HEYMILO_EXPORT std::ostream& operator<<(std::ostream& out, const Event& event);

/// For ClientOptions::on_event: writes a line `heymilo: ` + toString(event) for each event.
///
/// ```cpp
/// options.on_event = heymilo::eventLogger(std::clog);
/// ```
///
/// `out` must live as long as the clients. Any number of threads and clients may use one logger and
/// its copies, which lock; two loggers must not write to one stream. It does not flush. The lines
/// have no time, which the log of a service adds.
HEYMILO_EXPORT std::function<void(const Event&)> eventLogger(std::ostream& out);

}  // namespace heymilo
