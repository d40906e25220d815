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

/// Responses that wait for their time, or for release. Thread-safe.
class WaitingRoom {
 public:
  enum class End { due, released, closed, cancelled };

  explicit WaitingRoom(std::shared_ptr<Clock> clock);

  Clock& clock() const { return *clock_; }

  /// The ticket of a held response; the next release() sends it, even if it comes before the wait.
  std::uint64_t ticket() const;
  /// Waits until `until`, the ticket's release, the end of the room, or a cancellation of
  /// `cancellation`.
  End wait(Clock::TimePoint until, std::optional<std::uint64_t> ticket = {},
           const CancellationToken& cancellation = {});
  void release();
  /// Ends all waits, present and future.
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
