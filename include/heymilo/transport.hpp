#pragma once

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <string>

#include "heymilo/cancellation.hpp"
#include "heymilo/export.hpp"
#include "heymilo/headers.hpp"

namespace heymilo {

/// One HTTP request for a transport, to be sent once and unchanged.
struct HttpRequest {
  std::string method;  ///< `GET`, `POST`, `PUT`, `PATCH` or `DELETE`
  std::string url;     ///< absolute
  Headers headers;     ///< as they go over the wire
  std::string body;    ///< empty: none
  std::chrono::milliseconds connect_timeout{
      0};                                ///< lookup, TCP and TLS; 0: bounded by timeout only
  std::chrono::milliseconds timeout{0};  ///< start to last byte; 0: none
  std::size_t max_response_bytes = 0;    ///< of the body, after decompression; 0: no limit
  bool idempotent = false;               ///< sending it twice does no more than sending it once
  /// Whether the request may still be sent; empty: yes. The slot of a shared quota can end while a
  /// connection is made, or while the process is stopped: see QuotaMember::mayStillSend(). So can
  /// what RequestOptions::may_send stands for.
  ///
  /// A transport calls it after connecting (DNS lookup, TCP, TLS, proxy; also for a connection that
  /// is reused), right before the first byte of the request, and again before any other connection
  /// gets a byte of it. After `false` nothing of the request is sent, and the request ends with a
  /// TransportError whose outcome() is `not_sent`; the call then ends with StoreError.
  ///
  /// It may be called on any thread, until the request has ended: until send() returns or throws,
  /// or the completion of start() is called. It takes microseconds and does not throw.
  ///
  /// For a transport that ignores it, the check right before send() or start() remains: then up to
  /// `connect_timeout`, and any time for which the process is stopped, lie between the check and
  /// the first byte.
  std::function<bool()> may_send{};
};

/// A complete response of any status.
struct HttpResponse {
  int status = 0;    ///< of any kind
  Headers headers;   ///< as on the wire
  std::string body;  ///< after decompression
};

/// Sends one request to the API and returns its response. It has no knowledge of the API, of JSON
/// or of retries. Derive from it for a fake, a recorder or another HTTP stack.
class HEYMILO_EXPORT Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport();

  /// Sends the request at most once, if HttpRequest::may_send allows it, and waits for the complete
  /// response. Thread-safe. A response of any status is a success; any other result is thrown as a
  /// TransportError (ConnectionError, TimeoutError, CancelledError) whose outcome() is `not_sent`
  /// only if the server can't have received the whole request.
  virtual HttpResponse send(const HttpRequest& request, const CancellationToken& cancellation) = 0;
};

/// A Transport that can also send without blocking a thread. NonBlockingClient requires it of a
/// user-defined transport.
class HEYMILO_EXPORT NonBlockingTransport : public Transport {
 public:
  /// The result of a request: the complete response or, if `error` is set, the TransportError.
  using Completion = std::function<void(HttpResponse response, std::exception_ptr error)>;

  ~NonBlockingTransport() override;

  /// Starts sending the request, as send() does, and returns. `done` is called exactly once, on any
  /// thread, possibly before this returns. Cancelling ends the request soon, with CancelledError.
  /// Throws only if nothing was started; `done` is then not called.
  virtual void start(HttpRequest request, CancellationToken cancellation, Completion done) = 0;
};

}  // namespace heymilo
