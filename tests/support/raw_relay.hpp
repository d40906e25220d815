#pragma once

#include <cstddef>
#include <cstdint>

#include "support/sockets.hpp"

namespace heymilo_test {

/// The number of bytes that a relay forwards.
struct RelayLimits {
  std::size_t to_server = SIZE_MAX;
  std::size_t to_client = SIZE_MAX;
};

/// Forwards the bytes of `client` to a port of 127.0.0.1, and back. Returns when a limit is
/// reached, with every byte up to it forwarded, or when either end closes. The connection to the
/// port is then closed, `client` stays open.
void relay(Socket client, int port, const RelayLimits& limits);

}  // namespace heymilo_test
