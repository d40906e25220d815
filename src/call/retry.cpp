#include "call/retry.hpp"

#include <algorithm>

namespace heymilo {

Failure failureOf(const std::exception_ptr& error) {
  Failure failure;
  try {
    std::rethrow_exception(error);
  } catch (const TimeoutError& timeout) {
    failure.kind = Failure::Kind::timeout;
    failure.outcome = timeout.outcome();
  } catch (const ConnectionError& connection) {
    failure.kind = connection.permanent() ? Failure::Kind::final : Failure::Kind::connection;
    failure.outcome = connection.outcome();
  } catch (const Error& known) {
    failure.outcome = known.outcome();
  } catch (...) {  // NOLINT(bugprone-empty-catch): of a transport that is not ours: all is possible
  }
  return failure;
}

bool mayRetry(const Failure& failure, bool idempotent) noexcept {
  switch (failure.kind) {
    case Failure::Kind::connection:
    case Failure::Kind::timeout:
      return idempotent || failure.outcome == Outcome::not_sent;
    case Failure::Kind::status:
      switch (failure.status) {
        case 429:
          return true;
        case 408:
        case 500:
        case 502:
        case 503:
        case 504:
          return idempotent;
        default:
          return false;
      }
    case Failure::Kind::final:
      return false;
  }
  return false;
}

std::optional<std::chrono::milliseconds> retryWait(const RetryPolicy& policy,
                                                   const Failure& failure, bool idempotent,
                                                   int retry, double jitter) noexcept {
  if (retry > policy.max_retries || !mayRetry(failure, idempotent)) {
    return std::nullopt;
  }
  const auto floor = failure.retry_after.value_or(std::chrono::milliseconds{0});
  if (floor > policy.max_retry_after) {
    return std::nullopt;
  }
  // Doubling stops at the cap, so that it can't overflow however many retries there are.
  std::chrono::milliseconds backoff = (std::min)(policy.initial_backoff, policy.max_backoff);
  for (int i = 1; i < retry && backoff < policy.max_backoff; ++i) {
    backoff = backoff > policy.max_backoff / 2 ? policy.max_backoff : backoff * 2;
  }
  const auto random = std::chrono::milliseconds(
      static_cast<std::chrono::milliseconds::rep>(static_cast<double>(backoff.count()) * jitter));
  return (std::max)(floor, random);
}

}  // namespace heymilo
