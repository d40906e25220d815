// The file of a machine's quota: whose it is, when it is refused, and what its slots say. The
// slots' times are moved by writing them, since nobody can set the machine's boot time.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "base/boot_time.hpp"
#include "base/under_way.hpp"
#include "call/machine/content.hpp"
#include "call/machine/layout.hpp"
#include "call/machine/locked_file.hpp"
#include "call/machine/place.hpp"
#include "call/machine_quota_fixture.hpp"
#include "heymilo/client.hpp"
#include "heymilo/errors.hpp"
#include "heymilo/quota.hpp"
#include "support/temporary_directory.hpp"

namespace heymilo::machine {
namespace {

using ::testing::HasSubstr;

class MachineQuotaFile : public MachineQuotaFixture {};

TEST_F(MachineQuotaFile, BelongsToTheUserAloneAndItsSlotsRestWhenItIsMade) {
  const auto member = join();
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  expectRest(*member, rules.unanswered_rest);
}

TEST_F(MachineQuotaFile, RestsForTheLongestRequestWhereOthersMaySend) {
  fs::permissions(directory.path(), fs::perms::group_read, fs::perm_options::add);
  const auto member = join();  // who sends could not be told from who else has the folder locked
  expectRest(*member, rules.unanswered_rest + kTerms.timeout);
}

TEST_F(MachineQuotaFile, ASlotRestsAfterItsRequest) {
  const auto member = join();
  rest();
  for (int slot = 0; slot < kTerms.requests; ++slot) {
    const SlotTurn turn = member->take(kRequest);
    ASSERT_TRUE(turn.slot);
    EXPECT_TRUE(member->mayStillSend(*turn.slot));
    member->release(*turn.slot, slot == 0 ? SlotEnd::unanswered : SlotEnd::answered);
  }
  const SlotTurn turn = member->take(kRequest);
  EXPECT_FALSE(turn.slot);
  EXPECT_TRUE(turn.certain);
  EXPECT_LE(turn.wait, rules.rest);
  EXPECT_GT(turn.wait, rules.rest - milliseconds{500});
  int long_rests = 0;
  for (const Stamp& stamp : stamps()) {
    EXPECT_EQ(stamp.state, Stamp::State::resting);
    long_rests += stamp.time > bootTime() + rules.rest ? 1 : 0;
  }
  EXPECT_EQ(long_rests, 1);
}

TEST_F(MachineQuotaFile, ARequestThatWasNotSentLeavesItsSlotFree) {
  const auto member = join();
  rest();
  for (int i = 0; i < 3 * kTerms.requests; ++i) {
    const SlotTurn turn = member->take(kRequest);
    ASSERT_TRUE(turn.slot);
    member->release(*turn.slot, SlotEnd::unsent);
  }
}

TEST_F(MachineQuotaFile, AMembersOwnRequestsAreNotTakenForThoseOfADeadOne) {
  const auto member = join();
  rest();
  for (int i = 0; i < kTerms.requests; ++i) {
    ASSERT_TRUE(member->take(kRequest).slot);
  }
  EXPECT_FALSE(member->take(kRequest).slot);  // it has looked for the dead
  for (const Stamp& stamp : stamps()) {
    EXPECT_EQ(stamp.state, Stamp::State::busy);
  }
}

TEST_F(MachineQuotaFile, SharersOfOneProcessHaveEachItsOwnSlots) {
  const auto one = join();
  const auto other = join();
  rest();
  std::vector<int> slots;
  for (int i = 0; i < kTerms.requests; ++i) {
    const SlotTurn turn = (i % 2 == 0 ? one : other)->take(kRequest);
    ASSERT_TRUE(turn.slot);
    slots.push_back(*turn.slot);
  }
  EXPECT_FALSE(one->take(kRequest).slot);
  EXPECT_FALSE(other->take(kRequest).slot);
  for (int i = 0; i < kTerms.requests; ++i) {
    (i % 2 == 0 ? one : other)->release(slots[static_cast<std::size_t>(i)], SlotEnd::unsent);
  }
}

TEST_F(MachineQuotaFile, BulkCallsLeaveTheHighestReserve) {
  QuotaTerms with = kTerms;
  with.reserved_requests = 3;
  const auto one = join(with);
  const auto other = join();
  rest();
  const SlotTurn turn = other->take(kBulk);
  ASSERT_TRUE(turn.slot);
  EXPECT_FALSE(other->take(kBulk).slot);
  EXPECT_FALSE(one->take(kBulk).slot);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(other->take(kRequest).slot) << i;
  }
}

TEST_F(MachineQuotaFile, AHoldIsForAllAndForThoseThatComeLater) {
  const auto one = join();
  const auto other = join();
  rest();
  one->hold(seconds{5});
  one->hold(seconds{1});
  const auto later = join();
  for (QuotaMember* member : {one.get(), other.get(), later.get()}) {
    const SlotTurn turn = member->take(kRequest);
    EXPECT_FALSE(turn.slot);
    EXPECT_TRUE(turn.certain);
    EXPECT_GT(turn.held, seconds{4});
    EXPECT_EQ(turn.wait, turn.held);
  }
}

TEST_F(MachineQuotaFile, RefusesAnotherLimitAndNamesBoth) {
  const auto member = join();
  QuotaTerms other = kTerms;
  other.requests = 5;
  EXPECT_THAT(joined(other), HasSubstr("argument: rate_limit: is 5 requests in 1000 ms, but"));
  EXPECT_THAT(joined(other), HasSubstr("have 4 requests in 1000 ms"));
  other = kTerms;
  other.per = milliseconds{2000};
  EXPECT_THAT(joined(other), HasSubstr("4 requests in 2000 ms"));
  other = kTerms;
  other.requests = 100'000;
  EXPECT_THAT(joined(other), HasSubstr("argument: rate_limit.requests"));
}

TEST_F(MachineQuotaFile, RefusesAnotherKey) {
  const auto member = join();
  QuotaTerms other = kTerms;
  other.key = std::string(64, 'b');
  EXPECT_THAT(joined(other),
              HasSubstr("argument: quota: " + path + " is the quota of another key"));
  other.key = "";
  EXPECT_THAT(joined(other), HasSubstr("argument: quota"));
}

TEST_F(MachineQuotaFile, RefusesWhatIsNotAQuotaFileAndLeavesItAsItIs) {
  std::ofstream(path) << "something of the user's, which is longer than a head would be: "
                      << std::string(500, 'x');
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  const auto size = fs::file_size(path);
  EXPECT_THAT(joined(), HasSubstr("store: " + path + " is not a quota file"));
  EXPECT_EQ(fs::file_size(path), size);
}

TEST_F(MachineQuotaFile, RefusesFilesThatOthersCouldChangeLinksAndFolders) {
  std::ofstream(path) << "";
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
  EXPECT_THAT(joined(), HasSubstr("store: quota file " + path + " must be a regular file"));
  fs::remove(path);
  fs::create_symlink(directory.file("elsewhere"), path);
  EXPECT_THAT(joined(), HasSubstr("is a symbolic link"));
  fs::remove(path);
  fs::create_directory(path);
  EXPECT_THAT(joined(), HasSubstr("can't be opened"));
  EXPECT_THAT(wordsOf([] { machineQuota("/no/such/folder/quota")->join(kTerms, [] {}); }),
              HasSubstr("store: quota file /no/such/folder/quota can't be opened"));
}

TEST_F(MachineQuotaFile, RefusesAFileSystemThatIsNotKnown) {
  EXPECT_THAT(wordsOf([] { machineQuota("/proc/self/mem")->join(kTerms, [] {}); }),
              HasSubstr("on a network or an unknown file system"));
}

TEST_F(MachineQuotaFile, RefusesAnotherTimeNamespace) {
  { const auto member = join(); }
  changeHead([](Head& head) { ++head.time_namespace; });
  EXPECT_THAT(joined(),
              HasSubstr("store: quota file " + path + " is that of another time namespace"));
}

TEST_F(MachineQuotaFile, OfAnotherBootBeginsAnewUnlessItIsInUse) {
  auto member = join();
  setStamp(0, {Stamp::State::busy, 0, bootTime() + std::chrono::hours{1000}, seconds{60}});
  changeHead([](Head& head) { head.boot[0] = head.boot[0] == '0' ? '1' : '0'; });
  EXPECT_THAT(joined(), HasSubstr("in use on another machine or in a container"));
  member.reset();
  member = join();
  for (const Stamp& stamp : stamps()) {
    EXPECT_EQ(stamp.state, Stamp::State::resting);
    EXPECT_EQ(stamp.time, rules.unanswered_rest);  // since this boot
  }
  LockedFile file(path, false);
  Head head{};
  file.read(&head, sizeof head, 0);
  EXPECT_EQ(textOf(head.boot), thisPlace().boot);
}

TEST_F(MachineQuotaFile, NeedsAnAbsolutePath) {
  for (const char* relative : {"quota", "./quota", " "}) {
    EXPECT_THAT(wordsOf([&] { machineQuota(relative); }),
                HasSubstr("needs the absolute path of a file"))
        << relative;
  }
}

TEST_F(MachineQuotaFile, ASlotWhoseHolderDiedRestsForAsLongAsItsRequestCouldTake) {
  const auto member = join();
  rest();
  const pid_t child = fork();
  if (child == 0) {
    const auto mine = join();
    for (int i = 0; i < kTerms.requests; ++i) {
      if (!mine->take({Priority::interactive, seconds{30}}).slot) {
        _exit(1);
      }
    }
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  expectRest(*member, rules.unanswered_rest + seconds{30});
}

TEST_F(MachineQuotaFile, AnIdleChildOfForkKeepsNothingOfItsParent) {
  int ready[2], ends[2];
  ASSERT_EQ(pipe(ready), 0);
  ASSERT_EQ(pipe(ends), 0);
  const pid_t parent = fork();
  if (parent == 0) {
    const auto mine = join();
    rest();
    mine->take(kRequest);
    if (fork() == 0) {  // the idle child, until the test lets it go
      char byte = 'c';
      close(ends[1]);
      [[maybe_unused]] ssize_t count = write(ready[1], &byte, 1);
      count = read(ends[0], &byte, 1);
      _exit(0);
    }
    pause();
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  const auto locked = [&] { return LockedFile(path, false).isLocked(kSharersAt, 0); };
  EXPECT_TRUE(locked());  // its parent's, still
  kill(parent, SIGKILL);
  waitpid(parent, nullptr, 0);
  EXPECT_FALSE(locked());
  close(ends[1]);
  for (const int each : {ready[0], ready[1], ends[0]}) {
    close(each);
  }
}

TEST_F(MachineQuotaFile, AChildOfForkTakesNoLockOfItsParentAway) {
  const auto member = join();
  rest();
  const SlotTurn turn = member->take(kRequest);
  ASSERT_TRUE(turn.slot);
  for (int round = 0; round < 3; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      const bool took = join()->take(kRequest).slot.has_value();
      _exit(took ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_TRUE(LockedFile(path, false).isLocked(kSlotsAt, 0));
  member->release(*turn.slot, SlotEnd::answered);
  EXPECT_FALSE(LockedFile(path, false).isLocked(kSlotsAt, 0));
}

TEST_F(MachineQuotaFile, AFullDiskRefusesAndLeavesNoHalfOfAFile) {
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit few{100, 100};
    setrlimit(RLIMIT_FSIZE, &few);
    const std::string words = joined();
    _exit(words.find("store: quota file " + path + " can't be given its length") == 0 ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(fs::file_size(path), 0u);
  EXPECT_EQ(joined(), "nothing");  // when there is room again
}

TEST_F(MachineQuotaFile, StatusSaysWhoHasHowMuch) {
  EXPECT_FALSE(machineQuota(path)->status(kTerms.key));
  const auto one = join();
  const auto other = join();
  rest();
  EXPECT_TRUE(one->take(kRequest).slot);
  const SlotTurn done = other->take(kRequest);
  other->release(*done.slot, SlotEnd::answered);
  other->waiting(2, 3);
  const auto status = machineQuota(path)->status(kTerms.key);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->requests, 4);
  EXPECT_EQ(status->per, kTerms.per);
  EXPECT_EQ(status->free, 2);
  EXPECT_EQ(status->used, 2);
  EXPECT_EQ(status->store, path);
  ASSERT_EQ(status->sharers.size(), 2u);
  EXPECT_EQ(status->sharers[0].in_use, 1);
  EXPECT_EQ(status->sharers[0].name, "pid " + std::to_string(getpid()));
  EXPECT_EQ(status->sharers[1].resting, 1);
  EXPECT_EQ(status->sharers[1].waiting_interactive, 2);
  EXPECT_EQ(status->sharers[1].waiting_bulk, 3);
  EXPECT_THAT(wordsOf([&] { machineQuota(path)->status("b"); }), HasSubstr("another key"));
}

TEST_F(MachineQuotaFile, IsNamedByAHashOfTheKeyInTheRuntimeFolder) {
  setenv("XDG_RUNTIME_DIR", directory.path().c_str(), 1);
  ClientOptions options;
  options.api_key = "hm_secret";
  options.quota = machineQuota();
  const Client client(options);
  const std::string file = directory.file("heymilo/quota-" + quotaKey(options));
  EXPECT_TRUE(fs::exists(file));
  EXPECT_EQ(fs::status(directory.file("heymilo")).permissions(), fs::perms::owner_all);
  EXPECT_EQ(quotaKey(options).size(), 64u);
  options.api_key.clear();
  options.authorization = "Bearer t";
  EXPECT_EQ(quotaKey(options), "");
  EXPECT_THAT(wordsOf([&] { const Client other(options); }),
              HasSubstr("argument: quota: needs a file of its own"));
  options.quota = machineQuota(path);
  EXPECT_NO_THROW(const Client other(options));
  unsetenv("XDG_RUNTIME_DIR");
  EXPECT_THAT(wordsOf([] { machineQuota(); }), HasSubstr("argument: quota: there is no folder"));
}

}  // namespace
}  // namespace heymilo::machine
