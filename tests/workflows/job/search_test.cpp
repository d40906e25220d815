#include "workflows/job/search.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "workflows/job/searching.hpp"

namespace heymilo::workflows {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Search, LooksWaitsAndLooksAgain) {
  Searching searching;
  searching.doubts({sent("a", minutes{50}), sent("b", minutes{59}), sent("c", minutes{52})});
  const auto first = searching.list();
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->first);
  EXPECT_EQ(first->created_after, api(minutes{45}));  // five before the first sending
  searching.page({"x", "a"}, false, 0, agreeing());
  EXPECT_FALSE(searching.list()->first);
  searching.page({"y"});
  EXPECT_EQ(searching.wait(), searching.times.settled(false));
  const auto second = searching.list();
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->first);
  EXPECT_EQ(second->created_after, api(minutes{45}));
  searching.page({"b"});
  EXPECT_THAT(searching.freed(), ElementsAre("c"));
  searching.search.released();
  EXPECT_TRUE(searching.search.idle());
  EXPECT_EQ(searching.search.end(), Search::End::done);
}

TEST(Search, EndsWhenAllAreFound) {
  Searching searching;
  searching.doubts({sent("a", minutes{50})});
  searching.list();
  searching.page({"a"}, false);
  EXPECT_TRUE(searching.operation<JournalRelease>());
  EXPECT_THAT(searching.freed(), IsEmpty());
}

TEST(Search, LooksFromTheBeginningWhereATimeIsNotKnown) {
  Searching searching;
  KeyInDoubt undated = sent("b", minutes{50});
  undated.sent_at.reset();
  searching.doubts({sent("a", minutes{50}), undated});
  EXPECT_FALSE(searching.list()->created_after);
}

TEST(Search, LooksFromTheBeginningWhereATimeIsYetToCome) {
  Searching searching;
  searching.doubts({sent("a", minutes{63})});
  EXPECT_FALSE(searching.list()->created_after);
}

TEST(Search, FreesNothingByTimesThatNothingHasProven) {
  for (const bool disagrees : {false, true}) {
    Searching searching;
    searching.doubts({sent("a", minutes{50})});
    EXPECT_TRUE(searching.list()->created_after);
    JournalRecognised recognised = agreeing(disagrees ? "owner" : "another");
    if (disagrees) {
      recognised.comparisons.push_back({"another", api(minutes{55}), api(minutes{52})});
    }
    searching.page({"x"}, true, 0, recognised);
    searching.wait();
    EXPECT_FALSE(searching.list()->created_after);
  }
}

TEST(Search, FreesNothingWhereACandidateMayBeAnybody) {
  Searching searching;
  searching.doubts({sent("a", minutes{50})});
  searching.list();
  searching.page({}, true, 1);
  searching.wait();
  searching.list();
  searching.page({}, true, 1);
  EXPECT_THAT(searching.freed(), IsEmpty());
  searching.search.released();
  EXPECT_EQ(searching.search.end(), Search::End::unreadable);
}

TEST(Search, DoesNotAdoptWhereCandidatesHaveForeignKeys) {
  for (const bool at_once : {true, false}) {
    Searching searching;
    searching.doubts({}, "adoption");
    EXPECT_TRUE(searching.list()->probe);
    ListedPage page;
    page.foreign = at_once ? 1 : 0;
    searching.search.paged(page, searching.now());
    if (!at_once) {
      searching.wait();
      EXPECT_TRUE(searching.list());
      page.foreign = 1;
      searching.search.paged(page, searching.now());
      EXPECT_TRUE(searching.operation<JournalShown>());
      searching.search.responded(JournalRecognised(), searching.now());
    }
    const auto release = searching.operation<JournalRelease>();
    ASSERT_TRUE(release) << at_once;
    EXPECT_EQ(release->adoption, "");
    searching.search.released();
    EXPECT_EQ(searching.search.end(), Search::End::foreign);
    EXPECT_FALSE(searching.search.adopted());
  }
}

TEST(Search, FindsAllTheSameWhereACandidateMayBeAnybody) {
  Searching searching;
  searching.doubts({sent("a", minutes{50})});
  searching.list();
  searching.page({"a"}, true, 1);
  searching.search.released();
  EXPECT_EQ(searching.search.end(), Search::End::done);
}

TEST(Search, ReadsAPageAgainThatCouldNotBeFetched) {
  Searching searching;
  searching.doubts({sent("a", minutes{50})});
  EXPECT_TRUE(searching.list()->first);
  searching.search.notPaged();
  EXPECT_TRUE(searching.list()->first);
  searching.page({"x"}, false);
  EXPECT_FALSE(searching.list()->first);
  searching.search.notPaged();
  EXPECT_FALSE(searching.list()->first);
}

TEST(Search, LeavesItToAnotherWorker) {
  Searching searching;
  searching.search.start();
  searching.search.responded(JournalDoubts(), searching.now());
  EXPECT_EQ(searching.search.end(), Search::End::not_mine);
  EXPECT_FALSE(searching.list());
}

// Adoption.

TEST(Search, AdoptsAfterEverythingOfOthersHasArrived) {
  Searching searching;
  searching.search.startBeginning(api(minutes{30}), searching.now());
  searching.list();
  searching.page({});
  searching.doubts({}, "adoption", true);
  const auto probe = searching.list();
  ASSERT_TRUE(probe);
  EXPECT_TRUE(probe->probe);
  searching.page({"x"});
  EXPECT_FALSE(searching.operation<JournalShown>());
  EXPECT_EQ(searching.wait(), searching.times.outlast() + searching.times.settled(true));
  const auto look = searching.list();
  ASSERT_TRUE(look);
  EXPECT_FALSE(look->probe);
  EXPECT_FALSE(look->created_after);
  searching.page({"x"});
  const auto release = searching.operation<JournalRelease>();
  ASSERT_TRUE(release);
  EXPECT_EQ(release->adoption, "adoption");
  EXPECT_EQ(release->began, api(minutes{60}));
  searching.search.released();
  EXPECT_TRUE(searching.search.adopted());
}

TEST(Search, WaitsForNoWorkerWhereNoneLives) {
  Searching searching;
  JournalDoubts doubts;
  doubts.mine = true;
  doubts.adoption = "adoption";
  doubts.outlast = minutes{10};
  doubts.alone = true;
  searching.search.start();
  searching.search.responded(doubts, searching.now());
  searching.list();
  searching.page({});
  EXPECT_EQ(searching.wait(), searching.times.settled(true));
}

TEST(Search, WaitsForTheWorkerWithTheLongestTimes) {
  Searching searching;
  JournalDoubts doubts;
  doubts.mine = true;
  doubts.adoption = "adoption";
  doubts.outlast = minutes{10};
  searching.search.start();
  searching.search.responded(doubts, searching.now());
  searching.list();
  searching.page({});
  EXPECT_EQ(searching.wait(), minutes{10} + searching.times.settled(true));
}

TEST(Search, LooksAlsoWhereTheProbeTookLongerThanTheWait) {
  Searching searching;
  searching.doubts({}, "adoption", true);
  searching.list();
  searching.time += minutes{30};
  searching.page({});
  EXPECT_FALSE(searching.operation<JournalRelease>());
  EXPECT_FALSE(searching.list()->probe);
}

TEST(Search, AdoptsANewPostingImmediately) {
  Searching searching(true);
  searching.doubts({}, "adoption", true);
  searching.list();
  searching.page({});
  EXPECT_EQ(searching.operation<JournalRelease>()->adoption, "adoption");
}

TEST(Search, DoesNotTakeAnOldCopyForANewPosting) {
  Searching searching(true);
  searching.doubts({}, "adoption", false);
  searching.list();
  searching.page({});
  EXPECT_FALSE(searching.operation<JournalRelease>());
  EXPECT_TRUE(searching.search.waitsUntil());
}

TEST(Search, AdoptsNothingWhereACandidateMayBeAnybody) {
  Searching searching;
  searching.doubts({}, "adoption", true);
  searching.list();
  searching.page({});
  searching.wait();
  searching.list();
  searching.page({}, true, 1);
  EXPECT_EQ(searching.operation<JournalRelease>()->adoption, "");
  searching.search.released();
  EXPECT_FALSE(searching.search.adopted());
  EXPECT_EQ(searching.search.end(), Search::End::unreadable);
}

// The beginning of a worker.

TEST(Search, BeginsWithALookFromTheNewestSendingOn) {
  Searching searching;
  searching.search.startBeginning(api(minutes{30}), searching.now());
  EXPECT_EQ(searching.list()->created_after, api(minutes{25}));
  searching.time += seconds{7};
  searching.page({"x"}, false);
  searching.list();
  searching.time += seconds{7};
  searching.page({"y"});
  EXPECT_TRUE(searching.search.idle());
  EXPECT_EQ(searching.search.end(), Search::End::done);
  EXPECT_EQ(searching.search.began(), api(minutes{60}));
}

TEST(Search, TakesNobodysWordThatAPostingIsNewWhereItShowsSomebody) {
  for (const bool anybody : {false, true}) {
    Searching searching(true);
    JournalDoubts doubts;
    doubts.mine = true;
    doubts.adoption = "adoption";
    doubts.fresh = true;
    searching.search.start();
    searching.search.responded(doubts, searching.now());
    ASSERT_TRUE(searching.list()->probe);
    ListedPage page;
    page.anybody = anybody;
    searching.search.paged(page, searching.now());
    EXPECT_EQ(searching.operation<JournalRelease>().has_value(), !anybody);
  }
}

TEST(Search, AsksForTheTimeWhereItNeedNotLook) {
  Searching searching;
  searching.search.startProbe();
  const auto probe = searching.list();
  ASSERT_TRUE(probe);
  EXPECT_TRUE(probe->probe);
  searching.page({"x"});
  EXPECT_TRUE(searching.search.idle());
  EXPECT_EQ(searching.search.end(), Search::End::done);
  EXPECT_FALSE(searching.search.began());
}

TEST(Search, LooksAgainWhereItBeginsWithKeysThatTheJournalDoesNotHave) {
  Searching searching;
  searching.search.startBeginning(std::nullopt, searching.now());
  EXPECT_FALSE(searching.list()->created_after);
  JournalRecognised recognised;
  recognised.unknown = 1;
  searching.page({"x"}, true, 0, recognised);
  EXPECT_EQ(searching.wait(), searching.times.outlast() + searching.times.settled(true));
  EXPECT_TRUE(searching.list()->first);
  searching.page({"x"}, true, 0, recognised);
  EXPECT_EQ(searching.search.end(), Search::End::done);
}

// The queue.

JournalRecognised queue(std::optional<std::int64_t> oldest_unshown,
                        std::optional<std::int64_t> newest_shown) {
  JournalRecognised recognised = agreeing();
  recognised.queue = {oldest_unshown, newest_shown};
  return recognised;
}

TEST(Search, FreesNothingThatMayStillBeInTheQueue) {
  Searching searching;
  searching.doubts({sent("a", minutes{50}, true), sent("b", minutes{50})});
  searching.list();
  searching.page({}, true, 0, queue(std::nullopt, 100));
  searching.wait();
  searching.list();
  searching.page({}, true, 0, queue(std::nullopt, 100));
  EXPECT_THAT(searching.freed(), ElementsAre("b"));
  EXPECT_THAT(searching.unresolved(), ElementsAre("a"));
}

TEST(Search, FreesWhatTheQueueHasPassed) {
  struct Case {
    std::optional<std::int64_t> oldest_unshown, newest_shown;
    bool passed;
  };
  for (const Case& one : {Case{std::nullopt, 8, true},
                          Case{9, 8, true},
                          Case{std::nullopt, 7, false},
                          Case{std::nullopt, std::nullopt, false},
                          Case{7, 8, false},
                          Case{3, 8, false}}) {
    Searching searching;
    searching.doubts({sent("a", minutes{50}, true, 7)});
    searching.list();
    searching.page({}, true, 0, queue(one.oldest_unshown, one.newest_shown));
    searching.wait();
    searching.list();
    searching.page({}, true, 0, queue(one.oldest_unshown, one.newest_shown));
    EXPECT_EQ(searching.freed().size(), one.passed ? 1U : 0U);
    EXPECT_EQ(searching.unresolved().size(), one.passed ? 0U : 1U);
  }
}

TEST(Search, LooksOnceMoreAfterTheQueueHasPassed) {
  Searching searching;
  searching.doubts({sent("a", minutes{50}, true, 7)});
  searching.list();
  searching.page({}, true, 0, queue(3, std::nullopt));
  searching.wait();
  searching.list();
  searching.page({}, true, 0, queue(std::nullopt, 8));
  searching.wait();
  searching.list();
  searching.page({"a"}, true, 0, queue(std::nullopt, 8));
  EXPECT_THAT(searching.freed(), IsEmpty());
  EXPECT_THAT(searching.unresolved(), IsEmpty());
}

TEST(Search, TrustsAQueueOfWhichTheTimeIsKnown) {
  Searching searching;
  searching.times.queue = minutes{10};
  searching.doubts({sent("a", minutes{50}, true)});
  searching.list();
  searching.page({}, true, 0, queue(std::nullopt, std::nullopt));
  EXPECT_GE(searching.wait(), minutes{12});
  searching.list();
  searching.page({}, true, 0, queue(std::nullopt, std::nullopt));
  EXPECT_THAT(searching.freed(), ElementsAre("a"));
}

TEST(Search, LooksForWhatIsQueuedToo) {
  Searching searching;
  JournalDoubts doubts;
  doubts.mine = true;
  doubts.doubts = {sent("a", minutes{50}, true)};
  doubts.queued = 1;
  doubts.queued_since = api(minutes{20});
  searching.search.start();
  searching.search.responded(doubts, searching.now());
  EXPECT_EQ(searching.list()->created_after, api(minutes{15}));
}

}  // namespace
}  // namespace heymilo::workflows
