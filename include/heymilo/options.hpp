#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "heymilo/cancellation.hpp"
#include "heymilo/export.hpp"
#include "heymilo/headers.hpp"
#include "heymilo/models/enum_json.hpp"
#include "heymilo/models/timestamp.hpp"
#include "heymilo/quota.hpp"
#include "heymilo/transport.hpp"

namespace heymilo {

class Clock;  // heymilo/clock.hpp

/// When a request that can't be carried out twice is sent again. The wait before retry n is a
/// random time up to initial_backoff * 2^(n-1), at most max_backoff; `Retry-After` is a floor.
struct RetryPolicy {
  int max_retries = 4;                                 ///< after the first attempt; 0: never
  std::chrono::milliseconds initial_backoff{500};      ///< the longest wait before retry 1
  std::chrono::milliseconds max_backoff{30'000};       ///< the longest before any
  std::chrono::milliseconds max_retry_after{120'000};  ///< asked to wait longer: give up at once
};

/// Never more than `requests` in any window of the length `per`, wherever it starts.
struct RateLimit {
  int requests;                   ///< at least 1
  std::chrono::milliseconds per;  ///< the length of the window
};

/// PEM files. Verification of the server's certificate can't be switched off.
struct TlsOptions {
  std::optional<std::string> ca_file{};           ///< trusted instead of the system's CAs
  std::optional<std::string> client_cert_file{};  ///< this side's certificate
  std::optional<std::string> client_key_file{};   ///< where it is not in client_cert_file
  /// A folder of CAs as `openssl rehash` makes it, trusted instead of the system's; where ca_file
  /// is set as well, both are trusted.
  std::optional<std::string> ca_dir{};
};

/// What an Event tells of.
enum class EventKind {
  request,    ///< a request is about to be sent
  response,   ///< an answer came, of any status
  retry,      ///< the call waits for `wait`, then sends again
  throttled,  ///< the call waits for `wait` until the quota allows a request
  failure     ///< no complete answer came
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
  std::string_view method{};             ///< `GET` or `POST`; a literal
  std::string_view route{};              ///< the path's template, never the path; a literal
  int attempt = 0;                       ///< from 1
  int status = 0;                        ///< of an answer; otherwise 0
  std::chrono::microseconds elapsed{0};  ///< of this attempt
  std::chrono::milliseconds wait{0};     ///< before what comes next
  std::size_t bytes_sent = 0;            ///< of the request's body
  std::size_t bytes_received = 0;        ///< of the answer's body, after decompression
  std::string request_id{};              ///< the answer's X-Request-Id
  /// throttled: since the API has asked for no requests (a 429), of this client or of another one
  /// that shares its quota.
  bool held = false;
};

/// Writes the event as one line for a log, without its end: `listCandidates #1: response 200 in
/// 45 ms, 132074 bytes (request id req_1)`.
HEYMILO_EXPORT std::ostream& operator<<(std::ostream& out, const Event& event);

/// How a Client reaches the API. Either `api_key` or `authorization` is required.
struct ClientOptions {
  std::string api_key{};                       ///< sent as X-API-KEY
  std::optional<std::string> authorization{};  ///< sent as Authorization, as given
  std::optional<std::string> workspace_id{};   ///< sent as X-Workspace-Id
  std::string base_url{};  ///< absolute; a path is a prefix; empty: https://api.heymilo.ai
  std::chrono::milliseconds connect_timeout{10'000};  ///< lookup, TCP and TLS of one attempt
  std::chrono::milliseconds timeout{60'000};          ///< one attempt, start to last byte
  RetryPolicy retry{};                                ///< when to send again
  std::optional<RateLimit> rate_limit = RateLimit{300, std::chrono::seconds{60}};  ///< empty: none
  /// Who shares the limit: every client with the same one. nullptr: this client and its copies.
  std::shared_ptr<SharedQuota> quota{};
  /// How many of rate_limit.requests bulk calls leave for the others. Of clients that share a quota
  /// the highest applies.
  int reserved_requests = 0;
  std::size_t max_connections = 8;             ///< kept open for reuse
  std::size_t max_response_bytes = 64u << 20;  ///< of a body, after decompression
  bool allow_insecure_http = false;            ///< http:// to a host that is not loopback
  TlsOptions tls{};                            ///< certificates
  std::optional<std::string> proxy{};          ///< URL; unset: as the environment says; empty: none
  std::string user_agent{};                    ///< put before the library's own
  std::shared_ptr<Transport> transport{};      ///< nullptr: libcurl
  std::shared_ptr<Clock> clock{};              ///< what waits go by; nullptr: Clock::steady()
  std::function<void(const Event&)> on_event{};  ///< on the calling thread; throws are swallowed
};

/// What one call does differently.
struct RequestOptions {
  std::optional<std::chrono::milliseconds> timeout{};   ///< one attempt
  std::optional<std::chrono::milliseconds> deadline{};  ///< all attempts and waits together
  std::optional<Priority> priority{};                   ///< unset: interactive
  std::optional<int> max_retries{};           ///< in the place of RetryPolicy::max_retries
  std::optional<std::string> workspace_id{};  ///< in the place of the client's
  Headers headers{};  ///< added to the request; must not name one that the library sets itself
  CancellationToken cancellation{};  ///< ends the call
  /// A deadline of several calls together, such as all pages of a walk, by ClientOptions::clock.
  std::optional<std::chrono::steady_clock::time_point> until{};
};

/// Which candidates listCandidates is to return. The bounds are the time of invitation.
struct ListCandidatesParams {
  std::optional<int> limit{};                   ///< 1 to 100; the server's default is 20
  std::optional<std::string> starting_after{};  ///< interview_id of the last candidate seen
  std::optional<Timestamp> created_after{};     ///< inclusive
  std::optional<Timestamp> created_before{};    ///< inclusive
};

}  // namespace heymilo
