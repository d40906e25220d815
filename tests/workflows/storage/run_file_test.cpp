#include "workflows/storage/run_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "heymilo/workflows/store_error.hpp"
#include "support/temporary_directory.hpp"

namespace heymilo_test {
namespace {

namespace fs = std::filesystem;
using heymilo::StoreError;
using heymilo::workflows::RunFile;

class RunFileTest : public ::testing::Test {
 protected:
  TemporaryDirectory directory;
  const std::string journal = directory.file("journal");
};

TEST_F(RunFileTest, SaysWhatWasWritten) {
  const RunFile file(journal);
  EXPECT_EQ(file.path(), journal + "-run");
  EXPECT_EQ(file.read().last, 0);
  file.write({7, INT64_MAX, UINT64_MAX});
  const RunFile::State state = RunFile(journal).read();
  EXPECT_EQ(state.last, 7);
  EXPECT_EQ(state.next, INT64_MAX);
  EXPECT_EQ(state.journal, UINT64_MAX);
  file.write({1, 2, 3});
  EXPECT_EQ(file.read().next, 2);
}

TEST_F(RunFileTest, WhatIsNoStateIsOneOfZeros) {
  const RunFile file(journal);
  file.write({1, 2, 3});
  std::ifstream in(file.path());
  const std::string good{std::istreambuf_iterator<char>(in), {}};
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string damaged = good;
    damaged[at] = 'x';
    std::ofstream(file.path()) << damaged;
    const bool between = at > good.find('\n') && (good[at] == ' ' || good[at] == '\n');
    EXPECT_EQ(file.read().next, between ? 2 : 0) << damaged;
    std::ofstream(file.path()) << good.substr(0, at);
    EXPECT_EQ(file.read().next, 0) << at;
  }
}

TEST_F(RunFileTest, IsAFile) {
  fs::create_directory(journal + "-run");
  EXPECT_THROW(const RunFile file(journal), StoreError);
}

TEST_F(RunFileTest, HasOneWriter) {
  if (!RunFile::hasLocks()) {
    return;  // SQLite alone keeps writers apart
  }
  const RunFile one(journal), other(journal);
  one.lock(std::chrono::milliseconds{0});
  EXPECT_THROW(other.lock(std::chrono::milliseconds{5}), StoreError);
  one.unlock();
  other.lock(std::chrono::milliseconds{0});
  EXPECT_THROW(one.lock(std::chrono::milliseconds{0}), StoreError);
}

TEST_F(RunFileTest, KnowsWhoLives) {
  if (!RunFile::hasLocks()) {
    EXPECT_EQ(RunFile(journal).lives({}, 0), std::nullopt);
    return;
  }
  const RunFile one(journal);
  std::int64_t lock = 0;
  {
    const RunFile other(journal);
    lock = other.lockWorker();
    EXPECT_EQ(one.lives(other.place(), lock), true);
    EXPECT_EQ(one.lives(other.place(), lock + 1), false);
    EXPECT_EQ(one.lives("another", lock), std::nullopt);
    other.unlockWorker(lock);
    EXPECT_EQ(one.lives(other.place(), lock), false);
    lock = other.lockWorker();
  }
  EXPECT_EQ(one.lives(one.place(), lock), false);
}

}  // namespace
}  // namespace heymilo_test
