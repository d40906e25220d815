#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/calendar.hpp"

namespace heymilo {

/// A date in one of the three forms of RFC 9110, section 5.6.7; empty for any other text:
///   Sun, 06 Nov 1994 08:49:37 GMT     IMF-fixdate
///   Sunday, 06-Nov-94 08:49:37 GMT    RFC 850
///   Sun Nov  6 08:49:37 1994          asctime
/// The day's name must be one of the seven, but is not compared with the date. The century of an
/// RFC 850 date is the one that puts it at most 50 years after `now`. A date past the range of the
/// system clock (year 2262 in nanoseconds) becomes the last second in that range.
std::optional<UnixSeconds> parseHttpDate(std::string_view text,
                                         std::chrono::system_clock::time_point now) noexcept;

/// The IMF-fixdate of a moment, as a `Date` header has it. Empty where its year is not within 1 to
/// 9999.
std::optional<std::string> formatHttpDate(UnixSeconds moment);

/// How long after `now` a Retry-After (RFC 9110, section 10.2.3) asks to wait: a number of seconds
/// or a date, in any of its forms; rounded up to the millisecond, 0 for a date that has passed, and
/// at most 2^31 s. Empty for any other text.
std::optional<std::chrono::milliseconds> parseRetryAfter(
    std::string_view text, std::chrono::system_clock::time_point now) noexcept;

}  // namespace heymilo
