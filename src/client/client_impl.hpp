#pragma once

#include <cstddef>

#include "call/call_context.hpp"
#include "heymilo/client.hpp"

namespace heymilo {

/// What a client and its copies share, and the NonBlockingClients that were made from it.
class Client::Impl {
 public:
  /// `options` have been checked.
  explicit Impl(const ClientOptions& options);

  const CallContext calls;
  const std::size_t max_connections;
};

}  // namespace heymilo
