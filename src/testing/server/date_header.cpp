#include "testing/server/date_header.hpp"

#include <array>
#include <chrono>
#include <cstddef>

namespace heymilo::testing::detail {

std::string dateHeader(Timestamp moment) {
  using Days = std::chrono::duration<int, std::ratio<86400>>;
  constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto seconds = std::chrono::floor<std::chrono::seconds>(moment);
  const std::string iso = formatTimestamp(seconds);  // 1994-11-06T08:49:37Z
  constexpr int kThursday = 4;                       // the day of the epoch
  const int day = std::chrono::floor<Days>(seconds.time_since_epoch()).count() + kThursday;
  const auto weekday = static_cast<std::size_t>((day % 7 + 7) % 7);
  const auto month = static_cast<std::size_t>(std::stoi(iso.substr(5, 2)) - 1);
  return std::string(kDays[weekday]) + ", " + iso.substr(8, 2) + ' ' + kMonths[month] + ' ' +
         iso.substr(0, 4) + ' ' + iso.substr(11, 8) + " GMT";
}

}  // namespace heymilo::testing::detail
