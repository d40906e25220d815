#include "workflows/api_clock.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "heymilo/errors.hpp"

namespace heymilo::workflows {

namespace {

// A response's Date is as old as the response took to arrive, up to a minute; and servers differ.
constexpr std::chrono::minutes kServersDiffer{2};

bool differ(std::chrono::microseconds least, std::chrono::microseconds most) {
  return most - least > kServersDiffer;
}

}  // namespace

Timestamp now() {
  return std::chrono::time_point_cast<Timestamp::duration>(std::chrono::system_clock::now());
}

std::optional<Timestamp> dateOf(const Headers& headers) {
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
                            number + '-' + date.substr(5, 2) + 'T' + date.substr(17, 8) + 'Z');
    } catch (const InvalidArgumentError&) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

void ApiClock::hear(const Headers& headers) {
  const std::optional<Timestamp> date = dateOf(headers);
  if (!date) {
    return;
  }
  const auto ahead =
      date->time_since_epoch() -
      std::chrono::duration_cast<std::chrono::microseconds>(clock_.now().time_since_epoch());
  const std::lock_guard lock(mutex_);
  least_ = std::min(least_.value_or(ahead), ahead);
  most_ = std::max(most_.value_or(ahead), ahead);
}

std::optional<Timestamp> ApiClock::at(Clock::TimePoint moment) const {
  const std::lock_guard lock(mutex_);
  if (!least_ || differ(*least_, *most_)) {
    return std::nullopt;
  }
  return Timestamp(
      *least_ + std::chrono::duration_cast<std::chrono::microseconds>(moment.time_since_epoch()));
}

bool ApiClock::contradictory() const {
  const std::lock_guard lock(mutex_);
  return least_ && differ(*least_, *most_);
}

}  // namespace heymilo::workflows
