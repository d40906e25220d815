#pragma once

#include <optional>
#include <string>

#include "heymilo/options.hpp"

namespace heymilo {

/// Fills rate_limit, which counts as unset while it is 300 in 60 s, and reserved_requests, where it
/// is 0, from HEYMILO_RATE_LIMIT: `N/SECONDS[/RESERVE]` or `none`. Throws InvalidArgumentError.
void limitAsTheEnvironmentSays(const std::optional<std::string>& limit, ClientOptions& options);

/// Fills quota, where it is unset, from HEYMILO_QUOTA: `process`, `machine` or `machine:PATH`.
/// Throws InvalidArgumentError, which does not quote a value that may hold a password or a key.
void shareAsTheEnvironmentSays(const std::optional<std::string>& quota, ClientOptions& options);

}  // namespace heymilo
