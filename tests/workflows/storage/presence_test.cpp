#include "workflows/storage/presence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "support/temporary_directory.hpp"

#ifdef __linux__

namespace heymilo::workflows {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::UnorderedElementsAre;

class PresenceTest : public ::testing::Test {
 protected:
  const heymilo_test::TemporaryDirectory directory_;
  const std::string file_ = directory_.path() + "/people.journal";
};

TEST_F(PresenceTest, IsSeenByOthersInTheDirectory) {
  Presence one(file_);
  one.show(7);
  EXPECT_THAT(one.others(), Optional(IsEmpty()));
  auto other = std::make_unique<Presence>(directory_.path() + "/another.journal");
  EXPECT_THAT(one.others(), Optional(IsEmpty()));  // it has not shown itself
  other->show(std::int64_t{1} << 40);
  Presence third(file_);
  third.show(8);
  EXPECT_THAT(one.others(), Optional(UnorderedElementsAre(8, std::int64_t{1} << 40)));
  EXPECT_THAT(other->others(), Optional(UnorderedElementsAre(7, 8)));
  other.reset();
  EXPECT_THAT(one.others(), Optional(ElementsAre(8)));
}

TEST_F(PresenceTest, StaysWhenTheFilesAreDeleted) {
  Presence one(file_);
  one.show(1);
  for (const auto& file : std::filesystem::directory_iterator(directory_.path())) {
    std::filesystem::remove(file.path());
  }
  Presence other(file_);
  other.show(2);
  EXPECT_THAT(other.others(), Optional(ElementsAre(1)));
}

TEST_F(PresenceTest, EndsWithItsProcessAndNotWithAChildOfIt) {
  std::array<int, 2> ends{}, ready{};
  ASSERT_EQ(pipe(ends.data()), 0);
  ASSERT_EQ(pipe(ready.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    Presence in_child(file_);
    in_child.show(1);
    if (fork() == 0) {  // a grandchild outlives it, and shows nobody
      char byte = 0;
      close(ends[1]);
      static_cast<void>(!write(ready[1], &byte, 1));
      while (read(ends[0], &byte, 1) > 0) {
      }
      _exit(0);
    }
    Presence other(file_);
    other.show(2);
    _exit(other.others() && other.others()->size() == 1 ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);  // fork() has returned in the grandchild
  Presence after(file_);
  after.show(3);
  EXPECT_THAT(after.others(), Optional(IsEmpty()));
  for (const int end : {ends[0], ends[1], ready[0], ready[1]}) {
    close(end);
  }
}

TEST_F(PresenceTest, KnowsNothingOfOthersWhereItIsNotSeenItself) {
  const Presence not_shown(file_);
  EXPECT_EQ(not_shown.others(), std::nullopt);
  Presence nowhere(directory_.path() + "/none/people.journal");
  nowhere.show(1);
  EXPECT_EQ(nowhere.others(), std::nullopt);
}

}  // namespace
}  // namespace heymilo::workflows

#endif
