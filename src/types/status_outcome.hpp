#pragma once

#include "heymilo/errors.hpp"

namespace heymilo {

/// The outcome of a request by a status other than 2xx: `rejected` if the API did nothing,
/// `unknown` otherwise. Gateways send 408 and 499 for requests that they have already forwarded:
/// because the server was too slow, or the client seemed to have disconnected.
Outcome outcomeOf(int status) noexcept;

}  // namespace heymilo
