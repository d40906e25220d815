#include "call/machine/content.hpp"

#include <cstring>
#include <thread>

#include "base/under_way.hpp"

namespace heymilo::machine {

bool Content::read(const LockedFile& file, std::size_t length) {
  // Who raises the head's values writes it as a whole, in no time.
  constexpr int kTries = 1000;
  bytes.resize(length);
  for (int attempt = 0; attempt < kTries; ++attempt) {
    const std::size_t got = file.read(bytes.data(), length, 0);
    if (got < sizeof head) {
      head = Head{};
      return got == 0;  // emptied
    }
    std::memcpy(&head, bytes.data(), sizeof head);
    if (head.magic == kMaking) {
      return true;
    }
    if (head.magic == kMagic && isWhole(head)) {
      if (got != length || length != slotAt(head.slots)) {
        return false;
      }
      sharers.resize(kMaxSharers);
      std::memcpy(sharers.data(), &bytes[kSharersAt], kMaxSharers * sizeof(SharerRecord));
      slots.clear();
      slots.reserve(static_cast<std::size_t>(head.slots));
      for (int slot = 0; slot < head.slots; ++slot) {
        StampRecord record{};
        std::memcpy(&record, &bytes[slotAt(slot)], sizeof record);
        slots.push_back(stampOf(record));
      }
      return true;
    }
    std::this_thread::yield();
  }
  return false;
}

QuotaStatus Content::status(const LockedFile& file, Time now) const {
  QuotaStatus status;
  status.store = file.path();
  status.requests = head.slots;
  status.per = std::chrono::milliseconds{head.window};
  status.reserved_requests = head.reserved;
  std::vector<QuotaSharer> all(kMaxSharers);
  std::vector<bool> known(kMaxSharers);
  Time held_until{0};
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!isWhole(sharers[i])) {
      continue;
    }
    held_until = (std::max)(held_until, Time{sharers[i].held_until});
    all[i].name = "pid " + std::to_string(sharers[i].process);
    all[i].alive = file.isLocked(sharerAt(static_cast<int>(i)), sizeof(SharerRecord));
    known[i] = all[i].alive;
    if (all[i].alive) {
      all[i].waiting_interactive = sharers[i].interactive;
      all[i].waiting_bulk = sharers[i].bulk;
    }
  }
  status.held = std::chrono::ceil<std::chrono::milliseconds>((std::max)(held_until - now, Time{0}));
  for (const Stamp& stamp : slots) {
    const bool busy = stamp.state != Stamp::State::resting;
    if (!busy && stamp.time <= now) {
      ++status.free;
      continue;
    }
    ++status.used;
    const auto user = static_cast<std::size_t>(stamp.user);
    if (stamp.user >= 0 && user < all.size()) {
      known[user] = known[user] || !all[user].name.empty();
      ++(busy ? all[user].in_use : all[user].resting);
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (known[i]) {
      status.sharers.push_back(all[i]);
    }
  }
  return status;
}

}  // namespace heymilo::machine
