// A Retry-After is a wait within bounds or nothing, and a date is the same date in each of its
// forms.

#include <array>
#include <cstdio>

#include "base/http_date.hpp"
#include "fuzz/fuzz.hpp"

namespace {

constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 12> kMonths{
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

void fuzzOne(std::string_view text) {
  using namespace std::chrono;  // NOLINT(google-build-using-namespace)
  const system_clock::time_point now{seconds{1'800'000'000}};
  if (const auto wait = heymilo::parseRetryAfter(text, now)) {
    check(*wait >= milliseconds{0} && *wait <= seconds{std::int64_t{1} << 31},
          "a wait is not negative and has an end");
  }
  const auto date = heymilo::parseHttpDate(text, now);
  if (!date) {
    return;
  }
  check(heymilo::parseRetryAfter(text, now).has_value(), "a date is a wait");
  const auto time = heymilo::toCalendarTime(*date);
  check(time.has_value(), "a date is one of the calendar");
  const auto* const day = kDays.at(static_cast<std::size_t>(time->weekday));
  const auto* const month = kMonths.at(static_cast<std::size_t>(time->month - 1));
  std::array<char, 64> form{};
  std::snprintf(form.data(),
                form.size(),
                "%s, %02d %s %04d %02d:%02d:%02d GMT",
                day,
                time->day,
                month,
                time->year,
                time->hour,
                time->minute,
                time->second);
  check(heymilo::parseHttpDate(form.data(), now) == date, "the same as an IMF-fixdate");
  std::snprintf(form.data(),
                form.size(),
                "%s %s %2d %02d:%02d:%02d %04d",
                day,
                month,
                time->day,
                time->hour,
                time->minute,
                time->second,
                time->year);
  check(heymilo::parseHttpDate(form.data(), now) == date, "the same as an asctime date");
}
