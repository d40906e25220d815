#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "workflows/job/search.hpp"

namespace heymilo::workflows {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

inline Timestamp api(milliseconds since) { return Timestamp(seconds{1'800'000'000}) + since; }

/// A search, and what it is told.
struct Searching {
  explicit Searching(bool new_posting = false) : search(times, new_posting) {}

  Moment now() const { return {JobTime(time), api(time)}; }
  void doubts(std::vector<KeyInDoubt> doubts, const std::string& adoption = {},
              bool fresh = false) {
    JournalDoubts response;
    response.mine = true;
    response.doubts = std::move(doubts);
    response.adoption = adoption;
    response.fresh = fresh;
    search.start();
    EXPECT_TRUE(operation<JournalSearch>());
    search.responded(response, now());
  }
  /// The next list that it asks for begins here.
  std::optional<Listing> list() { return search.list(now()); }
  /// A page, and what the journal makes of it.
  void page(const std::vector<std::string>& keys, bool last = true, std::size_t unreadable = 0,
            JournalRecognised recognised = {}) {
    ListedPage page;
    for (const std::string& key : keys) {
      page.shown.push_back({key, "interview", "https://", std::nullopt});
    }
    page.unreadable = unreadable;
    page.last = last;
    search.paged(std::move(page), now());
    if (operation<JournalShown>()) {
      search.responded(recognised, now());
    }
  }
  /// Waits for as long as it wants to, and not less.
  milliseconds wait() {
    EXPECT_TRUE(search.waitsUntil());
    const JobTime until = search.waitsUntil().value_or(JobTime{0});
    const auto waits = std::chrono::ceil<milliseconds>(until - JobTime(time));
    time += waits - milliseconds{2};
    EXPECT_FALSE(list());
    time += milliseconds{2};
    return waits;
  }
  template <typename Operation>
  std::optional<Operation> operation() {
    const auto request = search.request({});
    const auto* const found = request ? std::get_if<Operation>(&*request) : nullptr;
    return found == nullptr ? std::nullopt : std::optional(*found);
  }
  std::vector<std::string> freed() {
    std::vector<std::string> keys;
    for (const KeyInDoubt& free : operation<JournalRelease>().value_or(JournalRelease()).free) {
      keys.push_back(free.key);
    }
    return keys;
  }
  std::vector<std::string> unresolved() {
    std::vector<std::string> keys;
    for (const KeyInDoubt& one :
         operation<JournalRelease>().value_or(JournalRelease()).unresolved) {
      keys.push_back(one.key);
    }
    return keys;
  }

  JobTimes times;
  Search search;
  milliseconds time{minutes{60}};
};

inline KeyInDoubt sent(const std::string& key, milliseconds at, bool async = false,
                       std::int64_t doubted = 0) {
  return {key, "claim", "owner", async, doubted, api(at)};
}

inline JournalRecognised agreeing(const std::string& owner = "owner") {
  JournalRecognised recognised;
  recognised.comparisons = {{owner, api(minutes{55}), api(minutes{54})}};
  return recognised;
}

}  // namespace heymilo::workflows
