#include "workflows/mirror/follow_errors.hpp"

namespace heymilo::workflows {

bool isWorthRepeating(const Error& error) {
  if (dynamic_cast<const CancelledError*>(&error) != nullptr) {
    return false;
  }
  if (const auto* connection = dynamic_cast<const ConnectionError*>(&error)) {
    return !connection->permanent();
  }
  if (const auto* status = dynamic_cast<const StatusError*>(&error)) {
    constexpr int kRequestTimeout = 408, kClientClosedRequest = 499;  // of a gateway
    return dynamic_cast<const RateLimitError*>(status) != nullptr ||
           dynamic_cast<const ServerError*>(status) != nullptr ||
           status->status() == kRequestTimeout || status->status() == kClientClosedRequest;
  }
  return dynamic_cast<const TransportError*>(&error) != nullptr ||
         dynamic_cast<const OverloadError*>(&error) != nullptr ||
         dynamic_cast<const PaginationError*>(&error) != nullptr;
}

std::chrono::milliseconds leastWait(const Error& error) {
  const auto* limited = dynamic_cast<const RateLimitError*>(&error);
  return limited != nullptr ? limited->retryAfter().value_or(std::chrono::milliseconds{0})
                            : std::chrono::milliseconds{0};
}

}  // namespace heymilo::workflows
