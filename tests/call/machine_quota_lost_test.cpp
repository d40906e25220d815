// A quota file that is cut, emptied, deleted, replaced, copied, set back or moved: what becomes of
// those who use it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "call/machine/layout.hpp"
#include "call/machine/locked_file.hpp"
#include "call/machine_quota_fixture.hpp"
#include "heymilo/quota.hpp"

namespace heymilo::machine {
namespace {

using ::testing::HasSubstr;

class MachineQuotaLost : public MachineQuotaFixture {};

TEST_F(MachineQuotaLost, ThatIsCutOrDamagedIsRefusedByAll) {
  const auto member = join();
  rest();
  fs::resize_file(path, 300);
  EXPECT_THAT(taken(*member), HasSubstr("store: quota file " + path + " has been cut"));
  EXPECT_THAT(joined(), HasSubstr("is damaged"));
  fs::resize_file(path, slotAt(kTerms.requests));
  EXPECT_EQ(taken(*member), "nothing");
  expectRest(*member, rules.unanswered_rest + kTerms.timeout);  // the stamps are zeros
  const char zeros[40] = {};
  LockedFile(path, false).write(zeros, sizeof zeros, 16);
  EXPECT_THAT(joined(), HasSubstr("is damaged"));
  EXPECT_THAT(taken(*member), HasSubstr("store: "));
}

TEST_F(MachineQuotaLost, ThatIsDeletedBeginsAnew) {
  const auto member = join();
  const auto other = join();
  rest();
  fs::remove(path);
  expectRest(*member, rules.unanswered_rest);
  expectRest(*other, rules.unanswered_rest);
}

TEST_F(MachineQuotaLost, ThatIsReplacedOrEmptiedBeginsAnewAfterTheLongestRequest) {
  const auto member = join();
  const auto other = join();
  rest();
  ASSERT_TRUE(member->take(kRequest).slot);  // under way
  const fs::path second = directory.file("second");
  machineQuota(second.string())->join(kTerms, [] {});
  fs::rename(second, path);
  expectRest(*other, rules.unanswered_rest + kTerms.timeout);
  fs::resize_file(path, 0);
  expectRest(*other, rules.unanswered_rest + kTerms.timeout);
}

TEST_F(MachineQuotaLost, ACopyOfItBeginsAnew) {
  auto member = join();
  rest();
  const fs::path copy = directory.file("copy");
  fs::copy_file(path, copy);
  EXPECT_EQ(takenAndReleased(*member), kTerms.requests);
  fs::rename(copy, path);
  expectRest(*member, rules.unanswered_rest);
  // The same where nobody uses it meanwhile.
  member.reset();
  member = join();
  rest();
  fs::copy_file(path, copy);
  EXPECT_EQ(takenAndReleased(*join()), kTerms.requests);
  member.reset();
  fs::rename(copy, path);
  expectRest(*join(), rules.unanswered_rest);
}

TEST_F(MachineQuotaLost, WhatWasSetBackInPlaceIsFoundByThoseWhoUseIt) {
  const auto member = join();
  const auto other = join();
  rest();
  std::stringstream old;
  old << std::ifstream(path, std::ios::binary).rdbuf();
  EXPECT_EQ(takenAndReleased(*member), kTerms.requests);
  std::ofstream(path, std::ios::binary) << old.str();
  expectRest(*member, rules.unanswered_rest);
  expectRest(*other, rules.unanswered_rest);  // it has not looked before
  // The old content again, which is another one than the members have.
  std::ofstream(path, std::ios::binary) << old.str();
  expectRest(*other, rules.unanswered_rest);
}

TEST_F(MachineQuotaLost, ThatWasMovedAwayAndBackBeginsAnewForThoseWhoUsedAnotherOneMeanwhile) {
  const auto member = join();
  rest();
  const fs::path away = directory.file("away");
  fs::rename(path, away);
  expectRest(*member, rules.unanswered_rest);
  fs::rename(away, path);
  expectRest(*member, rules.unanswered_rest);
}

TEST_F(MachineQuotaLost, ANewOneWaitsForRequestsThatWereSentWithTheOld) {
  const auto sender = join();
  rest();
  const SlotTurn turn = sender->take(kRequest);
  ASSERT_TRUE(turn.slot);
  fs::remove(path);
  const auto member = join();
  expectRest(*member, rules.unanswered_rest + kTerms.timeout);
  sender->release(*turn.slot, SlotEnd::answered);  // of the old one
  expectRest(*sender, rules.unanswered_rest + kTerms.timeout);
}

}  // namespace
}  // namespace heymilo::machine
