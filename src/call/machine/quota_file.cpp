#include "call/machine/quota_file.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "base/boot_time.hpp"
#include "heymilo/errors.hpp"

namespace heymilo::machine {

namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds kSetupPatience{5};
constexpr int kNobody = -1;

StoreError damaged(const std::string& path, const std::string& how) {
  return StoreError("quota file " + path + ' ' + how +
                    ": delete it when no program uses it; requests then begin again after a pause");
}

std::string inWords(std::int64_t requests, std::int64_t window) {
  return std::to_string(requests) + " requests in " + std::to_string(window) + " ms";
}

std::uint64_t randomId() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

}  // namespace

QuotaFile::QuotaFile(const std::string& path, const QuotaTerms& terms, Time used_another)
    : file_(path, true), folder_(path) {
  const Place place = thisPlace();
  file_.checkFileSystem();
  lockHead();
  check(terms, place, used_another);
  length_ = slotAt(head_.slots);
  resting_.resize(static_cast<std::size_t>(head_.slots));
  raise(terms.timeout, terms.reserved_requests);
  takeRecord();
  file_.unlock(0, 1);
}

/// Those that are about to check, make or change the head wait for each other.
void QuotaFile::lockHead() const {
  const auto end = std::chrono::steady_clock::now() + kSetupPatience;
  while (!file_.lock(0, 1)) {
    if (std::chrono::steady_clock::now() > end) {
      throw StoreError("quota file " + file_.path() +
                       " is being opened by a process that has been stopped: resume or end it");
    }
    std::this_thread::sleep_for(milliseconds{1});
  }
  std::size_t size = 0;
  if (!file_.isInPlace(size)) {
    throw StoreError("quota file " + file_.path() + " was replaced while it was opened: try again");
  }
}

/// Reads the head, or makes the file if it is empty, a copy, or from an earlier boot.
void QuotaFile::check(const QuotaTerms& terms, const Place& place, Time used_another) {
  const std::size_t size = file_.size();
  Head head{};
  if (size == 0 || (file_.read(&head, sizeof head, 0) >= kMagic.size() && head.magic == kMaking)) {
    make(terms, place, true);
    return;
  }
  if (head.magic != kMagic) {
    throw StoreError(file_.path() + " is not a quota file: name another one");
  }
  if (head.version != kVersion) {
    throw StoreError("quota file " + file_.path() + " is of another version of the library");
  }
  if (!isWhole(head) || size != slotAt(head.slots)) {
    throw damaged(file_.path(), "is damaged");
  }
  if (textOf(head.key) != terms.key) {
    throw InvalidArgumentError(
        "quota", file_.path() + " is the quota of another key: name a file for each key");
  }
  if (head.slots != terms.requests || head.window != terms.per.count()) {
    throw InvalidArgumentError(
        "rate_limit",
        "is " + inWords(terms.requests, terms.per.count()) + ", but those that share " +
            file_.path() + " have " + inWords(head.slots, head.window) +
            ": use the same everywhere, or delete the file when no program uses it");
  }
  if (head.inode != file_.inode() || head.born != file_.born()) {
    make(terms, place, true);  // what was sent since it was copied is not in it
    return;
  }
  if (textOf(head.boot) != place.boot) {
    if (file_.isLocked(kSharersAt, 0)) {
      throw StoreError("quota file " + file_.path() +
                       " is in use on another machine or in a container with a boot id of its own: "
                       "name a file for each");
    }
    make(terms, place, false);
    return;
  }
  if (head.time_namespace != place.time_namespace) {
    throw StoreError(
        "quota file " + file_.path() +
        " is that of another time namespace, whose clocks differ: name a file for each");
  }
  if (head.made < used_another.count()) {
    make(terms, place, true);  // it was moved away, another one was used, and it was moved back
    return;
  }
  head_ = head;
}

void QuotaFile::make(const QuotaTerms& terms, const Place& place, bool of_this_boot) {
  Head head{};
  head.magic = kMaking;
  file_.write(&head.magic, sizeof head.magic, 0);
  head.version = kVersion;
  head.slots = terms.requests;
  head.window = terms.per.count();
  head.id = randomId();
  copyText(place.boot, head.boot);
  head.time_namespace = place.time_namespace;
  copyText(terms.key, head.key);
  head.longest_timeout = Time(terms.timeout).count();
  head.reserved = terms.reserved_requests;
  head.inode = file_.inode();
  head.born = file_.born();
  head.made = Time(bootTime()).count();
  try {
    file_.resize(slotAt(head.slots));
    const Rules rules(terms.per);
    // Requests of an earlier boot ended before this one. Of those that were sent with another file
    // under this name nothing is known, but whether any is still under way.
    const Stamp stamp = !of_this_boot       ? rested(rules, kNobody, Time{0}, false)
                        : folder_.isQuiet() ? rested(rules, kNobody, bootTime(), false)
                                            : abandoned(rules, kNobody, bootTime(), terms.timeout);
    const std::vector<char> no_sharers(kMaxSharers * sizeof(SharerRecord));
    file_.write(no_sharers.data(), no_sharers.size(), kSharersAt);
    const std::vector<StampRecord> stamps(static_cast<std::size_t>(head.slots), recordOf(stamp));
    file_.write(stamps.data(), stamps.size() * sizeof(StampRecord), kSlotsAt);
    head.magic = kMagic;
    head_ = sealed(head);
    file_.write(&head_, sizeof head_, 0);
  } catch (const StoreError&) {
    file_.truncate();
    throw;
  }
}

/// With the head locked.
void QuotaFile::raise(Time timeout, int reserved) {
  Head head{};
  if (file_.read(&head, sizeof head, 0) != sizeof head || !isWhole(head) || head.id != head_.id) {
    return;  // look() will tell
  }
  if (head.longest_timeout < timeout.count() || head.reserved < reserved) {
    head.longest_timeout = (std::max<std::int64_t>)(head.longest_timeout, timeout.count());
    head.reserved = (std::max)(head.reserved, reserved);
    head = sealed(head);
    file_.write(&head, sizeof head, 0);
  }
  head_ = head;
}

void QuotaFile::raiseTimeout(Time timeout) {
  if (timeout.count() > head_.longest_timeout) {
    lockHead();
    raise(timeout, 0);
    file_.unlock(0, 1);
  }
}

void QuotaFile::takeRecord() {
  for (int sharer = 0; sharer < kMaxSharers; ++sharer) {
    if (file_.lock(sharerAt(sharer), sizeof(SharerRecord))) {
      sharer_ = sharer;
      file_.read(&own_, sizeof own_, sharerAt(sharer));
      const std::int64_t held_until = isWhole(own_) ? own_.held_until : 0;
      own_ = SharerRecord{};
      own_.process = static_cast<std::int32_t>(getpid());
      own_.held_until = held_until;
      writeRecord();
      return;
    }
  }
  throw StoreError("quota file " + file_.path() + " has room for " + std::to_string(kMaxSharers) +
                   " clients: share a client within a process");
}

void QuotaFile::writeRecord() const {
  const SharerRecord record = sealed(own_);
  file_.write(&record, sizeof record, sharerAt(sharer_));
}

bool QuotaFile::look(View& view) {
  Content& content = content_;
  if (!content.read(file_, length_)) {
    throw damaged(file_.path(), "has been damaged");
  }
  if (content.head.magic != kMagic || content.head.id != head_.id) {
    return false;
  }
  if (isSetBack(content.slots)) {
    empty();
    return false;
  }
  view.longest_timeout = Time{content.head.longest_timeout};
  view.reserved = content.head.reserved;
  view.held_until = Time{0};
  view.waiting.clear();
  for (int sharer = 0; sharer < kMaxSharers; ++sharer) {
    const SharerRecord& record = content.sharers[static_cast<std::size_t>(sharer)];
    if (!isWhole(record)) {
      continue;  // unused, or being written
    }
    view.held_until = (std::max)(view.held_until, Time{record.held_until});
    if (sharer != sharer_ && (record.interactive > 0 || record.bulk > 0) &&
        file_.isLocked(sharerAt(sharer), sizeof(SharerRecord))) {
      view.waiting.push_back({sharer, record.interactive > 0, record.bulk > 0});
    }
  }
  view.slots.swap(content.slots);
  return true;
}

/// Nobody takes a slot that rests: one that was to rest until later, and does not, is an old one.
bool QuotaFile::isSetBack(const std::vector<Stamp>& slots) {
  const Time now = bootTime();
  for (std::size_t slot = 0; slot < slots.size(); ++slot) {
    const Stamp& stamp = slots[slot];
    const bool rests = stamp.state == Stamp::State::resting;
    if (resting_[slot] > now && !(rests && stamp.time >= resting_[slot])) {
      return true;
    }
    resting_[slot] = rests ? stamp.time : Time{0};
  }
  return false;
}

/// So that all who share it make it anew.
void QuotaFile::empty() const {
  lockHead();
  if (isSame()) {
    file_.truncate();
  }
  file_.unlock(0, 1);
}

bool QuotaFile::isInPlace() const { return hasName() && isSame(); }

bool QuotaFile::hasName() const {
  std::size_t size = 0;
  if (!file_.isInPlace(size)) {
    return false;
  }
  if (size != 0 && size != length_) {
    throw damaged(file_.path(), "has been cut or overwritten");
  }
  return size != 0;
}

bool QuotaFile::isSame() const {
  Head head{};
  return file_.read(&head, sizeof head, 0) == sizeof head && head.magic == kMagic &&
         head.id == head_.id;
}

bool QuotaFile::lockSlot(int slot) const { return file_.lock(slotAt(slot), sizeof(StampRecord)); }

void QuotaFile::unlockSlot(int slot) const noexcept {
  file_.unlock(slotAt(slot), sizeof(StampRecord));
}

Stamp QuotaFile::read(int slot) const {
  StampRecord record{};
  file_.read(&record, sizeof record, slotAt(slot));
  return stampOf(record);
}

void QuotaFile::write(int slot, const Stamp& stamp) {
  const StampRecord record = recordOf(stamp);
  file_.write(&record, sizeof record, slotAt(slot));
  resting_[static_cast<std::size_t>(slot)] =
      stamp.state == Stamp::State::resting ? stamp.time : Time{0};
}

void QuotaFile::tell(int interactive, int bulk) {
  constexpr int kMost = 10'000;
  own_.interactive = static_cast<std::int16_t>((std::min)(interactive, kMost));
  own_.bulk = static_cast<std::int16_t>((std::min)(bulk, kMost));
  writeRecord();
}

void QuotaFile::hold(Time until) {
  own_.held_until = (std::max)(own_.held_until, std::int64_t{until.count()});
  writeRecord();
}

std::optional<QuotaStatus> statusOf(const std::string& path, const std::string& key) {
  const LockedFile file(path, false);
  if (!file.isOpen() || file.size() == 0) {
    return std::nullopt;
  }
  Content content;
  if (!content.read(file, file.size())) {
    throw damaged(path, "is damaged, or is not one");
  }
  if (!key.empty() && textOf(content.head.key) != key) {
    throw InvalidArgumentError("quota", path + " is the quota of another key");
  }
  return content.status(file, bootTime());
}

}  // namespace heymilo::machine
