#include <gtest/gtest.h>

#include <set>
#include <string>

#include "support/namespaces.hpp"

namespace heymilo_test {
namespace {

TEST(RecordStateTest, EachHasATextOfItsOwn) {
  std::set<std::string> texts;
  for (const RecordState state : {RecordState::unsent,
                                  RecordState::ingested,
                                  RecordState::queued,
                                  RecordState::rejected,
                                  RecordState::unresolved,
                                  RecordState::changed,
                                  RecordState::duplicate}) {
    texts.emplace(toString(state));
  }
  EXPECT_EQ(texts.size(), 7u);
  EXPECT_EQ(toString(RecordState::changed), "changed");  // as reports have it
}

}  // namespace
}  // namespace heymilo_test
