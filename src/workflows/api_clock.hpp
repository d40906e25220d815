#pragma once

#include <chrono>
#include <optional>

#include "heymilo/headers.hpp"
#include "heymilo/models/timestamp.hpp"

namespace heymilo::workflows {

/// This machine's clock.
Timestamp now();

/// How far the API's clock is ahead of this machine's at `moment`, by the Date header of an answer
/// that has just come (RFC 9110, section 6.6.1; to the second, and less the time that the answer
/// took). Empty where there is no such header, or none in the form that senders must use.
std::optional<std::chrono::microseconds> apiClockAhead(const Headers& headers, Timestamp moment);

}  // namespace heymilo::workflows
