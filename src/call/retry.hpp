#pragma once

#include <chrono>
#include <exception>
#include <optional>

#include "heymilo/errors.hpp"
#include "heymilo/options.hpp"

namespace heymilo {

/// What an attempt that did not succeed ended in, as far as the decision to try again needs it.
struct Failure {
  enum class Kind {
    connection,  // ConnectionError
    timeout,     // TimeoutError
    status,      // a response that is not 2xx
    final        // anything else: never tried again
  };
  Kind kind = Kind::final;
  Outcome outcome = Outcome::unknown;
  int status = 0;
  std::optional<std::chrono::milliseconds> retry_after{};
};

/// Of the error with which a transport ended, which may be anything that is thrown. It has no
/// status.
Failure failureOf(const std::exception_ptr& error);

/// Whether sending again can't carry the request out twice, and may help: a request that is
/// idempotent after a lost connection, a timeout, 408, 429, 500, 502, 503 and 504; any other where
/// the server did not have it, and after 429.
bool mayRetry(const Failure& failure, bool idempotent) noexcept;

/// How long to wait before retry number `retry` (from 1), or nothing where the call ends here: the
/// retries are used up, sending again is not safe or is of no use, or the server asks for a longer
/// wait than the policy allows. `jitter` is a random number from 0 to 1.
std::optional<std::chrono::milliseconds> retryWait(const RetryPolicy& policy,
                                                   const Failure& failure, bool idempotent,
                                                   int retry, double jitter) noexcept;

}  // namespace heymilo
