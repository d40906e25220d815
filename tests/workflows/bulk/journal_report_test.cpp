#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "heymilo/workflows/store_error.hpp"
#include "support/journal_fixture.hpp"
#include "workflows/storage/sqlite.hpp"

// reportOf(), apart from the states, which are in journal_test.cpp.

namespace heymilo_test {
namespace {

using JournalReport = JournalFixture;

std::string complaintOf(const std::string& file) {
  try {
    reportOf(file, [](const RecordReport&) {});
    return "none";
  } catch (const StoreError& error) {
    return error.what();
  }
}

TEST_F(JournalReport, IsInTheOrderOfTheSource) {
  journal->begin({record(30)}, {});
  journal->begin({record(2), record(100)}, {});
  journal->setRejected({{record(10), {"value_error", "no"}}});
  close();
  std::vector<std::uint64_t> indexes;
  reportOf(file, [&](const RecordReport& one) { indexes.push_back(one.index); });
  EXPECT_THAT(indexes, ElementsAre(2, 10, 30, 100));
}

TEST_F(JournalReport, ChangesNothing) {
  journal->begin({record(0)}, second(1));
  report();
  reopen();
  EXPECT_EQ(stateOf(0), RecordState::in_flight);
  EXPECT_EQ(journal->sendingTimes()->first, second(1));
}

TEST_F(JournalReport, OfAFileThatIsNotThereMakesNone) {
  const std::string other = directory.file("other");
  EXPECT_THAT(complaintOf(other), HasSubstr("there is no journal " + other));
  EXPECT_FALSE(std::filesystem::exists(other));
}

TEST_F(JournalReport, OfAnotherDatabaseIsRefused) {
  const std::string other = directory.file("other");
  sqlite::Database(other).execute("CREATE TABLE record(idx INTEGER)");
  EXPECT_THAT(complaintOf(other), HasSubstr("is not a journal of this version: use another file"));
}

TEST_F(JournalReport, OfALaterVersionsStateIsRefused) {
  journal->begin({record(0)}, {});
  close();
  sqlite::Database(file).execute("UPDATE record SET state = 'paused'");
  EXPECT_THAT(complaintOf(file), HasSubstr("a record state that this version does not know"));
}

}  // namespace
}  // namespace heymilo_test
