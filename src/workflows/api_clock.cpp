#include "workflows/api_clock.hpp"

#include <algorithm>
#include <string>

#include "base/http_date.hpp"

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
  return parseHttpDate(headers.get("Date").value_or(std::string()),
                       std::chrono::system_clock::now());
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
