#pragma once

#include <memory>

#include "curl/curl_options.hpp"
#include "heymilo/transport.hpp"

namespace heymilo {

/// A Transport over libcurl. It keeps connections open between requests, verifies TLS, follows no
/// redirects, and decompresses responses. Protocols: http and https, with HTTP/2 if the server
/// supports it. It starts no threads, never raises SIGPIPE, and can be used on both sides of a
/// fork(). Throws InvalidArgumentError for options that check() refuses.
std::shared_ptr<Transport> makeCurlTransport(const CurlOptions& options);

/// Initializes libcurl for this process, once. Throws TransportError (not_sent).
void initializeLibcurl();

/// Whether this libcurl supports a directory of CA certificates; Schannel, the TLS library of
/// Windows, does not. Throws TransportError (not_sent).
bool canTrustFolders();

}  // namespace heymilo
