#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "heymilo/cancellation.hpp"
#include "heymilo/event.hpp"
#include "heymilo/headers.hpp"
#include "heymilo/quota.hpp"
#include "heymilo/time_bound.hpp"
#include "heymilo/transport.hpp"

namespace heymilo {

class Clock;  // heymilo/clock.hpp

/// When a request that can't be carried out twice is sent again. The wait before retry n is a
/// random time up to initial_backoff * 2^(n-1), at most max_backoff; `Retry-After` is a floor.
struct RetryPolicy {
  int max_retries = 4;                                 ///< after the first attempt; 0: never
  std::chrono::milliseconds initial_backoff{500};      ///< the longest wait before retry 1
  std::chrono::milliseconds max_backoff{30'000};       ///< the longest wait before any retry
  std::chrono::milliseconds max_retry_after{120'000};  ///< a longer Retry-After ends the call
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

/// How a Client reaches the API. One of `api_key`, `authorization` and `credential` is required.
struct ClientOptions {
  std::string api_key{};                       ///< sent as X-API-KEY
  std::optional<std::string> authorization{};  ///< sent as Authorization, as given
  std::optional<std::string> workspace_id{};   ///< sent as X-Workspace-Id
  std::string base_url{};  ///< absolute; a path is a prefix; empty: https://api.heymilo.ai
  std::chrono::milliseconds connect_timeout{10'000};  ///< lookup, TCP and TLS of one attempt
  std::chrono::milliseconds timeout{60'000};          ///< one attempt, start to last byte
  Headers headers{};    ///< added to every request; must not name one that the library sets itself
  RetryPolicy retry{};  ///< when to send again
  std::optional<RateLimit> rate_limit = RateLimit{300, std::chrono::seconds{60}};  ///< empty: none
  /// Clients with the same quota share the limit. nullptr: this client and its copies.
  std::shared_ptr<SharedQuota> quota{};
  /// Part of rate_limit.requests that bulk calls leave for interactive calls. If clients share a
  /// quota, the highest value applies.
  int reserved_requests = 0;
  /// Returns the X-API-KEY of the next attempt, such as a key that expires. Used instead of
  /// `api_key`. Called before each attempt, within the deadline, from any number of threads in
  /// parallel; a NonBlockingClient calls it on the engine's thread, which it must not block. An
  /// exception ends the call unchanged, with nothing sent. An empty or invalid value is an
  /// InvalidArgumentError (`credential`).
  std::function<std::string()> credential{};
  /// Adds header fields to the next attempt, such as a signature or a trace id. Called after
  /// `credential`, under the same conditions. It gets a copy of the request; what it adds is
  /// treated as secret. Other changes, and header fields that the library sets itself, are an
  /// InvalidArgumentError (`prepare`).
  std::function<void(HttpRequest&)> prepare{};
  std::size_t max_connections = 8;             ///< kept open for reuse
  std::size_t max_response_bytes = 64u << 20;  ///< of a body, after decompression
  bool allow_insecure_http = false;            ///< http:// to a host that is not loopback
  TlsOptions tls{};                            ///< certificates
  std::optional<std::string> proxy{};          ///< URL; unset: as the environment says; empty: none
  std::string user_agent{};                    ///< put before the library's own
  std::shared_ptr<Transport> transport{};      ///< nullptr: libcurl
  std::shared_ptr<Clock> clock{};              ///< of all waits; nullptr: Clock::steady()
  std::function<void(const Event&)> on_event{};  ///< on the calling thread; throws are swallowed
};

/// Options of one call, or of all calls of Client::withOptions().
struct RequestOptions {
  std::optional<std::chrono::milliseconds> timeout{};        ///< one attempt
  std::optional<std::chrono::milliseconds> total_timeout{};  ///< all attempts and waits together
  /// The latest end of the call, as a moment: for several calls together, such as all pages of a
  /// list. By ClientOptions::clock. Where total_timeout is set as well, the earlier end holds.
  std::optional<std::chrono::steady_clock::time_point> deadline{};
  std::optional<Priority> priority{};         ///< unset: interactive
  std::optional<int> max_retries{};           ///< instead of RetryPolicy::max_retries
  std::optional<std::string> workspace_id{};  ///< instead of the client's
  Headers headers{};  ///< added to the request; must not name one that the library sets itself
  CancellationToken cancellation{};  ///< ends the call
  /// Whether an attempt may be sent; empty: yes. Called before each attempt, and again by the
  /// transport after connecting, before the first byte (HttpRequest::may_send): on any thread, in
  /// parallel with nothing else of the call. It takes microseconds and must not throw. After
  /// `false` nothing of the attempt is sent, and the call ends with StoreError, `not_sent`. For
  /// code whose permission to send can end, such as a lease in a database.
  std::function<bool()> may_send{};
};

/// Which candidates listCandidates is to return. The bounds are the time of invitation.
struct ListCandidatesParams {
  std::optional<int> limit{};                   ///< 1 to 100; the server's default is 20
  std::optional<std::string> starting_after{};  ///< interview_id of the last candidate seen
  std::optional<TimeBound> created_after{};     ///< inclusive
  std::optional<TimeBound> created_before{};    ///< inclusive
};

}  // namespace heymilo
