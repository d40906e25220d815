#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "heymilo/cancellation.hpp"
#include "heymilo/export.hpp"
#include "heymilo/headers.hpp"

namespace heymilo {

/// One HTTP request as a transport is to send it: once, unchanged.
struct HttpRequest {
  std::string method;  ///< `GET` or `POST`
  std::string url;     ///< absolute
  Headers headers;     ///< as they go over the wire
  std::string body;    ///< empty for a GET
  std::chrono::milliseconds connect_timeout{
      0};                                ///< look-up, TCP and TLS; 0: bounded by timeout only
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

}  // namespace heymilo
