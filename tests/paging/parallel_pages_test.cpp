// A list read in several windows in parallel: no candidate is missed or returned twice, however the
// list is ordered, rounded, extended meanwhile or truncated, and few requests are wasted.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "heymilo/errors.hpp"
#include "heymilo/pagination.hpp"
#include "support/sanitizers.hpp"

namespace heymilo {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

enum class Listed { ascending, descending, by_name };

/// A list of candidates behind a loader, as an API would keep it.
class List {
 public:
  Listed order = Listed::ascending;
  bool totals = true;
  microseconds shown_to{1};  ///< created_at is rounded to a multiple of this where it is shown
  milliseconds latency{0};
  int gather = 0;  ///< later requests wait until this many are in progress in parallel
  std::atomic<int> fail_every{0};  ///< each n-th request fails; 0: none

  void add(std::optional<std::int64_t> micros) {
    const std::lock_guard<std::mutex> lock(mutex_);
    entries_.push_back({micros, "i" + std::to_string(scrambled(entries_.size()))});
    sort();
  }
  void addMany(const std::vector<std::int64_t>& micros) {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const std::int64_t at : micros) {
      entries_.push_back({at, "i" + std::to_string(scrambled(entries_.size()))});
    }
    sort();
  }

  CandidateWindowLoader loader() {
    return [this](const ListCandidatesParams& params, const CancellationToken&) {
      return page(params);
    };
  }

  std::vector<std::string> ids() const {
    std::vector<std::string> ids;
    for (const Entry& entry : entries_) {
      ids.push_back(entry.id);
    }
    std::sort(ids.begin(), ids.end());
    return ids;
  }

  int requests() const { return requests_; }
  int most_at_once() const { return most_at_once_; }

 private:
  struct Entry {
    std::optional<std::int64_t> at;
    std::string id;
  };

  static std::uint64_t scrambled(std::uint64_t number) {
    return number * 2'654'435'761U % (1ULL << 32U);
  }

  void sort() {
    std::stable_sort(entries_.begin(), entries_.end(), [this](const Entry& a, const Entry& b) {
      switch (order) {
        case Listed::ascending:
          return a.at < b.at;
        case Listed::descending:
          return b.at < a.at;
        case Listed::by_name:
          break;
      }
      return a.id < b.id;
    });
  }

  ListResponse<CandidateResponse> page(const ListCandidatesParams& params) {
    const int now_at_once = ++at_once_;
    int most = most_at_once_;
    while (now_at_once > most && !most_at_once_.compare_exchange_weak(most, now_at_once)) {
    }
    const int number = ++requests_;
    if (number > 1) {
      std::unique_lock<std::mutex> lock(gate_);
      gathered_.notify_all();
      gathered_.wait_for(lock, seconds{10}, [this] { return most_at_once_ >= gather; });
    }
    std::this_thread::sleep_for(latency);
    --at_once_;
    if (fail_every != 0 && number % fail_every == 0) {
      throw ConnectionError("made to fail", Outcome::unknown);
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    ListResponse<CandidateResponse> page;
    std::int64_t total = 0;
    bool behind = !params.starting_after;
    for (const Entry& entry : entries_) {
      const bool listed = (!params.created_after ||
                           (entry.at && *entry.at >= micros(params.created_after->floor()))) &&
                          (!params.created_before ||
                           (entry.at && *entry.at <= micros(params.created_before->ceil())));
      total += listed ? 1 : 0;
      if (behind && listed) {
        if (page.data.size() == static_cast<std::size_t>(params.limit.value_or(20))) {
          page.pagination.has_more = true;
        } else {
          page.data.push_back(shown(entry));
        }
      }
      if (entry.id == params.starting_after) {
        behind = true;
      }
    }
    if (!behind) {
      throw ConnectionError("no such cursor", Outcome::unknown);
    }
    if (totals) {
      page.pagination.total_count = total;
    }
    return page;
  }

  CandidateResponse shown(const Entry& entry) const {
    CandidateResponse candidate;
    candidate.interview_id = entry.id;
    if (entry.at) {
      const std::int64_t step = shown_to.count();
      candidate.created_at = Timestamp(microseconds((*entry.at + step / 2) / step * step));
    }
    return candidate;
  }

  static std::int64_t micros(Timestamp at) { return at.time_since_epoch().count(); }

  std::mutex mutex_;
  std::vector<Entry> entries_;
  std::mutex gate_;
  std::condition_variable gathered_;
  std::atomic<int> requests_{0}, at_once_{0}, most_at_once_{0};
};

constexpr std::int64_t kStart = 1'700'000'000'000'000;
constexpr std::int64_t kHour = 3'600'000'000;

std::vector<std::int64_t> evenly(std::size_t count, std::int64_t span) {
  std::vector<std::int64_t> moments;
  for (std::size_t i = 0; i < count; ++i) {
    moments.push_back(kStart +
                      static_cast<std::int64_t>(i) * (span / static_cast<std::int64_t>(count)));
  }
  return moments;
}

/// Busy and quiet days, and bursts within a second.
std::vector<std::int64_t> inBursts(std::size_t count, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<std::int64_t> moments;
  while (moments.size() < count) {
    const std::int64_t at = kStart + static_cast<std::int64_t>(random() % 2'000) * kHour;
    const std::int64_t span =
        random() % 3 == 0 ? 900'000 : kHour * static_cast<std::int64_t>(1 + random() % 40);
    for (std::size_t i = random() % 400; i > 0 && moments.size() < count; --i) {
      moments.push_back(at + static_cast<std::int64_t>(random()) % span);
    }
  }
  return moments;
}

ListCandidatesParams pagesOf(int limit) {
  ListCandidatesParams params;
  params.limit = limit;
  return params;
}

std::vector<std::string> sortedIds(CandidateRange&& range) {
  std::vector<std::string> ids;
  for (const CandidateResponse& candidate : range) {
    ids.push_back(candidate.interview_id);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

TEST(ParallelPagination, HandsOutEverybodyOnceHoweverTheListIs) {
  for (const Listed order : {Listed::ascending, Listed::descending, Listed::by_name}) {
    for (const bool totals : {true, false}) {
      for (const std::int64_t shown_to : {1, 1'000, 1'000'000}) {
        for (std::uint32_t seed = 0; seed < heymilo_test::effort(10); ++seed) {
          SCOPED_TRACE(::testing::Message() << static_cast<int>(order) << " " << totals << " "
                                            << shown_to << " " << seed);
          List list;
          list.order = order;
          list.totals = totals;
          list.shown_to = microseconds{shown_to};
          list.addMany(inBursts(seed * 150, seed));
          EXPECT_EQ(sortedIds(CandidateRange(list.loader(), pagesOf(10), 1 + seed % 5)),
                    list.ids());
        }
      }
    }
  }
}

TEST(ParallelPagination, WastesFewRequests) {
  for (const Listed order : {Listed::ascending, Listed::descending}) {
    for (const bool totals : {true, false}) {
      List list;
      list.order = order;
      list.totals = totals;
      list.latency = milliseconds{2};
      list.gather = 4;
      list.addMany(evenly(10'000, 1'000 * kHour));
      EXPECT_EQ(sortedIds(CandidateRange(list.loader(), pagesOf(100), 4)), list.ids());
      // One by one it would be 100. Without totals the end of the list is unknown.
      EXPECT_LE(list.requests(), totals ? 112 : 125) << static_cast<int>(order) << totals;
      EXPECT_EQ(list.most_at_once(), 4);
    }
  }
}

TEST(ParallelPagination, AsksOnceWhereThereIsOnePage) {
  List list;
  list.addMany(evenly(100, kHour));
  list.add(std::nullopt);
  EXPECT_EQ(sortedIds(CandidateRange(list.loader(), pagesOf(101), 4)), list.ids());
  EXPECT_EQ(list.requests(), 1);
  List empty;
  EXPECT_EQ(sortedIds(CandidateRange(empty.loader(), pagesOf(100), 4)), empty.ids());
  EXPECT_EQ(empty.requests(), 1);
}

TEST(ParallelPagination, FindsThoseWithoutADate) {
  for (const Listed order : {Listed::ascending, Listed::descending, Listed::by_name}) {
    List list;
    list.order = order;
    list.addMany(evenly(2'000, 1'000 * kHour));
    for (int i = 0; i < 7; ++i) {
      list.add(std::nullopt);
    }
    EXPECT_EQ(sortedIds(CandidateRange(list.loader(), pagesOf(100), 4)), list.ids());
  }
}

TEST(ParallelPagination, IsNotConfusedByThoseWhoComeMeanwhile) {
  List list;
  list.latency = milliseconds{1};
  list.addMany(evenly(3'000, 1'000 * kHour));
  const std::vector<std::string> before = list.ids();
  std::atomic<bool> done{false};
  std::thread arriving([&] {
    for (std::int64_t i = 0; !done && i < 2'000; ++i) {
      list.add(kStart + 1'000 * kHour + i * 1'000);
      std::this_thread::sleep_for(milliseconds{1});
    }
  });
  std::vector<std::string> ids = sortedIds(CandidateRange(list.loader(), pagesOf(20), 4));
  done = true;
  arriving.join();
  EXPECT_TRUE(std::adjacent_find(ids.begin(), ids.end()) == ids.end())
      << "a candidate was returned twice";
  EXPECT_TRUE(std::includes(ids.begin(), ids.end(), before.begin(), before.end()))
      << "a candidate is missing";
}

TEST(ParallelPagination, KeepsToTheUsersBounds) {
  List list;
  list.addMany(evenly(3'000, 3'000 * kHour));
  ListCandidatesParams params = pagesOf(50);
  params.created_after = Timestamp(microseconds(kStart + 500 * kHour));
  params.created_before = Timestamp(microseconds(kStart + 2'000 * kHour));
  const std::vector<std::string> ids = sortedIds(CandidateRange(list.loader(), params, 4));
  EXPECT_EQ(ids.size(), 1'501u);  // both bounds are inclusive
}

TEST(ParallelPagination, GoesOnAfterAnError) {
  List list;
  list.addMany(inBursts(2'000, 5));
  list.fail_every = 7;
  CandidateRange range(list.loader(), pagesOf(20), 4);
  std::vector<std::string> ids;
  int errors = 0;
  for (bool at_end = false; !at_end;) {
    try {
      for (const CandidateResponse& candidate : range) {
        ids.push_back(candidate.interview_id);
      }
      at_end = true;
    } catch (const ConnectionError&) {
      ASSERT_LT(++errors, 1'000);
    }
  }
  std::sort(ids.begin(), ids.end());
  EXPECT_GT(errors, 5);
  EXPECT_EQ(ids, list.ids());
}

TEST(ParallelPagination, ResumesInAnotherRangeBehindWhatWasHandedOut) {
  for (const Listed order : {Listed::ascending, Listed::descending, Listed::by_name}) {
    List list;
    list.order = order;
    list.addMany(inBursts(1'500, 9));
    list.add(std::nullopt);
    std::vector<std::string> ids;
    std::optional<std::string> cursor;
    std::mt19937 random(3);
    for (bool at_end = false; !at_end;) {
      ListCandidatesParams params = pagesOf(20);
      params.starting_after = cursor;
      CandidateRange range(list.loader(), params, 3);
      at_end = true;
      for (const auto& page : range.pages()) {
        for (const CandidateResponse& candidate : page.data) {
          ids.push_back(candidate.interview_id);
        }
        cursor = range.cursor();
        if (random() % 6 == 0) {
          at_end = false;
          break;
        }
      }
    }
    std::sort(ids.begin(), ids.end());
    EXPECT_EQ(ids, list.ids());
  }
}

TEST(ParallelPagination, ACursorOfPagesThatWereNotReadToTheirEndHandsThemOutAgain) {
  List list;
  list.addMany(evenly(500, 500 * kHour));
  CandidateRange range(list.loader(), pagesOf(50), 2);
  std::vector<std::string> ids;
  for (const CandidateResponse& candidate : range) {
    ids.push_back(candidate.interview_id);
    if (ids.size() == 75) {
      break;
    }
  }
  ListCandidatesParams params = pagesOf(50);
  params.starting_after = range.cursor();
  const std::vector<std::string> rest = sortedIds(CandidateRange(list.loader(), params, 2));
  EXPECT_EQ(rest.size(), 450u);
}

TEST(ParallelPagination, EndsWhenItIsNoLongerWanted) {
  List list;
  list.latency = milliseconds{5};
  list.addMany(evenly(5'000, 500 * kHour));
  {
    CandidateRange range(list.loader(), pagesOf(10), 4);
    auto first = range.begin();
    EXPECT_FALSE(first->interview_id.empty());
    std::this_thread::sleep_for(milliseconds{200});
  }
  const int requests = list.requests();
  EXPECT_LE(requests, 1 + 4 + 4 + 1 + 4);  // limited: nothing is read
  std::this_thread::sleep_for(milliseconds{50});
  EXPECT_EQ(list.requests(), requests);
}

TEST(ParallelPagination, RefusesAListThatIsBroken) {
  const auto loader = [](const ListCandidatesParams& params, const CancellationToken&) {
    ListResponse<CandidateResponse> page;
    page.pagination.has_more = true;
    if (!params.starting_after) {
      page.data.resize(1);
      page.data[0].interview_id = "i";
    }
    return page;
  };
  EXPECT_THROW(sortedIds(CandidateRange(loader, pagesOf(10), 2)), PaginationError);
  const auto round = [](const ListCandidatesParams&, const CancellationToken&) {
    ListResponse<CandidateResponse> page;
    page.pagination.has_more = true;
    page.data.resize(1);
    page.data[0].interview_id = "i";
    return page;
  };
  EXPECT_THROW(sortedIds(CandidateRange(round, pagesOf(10), 2)), PaginationError);
}

TEST(ParallelPagination, RefusesACursorThatIsNone) {
  List list;
  ListCandidatesParams params = pagesOf(10);
  for (const char* cursor : {"{", "{}", R"({"windows":7})", R"({"windows":[{"from":"x"}]})"}) {
    params.starting_after = cursor;
    try {
      const CandidateRange range(list.loader(), params, 2);
      ADD_FAILURE() << cursor;
    } catch (const InvalidArgumentError& error) {
      EXPECT_EQ(error.param(), "starting_after");
    }
  }
  EXPECT_THROW(CandidateRange(list.loader(), pagesOf(10), 0), InvalidArgumentError);
}

}  // namespace
}  // namespace heymilo
