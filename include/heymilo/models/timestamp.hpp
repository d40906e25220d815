#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "heymilo/export.hpp"

namespace heymilo {

/// A moment in time, to the microsecond. The API sends Unix timestamps: seconds since
/// 1970-01-01T00:00:00Z as a JSON number, whole, fractional or negative.
using Timestamp = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

/// A moment of the system's clock, in any unit, truncated to the microsecond:
/// `toTimestamp(std::chrono::system_clock::now() - std::chrono::hours{24})`. For Unix seconds use
/// `Timestamp(std::chrono::seconds{1773360000})`.
template <class Duration>
constexpr Timestamp toTimestamp(
    std::chrono::time_point<std::chrono::system_clock, Duration> moment) {
  return std::chrono::floor<std::chrono::microseconds>(moment);
}

/// The moment as an ISO-8601 (RFC 3339) date-time in UTC: `2026-03-13T00:00:00Z`, with as many
/// fractional digits as needed (`...00.25Z`). Date filters are sent in this form. Throws
/// InvalidArgumentError for a year outside 0001 to 9999.
HEYMILO_EXPORT std::string formatTimestamp(Timestamp moment);

/// Reads an ISO-8601 date-time: `2026-03-13T00:00:00Z`, `2026-03-13T00:00:00.5+02:00`, `2026-03-13
/// 00:00`, `2026-03-13`. A text without an offset is UTC, as in the API. Digits after the
/// microseconds are ignored. Throws InvalidArgumentError for any other text.
HEYMILO_EXPORT Timestamp parseTimestamp(std::string_view iso8601);

}  // namespace heymilo
