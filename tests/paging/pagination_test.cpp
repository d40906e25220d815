#include "heymilo/pagination.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <iterator>
#include <string>
#include <vector>

#include "heymilo/errors.hpp"
#if __cplusplus >= 202002L
#include <ranges>
#endif

namespace heymilo {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Page = ListResponse<CandidateResponse>;
using Ids = std::vector<std::string>;

Page pageOf(const Ids& ids, bool has_more) {
  Page page;
  for (const std::string& id : ids) {
    page.data.emplace_back().interview_id = id;
  }
  page.pagination.has_more = has_more;
  return page;
}

/// A list in pages. It responds like a server, counts the requests, and can fail once.
struct List {
  std::vector<Ids> pages;
  std::vector<std::optional<std::string>> cursors;  // that were asked for
  std::optional<std::size_t> failing_request;       // counted from 0

  Page load(const std::optional<std::string>& cursor) {
    const std::size_t request = cursors.size();
    cursors.push_back(cursor);
    if (failing_request == request) {
      throw ConnectionError("reset");
    }
    std::size_t index = 0;
    if (cursor) {
      while (index < pages.size() && (pages[index].empty() || pages[index].back() != *cursor)) {
        ++index;
      }
      ++index;
    }
    return index < pages.size() ? pageOf(pages[index], index + 1 < pages.size())
                                : pageOf({}, false);
  }
  CandidateRange range(std::optional<std::string> starting_after = std::nullopt) {
    return CandidateRange([this](const std::optional<std::string>& cursor,
                                 const CancellationToken&) { return load(cursor); },
                          std::move(starting_after));
  }
};

Ids idsOf(CandidateRange& range) {
  Ids ids;
  for (const CandidateResponse& candidate : range) {
    ids.push_back(candidate.interview_id);
  }
  return ids;
}

TEST(Pagination, OfAnEmptyList) {
  List list{{{}}, {}, {}};
  auto range = list.range();
  EXPECT_THAT(idsOf(range), IsEmpty());
  EXPECT_EQ(range.cursor(), std::nullopt);
  EXPECT_EQ(list.cursors.size(), 1u);
}

TEST(Pagination, OfOnePage) {
  List list{{{"a", "b"}}, {}, {}};
  auto range = list.range();
  EXPECT_THAT(idsOf(range), ElementsAre("a", "b"));
  EXPECT_EQ(range.cursor(), "b");
  EXPECT_EQ(list.cursors.size(), 1u);
}

TEST(Pagination, OfTwoAndMorePages) {
  for (const bool prefetch : {true, false}) {
    List list{{{"a", "b"}, {"c", "d"}, {"e"}}, {}, {}};
    auto range = list.range().prefetch(prefetch);
    EXPECT_THAT(idsOf(range), ElementsAre("a", "b", "c", "d", "e"));
    EXPECT_THAT(list.cursors, ElementsAre(std::nullopt, "b", "d"));
    EXPECT_THAT(idsOf(range), IsEmpty());  // single-pass: it stays at its end
    EXPECT_EQ(list.cursors.size(), 3u);
  }
}

TEST(Pagination, OfManyPages) {
  List list;
  Ids all;
  for (int page = 0; page < 300; ++page) {
    Ids& ids = list.pages.emplace_back();
    for (int i = 0; i < 7; ++i) {
      all.push_back(ids.emplace_back(std::to_string(page) + "_" + std::to_string(i)));
    }
  }
  auto range = list.range();
  EXPECT_EQ(idsOf(range), all);
  EXPECT_EQ(list.cursors.size(), 300u);
}

TEST(Pagination, OfALastPageThatIsEmpty) {
  List list{{{"a"}, {}}, {}, {}};
  auto range = list.range();
  EXPECT_THAT(idsOf(range), ElementsAre("a"));
}

TEST(Pagination, StartsBehindACursor) {
  List list{{{"a", "b"}, {"c", "d"}}, {}, {}};
  auto range = list.range("b");
  EXPECT_EQ(range.cursor(), "b");
  EXPECT_THAT(idsOf(range), ElementsAre("c", "d"));
}

TEST(Pagination, SendsNothingBeforeItIsBegun) {
  List list{{{"a"}}, {}, {}};
  { auto range = list.range(); }
  EXPECT_THAT(list.cursors, IsEmpty());
}

TEST(Pagination, GoesOnAfterAnErrorAtTheFirstCandidateNotHandedOut) {
  for (const bool prefetch : {true, false}) {
    List list{{{"a", "b"}, {"c", "d"}, {"e", "f"}, {"g"}}, {}, 2};
    auto range = list.range().prefetch(prefetch);
    Ids ids;
    try {
      for (const CandidateResponse& candidate : range) {
        ids.push_back(candidate.interview_id);
      }
      FAIL();
    } catch (const ConnectionError&) {
      EXPECT_THAT(ids, ElementsAre("a", "b", "c", "d"));
      EXPECT_EQ(range.cursor(), "d");
    }
    EXPECT_THAT(idsOf(range), ElementsAre("e", "f", "g"));
    EXPECT_THAT(list.cursors, ElementsAre(std::nullopt, "b", "d", "d", "f"));
  }
}

TEST(Pagination, GoesOnAfterABreak) {
  List list{{{"a", "b", "c"}, {"d"}}, {}, {}};
  auto range = list.range();
  for (const CandidateResponse& candidate : range) {
    if (candidate.interview_id == "b") {
      break;
    }
  }
  EXPECT_EQ(range.cursor(), "b");
  EXPECT_THAT(idsOf(range), ElementsAre("c", "d"));
}

TEST(Pagination, AsksForNothingAheadInTheFirstHalfOfTheFirstPage) {
  List list{{{"a", "b", "c", "d"}, {"e"}}, {}, {}};
  {
    auto range = list.range();
    auto candidate = range.begin();
    ++candidate;
    EXPECT_EQ(range.cursor(), "b");
  }
  EXPECT_EQ(list.cursors.size(), 1u);
}

TEST(Pagination, FetchesTheNextPageWhileTheCurrentOneIsRead) {
  std::promise<void> asked;
  CandidateRange range([&](const std::optional<std::string>& cursor, const CancellationToken&) {
    if (cursor) {
      asked.set_value();
      return pageOf({"c"}, false);
    }
    return pageOf({"a", "b"}, true);
  });
  auto candidate = range.begin();
  ++candidate;                // the second half of the page
  asked.get_future().wait();  // without a request for its end
  EXPECT_EQ(candidate->interview_id, "b");
  EXPECT_EQ((++candidate)->interview_id, "c");
}

TEST(Pagination, CancelsTheFetchThatIsNoLongerWanted) {
  std::promise<void> asked;
  bool cancelled = false;
  {
    CandidateRange range(
        [&](const std::optional<std::string>& cursor, const CancellationToken& token) {
          if (!cursor) {
            return pageOf({"a"}, true);
          }
          asked.set_value();
          std::promise<void> woken;
          const CancellationCallback wake_up(token, [&] { woken.set_value(); });
          woken.get_future().wait();
          cancelled = true;
          throw CancelledError("cancelled");
        });
    range.begin();
    asked.get_future().wait();
  }
  EXPECT_TRUE(cancelled);
}

TEST(Pagination, RefusesAnEmptyPageWithMoreToCome) {
  CandidateRange range([](const std::optional<std::string>& cursor, const CancellationToken&) {
    return cursor ? pageOf({}, true) : pageOf({"a"}, true);
  });
  auto candidate = range.begin();
  EXPECT_THROW(++candidate, PaginationError);
}

TEST(Pagination, RefusesACursorThatComesRoundAgain) {
  // Immediately, after a cycle of two, and if the walk did not begin at the start.
  const std::vector<std::vector<Ids>> rounds = {
      {{"a", "b"}, {"a", "b"}}, {{"a"}, {"b"}, {"c"}, {"b"}}, {{"a"}, {"z"}}};
  for (const auto& pages : rounds) {
    std::size_t next = 0;
    CandidateRange range(
        [&](const std::optional<std::string>&, const CancellationToken&) {
          return pageOf(pages[next++ % pages.size()], true);
        },
        "z");
    Ids ids;
    EXPECT_THROW(
        for (const CandidateResponse& candidate
             : range) { ids.push_back(candidate.interview_id); },
        PaginationError);
    EXPECT_EQ(next, pages.size());  // detected on the repeated page, before it is returned
  }
}

TEST(Pagination, WalksPages) {
  List list{{{"a", "b"}, {"c"}, {}}, {}, {}};
  std::vector<std::size_t> sizes;
  for (const Page& page : list.range().pages()) {  // the pages keep the walk alive
    sizes.push_back(page.data.size());
  }
  EXPECT_THAT(sizes, ElementsAre(2u, 1u));
}

TEST(Pagination, GoesOnByPagesWhereItStoppedByCandidates) {
  List list{{{"a", "b", "c"}, {"d"}, {"e", "f"}}, {}, {}};
  auto range = list.range();
  range.begin();
  auto pages = range.pages();
  auto page = pages.begin();
  EXPECT_EQ(page->data.size(), 2u);
  EXPECT_EQ(page->data[0].interview_id, "b");
  EXPECT_EQ(range.cursor(), "c");
  ++page;
  EXPECT_EQ(page->data[0].interview_id, "d");
  EXPECT_THAT(idsOf(range), ElementsAre("e", "f"));
}

TEST(Pagination, LetsCandidatesBeMovedOut) {
  List list{{{"a", "b"}, {"c"}}, {}, {}};
  auto range = list.range();
  std::vector<CandidateResponse> kept;
  for (CandidateResponse& candidate : range) {
    kept.push_back(std::move(candidate));
  }
  EXPECT_EQ(kept.size(), 3u);
  EXPECT_EQ(range.cursor(), "c");
}

TEST(Pagination, KeepsItsIteratorsWhenTheRangeMoves) {
  List list{{{"a", "b"}}, {}, {}};
  auto range = list.range();
  auto candidate = range.begin();
  CandidateRange moved = std::move(range);
  EXPECT_EQ((++candidate)->interview_id, "b");
  EXPECT_TRUE(++candidate == moved.end());
}

TEST(Pagination, WorksWithAlgorithms) {
  const auto is_long = [](const CandidateResponse& c) { return c.interview_id.size() == 2; };
  {
    List list{{{"a", "bb"}, {"c", "dd"}, {"ee"}}, {}, {}};
    auto range = list.range();
    std::vector<CandidateResponse> found;
    std::copy_if(range.begin(), range.end(), std::back_inserter(found), is_long);
    ASSERT_EQ(found.size(), 3u);
    EXPECT_EQ(found[2].interview_id, "ee");
  }
  {
    List list{{{"a", "bb"}, {"c", "dd"}, {"ee"}}, {}, {}};
    auto range = list.range().prefetch(false);
    const auto found = std::find_if(range.begin(), range.end(), is_long);
    ASSERT_TRUE(found != range.end());
    EXPECT_EQ(found->interview_id, "bb");
    EXPECT_EQ(list.cursors.size(), 1u);  // unneeded pages were not requested
  }
  {
    List list{{{"a", "bb"}, {"c", "dd"}, {"ee"}}, {}, {}};
    auto range = list.range();
    EXPECT_EQ(std::count_if(range.begin(), range.end(), is_long), 3);
  }
  {
    List list{{{"a", "bb"}, {"c"}}, {}, {}};
    auto range = list.range();
    const std::vector<CandidateResponse> all(std::make_move_iterator(range.begin()),
                                             std::make_move_iterator(range.end()));
    ASSERT_EQ(all.size(), 3u);
    EXPECT_EQ(all[2].interview_id, "c");
  }
}

#if __cplusplus >= 202002L
static_assert(std::ranges::input_range<CandidateRange>);
static_assert(std::ranges::input_range<CandidatePages>);
static_assert(!std::ranges::forward_range<CandidateRange>);
static_assert(std::ranges::viewable_range<CandidateRange&>);

// clang before 16 can't compile the views of libstdc++ (LLVM issue 44178).
#if !defined(__clang__) || __clang_major__ >= 16
TEST(Pagination, WorksWithViews) {
  List list{{{"a", "bb"}, {"c", "dd"}, {"ee"}}, {}, {}};
  auto range = list.range();
  Ids ids;
  for (const std::string& id :
       range | std::views::filter([](const auto& c) { return c.interview_id.size() == 2; }) |
           std::views::transform([](const auto& c) { return c.interview_id; }) |
           std::views::take(2)) {
    ids.push_back(id);
  }
  EXPECT_THAT(ids, ElementsAre("bb", "dd"));
}

TEST(Pagination, IsTheSourceOfAPipeline) {
  List list{{{"a", "bb"}, {"c", "dd"}, {"ee"}}, {}, {}};
  // The range is moved into the pipeline, which can then be returned.
  auto long_ones = list.range() | std::views::filter([](const CandidateResponse& c) {
                     return c.interview_id.size() == 2;
                   });
  auto moved = std::move(long_ones);
  EXPECT_EQ(std::ranges::distance(moved), 3);
  List other{{{"a", "bb"}, {"c"}}, {}, {}};
  auto range = other.range();
  const auto found = std::ranges::find(range, "c", &CandidateResponse::interview_id);
  ASSERT_TRUE(found != range.end());
  EXPECT_EQ(found->interview_id, "c");
}
#endif
#endif

}  // namespace
}  // namespace heymilo
