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

/// One HTTP request as a transport is to send it: once, unchanged.
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
};

/// A complete answer, whatever its status.
struct HttpResponse {
  int status = 0;    ///< of any kind
  Headers headers;   ///< as they go over the wire
  std::string body;  ///< after decompression
};

/// What carries one request to the API and brings its answer back. It knows nothing of the API, of
/// JSON or of retries. Derive from it for a fake, a recording or a stack of your own.
class HEYMILO_EXPORT Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport();

  /// Sends the request at most once and waits for the complete answer. Called by any number of
  /// threads at once. An answer of any status is a success; whatever else happens is thrown as a
  /// TransportError (ConnectionError, TimeoutError, CancelledError) whose outcome() is `not_sent`
  /// only where the server can't have had the whole request.
  virtual HttpResponse send(const HttpRequest& request, const CancellationToken& cancellation) = 0;
};

/// A Transport that can also send without holding up a thread, which NonBlockingClient needs of one
/// that it is given.
class HEYMILO_EXPORT NonBlockingTransport : public Transport {
 public:
  /// What became of a request: the complete answer or, where `error` is set, the TransportError.
  using Completion = std::function<void(HttpResponse answer, std::exception_ptr error)>;

  ~NonBlockingTransport() override;

  /// Begins to send the request, as send() does, and returns. `done` is called once, whatever
  /// happens, on any thread, or before this returns. Cancelling ends the request soon, with
  /// CancelledError. Throws only where nothing was begun; `done` is then not called.
  virtual void start(HttpRequest request, CancellationToken cancellation, Completion done) = 0;
};

}  // namespace heymilo
