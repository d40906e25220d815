#pragma once

#include <chrono>

namespace heymilo {

/// `start` plus `span`. A span of ten years or more is for ever, the last moment of the clock: the
/// sum must not overflow, neither here nor in a standard library that converts it to another clock.
constexpr std::chrono::steady_clock::time_point later(std::chrono::steady_clock::time_point start,
                                                      std::chrono::milliseconds span) noexcept {
  constexpr std::chrono::hours kForEver{24 * 366 * 10};
  return span >= kForEver ? (std::chrono::steady_clock::time_point::max)() : start + span;
}

}  // namespace heymilo
