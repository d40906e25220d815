#pragma once

#include <deque>
#include <optional>

#include "heymilo/options.hpp"
#include "heymilo/quota.hpp"
#include "types/clock.hpp"

namespace heymilo {

/// The quota of one client alone: it holds all slots, so that none needs a number, and any number
/// of them where there is no limit. Not for several threads at a time.
class LocalSlots final : public QuotaMember {
 public:
  LocalSlots(std::optional<RateLimit> limit, int reserved_requests, Clock& clock)
      : limit_(limit), reserved_(reserved_requests), clock_(clock) {}

  SlotTurn take(const SlotRequest& request) override;
  bool mayStillSend(int /*slot*/) noexcept override { return true; }
  void release(int slot, SlotEnd end) noexcept override;
  void hold(std::chrono::milliseconds time) noexcept override;
  void waiting(int /*interactive*/, int /*bulk*/) noexcept override {}

 private:
  const std::optional<RateLimit> limit_;
  const int reserved_;
  Clock& clock_;
  int in_use_ = 0;
  std::deque<Clock::TimePoint> rested_at_;  // of the slots that rest; the earliest first
  Clock::TimePoint held_until_{};
};

}  // namespace heymilo
