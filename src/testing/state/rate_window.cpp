#include "testing/state/rate_window.hpp"

#include <algorithm>
#include <stdexcept>

namespace heymilo::testing::detail {

namespace {

std::optional<RateLimit> checked(std::optional<RateLimit> limit) {
  if (limit && (limit->requests < 1 || limit->per <= std::chrono::milliseconds::zero())) {
    throw std::invalid_argument("a rate limit is at least one request in a positive time");
  }
  return limit;
}

}  // namespace

RateWindow::RateWindow(std::optional<RateLimit> limit) : limit_(checked(limit)) {}

std::optional<std::chrono::nanoseconds> RateWindow::enter(std::string_view key, Time now) {
  const std::lock_guard lock(mutex_);
  if (!limit_) {
    return std::nullopt;
  }
  std::deque<Time>& times = entered_.try_emplace(std::string(key)).first->second;
  // Requests may come here in another order than their headers came in.
  while (!times.empty() && times.front() + limit_->per <= now) {
    times.pop_front();
  }
  if (times.size() >= static_cast<std::size_t>(limit_->requests)) {
    return times.front() + limit_->per - now;
  }
  times.insert(std::upper_bound(times.begin(), times.end(), now), now);
  return std::nullopt;
}

void RateWindow::setLimit(std::optional<RateLimit> limit) {
  const std::lock_guard lock(mutex_);
  limit_ = checked(limit);
  entered_.clear();
}

}  // namespace heymilo::testing::detail
