#pragma once

#include <cstddef>
#include <cstdint>

#include "support/sockets.hpp"

namespace heymilo_test {

/// How many bytes a relay passes on.
struct RelayLimits {
  std::size_t to_server = SIZE_MAX;
  std::size_t to_client = SIZE_MAX;
};

/// Passes on what comes over `client`, byte for byte, to a port of 127.0.0.1, and back. Returns
/// when a limit is reached, every byte up to it passed on, or when either end leaves. The
/// connection to the port is closed then, `client` is left open.
void relay(Socket client, int port, const RelayLimits& limits);

}  // namespace heymilo_test
