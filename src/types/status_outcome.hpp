#pragma once

#include "heymilo/errors.hpp"

namespace heymilo {

/// What a status other than 2xx says of the request: `rejected` where nothing was done, `unknown`
/// otherwise. Gateways give 408 and 499 for requests that they have passed on: to a server that was
/// too slow, or from a client that seemed to have gone.
Outcome outcomeOf(int status) noexcept;

}  // namespace heymilo
