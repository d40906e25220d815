#include "base/file_system.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <system_error>

#include "support/temporary_directory.hpp"

namespace heymilo {
namespace {

TEST(FileSystem, OfThisMachineHasExactLocks) {
  EXPECT_TRUE(hasExactLocks(std::string("/dev/shm/no-such-file")));
  EXPECT_TRUE(hasExactLocks(std::string("/dev/shm")));
  const heymilo_test::TemporaryDirectory directory;
  const int file = open(directory.file("file").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_GE(file, 0);
  EXPECT_EQ(hasExactLocks(file), hasExactLocks(directory.file("file")));
  EXPECT_EQ(hasExactLocks(file), hasExactLocks(directory.file("another")));
  close(file);
}

TEST(FileSystem, AnotherOneHasNot) {
  EXPECT_FALSE(hasExactLocks(std::string("/proc/self/mem")));
  EXPECT_FALSE(hasExactLocks(std::string("/proc/self/no-such-file")));
  const int file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(file, 0);
  EXPECT_FALSE(hasExactLocks(file));
  close(file);
}

TEST(FileSystem, WhatIsNotThereIsNotJudged) {
  EXPECT_TRUE(hasExactLocks(std::string("/no/such/folder/file")));
  EXPECT_THROW(hasExactLocks(-1), std::system_error);
}

}  // namespace
}  // namespace heymilo
