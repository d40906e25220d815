#include "workflows/api_clock.hpp"

#include <array>
#include <string>
#include <string_view>

#include "heymilo/errors.hpp"

namespace heymilo::workflows {

Timestamp now() {
  return std::chrono::time_point_cast<Timestamp::duration>(std::chrono::system_clock::now());
}

std::optional<std::chrono::microseconds> apiClockAhead(const Headers& headers, Timestamp moment) {
  // Sun, 06 Nov 1994 08:49:37 GMT
  constexpr std::size_t kLength = 29;
  constexpr std::array<std::string_view, 12> kMonths{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::string date = headers.get("Date").value_or(std::string());
  if (date.size() != kLength || date.substr(25) != " GMT") {
    return std::nullopt;
  }
  for (std::size_t month = 0; month < kMonths.size(); ++month) {
    if (date.compare(8, 3, kMonths[month]) != 0) {
      continue;
    }
    const std::string number = std::to_string(month + 1);
    try {
      return parseTimestamp(date.substr(12, 4) + '-' + std::string(2 - number.size(), '0') +
                            number + '-' + date.substr(5, 2) + 'T' + date.substr(17, 8) + 'Z') -
             moment;
    } catch (const InvalidArgumentError&) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace heymilo::workflows
