#include "base/inline_stack.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <utility>
#include <vector>

namespace heymilo {
namespace {

TEST(InlineStack, IsAStackOfAnyDepth) {
  InlineStack<int, 3> stack;
  std::vector<int> expected;
  const auto expectEqual = [&] {
    ASSERT_EQ(stack.size(), expected.size());
    ASSERT_EQ(stack.empty(), expected.empty());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      ASSERT_EQ(stack[i], expected[i]) << i << " of " << expected.size();
    }
    if (!expected.empty()) {
      ASSERT_EQ(stack.back(), expected.back());
    }
  };
  for (int round = 1; round <= 8; ++round) {  // to each depth, and back to the bottom
    for (int i = 0; i < round; ++i) {
      stack.push(round * 10 + i);
      expected.push_back(round * 10 + i);
      expectEqual();
      stack.back() += 1;
      expected.back() += 1;
      expectEqual();
    }
    while (!expected.empty()) {
      stack.pop();
      expected.pop_back();
      expectEqual();
    }
  }
}

TEST(InlineStack, ClearTakesWhatIsOnTheHeapToo) {
  InlineStack<int, 2> stack;
  for (int i = 0; i < 5; ++i) {
    stack.push(i);
  }
  stack.clear();
  EXPECT_TRUE(stack.empty());
  for (int i = 10; i < 15; ++i) {
    stack.push(i);
  }
  EXPECT_EQ(stack[0], 10);
  EXPECT_EQ(stack[2], 12);
  EXPECT_EQ(stack.back(), 14);
  EXPECT_EQ(stack.size(), 5u);
}

TEST(InlineStack, CopiesAreIndependent) {
  InlineStack<int, 2> stack;
  for (int i = 0; i < 3; ++i) {
    stack.push(i);
  }
  InlineStack<int, 2> copy = stack;
  const InlineStack<int, 2> taken = std::move(stack);  // NOLINT(performance-move-const-arg)
  EXPECT_EQ(taken.back(), 2);
  copy.back() = 7;
  copy.pop();
  copy.back() = 8;
  EXPECT_EQ(stack.size(), 3u);
  EXPECT_EQ(stack[1], 1);
  EXPECT_EQ(stack[2], 2);
}

}  // namespace
}  // namespace heymilo
