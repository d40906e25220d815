#include "base/later.hpp"

#include <gtest/gtest.h>

namespace heymilo {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using TimePoint = std::chrono::steady_clock::time_point;

constexpr TimePoint kStart{hours{1000}};
constexpr TimePoint kForEver = (TimePoint::max)();

TEST(Later, AddsTheSpan) {
  EXPECT_EQ(later(kStart, milliseconds{0}), kStart);
  EXPECT_EQ(later(kStart, milliseconds{1}), kStart + milliseconds{1});
  EXPECT_EQ(later(kStart, milliseconds{-1}), kStart - milliseconds{1});
  EXPECT_EQ(later(kStart, hours{24 * 365 * 10}), kStart + hours{24 * 365 * 10});
}

TEST(Later, ASpanOfManyYearsIsForEver) {
  EXPECT_EQ(later(kStart, hours{24 * 366 * 10}), kForEver);
  EXPECT_EQ(later(kStart, (milliseconds::max)()), kForEver);
}

}  // namespace
}  // namespace heymilo
