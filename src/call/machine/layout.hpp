#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "call/machine/protocol.hpp"

// The bytes of a machine's quota file. It never leaves the machine, and is the same for all
// programs of it: numbers are in its byte order. Each record has a check of its own, since those
// who look without a lock may see half of a new one.
namespace heymilo::machine {

constexpr std::uint32_t kVersion = 2;
constexpr int kMaxSharers = 256;  // clients at a time
constexpr int kMaxSlots = 65536;

/// At the beginning. Written under the lock of its first byte.
struct Head {
  std::array<char, 8> magic;     // kMagic, or kMaking as long as it is not complete
  std::uint32_t version;         // kVersion
  std::int32_t slots;            // N
  std::int64_t window;           // W in ms
  std::uint64_t id;              // of this content: random
  std::array<char, 40> boot;     // the machine's boot id
  std::uint64_t time_namespace;  // 0 where the kernel has none
  std::array<char, 64> key;      // quotaKey(), or zeros
  std::int64_t longest_timeout;  // of a sharer so far, in ns
  std::int32_t reserved;         // the highest of a sharer so far
  std::uint32_t unused;
  std::uint64_t inode;  // of the file that this was written into: a copy has another one,
  std::int64_t born;    // or was made at another time (in ns of the file system; 0: not known)
  std::int64_t made;    // when this content began, by the boot time in ns
  std::uint64_t check;
};

/// A client that shares the quota. Only it writes here, as long as it holds the record's lock.
struct SharerRecord {
  std::int32_t process;      // its id
  std::int16_t interactive;  // calls that wait
  std::int16_t bulk;
  std::int64_t held_until;  // as it was told by a 429, also when it is gone
  std::uint64_t check;
};

/// What Stamp says.
struct StampRecord {
  std::uint32_t state;  // 1: resting, 2: busy
  std::int32_t user;
  std::int64_t time;
  std::int64_t timeout;
  std::uint64_t check;
};

constexpr std::array<char, 8> kMagic = {'h', 'e', 'y', 'm', 'i', 'l', 'o', 'Q'};
constexpr std::array<char, 8> kMaking = {'h', 'e', 'y', 'm', 'i', 'l', 'o', '.'};

constexpr std::size_t kSharersAt = 256;
constexpr std::size_t kSlotsAt = kSharersAt + kMaxSharers * sizeof(SharerRecord);
static_assert(sizeof(Head) <= kSharersAt && sizeof(SharerRecord) == 24 &&
              sizeof(StampRecord) == 32);

constexpr std::size_t sharerAt(int sharer) {
  return kSharersAt + static_cast<std::size_t>(sharer) * sizeof(SharerRecord);
}
constexpr std::size_t slotAt(int slot) {
  return kSlotsAt + static_cast<std::size_t>(slot) * sizeof(StampRecord);
}

/// With their checks.
Head sealed(Head head);
SharerRecord sealed(SharerRecord record);
StampRecord recordOf(const Stamp& stamp);

/// Whether the check is right. Never for zeros.
bool isWhole(const Head& head);
bool isWhole(const SharerRecord& record);
/// `damaged` where the check is wrong.
Stamp stampOf(const StampRecord& record);

}  // namespace heymilo::machine
