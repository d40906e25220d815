#pragma once

#include <chrono>

#include "heymilo/models/timestamp.hpp"

namespace heymilo {

/// A bound of a list by time, inclusive. Any moment of the system's clock converts to it, whatever
/// the unit of that clock is (nanoseconds with libstdc++, microseconds with libc++):
///
///     params.created_after = std::chrono::system_clock::now() - std::chrono::hours{24};
///
/// The API's times are to the microsecond. A finer moment is rounded so that the bound leaves out
/// nobody: down as `created_after`, up as `created_before`.
///
/// A moment that is not within the years 0001 to 9999 is an InvalidArgumentError of the call that
/// it is given to, which names the parameter.
class TimeBound {
 public:
  /// From a Timestamp, or any other moment of the system's clock.
  template <class Duration>
  constexpr TimeBound(  // NOLINT(google-explicit-constructor): to be given a time
      std::chrono::time_point<std::chrono::system_clock, Duration> moment)
      : floor_(isFar(moment) ? end(moment) : std::chrono::floor<Timestamp::duration>(moment)),
        ceil_(isFar(moment) ? end(moment) : std::chrono::ceil<Timestamp::duration>(moment)) {}

  constexpr Timestamp floor() const noexcept { return floor_; }  ///< rounded down
  constexpr Timestamp ceil() const noexcept { return ceil_; }    ///< rounded up

  /// Equal where both roundings are.
  /// @{
  friend constexpr bool operator==(const TimeBound& a, const TimeBound& b) noexcept {
    return a.floor_ == b.floor_ && a.ceil_ == b.ceil_;
  }
  friend constexpr bool operator!=(const TimeBound& a, const TimeBound& b) noexcept {
    return !(a == b);
  }
  /// @}

 private:
  template <class Moment>
  static constexpr double secondsOf(const Moment& moment) {
    return std::chrono::duration<double>(moment.time_since_epoch()).count();
  }

  /// Whether a Timestamp can't hold it: 285,000 years from 1970, or not a number.
  template <class Moment>
  static constexpr bool isFar(const Moment& moment) {
    return !(secondsOf(moment) > -9e12 && secondsOf(moment) < 9e12);
  }

  /// What stands for a moment that is far.
  template <class Moment>
  static constexpr Timestamp end(const Moment& moment) {
    return secondsOf(moment) < 0 ? (Timestamp::min)() : (Timestamp::max)();
  }

  Timestamp floor_;
  Timestamp ceil_;
};

}  // namespace heymilo
