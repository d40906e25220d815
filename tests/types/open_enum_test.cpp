#include "heymilo/models/open_enum.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace heymilo {
namespace {

using ::testing::ElementsAre;

const CandidateStatus kArchived("archived");
const CandidateStatus kPaused("paused");

template <class T>
std::string printed(const T& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

/// As generic code does.
template <class T>
std::string textOf(const T& value) {
  using std::to_string;
  return to_string(value);
}

TEST(OpenEnum, IsWrittenAsItsText) {
  EXPECT_EQ(printed(CandidateStatus("knocked_out")), "knocked_out");
  EXPECT_EQ(printed(kArchived), "archived");
  EXPECT_EQ(printed(StepStatus(StepStatus::not_started)), "not_started");
  EXPECT_EQ(printed(CandidateStatus::evaluating), "evaluating");
  EXPECT_EQ(printed(StepStatus::completed), "completed");
  EXPECT_EQ(::testing::PrintToString(kPaused), "paused");
}

TEST(OpenEnum, MakesAString) {
  EXPECT_EQ(textOf(CandidateStatus("pending")), "pending");
  EXPECT_EQ(textOf(kArchived), "archived");
  EXPECT_EQ(textOf(CandidateStatus::shortlisted), "shortlisted");
  EXPECT_EQ(textOf(StepStatus::in_progress), "in_progress");
}

TEST(OpenEnum, IsAKeyAndUnknownTextsAreKeptApart) {
  std::map<CandidateStatus, int> ordered;
  std::unordered_map<CandidateStatus, int> unordered;
  std::set<std::pair<CandidateStatus, int>> pairs;
  for (const char* text : {"completed", "archived", "paused", "pending", "archived", "completed"}) {
    ++ordered[CandidateStatus(text)];
    ++unordered[CandidateStatus(text)];
    pairs.insert({CandidateStatus(text), 1});
  }
  EXPECT_EQ(ordered.size(), 4u);
  EXPECT_EQ(unordered.size(), 4u);
  EXPECT_EQ(pairs.size(), 4u);
  EXPECT_EQ(ordered[kArchived], 2);
  EXPECT_EQ(unordered[kArchived], 2);
  EXPECT_EQ(unordered[CandidateStatus::completed], 2);
  const std::unordered_set<StepStatus> steps = {StepStatus::completed};
  EXPECT_EQ(steps.count(StepStatus("completed")), 1u);
}

TEST(OpenEnum, IsInTheDocumentedOrder) {
  const std::set<CandidateStatus> all = {
      CandidateStatus::completed, kPaused, CandidateStatus::pending, kArchived};
  EXPECT_THAT(
      all, ElementsAre(kArchived, kPaused, CandidateStatus::pending, CandidateStatus::completed));
  const CandidateStatus pending(CandidateStatus::pending);
  EXPECT_TRUE(kArchived < kPaused && kPaused > kArchived && kArchived <= kArchived);
  EXPECT_TRUE(kPaused < pending && pending >= pending && !(pending < pending));
}

TEST(OpenEnum, KnowsWhatIsFinal) {
  for (const char* text : {"completed", "shortlisted", "dismissed", "knocked_out"}) {
    EXPECT_TRUE(isFinal(CandidateStatus(text))) << text;
  }
  for (const char* text : {"pending", "in_progress", "evaluating", "archived", ""}) {
    EXPECT_FALSE(isFinal(CandidateStatus(text))) << text;
  }
}

}  // namespace
}  // namespace heymilo
