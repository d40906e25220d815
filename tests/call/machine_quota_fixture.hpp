#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "call/machine/content.hpp"
#include "call/machine/layout.hpp"
#include "call/machine/locked_file.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/quota.hpp"
#include "support/temporary_directory.hpp"

namespace heymilo::machine {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

inline const QuotaTerms kTerms{std::string(64, 'a'), 4, milliseconds{1000}, 0, milliseconds{2000}};
inline const SlotRequest kRequest{Priority::interactive, milliseconds{2000}};
inline const SlotRequest kBulk{Priority::bulk, milliseconds{2000}};

/// What a call throws, with its outcome before it.
inline std::string wordsOf(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.outcome(), Outcome::not_sent);
    const bool argument = dynamic_cast<const InvalidArgumentError*>(&error) != nullptr;
    const bool store = dynamic_cast<const StoreError*>(&error) != nullptr;
    return (argument ? "argument: " : store ? "store: " : "") + std::string(error.what());
  }
  return "nothing";
}

/// A quota file in a folder of its own, and its bytes.
class MachineQuotaFixture : public ::testing::Test {
 protected:
  MachineQuotaFixture() { fs::permissions(directory.path(), fs::perms::owner_all); }

  std::unique_ptr<QuotaMember> join(const QuotaTerms& terms = kTerms) const {
    return machineQuota(path)->join(terms, [] {});
  }
  std::string joined(const QuotaTerms& terms = kTerms) const {
    return wordsOf([&] { join(terms); });
  }
  static std::string taken(QuotaMember& member) {
    return wordsOf([&] { member.take(kRequest); });
  }

  /// All slots have rested.
  void rest() const {
    for (int slot = 0; slot < kTerms.requests; ++slot) {
      setStamp(slot, {Stamp::State::resting, 0, Time{0}, Time{0}});
    }
  }
  void setStamp(int slot, const Stamp& stamp) const {
    const StampRecord record = recordOf(stamp);
    LockedFile(path, false).write(&record, sizeof record, slotAt(slot));
  }
  void changeHead(const std::function<void(Head&)>& change) const {
    LockedFile file(path, false);
    Head head{};
    file.read(&head, sizeof head, 0);
    change(head);
    head = sealed(head);
    file.write(&head, sizeof head, 0);
  }
  std::vector<Stamp> stamps() const {
    LockedFile file(path, false);
    Content content;
    EXPECT_TRUE(content.read(file, file.size()));
    return content.slots;
  }
  /// How many slots could be taken one after the other.
  static int takenAndReleased(QuotaMember& member) {
    int taken = 0;
    for (SlotTurn turn = member.take(kRequest); turn.slot; turn = member.take(kRequest)) {
      member.release(*turn.slot, SlotEnd::answered);
      ++taken;
    }
    return taken;
  }
  /// A new file: for how long its slots rest from now on.
  void expectRest(QuotaMember& member, Time time) const {
    const SlotTurn turn = member.take(kRequest);
    EXPECT_FALSE(turn.slot);
    EXPECT_GT(turn.wait, time - seconds{1});
    EXPECT_LE(turn.wait, time);
  }

  heymilo_test::TemporaryDirectory directory;
  const std::string path = directory.file("quota");
  const Rules rules{kTerms.per};
};

}  // namespace heymilo::machine
