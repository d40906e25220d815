#pragma once

#include <chrono>

#include "heymilo/cancellation.hpp"
#include "heymilo/clock.hpp"

namespace heymilo {

/// `start` plus `span`. A span of many years means "for ever": the sum must not overflow.
inline Clock::TimePoint later(Clock::TimePoint start, std::chrono::milliseconds span) {
  constexpr std::chrono::hours kForEver{24 * 366 * 10};
  return span >= kForEver ? (Clock::TimePoint::max)() : start + span;
}

/// Waits until `end`. False as soon as it is cancelled.
bool waitUntil(Clock& clock, Clock::TimePoint end, const CancellationToken& cancellation);

/// Whether the clock advances automatically, as the machine's does.
bool isSteady(const Clock& clock) noexcept;

}  // namespace heymilo
