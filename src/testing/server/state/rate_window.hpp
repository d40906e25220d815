#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "heymilo/clock.hpp"
#include "heymilo/options.hpp"

namespace heymilo::testing::detail {

/// Sliding windows for each key, one for all operations and one for each that has a limit of its
/// own: at most so many requests in any stretch of the given length. A request that is refused does
/// not count. Used by any thread.
class RateWindow {
 public:
  using Time = Clock::TimePoint;

  struct Entry {
    Time at;  ///< the moment for which the request was counted or refused: now
    /// Where it is one too many and was not counted: the time until there is room for one again.
    std::optional<std::chrono::nanoseconds> wait{};
  };

  RateWindow(std::optional<RateLimit> limit, std::shared_ptr<Clock> clock);

  Entry enter(std::string_view key, std::string_view operation);
  /// Counting starts anew. An empty operation: the limit for all.
  void setLimit(std::string_view operation, std::optional<RateLimit> limit);

 private:
  struct Window {
    RateLimit limit;
    std::map<std::string, std::deque<Time>, std::less<>> entered{};  // by key
  };

  Window* find(std::string_view operation);

  const std::shared_ptr<Clock> clock_;
  std::mutex mutex_;
  std::map<std::string, Window, std::less<>> windows_;  // by operation; empty: all
};

}  // namespace heymilo::testing::detail
