#pragma once

#include <chrono>
#include <optional>

#include "base/under_way.hpp"
#include "heymilo/models/timestamp.hpp"

namespace heymilo::workflows {

/// By a clock of this machine that nobody can set, and that goes on while the machine is suspended.
using JobTime = std::chrono::nanoseconds;

/// A moment of a job.
struct Moment {
  JobTime time{0};
  /// The API's time, never ahead. Empty where no response had a Date, or they contradict each
  /// other.
  std::optional<Timestamp> api{};
};

/// The times of a job. Tests have shorter ones.
struct JobTimes {
  /// T_c: a worker sends only until its last good operation on the journal was begun and this.
  std::chrono::milliseconds lease{10'000};
  /// The longest time of an attempt, from the check of the lease to its end.
  std::chrono::milliseconds attempt{60'000};
  /// U: how long packets are under way.
  std::chrono::milliseconds under_way{kUnderWay};
  /// How long the API may take to carry out a request of which it has the last byte.
  std::chrono::milliseconds settling{120'000};
  /// How long its queue may take with an async one that it has accepted, where nothing that was
  /// queued contradicts. Empty: no time is long enough.
  std::optional<std::chrono::milliseconds> queue{};
  /// How far the clocks of the API's machines may differ.
  std::chrono::milliseconds margin{std::chrono::minutes{5}};
  /// How often a worker asks for what others have.
  std::chrono::milliseconds poll{1'000};
  /// How long a record waits for others to be asked for with it.
  std::chrono::milliseconds linger{50};

  /// T_o: so long after its last operation a worker can have nothing under way any more. Clocks may
  /// differ by a thousandth.
  std::chrono::milliseconds outlast() const {
    const std::chrono::milliseconds exact = lease + attempt + under_way;
    return exact + exact / 1000 + std::chrono::milliseconds{1};
  }
  /// After the end of a request, when what it may have done shows in the posting.
  std::chrono::milliseconds settled(bool async) const {
    const auto longest = settling + (async ? queue.value_or(std::chrono::milliseconds{0})
                                           : std::chrono::milliseconds{0});
    return under_way + longest + longest / 1000 + std::chrono::milliseconds{1};
  }
};

}  // namespace heymilo::workflows
