#pragma once

#include <chrono>
#include <cmath>
#include <limits>
#include <optional>

#include "heymilo/models/timestamp.hpp"
#include "workflows/storage/sqlite.hpp"

/// Moments in the format of a mirror's tables: Unix seconds. A double is exact to the microsecond
/// until the year 2200.
namespace heymilo::workflows {

inline constexpr double kMicroseconds = 1e6;

inline double toSeconds(Timestamp moment) {
  return static_cast<double>(moment.time_since_epoch().count()) / kMicroseconds;
}

inline Timestamp fromSeconds(double seconds) {
  return Timestamp(std::chrono::microseconds(std::llround(seconds * kMicroseconds)));
}

inline std::optional<double> toSeconds(const std::optional<Timestamp>& moment) {
  return moment ? std::optional(toSeconds(*moment)) : std::nullopt;
}

// The ends of a range, of which an empty one is open: for `BETWEEN`, which no NULL is.
inline double firstSecond(const std::optional<Timestamp>& created_after) {
  return toSeconds(created_after).value_or(std::numeric_limits<double>::lowest());
}
inline double lastSecond(const std::optional<Timestamp>& created_before) {
  return toSeconds(created_before).value_or(std::numeric_limits<double>::max());
}

inline std::optional<Timestamp> momentIn(const sqlite::Statement& row, int column) {
  return row.isNull(column) ? std::nullopt : std::optional(fromSeconds(row.real(column)));
}

}  // namespace heymilo::workflows
