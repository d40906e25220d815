#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "call/machine/content.hpp"
#include "call/machine/layout.hpp"
#include "call/machine/locked_file.hpp"
#include "call/machine/place.hpp"
#include "call/machine/protocol.hpp"
#include "heymilo/quota.hpp"

namespace heymilo::machine {

/// One client's access to a quota file: its records, each with a lock. What fails throws
/// StoreError. Not for several threads at a time.
class QuotaFile {
 public:
  /// Opens the file or makes it, checks that it is the one of these terms, and takes a sharer's
  /// record in it. All slots of a new file begin to rest now. So do those of a copy, and of a file
  /// whose content began before `used_another`: when the same member has used another file of this
  /// name; 0: never. Throws InvalidArgumentError as SharedQuota::join().
  QuotaFile(const std::string& path, const QuotaTerms& terms, Time used_another);

  int sharer() const noexcept { return sharer_; }  ///< this one's number

  /// The whole at this moment. False if it has become another one: emptied, made anew, or set back
  /// to what it was before, which empties it.
  bool look(View& view);
  /// Whether the path still leads to it, and it is not empty. Throws where a part of it is missing.
  bool hasName() const;
  /// hasName() and isSame().
  bool isInPlace() const;
  /// Whether what is in it is what was found first; for one whose path leads elsewhere as well.
  bool isSame() const;

  bool lockSlot(int slot) const;
  void unlockSlot(int slot) const noexcept;
  Stamp read(int slot) const;
  void write(int slot, const Stamp& stamp);

  /// How many calls wait: in this sharer's record.
  void tell(int interactive, int bulk);
  /// The API wants no requests before; in this sharer's record.
  void hold(Time until);
  /// A request may take longer than any so far.
  void raiseTimeout(Time timeout);

  const SendersFolder& folder() const noexcept { return folder_; }

 private:
  void lockHead() const;
  void check(const QuotaTerms& terms, const Place& place, Time used_another);
  bool isSetBack(const std::vector<Stamp>& slots);
  void empty() const;
  void make(const QuotaTerms& terms, const Place& place, bool of_this_boot);
  void raise(Time timeout, int reserved);
  void takeRecord();
  void writeRecord() const;

  const LockedFile file_;
  const SendersFolder folder_;
  std::size_t length_ = 0;
  Head head_{};  // as it was found; longest_timeout and reserved may have been raised since
  int sharer_ = -1;
  Content content_{};            // of the last look()
  std::vector<Time> resting_{};  // until when each slot rests, as was seen last
  SharerRecord own_{};
};

/// What a file holds, whoever uses it. Empty if there is none. An empty key asks for the quota of
/// any key. Throws StoreError, and InvalidArgumentError if the quota is another key's.
std::optional<QuotaStatus> statusOf(const std::string& path, const std::string& key);

}  // namespace heymilo::machine
