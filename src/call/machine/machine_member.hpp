#pragma once

#include <map>
#include <memory>
#include <string>

#include "call/machine/quota_file.hpp"
#include "heymilo/quota.hpp"

namespace heymilo::machine {

/// One client's part in a machine's quota: does with the file what the protocol says. It holds a
/// slot's lock only from before the request is sent until after its end, so that any sharer can use
/// any free slot, and each stamp says to all when its slot is free: nobody has to be woken.
///
/// Three things free a slot earlier than its stamp said: a holder gives it back unsent, a dead
/// holder's slot is found, and the machine was suspended while a call waited. A call that waits
/// looks at the file every W/8, at most every second (Rules::pace), so that it loses no more time
/// than that.
///
/// Where the file is replaced or emptied, the member continues with the new one.
class MachineMember final : public QuotaMember {
 public:
  /// Throws as SharedQuota::join().
  MachineMember(std::string path, QuotaTerms terms);

  SlotTurn take(const SlotRequest& request) override;
  bool mayStillSend(int slot) noexcept override;
  void release(int slot, SlotEnd end) noexcept override;
  void hold(std::chrono::milliseconds time) noexcept override;
  void waiting(int interactive, int bulk) noexcept override;

 private:
  /// A slot that take() gave.
  struct InUse {
    std::shared_ptr<QuotaFile> file;  // that it is a slot of, which may have been replaced since
    int slot = 0;
    Stamp before{};
  };

  void join();
  SlotTurn takeFrom(const std::shared_ptr<QuotaFile>& file, const SlotRequest& request);
  bool isInUse(const QuotaFile& file, int slot) const;
  void leaveFolder(const QuotaFile& file) const noexcept;
  void tell() noexcept;

  const std::string path_;
  const QuotaTerms terms_;
  const Rules rules_;
  std::shared_ptr<QuotaFile> file_;
  std::map<int, InUse> in_use_;  // by the number that take() gave it
  int next_number_ = 0;
  View view_{};      // its memory is kept for the next call
  Time seen_at_{0};  // the path led to the file, which was what it is
  Time probed_at_{0};
  Time held_until_{0};  // what could not be written down
  int waiting_interactive_ = 0, waiting_bulk_ = 0;
  bool told_ = true;  // the file knows of them
};

}  // namespace heymilo::machine
