#include <gtest/gtest.h>

#include <thread>

#include <chrono>

#include "heymilo/testing/manual_clock.hpp"
#include "support/namespaces.hpp"
#include "workflows/bulk/run_control.hpp"

namespace heymilo_test {
namespace {

// The grace after a stop is for what this process does, and goes by the machine's clock.
TEST(RunControlAbandon, RequestsUnderWayAreGivenUpFiveSecondsAfterAStop) {
  ManualClock clock;
  CancellationSource stop;
  RunControl control(clock, stop.token(), 4);
  const auto stopped = std::chrono::steady_clock::now();
  stop.cancel();
  clock.advance(std::chrono::hours{1});  // which is not asked
  control.tick();
  EXPECT_FALSE(control.abandon().cancelled());
  const auto limit = stopped + std::chrono::seconds{30};
  while (!control.abandon().cancelled() && std::chrono::steady_clock::now() < limit) {
    control.tick();
    std::this_thread::yield();
  }
  EXPECT_TRUE(control.abandon().cancelled());
  EXPECT_GE(std::chrono::steady_clock::now() - stopped, std::chrono::seconds{5});
}

}  // namespace
}  // namespace heymilo_test
