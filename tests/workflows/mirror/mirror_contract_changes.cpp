// Changes: who is not as handled() was last told.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "support/mirror_fakes.hpp"
#include "workflows/mirror/mirror_contract.hpp"
#include "workflows/mirror/mirror_rules.hpp"

namespace heymilo_test {
namespace {

using heymilo::CandidateResponse;
using heymilo::CandidateStatus;
using heymilo::test::FakeList;
using heymilo::workflows::MirrorChange;
using heymilo::workflows::MirrorSink;
using heymilo::workflows::MirrorWalk;
using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::size_t kAll = 1'000;

void track(MirrorDatabase& database, bool on = true) {
  EXPECT_TRUE(database.open("p")->trackChanges(on));
}

/// `id before>after` of each change, with `-` for nobody.
std::vector<std::string> changes(MirrorDatabase& database, std::size_t most = kAll) {
  std::vector<std::string> all;
  for (const MirrorChange& one : database.open("p")->changes(most)) {
    const auto text = [](const std::optional<CandidateResponse>& candidate) {
      return candidate ? std::string(candidate->status.text()) : std::string("-");
    };
    all.push_back(one.interview_id + ' ' + text(one.before) + '>' + text(one.after));
  }
  return all;
}

void handleAll(MirrorDatabase& database) {
  const auto sink = database.open("p");
  for (const MirrorChange& one : sink->changes(kAll)) {
    sink->handled(one);
  }
}

/// Three who are tracked and known, each `pending`.
void threeKnown(MirrorDatabase& database, FakeList& list) {
  list.add(3, kBegin, minutes{1}, CandidateStatus::pending);
  refresh(database, list);
  track(database);
}

void newOnes(MirrorDatabase& database) {
  FakeList list;
  list.add(3, kBegin, minutes{1});
  track(database);
  refresh(database, list);
  auto all = database.open("p")->changes(kAll);
  ASSERT_THAT(all, SizeIs(3));
  // Those of one page are in no particular order.
  std::sort(all.begin(), all.end(), [](const MirrorChange& one, const MirrorChange& other) {
    return one.interview_id < other.interview_id;
  });
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].interview_id, list.candidates[i].interview_id);
    EXPECT_FALSE(all[i].before);
    EXPECT_EQ(all[i].after, list.candidates[i]);
  }
  refresh(database, list, true);
  EXPECT_THAT(database.open("p")->changes(kAll), SizeIs(3));
  EXPECT_THAT(changes(database, 2), SizeIs(2));
  handleAll(database);
  EXPECT_THAT(changes(database), IsEmpty());
  refresh(database, list, true);
  EXPECT_THAT(changes(database), IsEmpty());
}

void whoIsThereIsKnown(MirrorDatabase& database) {
  FakeList list;
  threeKnown(database, list);
  refresh(database, list, true);
  EXPECT_THAT(changes(database), IsEmpty());
  const CandidateResponse before = list.candidates[1];
  list.candidates[1].score = 12;
  refresh(database, list);
  const auto all = database.open("p")->changes(kAll);
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].before, before);
  EXPECT_EQ(all[0].after, list.candidates[1]);
}

void notTracked(MirrorDatabase& database) {
  FakeList list;
  list.add(3, kBegin, minutes{1});
  refresh(database, list);
  EXPECT_THAT(changes(database), IsEmpty());
}

// Runs that know nothing of it come between.
void inBetween(MirrorDatabase& database) {
  FakeList list;
  threeKnown(database, list);
  const auto set = [&](std::size_t at, CandidateStatus status) {
    list.candidates[at].status = status;
    refresh(database, list);
  };
  set(0, CandidateStatus::in_progress);
  set(1, CandidateStatus::in_progress);
  set(0, CandidateStatus::evaluating);
  EXPECT_THAT(changes(database), ElementsAre("c1 pending>in_progress", "c0 pending>evaluating"));
  set(1, CandidateStatus::pending);
  EXPECT_THAT(changes(database), ElementsAre("c0 pending>evaluating"));
  list.add(1, kBegin + hours{1}, minutes{1}, CandidateStatus::pending);
  refresh(database, list);
  list.remove("c3");
  refresh(database, list);
  EXPECT_THAT(changes(database, 1), ElementsAre("c0 pending>evaluating"));
  handleAll(database);
  EXPECT_THAT(changes(database), IsEmpty());
}

void changedSince(MirrorDatabase& database) {
  FakeList list;
  threeKnown(database, list);
  const auto set = [&](CandidateStatus status) {
    list.candidates[0].status = status;
    refresh(database, list);
  };
  const auto handOut = [&] { return database.open("p")->changes(kAll).at(0); };
  set(CandidateStatus::in_progress);
  const MirrorChange first = handOut();
  set(CandidateStatus::evaluating);
  database.open("p")->handled(first);
  EXPECT_THAT(changes(database), ElementsAre("c0 in_progress>evaluating"));
  const MirrorChange second = handOut();
  set(CandidateStatus::in_progress);
  set(CandidateStatus::evaluating);
  database.open("p")->handled(second);
  EXPECT_THAT(changes(database), IsEmpty());
}

void goneAndBackAgain(MirrorDatabase& database) {
  FakeList list;
  threeKnown(database, list);
  const CandidateResponse one = list.candidates[1];
  const auto leave = [&] {
    list.remove("c1");
    refresh(database, list, true);
  };
  const auto comeBack = [&](CandidateStatus status) {
    list.candidates.push_back(one);
    list.candidates.back().status = status;
    refresh(database, list, true);
  };
  leave();
  EXPECT_THAT(changes(database), ElementsAre("c1 pending>-"));
  comeBack(CandidateStatus::pending);
  EXPECT_THAT(changes(database), IsEmpty());
  leave();
  comeBack(CandidateStatus::completed);
  EXPECT_THAT(changes(database), ElementsAre("c1 pending>completed"));
  leave();
  handleAll(database);
  comeBack(CandidateStatus::completed);
  EXPECT_THAT(changes(database), ElementsAre("c1 ->completed"));
  const MirrorChange back = database.open("p")->changes(kAll).at(0);
  leave();
  database.open("p")->handled(back);
  EXPECT_THAT(changes(database), ElementsAre("c1 completed>-"));
}

// Marked as gone, and found in the list again, where they can't be read.
void backButUnreadable(MirrorDatabase& database) {
  FakeList list;
  threeKnown(database, list);
  list.remove("c1");
  refresh(database, list, true);
  handleAll(database);
  const auto sink = database.open("p");
  MirrorWalk walk;
  walk.number = sink->load().last_walk + 1;
  EXPECT_TRUE(sink->keep("c1", walk));
  ASSERT_THAT(sink->changes(kAll), SizeIs(1));
  EXPECT_FALSE(sink->changes(kAll)[0].before);
  EXPECT_TRUE(sink->changes(kAll)[0].after);
}

void erasedWithTheCandidate(MirrorDatabase& database) {
  FakeList list;
  threeKnown(database, list);
  const CandidateResponse one = list.candidates[1];
  list.candidates[1].score = 3;
  refresh(database, list);
  list.remove("c1");
  EXPECT_EQ(refresh(database, list, true, "p", hours{0}).erased, 1u);
  EXPECT_THAT(changes(database), IsEmpty());
  EXPECT_FALSE(database.hasTrace(one.email));
}

void switchedOff(MirrorDatabase& database) {
  FakeList list;
  threeKnown(database, list);
  list.candidates[0].score = 3;
  refresh(database, list);
  track(database);
  EXPECT_THAT(changes(database), SizeIs(1));
  track(database, false);
  EXPECT_THAT(changes(database), IsEmpty());
  list.candidates[0].score = 4;
  refresh(database, list);
  track(database);
  EXPECT_THAT(changes(database), IsEmpty());
}

void signedLinksAreNone(MirrorDatabase& database) {
  FakeList list;
  threeKnown(database, list);
  const auto sign = [&](const char* link) {
    nlohmann::json one = list.candidates[0];
    one["agent_summary"] = {{"web_interview", {{"score", 5}, {"audio_recording_link", link}}}};
    list.candidates[0] = one.get<CandidateResponse>();
    refresh(database, list);
  };
  sign("1");
  handleAll(database);
  sign("2");
  EXPECT_THAT(changes(database), IsEmpty());
}

void postingsHaveTheirOwn(MirrorDatabase& database) {
  FakeList list;
  threeKnown(database, list);
  refresh(database, list, true, "q");
  EXPECT_THAT(database.open("q")->changes(kAll), IsEmpty());
  database.open("q")->trackChanges(true);
  list.candidates[0].score = 3;
  refresh(database, list, false, "q");
  EXPECT_THAT(database.open("q")->changes(kAll), SizeIs(1));
  EXPECT_THAT(changes(database), IsEmpty());
  track(database, false);
  EXPECT_THAT(database.open("q")->changes(kAll), SizeIs(1));
}

}  // namespace

std::vector<MirrorRule> changesContract() {
  return {{"NewOnes", newOnes},
          {"WhoIsThereIsKnown", whoIsThereIsKnown},
          {"NotTracked", notTracked},
          {"InBetween", inBetween},
          {"ChangedSince", changedSince},
          {"GoneAndBackAgain", goneAndBackAgain},
          {"BackButUnreadable", backButUnreadable},
          {"ErasedWithTheCandidate", erasedWithTheCandidate},
          {"SwitchedOff", switchedOff},
          {"SignedLinksAreNone", signedLinksAreNone},
          {"PostingsHaveTheirOwn", postingsHaveTheirOwn}};
}

}  // namespace heymilo_test
