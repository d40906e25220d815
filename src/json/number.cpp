#include "json/number.hpp"

#include <cmath>
#include <limits>

namespace heymilo::json {

namespace {

constexpr std::int64_t kMicroseconds = 1'000'000;
constexpr double kExact = 9007199254740992.0;  // 2^53
// One second less than the range of a Timestamp: the fraction always fits.
constexpr std::int64_t kMaxSeconds = (std::numeric_limits<std::int64_t>::max)() / kMicroseconds - 1;

}  // namespace

Whole wholeNumber(double value, std::int64_t& whole) noexcept {
  if (!(std::fabs(value) <= kExact)) {
    return Whole::too_large;
  }
  if (std::trunc(value) != value) {
    return Whole::no;
  }
  whole = static_cast<std::int64_t>(value);
  return Whole::yes;
}

bool timestampFromSeconds(std::int64_t seconds, Timestamp& moment) noexcept {
  if (seconds > kMaxSeconds || seconds < -kMaxSeconds) {
    return false;
  }
  moment = Timestamp(std::chrono::microseconds(seconds * kMicroseconds));
  return true;
}

bool timestampFromSeconds(double seconds, Timestamp& moment) noexcept {
  if (!(std::fabs(seconds) <= static_cast<double>(kMaxSeconds))) {
    return false;
  }
  // Whole seconds and fraction separately: their product with a million would be rounded twice.
  const double whole = std::floor(seconds);
  const auto fraction = static_cast<std::int64_t>(std::llround((seconds - whole) * 1e6));
  moment = Timestamp(
      std::chrono::microseconds(static_cast<std::int64_t>(whole) * kMicroseconds + fraction));
  return true;
}

double secondsFromTimestamp(Timestamp moment) noexcept {
  const std::int64_t count = moment.time_since_epoch().count();
  if (std::fabs(static_cast<double>(count)) <= kExact) {
    return static_cast<double>(count) / 1e6;  // both exact, so the quotient is the nearest double
  }
  const std::int64_t seconds = count / kMicroseconds;
  return static_cast<double>(seconds) + static_cast<double>(count % kMicroseconds) / 1e6;
}

}  // namespace heymilo::json
