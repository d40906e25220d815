#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "heymilo/options.hpp"

namespace heymilo::testing::detail {

/// A sliding window for each key: at most so many requests in any stretch of the given length. A
/// request that is refused does not count. Used by any thread.
class RateWindow {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Entry {
    Time at;  ///< the moment for which the request was counted or refused: now
    /// Where it is one too many and was not counted: the time until there is room for one again.
    std::optional<std::chrono::nanoseconds> wait{};
  };

  explicit RateWindow(std::optional<RateLimit> limit);

  Entry enter(std::string_view key);
  /// Counting starts anew.
  void setLimit(std::optional<RateLimit> limit);

 private:
  std::mutex mutex_;
  std::optional<RateLimit> limit_;
  std::map<std::string, std::deque<Time>, std::less<>> entered_;
};

}  // namespace heymilo::testing::detail
