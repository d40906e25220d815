#pragma once

#include <cstdint>

#include "heymilo/models/timestamp.hpp"

namespace heymilo::json {

enum class Whole { yes, no, too_large };

/// Whether a JSON number with a fraction or exponent is an integer, as 3.0 and 1e2 are. Above 2^53
/// a double cannot represent every integer: too large.
Whole wholeNumber(double value, std::int64_t& whole) noexcept;

/// A Unix timestamp as a moment, rounded to the microsecond; false if out of range (about ±292,000
/// years around 1970).
bool timestampFromSeconds(std::int64_t seconds, Timestamp& moment) noexcept;
bool timestampFromSeconds(double seconds, Timestamp& moment) noexcept;

/// The moment as a Unix timestamp: the double nearest to it.
double secondsFromTimestamp(Timestamp moment) noexcept;

}  // namespace heymilo::json
