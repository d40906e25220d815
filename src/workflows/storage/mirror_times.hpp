#pragma once

#include <chrono>
#include <cmath>
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

inline std::optional<Timestamp> momentIn(const sqlite::Statement& row, int column) {
  return row.isNull(column) ? std::nullopt : std::optional(fromSeconds(row.real(column)));
}

}  // namespace heymilo::workflows
