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

/// A clock for tests, which knows no time but that: give it to ClientOptions::clock and
/// MockServerOptions::clock, and an hour's back-off takes no time.
///
/// ```cpp
/// const auto clock = std::make_shared<heymilo::testing::ManualClock>();
/// options.clock = clock;
/// // ... a call that is told to come back in an hour
/// EXPECT_GE(clock->waits().at(0), std::chrono::hours{1});
/// ```
///
/// All functions may be called by any thread. Real time passes only where a wait has none to end
/// it, or another one ends earlier.
class ManualClock final : public Clock {
 public:
  /// What ends a wait.
  enum class Mode {
    automatic,  ///< it ends at once and moves the clock to its end, unless another ends earlier
    by_hand     ///< advance()
  };

  /// Starts at a moment long past zero, the same each time.
  explicit ManualClock(Mode mode = Mode::automatic);

  TimePoint now() override;  ///< moves by advance(), or by the waits
  bool wait(std::unique_lock<std::mutex>& lock, std::condition_variable& condition, TimePoint until,
            const std::function<bool()>& done) override;  ///< ends as Mode says

  /// Moves the clock forward; waits whose end has come are over. Throws std::invalid_argument for a
  /// negative time.
  void advance(std::chrono::nanoseconds time);
  /// How long each wait was to be when it began, in that order; those that only a notification ends
  /// are not among them.
  std::vector<std::chrono::milliseconds> waits() const;
  /// Calls `told` with each such time before the clock is moved by it, on the thread that waits and
  /// without a lock, for what is to happen in the meantime. For Mode::automatic; nullptr: nothing.
  void onWait(std::function<void(std::chrono::milliseconds)> told);
  /// Waits, in real time, until waits() has so many: to be followed by advance(). False when
  /// `limit` has passed before that.
  bool awaitWaits(std::size_t count,
                  std::chrono::milliseconds limit = std::chrono::seconds{10}) const;

 private:
  bool hasCome(TimePoint until);

  const Mode mode_;
  mutable std::mutex mutex_;
  mutable std::condition_variable begun_;
  TimePoint now_;
  std::multiset<TimePoint> ends_;  // of the waits that are under way
  std::vector<std::chrono::milliseconds> waits_;
  std::function<void(std::chrono::milliseconds)> told_;
};

/// It does not convert to JSON.
template <class Json, heymilo::detail::IfJson<Json> = 0>
void to_json(Json& json, ManualClock::Mode mode) = delete;
/// Nor from it.
template <class Json, heymilo::detail::IfJson<Json> = 0>
void from_json(const Json& json, ManualClock::Mode& mode) = delete;

}  // namespace heymilo::testing
