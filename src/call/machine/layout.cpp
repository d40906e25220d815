#include "call/machine/layout.hpp"

#include <cstring>

namespace heymilo::machine {

namespace {

/// Of the bytes before the check: FNV-1a, by words of 8 bytes. Against halves, not against malice.
template <class Record>
std::uint64_t checkOf(const Record& record) {
  constexpr std::size_t kWords = offsetof(Record, check) / 8;
  static_assert(offsetof(Record, check) % 8 == 0);
  std::array<std::uint64_t, kWords> words{};
  std::memcpy(words.data(), &record, sizeof words);
  std::uint64_t check = 0xcbf29ce484222325;
  for (const std::uint64_t word : words) {
    check = (check ^ word) * 0x100000001b3;
    check ^= check >> 32;
  }
  return check;
}

template <class Record>
Record withCheck(Record record) {
  record.check = checkOf(record);
  return record;
}

}  // namespace

Head sealed(Head head) { return withCheck(head); }
SharerRecord sealed(SharerRecord record) { return withCheck(record); }
bool isWhole(const Head& head) { return head.check == checkOf(head); }
bool isWhole(const SharerRecord& record) { return record.check == checkOf(record); }

StampRecord recordOf(const Stamp& stamp) {
  StampRecord record{};
  record.state = stamp.state == Stamp::State::resting ? 1 : 2;
  record.user = stamp.user;
  record.time = stamp.time.count();
  record.timeout = stamp.timeout.count();
  return withCheck(record);
}

Stamp stampOf(const StampRecord& record) {
  if (record.check != checkOf(record) || (record.state != 1 && record.state != 2)) {
    return {};
  }
  return {record.state == 1 ? Stamp::State::resting : Stamp::State::busy,
          record.user,
          Time{record.time},
          Time{record.timeout}};
}

}  // namespace heymilo::machine
