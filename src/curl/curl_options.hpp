#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "heymilo/options.hpp"

namespace heymilo {

class EasyHandle;

/// The part of ClientOptions that a connection depends on.
struct CurlOptions {
  std::size_t max_connections = 8;
  TlsOptions tls{};
  std::optional<std::string> proxy{};
};

/// Throws InvalidArgumentError for a proxy that is not an http or socks URL, for a text with a zero
/// byte, and for a client's key without its certificate.
void check(const CurlOptions& options);

/// Sets on a fresh handle what is the same for all requests, or for all of a kind. Throws
/// TransportError (not_sent) where libcurl lacks something that the library can't do without.
void configure(EasyHandle& handle, const CurlOptions& options, bool idempotent);

}  // namespace heymilo
