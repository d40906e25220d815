#include "workflows/bulk/run_control.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "heymilo/testing/manual_clock.hpp"
#include "support/namespaces.hpp"

namespace heymilo_test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

class RunControlTest : public ::testing::Test {
 protected:
  void failForNow(const std::string& reason = "busy", milliseconds at_least = {}) {
    try {
      throw std::runtime_error(reason);
    } catch (const std::runtime_error&) {
      control.failedForNow(at_least);
    }
  }

  std::string failure() const {
    try {
      control.rethrow();
      return "none";
    } catch (const std::exception& error) {
      return error.what();
    }
  }

  ManualClock clock;
  CancellationSource stop;
  RunControl control{clock, stop.token(), 4};  // the fourth failure is one too many
};

TEST_F(RunControlTest, ANewRunGoesOn) {
  EXPECT_FALSE(control.over());
  EXPECT_FALSE(control.stopped());
  EXPECT_EQ(control.untilTurn(), milliseconds{0});
  control.waitForTurn();
  EXPECT_THAT(clock.waits(), IsEmpty());
  EXPECT_EQ(failure(), "none");
}

TEST_F(RunControlTest, WaitsTwiceAsLongAfterEachFailureInARow) {
  RunControl patient(clock, stop.token(), 100);
  std::vector<milliseconds> waits;
  for (int i = 0; i < 10; ++i) {
    try {
      throw std::runtime_error("busy");
    } catch (const std::runtime_error&) {
      patient.failedForNow();
    }
    waits.push_back(patient.untilTurn());
    patient.waitForTurn();
    EXPECT_EQ(patient.untilTurn(), milliseconds{0});
  }
  EXPECT_THAT(waits,
              ElementsAre(milliseconds{250},
                          milliseconds{500},
                          seconds{1},
                          seconds{2},
                          seconds{4},
                          seconds{8},
                          seconds{16},
                          seconds{30},
                          seconds{30},
                          seconds{30}));
  EXPECT_EQ(clock.waits(), waits);
}

TEST_F(RunControlTest, WaitsAsLongAsTheApiAsksFor) {
  failForNow("busy", hours{2});
  EXPECT_EQ(control.untilTurn(), hours{2});
  failForNow("busy", milliseconds{1});  // asks for less, and the first one's time stays
  EXPECT_EQ(control.untilTurn(), hours{2});
}

TEST_F(RunControlTest, AFailureTooManyEndsTheRunWithIt) {
  for (const char* reason : {"one", "two", "three"}) {
    failForNow(reason);
    EXPECT_FALSE(control.over()) << reason;
  }
  failForNow("four");
  EXPECT_TRUE(control.over());
  EXPECT_FALSE(control.stopped());
  failForNow("five");
  EXPECT_EQ(failure(), "four");
  control.waitForTurn();  // does not wait any more
  EXPECT_THAT(clock.waits(), IsEmpty());
}

TEST_F(RunControlTest, ASuccessForgetsTheFailuresBeforeIt) {
  for (int i = 0; i < 20; ++i) {
    failForNow();
    failForNow();
    failForNow();
    control.succeeded();
  }
  EXPECT_FALSE(control.over());
  control.waitForTurn();
  failForNow();
  EXPECT_EQ(control.untilTurn(), milliseconds{250});
}

TEST_F(RunControlTest, TheFirstReasonCounts) {
  control.fail(std::make_exception_ptr(std::runtime_error("first")));
  control.fail(std::make_exception_ptr(std::runtime_error("second")));
  EXPECT_TRUE(control.over());
  EXPECT_FALSE(control.stopped());
  EXPECT_EQ(failure(), "first");
  EXPECT_EQ(failure(), "first");  // each time
}

TEST_F(RunControlTest, AStopIsNoFailure) {
  stop.cancel();
  EXPECT_TRUE(control.stopped());
  EXPECT_TRUE(control.over());
  EXPECT_EQ(failure(), "none");
  EXPECT_FALSE(control.abandon().cancelled());  // requests under way have some time
}

TEST_F(RunControlTest, MayBeStoppedBeforeItBegins) {
  stop.cancel();
  EXPECT_TRUE(RunControl(clock, stop.token(), 1).over());
}

/// Waits that only another thread ends: the clock stands still.
class RunControlThreads : public ::testing::Test {
 protected:
  RunControlThreads() {
    try {
      throw std::runtime_error("busy");
    } catch (const std::runtime_error&) {
      control.failedForNow(hours{1});
    }
  }

  ManualClock clock{ManualClock::Mode::by_hand};
  CancellationSource stop;
  RunControl control{clock, stop.token(), 4};
};

TEST_F(RunControlThreads, AStopEndsAWaitForATurn) {
  std::thread waiting([this] { control.waitForTurn(); });
  EXPECT_TRUE(clock.awaitWaits(1));
  stop.cancel();
  waiting.join();
  EXPECT_TRUE(control.over());
}

TEST_F(RunControlThreads, AFailureOfAnotherThreadEndsAWaitForATurn) {
  std::thread waiting([this] { control.waitForTurn(); });
  EXPECT_TRUE(clock.awaitWaits(1));
  control.fail(std::make_exception_ptr(std::runtime_error("gone")));
  waiting.join();
  EXPECT_TRUE(control.over());
}

TEST_F(RunControlThreads, ATurnThatIsPutOffIsWaitedForInFull) {
  std::atomic<bool> done{false};
  std::thread waiting([&] {
    control.waitForTurn();
    done = true;
  });
  EXPECT_TRUE(clock.awaitWaits(1));
  try {
    throw std::runtime_error("busy");
  } catch (const std::runtime_error&) {
    control.failedForNow(hours{3});
  }
  clock.advance(hours{1});
  EXPECT_TRUE(clock.awaitWaits(2));  // the rest
  EXPECT_FALSE(done);
  clock.advance(hours{2});
  waiting.join();
  EXPECT_TRUE(done);
  EXPECT_FALSE(control.over());
}

}  // namespace
}  // namespace heymilo_test
