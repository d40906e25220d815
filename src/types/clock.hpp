#pragma once

#include "base/later.hpp"  // IWYU pragma: export
#include "heymilo/cancellation.hpp"
#include "heymilo/clock.hpp"

namespace heymilo {

/// Waits until `end` has come. False as soon as it is cancelled.
bool waitUntil(Clock& clock, Clock::TimePoint end, const CancellationToken& cancellation);

/// Whether the clock advances automatically, as the machine's does.
bool isSteady(const Clock& clock) noexcept;

}  // namespace heymilo
