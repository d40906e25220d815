#include "workflows/mirror/deletion_search.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace heymilo::workflows {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Searched = MirrorSearch::Outcome;
using Times = std::multiset<Timestamp>;

const Timestamp kFirst = parseTimestamp("2026-03-01");
const MirrorWindow kAllTime{std::nullopt, parseTimestamp("2031-01-01") - kTick};

std::uint64_t countIn(const Times& times, const MirrorWindow& window) {
  const auto begin =
      window.created_after ? times.lower_bound(*window.created_after) : times.begin();
  const auto end = window.created_before ? times.upper_bound(*window.created_before) : times.end();
  return static_cast<std::uint64_t>(std::distance(begin, end));
}

/// The times of the candidates of a list, and of a mirror of it.
class DeletionSearchTest : public ::testing::Test {
 protected:
  void add(std::size_t count, Timestamp first, microseconds apart) {
    for (std::size_t i = 0; i < count; ++i) {
      api.insert(first + static_cast<std::int64_t>(i) * apart);
    }
    mirror = api;
  }

  static void removeAt(Times& times, std::size_t index) {
    times.erase(std::next(times.begin(), static_cast<std::ptrdiff_t>(index)));
  }

  Searched search() {
    asked.clear();
    read.clear();
    requests = 0;
    DeletionSearch by;
    by.total = [this](const MirrorWindow& window) {
      ++requests;
      expectWholeSeconds(window);
      asked.push_back(window);
      return totalOf(window);
    };
    by.count = [this](const MirrorWindow& window) { return countIn(mirror, window); };
    by.created_at = [this](const MirrorWindow& window,
                           std::uint64_t index) -> std::optional<Timestamp> {
      if (index >= countIn(mirror, window)) {
        return std::nullopt;
      }
      const auto begin =
          window.created_after ? mirror.lower_bound(*window.created_after) : mirror.begin();
      return *std::next(begin, static_cast<std::ptrdiff_t>(index));
    };
    by.read = [this](const MirrorWindow& window) {
      expectWholeSeconds(window);
      for (const MirrorWindow& before : read) {
        EXPECT_TRUE(*window.created_before < before.created_after.value_or(Timestamp::min()) ||
                    window.created_after.value_or(Timestamp::min()) > *before.created_before)
            << "read twice";
      }
      read.push_back(window);
      requests += std::max<std::uint64_t>(1, (countIn(api, window) + 99) / 100);
      const auto begin =
          window.created_after ? mirror.lower_bound(*window.created_after) : mirror.begin();
      mirror.erase(begin, mirror.upper_bound(*window.created_before));
      mirror.insert(window.created_after ? api.lower_bound(*window.created_after) : api.begin(),
                    api.upper_bound(*window.created_before));
      return !stops;
    };
    by.doubtful = doubtful;
    return searchDeletions(kAllTime, by);
  }

  static void expectWholeSeconds(const MirrorWindow& window) {
    if (window.created_after) {
      EXPECT_EQ(window.created_after->time_since_epoch() % seconds{1}, microseconds{0});
    }
    ASSERT_TRUE(window.created_before);
    EXPECT_EQ((*window.created_before + kTick).time_since_epoch() % seconds{1}, microseconds{0});
    EXPECT_LT(window.created_after.value_or(Timestamp::min()), *window.created_before);
  }

  Times api, mirror;
  /// What the API says.
  std::function<std::optional<std::uint64_t>(const MirrorWindow&)> totalOf =
      [this](const MirrorWindow& window) { return countIn(api, window); };
  bool stops = false;
  bool doubtful = false;
  std::vector<MirrorWindow> asked, read;
  std::uint64_t requests = 0;
};

TEST_F(DeletionSearchTest, OneRequestIfNothingDiffers) {
  for (const std::size_t count : {0U, 1U, 5'000U}) {
    add(count, kFirst, minutes{1});
    EXPECT_EQ(search(), Searched::complete);
    EXPECT_THAT(asked, SizeIs(1));
    EXPECT_THAT(read, IsEmpty());
    EXPECT_EQ(asked[0].created_before, kAllTime.created_before);
  }
}

TEST_F(DeletionSearchTest, ADozenRequestsForOneDeletionAmongAHundredThousand) {
  add(100'000, kFirst, seconds{40});
  for (const std::size_t gone : {0U, 1U, 31'415U, 50'000U, 99'990U}) {
    removeAt(api, gone);
    EXPECT_EQ(search(), Searched::complete);
    EXPECT_EQ(mirror, api);
    EXPECT_LE(requests, 14u);
    EXPECT_THAT(read, SizeIs(1));
  }
}

TEST_F(DeletionSearchTest, ASmallListIsRead) {
  add(150, kFirst, minutes{1});
  removeAt(api, 70);
  EXPECT_EQ(search(), Searched::complete);
  EXPECT_THAT(asked, SizeIs(1));
  EXPECT_THAT(read, SizeIs(1));
  EXPECT_EQ(mirror, api);
}

TEST_F(DeletionSearchTest, FindsWhoAppearedLate) {
  add(10'000, kFirst, minutes{1});
  api.insert(kFirst - minutes{5});
  api.insert(kFirst + minutes{5'000} + seconds{3});
  EXPECT_EQ(search(), Searched::complete);
  EXPECT_EQ(mirror, api);
  EXPECT_LE(requests, 22u);
}

TEST_F(DeletionSearchTest, AMirrorThatLostMostIsNotSearchedButRead) {
  add(10'000, kFirst, minutes{1});
  mirror.erase(std::next(mirror.begin(), 300), mirror.end());
  EXPECT_EQ(search(), Searched::complete);
  EXPECT_EQ(mirror, api);
  EXPECT_LE(requests, 106u);
  mirror.clear();
  EXPECT_EQ(search(), Searched::complete);
  EXPECT_EQ(mirror, api);
  EXPECT_LE(requests, 103u);
}

TEST_F(DeletionSearchTest, ASecondIsNotDivided) {
  add(3'000, kFirst, minutes{1});
  for (int i = 0; i < 5'000; ++i) {
    api.insert(kFirst + minutes{1'500} + microseconds{i * 7});
  }
  mirror = api;
  api.erase(api.find(kFirst + minutes{1'500} + microseconds{700}));
  EXPECT_EQ(search(), Searched::complete);
  EXPECT_EQ(mirror, api);
  EXPECT_LE(requests, 51u + 12u);
}

// Of only deletions, or only late arrivals, none hides another.
TEST_F(DeletionSearchTest, FindsAllInRandomLists) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto below = [&random](std::size_t bound) { return random() % bound; };
    api.clear();
    const std::size_t count = 1 + below(seed % 10 == 0 ? 20'000 : 2'000);
    Timestamp at = kFirst;
    for (std::size_t i = 0; i < count; ++i) {  // crowds, and gaps of a day
      at += below(20) == 0 ? microseconds(seconds{below(90'000)}) : milliseconds{below(900)};
      api.insert(at);
    }
    mirror = api;
    Times& shorter = below(3) == 0 ? mirror : api;
    const std::size_t differences = std::min(below(12), count);
    for (std::size_t i = 0; i < differences; ++i) {
      removeAt(shorter, below(shorter.size()));
    }
    EXPECT_EQ(search(), Searched::complete);
    EXPECT_EQ(mirror, api);
    const double halvings = std::log2(static_cast<double>(count) / 100 + 2);
    EXPECT_LE(static_cast<double>(requests),
              4 + static_cast<double>(differences) * (2 * halvings + 4));
  }
}

// A deletion and a late arrival in one window may hide each other, but not disturb the rest.
TEST_F(DeletionSearchTest, NumbersAgreeAfterMixedChanges) {
  for (unsigned seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    api.clear();
    add(3'000, kFirst, seconds{50});
    for (int i = 0; i < 8; ++i) {
      removeAt(api, random() % api.size());
      api.insert(kFirst + seconds{random() % 150'000});
    }
    removeAt(api, 5);
    EXPECT_EQ(search(), Searched::complete);
    EXPECT_EQ(mirror.size(), api.size());
  }
}

TEST_F(DeletionSearchTest, WithoutTotalsNothingIsRead) {
  add(5'000, kFirst, minutes{1});
  removeAt(api, 7);
  totalOf = [](const MirrorWindow&) { return std::nullopt; };
  EXPECT_EQ(search(), Searched::no_totals);
  EXPECT_THAT(asked, SizeIs(1));
  totalOf = [this](const MirrorWindow& window) {
    return window.created_after ? std::nullopt : std::optional(countIn(api, window));
  };
  EXPECT_EQ(search(), Searched::no_totals);
  EXPECT_THAT(read, IsEmpty());
}

TEST_F(DeletionSearchTest, TotalsThatDoNotFollowTheWindowAreNoticed) {
  add(5'000, kFirst, minutes{1});
  removeAt(api, 7);
  totalOf = [this](const MirrorWindow&) { return api.size(); };
  EXPECT_EQ(search(), Searched::bad_totals);
  totalOf = [this](const MirrorWindow& window) {
    return countIn(api, {window.created_after, std::nullopt});
  };
  EXPECT_EQ(search(), Searched::bad_totals);
  totalOf = [this](const MirrorWindow& window) {
    return countIn(api, {std::nullopt, window.created_before});
  };
  EXPECT_EQ(search(), Searched::bad_totals);
  EXPECT_THAT(read, IsEmpty());
}

TEST_F(DeletionSearchTest, TotalsInDoubtAreVerifiedEvenIfTheyAreAsExpected) {
  add(5'000, kFirst, minutes{1});
  doubtful = true;
  EXPECT_EQ(search(), Searched::complete);
  EXPECT_EQ(requests, 3u);
  totalOf = [this](const MirrorWindow&) { return mirror.size(); };
  EXPECT_EQ(search(), Searched::bad_totals);
}

TEST_F(DeletionSearchTest, AListThatChangesMeanwhileIsNotBadTotals) {
  for (const std::size_t at : {2U, 3U}) {  // before the total of either half
    api.clear();
    add(5'000, kFirst, minutes{1});
    removeAt(api, 4'000);
    totalOf = [this, at](const MirrorWindow& window) {
      if (asked.size() == at) {
        removeAt(api, at == 2 ? 100 : 4'500);
      }
      return countIn(api, window);
    };
    EXPECT_EQ(search(), Searched::complete);
    EXPECT_EQ(mirror, api);
  }
}

// Numbers that were derived before a change are wrong: the next search is right again.
TEST_F(DeletionSearchTest, AListThatChangesWithEachRequestIsRightAfterTheNextSearch) {
  for (unsigned seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    api.clear();
    add(8'000, kFirst, minutes{1});
    removeAt(api, random() % api.size());
    totalOf = [&](const MirrorWindow& window) {
      removeAt(api, random() % api.size());
      return countIn(api, window);
    };
    search();
    totalOf = [this](const MirrorWindow& window) { return countIn(api, window); };
    EXPECT_EQ(search(), Searched::complete);
    EXPECT_EQ(mirror, api);
  }
}

TEST_F(DeletionSearchTest, StopsWhereReadingWasStopped) {
  add(5'000, kFirst, minutes{1});
  removeAt(api, 7);
  removeAt(api, 4'007);
  stops = true;
  EXPECT_EQ(search(), Searched::none);
  EXPECT_THAT(read, SizeIs(1));
}

}  // namespace
}  // namespace heymilo::workflows
