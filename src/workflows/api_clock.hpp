#pragma once

#include <chrono>
#include <mutex>
#include <optional>

#include "heymilo/clock.hpp"
#include "heymilo/headers.hpp"
#include "heymilo/models/timestamp.hpp"

namespace heymilo::workflows {

/// This machine's wall clock, which may be set at any moment: for what people read only.
Timestamp now();

/// The Date header of a response (RFC 9110, section 6.6.1), which is to the second. Empty where
/// there is none, or none in the form that senders must use.
std::optional<Timestamp> dateOf(const Headers& headers);

/// The API's time, by the Date headers of its responses, and carried on by a monotonic clock: this
/// machine's wall clock plays no part in it. It is never ahead of what the servers said, but behind
/// by as much as responses take, or as a cache or one of several servers is. All functions may be
/// called by any thread.
class ApiClock {
 public:
  /// `clock` must live as long as this.
  explicit ApiClock(Clock& clock) : clock_(clock) {}

  /// The headers of a response that has just come.
  void hear(const Headers& headers);
  /// The API's time at a moment of the clock, which may lie before all responses. Empty where no
  /// response had a Date, and for good where two of them contradict each other by minutes.
  std::optional<Timestamp> at(Clock::TimePoint moment) const;
  std::optional<Timestamp> now() const { return at(clock_.now()); }
  /// No response can change that at() is empty.
  bool contradictory() const;

 private:
  Clock& clock_;
  mutable std::mutex mutex_;
  // Of the API's time, ahead of the clock's.
  std::optional<std::chrono::microseconds> least_, most_;
};

}  // namespace heymilo::workflows
