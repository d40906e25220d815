#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "base/later.hpp"
#include "heymilo/cancellation.hpp"
#include "heymilo/clock.hpp"

namespace heymilo::testing::detail {

/// Where answers wait for their time, or until they are released. Used by any thread.
class WaitingRoom {
 public:
  enum class End { due, released, closed, cancelled };

  explicit WaitingRoom(std::shared_ptr<Clock> clock);

  Clock& clock() const { return *clock_; }

  /// What an answer that is to be held is given: the next release() lets it go, however early that
  /// comes.
  std::uint64_t ticket() const;
  /// Waits until `until` has come, the ticket is released, the room is closed, or `cancellation` is
  /// cancelled.
  End wait(Clock::TimePoint until, std::optional<std::uint64_t> ticket = {},
           const CancellationToken& cancellation = {});
  void release();
  /// Ends all waits, now and from now on.
  void close();
  bool closed() const;

 private:
  const std::shared_ptr<Clock> clock_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t releases_ = 0;
  bool closed_ = false;
};

}  // namespace heymilo::testing::detail
