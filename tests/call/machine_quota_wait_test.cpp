// A client that waits for a slot of a machine's quota: by which clock, and how soon it finds one
// that is free earlier than was expected.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "call/machine/layout.hpp"
#include "call/machine/locked_file.hpp"
#include "call/pacing.hpp"
#include "heymilo/client.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/quota.hpp"
#include "heymilo/testing/manual_clock.hpp"
#include "support/temporary_directory.hpp"

namespace heymilo::machine {
namespace {

using heymilo::testing::ManualClock;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

const QuotaTerms kTerms{std::string(64, 'a'), 2, seconds{4}, 0, seconds{2}};
const SlotRequest kRequest{Priority::interactive, seconds{2}};

/// The machine's clock, and something that happens right before the first wait.
class ActsBeforeAWait final : public Clock {
 public:
  TimePoint now() override { return steady_->now(); }
  bool wait(std::unique_lock<std::mutex>& lock, std::condition_variable& condition, TimePoint until,
            const std::function<bool()>& done) override {
    if (act) {
      std::exchange(act, nullptr)();
    }
    return steady_->wait(lock, condition, until, done);
  }

  std::function<void()> act;

 private:
  const std::shared_ptr<Clock> steady_ = Clock::steady();
};

class MachineQuotaWait : public ::testing::Test {
 protected:
  MachineQuotaWait() {
    std::filesystem::permissions(directory.path(), std::filesystem::perms::owner_all);
  }

  /// Another member of a quota whose slots have rested.
  std::unique_ptr<QuotaMember> joinRested() const {
    auto member = machineQuota(path)->join(kTerms, [] {});
    const StampRecord record = recordOf({Stamp::State::resting, 0, Time{0}, Time{0}});
    for (int slot = 0; slot < kTerms.requests; ++slot) {
      LockedFile(path, false).write(&record, sizeof record, slotAt(slot));
    }
    return member;
  }

  heymilo_test::TemporaryDirectory directory;
  const std::string path = directory.file("quota");
};

TEST_F(MachineQuotaWait, FindsASlotThatIsGivenBackUnsent) {
  const auto other = joinRested();
  const SlotTurn used = other->take(kRequest);
  const SlotTurn kept = other->take(kRequest);
  ASSERT_TRUE(used.slot && kept.slot);
  other->release(*used.slot, SlotEnd::answered);

  ActsBeforeAWait clock;
  Clock::TimePoint given_back{};
  clock.act = [&] {
    other->release(*kept.slot, SlotEnd::unsent);
    given_back = clock.now();
  };
  Pacer pacer(*machineQuota(path), kTerms, seconds{60}, clock);
  const Pacer::Permit permit =
      pacer.acquire({}, clock.now() + seconds{60}, [](milliseconds wait, bool /*held*/) {
        EXPECT_GT(wait, seconds{3});  // for the slot that rests
      });
  EXPECT_NE(given_back, Clock::TimePoint{}) << "it did not have to wait";
  EXPECT_LT(clock.now() - given_back, milliseconds{1500});  // it looks every 500 ms
}

TEST_F(MachineQuotaWait, TakesRealTimeSoThatAClockOfATestIsRefused) {
  ClientOptions options;
  options.api_key = "k";
  options.quota = machineQuota(path);
  options.clock = std::make_shared<ManualClock>();
  try {
    const Client client(options);
    FAIL() << "it did not throw";
  } catch (const InvalidArgumentError& error) {
    EXPECT_EQ(error.param(), "clock");
    EXPECT_THAT(error.what(), HasSubstr("must be the default with machineQuota"));
  }
  options.clock = Clock::steady();
  EXPECT_NO_THROW(const Client client(options));
}

}  // namespace
}  // namespace heymilo::machine
