#include "workflows/bulk/record_state.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "heymilo/workflows/store_error.hpp"
#include "support/namespaces.hpp"

namespace heymilo_test {
namespace {

TEST(RecordStateTest, EachHasATextOfItsOwn) {
  std::set<std::string> texts;
  for (const RecordState state : {RecordState::unsent,
                                  RecordState::in_flight,
                                  RecordState::ingested,
                                  RecordState::queued,
                                  RecordState::rejected,
                                  RecordState::unresolved}) {
    EXPECT_EQ(recordStateOf(toString(state)), state);
    texts.emplace(toString(state));
  }
  EXPECT_EQ(texts.size(), 6u);
  EXPECT_EQ(toString(RecordState::in_flight), "in_flight");  // as journals have it
}

TEST(RecordStateTest, AnotherTextIsOfALaterVersion) {
  for (const char* text : {"", "Unsent", "unsent ", "sent", "paused"}) {
    EXPECT_THROW(recordStateOf(text), StoreError) << text;
  }
}

}  // namespace
}  // namespace heymilo_test
