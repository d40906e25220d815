#include "time_windows.hpp"

#include <gtest/gtest.h>

#include <string>

#include "second_reading.hpp"

// What ParallelPagination can't bring about at will; the rest is tested there.

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
  // All was handed out, but whether some have no created_at is not known yet.
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
