#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "heymilo/options.hpp"

namespace heymilo {

class EasyHandle;

/// The subset of ClientOptions that affects a connection.
struct CurlOptions {
  std::size_t max_connections = 8;
  TlsOptions tls{};
  std::optional<std::string> proxy{};
};

/// Throws InvalidArgumentError for a proxy that is not an http or socks URL, for a text with a zero
/// byte, and for a client key without a client certificate.
void check(const CurlOptions& options);

/// Sets the options that are the same for all requests, on a fresh handle. Throws TransportError
/// (not_sent) if libcurl lacks a required feature.
void configure(EasyHandle& handle, const CurlOptions& options);

}  // namespace heymilo
