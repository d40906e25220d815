#pragma once

#include <chrono>
#include <mutex>
#include <optional>

#include "heymilo/clock.hpp"
#include "heymilo/headers.hpp"
#include "heymilo/models/timestamp.hpp"

namespace heymilo::workflows {

/// This machine's wall clock, which may be set at any moment: for display only.
Timestamp now();

/// The Date header of a response (RFC 9110, section 6.6.1), in whole seconds; the obsolete forms
/// are read too, with a year of two digits by this machine's century. Empty if there is none that
/// can be read.
std::optional<Timestamp> dateOf(const Headers& headers);

/// The API's time: from the Date headers of its responses, advanced by a monotonic clock. It does
/// not depend on this machine's wall clock. It is never ahead of the servers' times, but late by
/// the duration of a response, or by the delay of a cache or of one of several servers.
/// Thread-safe.
class ApiClock {
 public:
  /// `clock` must outlive this object.
  explicit ApiClock(Clock& clock) : clock_(clock) {}

  /// Adds the headers of a response that has just arrived.
  void hear(const Headers& headers);
  /// The API's time at a moment of the clock, which may be before all responses. Empty if no
  /// response had a Date, and permanently if two of them contradict each other by minutes.
  std::optional<Timestamp> at(Clock::TimePoint moment) const;
  std::optional<Timestamp> now() const { return at(clock_.now()); }
  /// Whether at() is empty permanently.
  bool contradictory() const;

 private:
  Clock& clock_;
  mutable std::mutex mutex_;
  // The difference between the API's time and the clock's.
  std::optional<std::chrono::microseconds> least_, most_;
};

}  // namespace heymilo::workflows
