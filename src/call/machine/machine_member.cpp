#include "call/machine/machine_member.hpp"

#include <algorithm>
#include <exception>
#include <limits>
#include <utility>

#include "base/boot_time.hpp"
#include "heymilo/errors.hpp"

namespace heymilo::machine {

namespace {

using std::chrono::milliseconds;

/// Until somebody who makes a file has looked whether others send.
constexpr milliseconds kLookTakes{1};

/// The file has become another one, and what was taken of it is of no use.
class Replaced {};

}  // namespace

MachineMember::MachineMember(std::string path, QuotaTerms terms)
    : path_(std::move(path)), terms_(std::move(terms)), rules_(terms_.per) {
  join();
}

void MachineMember::join() {
  file_.reset();
  file_ = std::make_shared<QuotaFile>(path_, terms_, seen_at_);
  if (held_until_ > bootTime()) {
    file_->hold(held_until_);
  }
  told_ = false;
  tell();
}

SlotTurn MachineMember::take(const SlotRequest& request) {
  constexpr int kTries = 3;  // a file that is replaced that often is no place for a quota
  for (int attempt = 0; attempt < kTries; ++attempt) {
    try {
      const Time now = bootTime();
      if (!file_ || !file_->hasName()) {
        join();
      }
      if (!told_) {
        tell();
      }
      file_->raiseTimeout(request.timeout);
      const SlotTurn turn = takeFrom(file_, request);
      seen_at_ = now;
      return turn;
    } catch (const Replaced&) {
      file_.reset();
    }
  }
  throw StoreError("quota file " + path_ + " is replaced again and again");
}

SlotTurn MachineMember::takeFrom(const std::shared_ptr<QuotaFile>& file,
                                 const SlotRequest& request) {
  using Do = Taking::Step::Do;
  const Time now = bootTime();
  const bool probe = now - probed_at_ >= rules_.pace;
  Taking taking(rules_, file->sharer(), request, probe);
  View& view = view_;
  int locked = -1;  // the slot
  bool entered = false;
  const auto leave = [&] {
    if (std::exchange(entered, false)) {
      leaveFolder(*file);
    }
    if (locked >= 0) {
      file->unlockSlot(std::exchange(locked, -1));
    }
  };
  try {
    for (Taking::Step step = taking.begin();;) {
      Taking::Result result;
      result.now = bootTime();
      switch (step.what) {
        case Do::view:
          if (!file->look(view)) {
            throw Replaced();
          }
          view.held_until = (std::max)(view.held_until, held_until_);
          result.view = &view;
          break;
        case Do::lock:
          result.locked = !isInUse(*file, step.slot) && file->lockSlot(step.slot);
          locked = result.locked ? step.slot : -1;
          break;
        case Do::read:
          result.stamp = file->read(step.slot);
          break;
        case Do::write:
          file->write(step.slot, step.stamp);
          break;
        case Do::unlock:
          leave();
          break;
        case Do::verify:
          entered = file->folder().enter();
          if (!entered) {
            file->write(step.slot, taking.before());
            leave();
            SlotTurn turn;
            turn.wait = kLookTakes;
            return turn;
          }
          if (!file->isInPlace()) {
            throw Replaced();
          }
          break;
        case Do::send: {
          const int number = next_number_;
          in_use_.emplace(number, InUse{file, step.slot, taking.before()});
          next_number_ = next_number_ == (std::numeric_limits<int>::max)() ? 0 : next_number_ + 1;
          SlotTurn turn;
          turn.slot = number;
          return turn;
        }
        case Do::wait: {
          if (taking.probed()) {
            probed_at_ = now;
          }
          SlotTurn turn = step.turn;
          turn.ask_again = rules_.pace;
          return turn;
        }
      }
      step = taking.next(result);
    }
  } catch (...) {
    leave();
    throw;
  }
}

/// By this member, whose own lock would not be in its way.
bool MachineMember::isInUse(const QuotaFile& file, int slot) const {
  return std::any_of(in_use_.begin(), in_use_.end(), [&](const auto& entry) {
    return entry.second.file.get() == &file && entry.second.slot == slot;
  });
}

bool MachineMember::mayStillSend(int /*slot*/) noexcept {
  return true;  // the lock is held, however long that takes
}

void MachineMember::release(int slot, SlotEnd end) noexcept {
  const Time now = bootTime();
  const auto found = in_use_.find(slot);
  if (found == in_use_.end()) {
    return;
  }
  const InUse used = std::move(found->second);
  in_use_.erase(found);
  try {
    if (used.file->isSame()) {
      used.file->write(used.slot,
                       end == SlotEnd::unsent
                           ? used.before
                           : rested(rules_, used.file->sharer(), now, end == SlotEnd::answered));
    }
  } catch (const std::exception&) {
    // It stays busy without a holder: who finds it waits for as long as the request could take.
  }
  used.file->unlockSlot(used.slot);
  leaveFolder(*used.file);
}

/// Where no other request of the file is under way.
void MachineMember::leaveFolder(const QuotaFile& file) const noexcept {
  if (std::none_of(in_use_.begin(), in_use_.end(), [&file](const auto& entry) {
        return entry.second.file.get() == &file;
      })) {
    file.folder().leave();
  }
}

void MachineMember::hold(milliseconds time) noexcept {
  constexpr milliseconds kForEver = std::chrono::hours{24 * 365};
  held_until_ = (std::max)(held_until_, bootTime() + (std::min)(time, kForEver));
  try {
    if (file_ && file_->isSame()) {
      file_->hold(held_until_);
    }
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): take() will tell
  }
}

void MachineMember::waiting(int interactive, int bulk) noexcept {
  waiting_bulk_ = bulk;
  waiting_interactive_ = interactive;
  told_ = false;
  tell();
}

/// Writes down who waits. A hint: what fails is tried again with the next slot.
void MachineMember::tell() noexcept {
  try {
    if (file_) {
      file_->tell(waiting_interactive_, waiting_bulk_);
      told_ = true;
    }
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): take() will tell
  }
}

}  // namespace heymilo::machine
