#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "heymilo/options.hpp"
#include "heymilo/transport.hpp"

namespace heymilo {

/// The part of ClientOptions that a connection depends on.
struct CurlOptions {
  std::size_t max_connections = 8;
  TlsOptions tls{};
  std::optional<std::string> proxy{};
};

/// A Transport over libcurl. It keeps connections open between requests, verifies TLS, follows no
/// redirect, speaks http and https only, HTTP/2 where the server does, and undoes compression. It
/// starts no thread of its own, never raises SIGPIPE, and can be used on both sides of a fork().
/// Throws InvalidArgumentError for a proxy that is not a URL and for a text with a zero byte.
std::shared_ptr<Transport> makeCurlTransport(const CurlOptions& options);

}  // namespace heymilo
