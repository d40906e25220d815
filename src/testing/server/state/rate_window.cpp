#include "testing/server/state/rate_window.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

namespace heymilo::testing::detail {

RateWindow::RateWindow(std::optional<RateLimit> limit, std::shared_ptr<Clock> clock)
    : clock_(std::move(clock)) {
  setLimit({}, limit);
}

RateWindow::Entry RateWindow::enter(std::string_view key, std::string_view operation) {
  const std::lock_guard lock(mutex_);
  // Read under the lock: if requests were counted with times out of order, more than the limit
  // could be let in.
  const Time now = clock_->now();
  std::optional<std::chrono::nanoseconds> wait;
  std::vector<std::deque<Time>*> counted;
  for (Window* window : {find({}), find(operation)}) {
    if (!window) {
      continue;
    }
    std::deque<Time>& times = window->entered.try_emplace(std::string(key)).first->second;
    while (!times.empty() && times.front() + window->limit.per <= now) {
      times.pop_front();
    }
    if (times.size() >= static_cast<std::size_t>(window->limit.requests)) {
      const std::chrono::nanoseconds until_room = times.front() + window->limit.per - now;
      wait = std::max(wait.value_or(until_room), until_room);
    }
    counted.push_back(&times);
  }
  if (!wait) {
    for (std::deque<Time>* times : counted) {
      times->push_back(now);
    }
  }
  return {now, wait};
}

void RateWindow::setLimit(std::string_view operation, std::optional<RateLimit> limit) {
  if (limit && (limit->requests < 1 || limit->per <= std::chrono::milliseconds::zero())) {
    throw std::invalid_argument("invalid rate limit: at least one request in a positive time");
  }
  const std::lock_guard lock(mutex_);
  if (limit) {
    windows_.insert_or_assign(std::string(operation), Window{*limit});
  } else {
    windows_.erase(std::string(operation));
  }
}

RateWindow::Window* RateWindow::find(std::string_view operation) {
  const auto found = windows_.find(operation);
  return found != windows_.end() ? &found->second : nullptr;
}

}  // namespace heymilo::testing::detail
