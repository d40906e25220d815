#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "heymilo/workflows/journal.hpp"
#include "heymilo/workflows/store_error.hpp"

namespace heymilo_test {

/// A journal that can only be read: it has what a test says. Whoever changes it gets a StoreError.
class RowsJournal : public heymilo::workflows::Journal {
 public:
  using Row = heymilo::workflows::JournalRow;

  std::optional<heymilo::workflows::JournalStanding> standing_{};
  std::vector<Row> rows_{};           // in any order
  std::function<void()> before_rows;  // called when a reading of all rows begins
  std::vector<heymilo::workflows::DeletedKey> deleted_{};  // to be forgotten, which it does not do

  /// Adds a row, to be completed.
  Row& add(const std::string& key, heymilo::workflows::KeyState state,
           const std::string& interview_id = {}) {
    rows_.emplace_back();
    rows_.back().key = key;
    rows_.back().state = state;
    rows_.back().interview_id = interview_id;
    return rows_.back();
  }

  std::optional<heymilo::workflows::JournalStanding> standing(const std::string&) override {
    return standing_;
  }
  std::vector<Row> rows(const std::string&, const std::string& after, std::size_t most) override {
    if (after.empty() && before_rows) {
      before_rows();
    }
    std::vector<Row> found;
    for (const Row& row : rows_) {
      if (row.key > after) {
        found.push_back(row);
      }
    }
    std::sort(found.begin(), found.end(), [](const Row& a, const Row& b) { return a.key < b.key; });
    found.resize(std::min(found.size(), most));
    return found;
  }

  std::uint64_t forget(const std::string&,
                       const std::vector<heymilo::workflows::DeletedKey>& keys) override {
    deleted_ = keys;
    return 0;
  }

  heymilo::workflows::JournalJoined join(const heymilo::workflows::JournalJoin&) override {
    fail();
  }
  heymilo::workflows::JournalView beat(const heymilo::workflows::JournalBeat&) override { fail(); }
  heymilo::workflows::JournalClaimed claim(const heymilo::workflows::JournalClaim&) override {
    fail();
  }
  heymilo::workflows::JournalSettled settle(const heymilo::workflows::JournalSettle&) override {
    fail();
  }
  heymilo::workflows::JournalDoubts search(const heymilo::workflows::JournalSearch&) override {
    fail();
  }
  heymilo::workflows::JournalRecognised recognise(
      const heymilo::workflows::JournalShown&) override {
    fail();
  }
  heymilo::workflows::JournalOutcome release(const heymilo::workflows::JournalRelease&) override {
    fail();
  }
  heymilo::workflows::JournalOutcome leave(const heymilo::workflows::JournalStamp&) override {
    fail();
  }

 private:
  [[noreturn]] static void fail() {
    throw heymilo::workflows::StoreError("this journal must not be changed");
  }
};

}  // namespace heymilo_test
