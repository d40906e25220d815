#include "paging/time_windows.hpp"

#include <gtest/gtest.h>

#include <string>

#include "paging/second_reading.hpp"

// Cases that ParallelPagination can't produce; the rest is tested there.

namespace heymilo::detail {
namespace {

Timestamp at(int hour) { return Timestamp(std::chrono::hours{480'000 + hour}); }

CandidatePage page(int first, int count, bool more, std::int64_t total) {
  CandidatePage page;
  for (int i = first; i < first + count; ++i) {
    page.data.emplace_back();
    page.data.back().interview_id = "i" + std::to_string(i);
    page.data.back().created_at = at(i);
  }
  page.pagination.has_more = more;
  page.pagination.total_count = total;
  return page;
}

void accept(TimeWindows& windows, TimeWindow& window, CandidatePage answer) {
  LoadedPage loaded = loadedPage(std::move(answer));
  windows.accept(window, windows.request(window), loaded);
  windows.handedOut(window, window.cursor);
}

ListCandidatesParams pagesOf(int limit) {
  ListCandidatesParams params;
  params.limit = limit;
  return params;
}

TEST(TimeWindows, AWalkThatIsResumedAsksAgainWhatWasNotAnswered) {
  TimeWindows windows(pagesOf(2));
  TimeWindow* first = windows.take(at(1'000));
  accept(windows, *first, page(0, 2, true, 20));
  ASSERT_EQ(windows.take(at(1'000)), first);
  TimeWindow* probe = windows.take(at(1'000));
  ASSERT_TRUE(probe != nullptr && probe->probe);
  TimeWindow* half = windows.take(at(1'000));
  ASSERT_TRUE(half != nullptr && half->from);
  accept(windows, *first, page(2, 2, false, 4));
  accept(windows, *half, page(15, 2, false, 2));
  // All candidates have been returned, but it is not yet known whether some have no created_at.
  EXPECT_FALSE(windows.done());

  ListCandidatesParams params = pagesOf(2);
  params.starting_after = windows.cursor();
  TimeWindows resumed(params);
  EXPECT_FALSE(resumed.done());
  probe = resumed.take(at(1'000));
  ASSERT_TRUE(probe != nullptr && probe->probe);
  LoadedPage answer = loadedPage(page(0, 1, true, 19));
  resumed.accept(*probe, resumed.request(*probe), answer);
  EXPECT_TRUE(answer.page.data.empty());
  TimeWindow* undated = resumed.take(at(1'000));
  ASSERT_TRUE(undated != nullptr && undated->undated);
  accept(resumed, *undated, page(0, 2, false, 20));
  EXPECT_TRUE(resumed.done());
}

TEST(TimeWindows, AsksNoMoreOfAListThatWasNeverCut) {
  TimeWindows windows(pagesOf(2));
  TimeWindow* window = windows.take(at(10));
  accept(windows, *window, page(0, 2, true, 4));
  ASSERT_EQ(windows.take(at(10)), window);
  accept(windows, *window, page(2, 2, false, 4));
  EXPECT_TRUE(windows.done());
  EXPECT_EQ(windows.take(at(10)), nullptr);
}

// A page whose last candidate, the next cursor, has this created_at, and is readable or not.
LoadedPage pageUpTo(int first, std::optional<Timestamp> last, bool readable, std::int64_t total) {
  LoadedPage loaded = loadedPage(page(first, 2, true, total));
  loaded.next = "last";
  if (readable) {
    loaded.page.data.emplace_back();
    loaded.page.data.back().interview_id = "last";
    loaded.page.data.back().created_at = last;
  } else {
    loaded.unreadable.push_back(
        {UnreadableCandidate{"last", last, {}, {}, {}, DecodeError("", "", "", {})}, 2});
  }
  return loaded;
}

TEST(TimeWindows, AreNotCutBeforeTheirCursor) {
  ListCandidatesParams params = pagesOf(3);
  params.created_before = at(10);  // the middle of the remaining part is at 5
  for (const bool readable : {true, false}) {
    for (const auto& last :
         {std::optional(at(4)), std::optional(at(8)), std::optional<Timestamp>()}) {
      SCOPED_TRACE(::testing::Message()
                   << readable << " " << (last ? (*last - at(0)) / std::chrono::hours{1} : -1));
      TimeWindows windows(params);
      TimeWindow* window = windows.take(at(10));
      LoadedPage loaded = pageUpTo(0, last, readable, 1'000);
      windows.accept(*window, windows.request(*window), loaded);
      EXPECT_EQ(window->cursor, "last");
      ASSERT_EQ(windows.take(at(10)), window);
      TimeWindow* half = windows.take(at(10));
      const bool inside = last && *last < at(5);
      const bool after = readable && last && *last > at(5);  // then there is a later middle
      EXPECT_EQ(half != nullptr, inside || after);
      const auto& end = windows.request(*window).created_before;
      EXPECT_TRUE(half == nullptr || end->ceil() >= *last)
          << "the cursor is not in the list that is left";
    }
  }
}

TEST(TimeWindows, AreNotCutWhereAWalkMayResumeAtACursorWithoutATime) {
  TimeWindows windows(pagesOf(3));
  TimeWindow* window = windows.take(at(100));
  LoadedPage first = pageUpTo(0, std::nullopt, true, 1'000);
  windows.accept(*window, windows.request(*window), first);
  ASSERT_EQ(windows.take(at(100)), window);
  ASSERT_TRUE(windows.take(at(100))->probe);
  LoadedPage second = loadedPage(page(2, 3, true, 1'000));
  windows.accept(*window, windows.request(*window), second);
  ASSERT_EQ(windows.take(at(100)), window);
  EXPECT_EQ(windows.take(at(100)), nullptr) << "neither page was returned";
  windows.handedOut(*window, "last");
  EXPECT_EQ(windows.take(at(100)), nullptr) << "a walk would resume at the first page's end";
  windows.handedOut(*window, "i4");
  EXPECT_NE(windows.take(at(100)), nullptr);
}

TEST(TimeWindows, ReckonsWithNoTimeThatThereIsNot) {
  TimeWindows windows(pagesOf(2));
  TimeWindow* window = windows.take(at(10));
  CandidatePage falling = page(0, 2, true, 9'000'000'000'000);
  std::swap(falling.data[0], falling.data[1]);  // a page of an hour, of a list without an end
  accept(windows, *window, falling);
  ASSERT_EQ(windows.take(at(10)), window);
  ASSERT_TRUE(windows.take(at(10))->probe);
  TimeWindow* half = windows.take(at(10));
  ASSERT_NE(half, nullptr);
  EXPECT_GT(*half->before, at(0) - std::chrono::hours{24 * 365 * 101});
}

}  // namespace
}  // namespace heymilo::detail
