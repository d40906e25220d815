#include "workflows/storage/presence.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <memory>

#include "support/temporary_directory.hpp"

#ifdef __linux__

namespace heymilo::workflows {
namespace {

class PresenceTest : public testing::Test {
 protected:
  const heymilo_test::TemporaryDirectory directory_;
  const std::string file_ = directory_.path() + "/people.journal";
};

TEST_F(PresenceTest, IsSeenByOthersInTheDirectory) {
  const Presence one(file_);
  EXPECT_TRUE(one.alone());
  auto other = std::make_unique<Presence>(directory_.path() + "/another.journal");
  EXPECT_FALSE(one.alone());
  EXPECT_FALSE(other->alone());
  other.reset();
  EXPECT_TRUE(one.alone());
}

TEST_F(PresenceTest, StaysWhenTheFilesAreDeleted) {
  const Presence one(file_);
  for (const auto& file : std::filesystem::directory_iterator(directory_.path())) {
    std::filesystem::remove(file.path());
  }
  EXPECT_FALSE(Presence(file_).alone());
}

TEST_F(PresenceTest, EndsWithItsProcessAndNotWithAChildOfIt) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    const Presence in_child(file_);
    if (fork() == 0) {  // a grandchild outlives it, and shows nobody
      char byte = 0;
      close(pipe_ends[1]);
      while (read(pipe_ends[0], &byte, 1) > 0) {
      }
      _exit(0);
    }
    _exit(Presence(file_).alone() ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(Presence(file_).alone());
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}

TEST_F(PresenceTest, IsNotAloneWhereTheDirectoryCannotBeOpened) {
  EXPECT_FALSE(Presence(directory_.path() + "/none/people.journal").alone());
}

}  // namespace
}  // namespace heymilo::workflows

#endif
