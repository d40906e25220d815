#include "workflows/job/intake.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace heymilo::workflows {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using What = RecordFate::What;

KeyAnswer answered(KeyVerdict verdict, int failures = 0) {
  KeyAnswer answer;
  answer.verdict = verdict;
  answer.failures = failures;
  return answer;
}

/// An intake, and a journal that says the same of all keys.
struct Taking {
  explicit Taking(Intake::Limits limits = {})
      : intake(times, limits, [this](const std::string& key) { return seen.insert(key).second; }) {}

  Moment now() const { return {time, Timestamp()}; }
  void read(int from, int to) {
    for (int key = from; key < to; ++key) {
      intake.add(static_cast<RecordId>(key), {"key" + std::to_string(key), "digest"}, time);
    }
  }
  /// Asks once; the number of records asked for.
  std::size_t ask(KeyVerdict verdict, int failures = 0) {
    time += milliseconds{1'000};
    if (!intake.wantsClaim(time)) {
      return 0;
    }
    const JournalClaim claim = intake.claim("token", time);
    JournalClaimed claimed;
    std::size_t most = claim.most;
    for (std::size_t i = 0; i < claim.records.size(); ++i) {
      const bool free = verdict == KeyVerdict::claimed && most == 0;
      most -= verdict == KeyVerdict::claimed && !free ? 1U : 0U;
      claimed.answers.push_back(answered(free ? KeyVerdict::free : verdict, failures));
    }
    intake.claimed(claimed, "worker", time);
    return claim.records.size();
  }
  void end(const Sending& sending, KeyState state) {
    std::vector<SentRecord> sent;
    for (const Sending::Part& part : sending.parts) {
      sent.emplace_back();
      sent.back().record = part.record;
      sent.back().state = state;
    }
    intake.sent(sending.number, sent, now());
  }
  void settle() { intake.settled(intake.results().size(), time); }
  std::vector<What> fates() {
    std::vector<What> fates;
    for (const RecordFate& fate : intake.fates()) {
      fates.push_back(fate.what);
    }
    return fates;
  }

  JobTimes times;
  std::set<std::string> seen;
  Intake intake;
  JobTime time{milliseconds{1}};
};

TEST(Intake, SendsWhatItHasClaimedAndWritesWhatCameOfIt) {
  Taking taking;
  taking.read(0, 3);
  EXPECT_EQ(taking.ask(KeyVerdict::claimed), 3U);
  ASSERT_TRUE(taking.intake.wantsSending());
  const Sending sending = taking.intake.send();
  EXPECT_THAT(sending.parts, SizeIs(3));
  EXPECT_EQ(sending.worker, "worker");
  taking.end(sending, KeyState::ingested);
  EXPECT_THAT(taking.fates(), IsEmpty());  // as it is not written
  const std::vector<KeyResult> results = taking.intake.results();
  ASSERT_THAT(results, SizeIs(3));
  EXPECT_EQ(results[0].claim, "token");
  EXPECT_EQ(results[0].received_at, Timestamp());
  taking.settle();
  EXPECT_THAT(taking.fates(), ElementsAre(What::ingested, What::ingested, What::ingested));
  EXPECT_TRUE(taking.intake.empty());
}

TEST(Intake, TellsAKeyThatTheSourceHasTwice) {
  Taking taking;
  taking.read(0, 1);
  taking.intake.add(7, {"key0", "other"}, taking.time);
  EXPECT_THAT(taking.fates(), ElementsAre(What::duplicate));
  EXPECT_EQ(taking.ask(KeyVerdict::claimed), 1U);
}

TEST(Intake, PassesOverWhatTheJournalKnows) {
  Taking taking;
  for (const auto& [verdict, what] : {std::pair(KeyVerdict::known, What::known),
                                      std::pair(KeyVerdict::changed, What::changed),
                                      std::pair(KeyVerdict::rejected, What::rejected),
                                      std::pair(KeyVerdict::unresolved, What::unresolved)}) {
    taking.seen.clear();
    taking.read(0, 2);
    taking.ask(verdict);
    EXPECT_THAT(taking.fates(), ElementsAre(what, what));
  }
  EXPECT_TRUE(taking.intake.empty());
}

TEST(Intake, AsksAgainForWhatOthersHave) {
  Taking taking;
  taking.read(0, 5);
  EXPECT_EQ(taking.ask(KeyVerdict::elsewhere), 5U);
  EXPECT_FALSE(taking.intake.wantsClaim(taking.time + milliseconds{900}));
  EXPECT_FALSE(taking.intake.waitsForDoubt());
  EXPECT_EQ(taking.ask(KeyVerdict::in_doubt), 5U);
  EXPECT_TRUE(taking.intake.waitsForDoubt());
  EXPECT_EQ(taking.ask(KeyVerdict::known), 5U);
  EXPECT_FALSE(taking.intake.waitsForDoubt());
  EXPECT_TRUE(taking.intake.empty());
}

TEST(Intake, ReadsNoMoreWhileMuchWaitsForOthers) {
  Intake::Limits limits;
  limits.batch = 10;
  limits.parked = 20;
  Taking taking(limits);
  int read = 0;
  for (int turn = 0; turn < 100; ++turn) {
    while (taking.intake.wantsRecord()) {
      taking.read(read, read + 1);
      ++read;
    }
    taking.ask(KeyVerdict::elsewhere);
  }
  EXPECT_LE(read, 50);
}

TEST(Intake, ClaimsNoMoreThanItCanSendSoon) {
  Intake::Limits limits;
  limits.chunk = 10;
  limits.concurrency = 2;
  limits.batch = 100;
  Taking taking(limits);
  taking.read(0, 100);
  taking.ask(KeyVerdict::claimed);
  std::size_t claimed = 0;
  while (taking.intake.wantsSending()) {
    claimed += taking.intake.send().parts.size();
  }
  EXPECT_EQ(claimed, 20U);  // and ten that are ready
  EXPECT_EQ(taking.ask(KeyVerdict::claimed), 0U);
}

TEST(Intake, SendsFewerTogetherEachTimeThatTheApiFails) {
  for (const auto& [failures, size] :
       {std::pair(0, 100U), std::pair(1, 50U), std::pair(6, 1U), std::pair(90, 1U)}) {
    Taking taking;
    taking.read(0, 100);
    taking.ask(KeyVerdict::claimed, failures);
    EXPECT_THAT(taking.intake.send().parts, SizeIs(size));
  }
}

TEST(Intake, MakesAClaimWithoutAResponseVoid) {
  Taking taking;
  taking.read(0, 2);
  taking.time += milliseconds{1'000};
  taking.intake.claim("lost", taking.time);
  EXPECT_FALSE(taking.intake.wantsClaim(taking.time));
  taking.intake.notClaimed(true);
  const std::vector<KeyResult> results = taking.intake.results();
  ASSERT_THAT(results, SizeIs(2));
  EXPECT_EQ(results[0].claim, "lost");
  EXPECT_EQ(results[0].state, KeyState::unsent);
  taking.settle();
  EXPECT_EQ(taking.ask(KeyVerdict::known), 2U);
}

TEST(Intake, SendsNothingThatIsNotItsAnyMore) {
  Taking taking;
  taking.read(0, 2);
  taking.ask(KeyVerdict::claimed);
  taking.intake.disown("worker");
  EXPECT_FALSE(taking.intake.wantsSending());
  EXPECT_THAT(taking.intake.results(), SizeIs(2));
}

TEST(Intake, GivesBackWhatItHasNotSentWhenItIsStopped) {
  Intake::Limits limits;
  limits.chunk = 1;
  limits.concurrency = 1;
  Taking taking(limits);
  taking.read(0, 4);
  taking.ask(KeyVerdict::claimed);
  const Sending sending = taking.intake.send();
  taking.intake.stop();
  EXPECT_FALSE(taking.intake.wantsSending());
  taking.end(sending, KeyState::in_doubt);
  taking.settle();
  EXPECT_TRUE(taking.intake.empty());
  EXPECT_THAT(
      taking.fates(),
      ::testing::UnorderedElementsAre(What::unsent, What::unsent, What::unsent, What::unresolved));
}

TEST(Intake, ARecordThatWasBeingReadWhenItIsStoppedIsUnsent) {
  Taking taking;
  taking.intake.stop();
  taking.read(0, 1);
  EXPECT_TRUE(taking.intake.empty());
  EXPECT_THAT(taking.fates(), ::testing::ElementsAre(What::unsent));
}

}  // namespace
}  // namespace heymilo::workflows
