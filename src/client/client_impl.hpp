#pragma once

#include <cstddef>

#include "call/executor.hpp"
#include "heymilo/client.hpp"

namespace heymilo {

/// What a client and its copies share, and the NonBlockingClients that were made from it.
class Client::Impl {
 public:
  /// `options` have been checked.
  explicit Impl(const ClientOptions& options);

  const Executor executor;
  const std::size_t max_connections;
};

}  // namespace heymilo
