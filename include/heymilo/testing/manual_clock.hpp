#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <set>
#include <vector>

#include "heymilo/clock.hpp"
#include "heymilo/models/enum_json.hpp"

namespace heymilo::testing {

/// A clock for tests, whose time is independent of real time: set it as ClientOptions::clock and
/// MockServerOptions::clock, and an hour's backoff takes no time.
///
/// ```cpp
/// const auto clock = std::make_shared<heymilo::testing::ManualClock>();
/// options.clock = clock;
/// // ... a call with a Retry-After of an hour
/// EXPECT_GE(clock->waits().at(0), std::chrono::hours{1});
/// ```
///
/// Thread-safe. A wait takes real time only if it has no end, or another wait ends earlier.
class ManualClock final : public Clock {
 public:
  /// How a wait ends.
  enum class Mode {
    automatic,  ///< it ends immediately and moves the clock to its end, unless another ends earlier
    by_hand     ///< advance()
  };

  /// Starts at the same time, well past zero, in each run.
  explicit ManualClock(Mode mode = Mode::automatic);

  TimePoint now() override;  ///< moved by advance(), or by the waits
  bool wait(std::unique_lock<std::mutex>& lock, std::condition_variable& condition, TimePoint until,
            const std::function<bool()>& done) override;  ///< ends according to Mode

  /// Moves the clock forward; waits up to that time end. Throws std::invalid_argument for a
  /// negative time.
  void advance(std::chrono::nanoseconds time);
  /// The duration of each wait when it began, in that order, without waits that only a notification
  /// ends.
  std::vector<std::chrono::milliseconds> waits() const;
  /// Calls `callback` with each such duration before the wait moves the clock, on the waiting
  /// thread and without a lock: for actions during the wait. For Mode::automatic; nullptr: nothing.
  void onWait(std::function<void(std::chrono::milliseconds)> callback);
  /// Waits, in real time, until waits() has this many entries; call advance() afterwards. False
  /// after `limit`.
  bool awaitWaits(std::size_t count,
                  std::chrono::milliseconds limit = std::chrono::seconds{10}) const;

 private:
  bool hasCome(TimePoint until);

  const Mode mode_;
  mutable std::mutex mutex_;
  mutable std::condition_variable begun_;
  TimePoint now_;
  std::multiset<TimePoint> ends_;  // of the waits in progress
  std::vector<std::chrono::milliseconds> waits_;
  std::function<void(std::chrono::milliseconds)> on_wait_;
};

/// The enumeration does not convert to JSON.
template <class Json, heymilo::detail::IfJson<Json> = 0>
void to_json(Json& json, ManualClock::Mode mode) = delete;
/// The enumeration does not convert from JSON.
template <class Json, heymilo::detail::IfJson<Json> = 0>
void from_json(const Json& json, ManualClock::Mode& mode) = delete;

}  // namespace heymilo::testing
