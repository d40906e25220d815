#include "testing/server/state/waiting_room.hpp"

#include <utility>

namespace heymilo::testing::detail {

WaitingRoom::WaitingRoom(std::shared_ptr<Clock> clock) : clock_(std::move(clock)) {}

std::uint64_t WaitingRoom::ticket() const {
  const std::lock_guard lock(mutex_);
  return releases_;
}

WaitingRoom::End WaitingRoom::wait(Clock::TimePoint until, std::optional<std::uint64_t> ticket,
                                   const CancellationToken& cancellation) {
  // Destroyed after the unlock: its destructor waits for a running notification, which needs the
  // lock.
  const CancellationCallback wake_up(cancellation, [this] {
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
  });
  std::unique_lock lock(mutex_);
  const auto ended = [&]() -> std::optional<End> {
    if (closed_) {
      return End::closed;
    }
    if (cancellation.cancelled()) {
      return End::cancelled;
    }
    if (ticket && releases_ != *ticket) {
      return End::released;
    }
    return std::nullopt;
  };
  clock_->wait(lock, changed_, until, [&] { return ended().has_value(); });
  return ended().value_or(End::due);
}

void WaitingRoom::release() {
  const std::lock_guard lock(mutex_);
  ++releases_;
  changed_.notify_all();
}

void WaitingRoom::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

bool WaitingRoom::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

}  // namespace heymilo::testing::detail
