#include "testing/state/rate_window.hpp"

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

RateWindow::Entry RateWindow::enter(std::string_view key) {
  const std::lock_guard lock(mutex_);
  // Read under the lock: were requests counted for moments that are not in order, then more than
  // the limit could be let in.
  const Time now = std::chrono::steady_clock::now();
  if (!limit_) {
    return {now};
  }
  std::deque<Time>& times = entered_.try_emplace(std::string(key)).first->second;
  while (!times.empty() && times.front() + limit_->per <= now) {
    times.pop_front();
  }
  if (times.size() >= static_cast<std::size_t>(limit_->requests)) {
    return {now, times.front() + limit_->per - now};
  }
  times.push_back(now);
  return {now};
}

void RateWindow::setLimit(std::optional<RateLimit> limit) {
  const std::lock_guard lock(mutex_);
  limit_ = checked(limit);
  entered_.clear();
}

}  // namespace heymilo::testing::detail
