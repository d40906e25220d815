#pragma once

#include <memory>

#include "curl/curl_options.hpp"
#include "heymilo/transport.hpp"

namespace heymilo {

/// A Transport over libcurl. It keeps connections open between requests, verifies TLS, follows no
/// redirect, speaks http and https only, HTTP/2 where the server does, and undoes compression. It
/// starts no thread of its own, never raises SIGPIPE, and can be used on both sides of a fork().
/// Throws InvalidArgumentError for options that check() refuses.
std::shared_ptr<Transport> makeCurlTransport(const CurlOptions& options);

/// Initializes libcurl for this process, once. Throws TransportError (not_sent).
void initializeLibcurl();

/// Whether this libcurl can trust the CAs in a folder; with Schannel, Windows' own TLS, it can't.
/// Throws TransportError (not_sent).
bool canTrustFolders();

}  // namespace heymilo
