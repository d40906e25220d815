#include "support/temporary_files.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "support/temporary_directory.hpp"

namespace support {
namespace {

using std::filesystem::exists;

class TemporaryFilesTest : public ::testing::Test {
 protected:
  std::string made(const std::string& name) const {
    std::ofstream(directory.file(name)) << name;
    return directory.file(name);
  }

  heymilo_test::TemporaryDirectory directory;
};

TEST_F(TemporaryFilesTest, GoWithTheObject) {
  const std::string one = made("one");
  const std::string two = made("two");
  const std::string other = made("other");
  { const TemporaryFiles files({one, two, directory.file("none")}); }
  EXPECT_FALSE(exists(one));
  EXPECT_FALSE(exists(two));
  EXPECT_TRUE(exists(other));
}

TEST_F(TemporaryFilesTest, GoAtOnceWhereASignalEndsTheProcess) {
  const std::string one = made("one");
  const std::string two = made("two");
  const TemporaryFiles files({one});
  const TemporaryFiles more({two});
  removeTemporaryFiles();
  EXPECT_FALSE(exists(one));
  EXPECT_FALSE(exists(two));
}

TEST_F(TemporaryFilesTest, AreNotForgottenHoweverManyThereHaveBeen) {
  for (int i = 0; i < 100; ++i) {
    const std::string one = made("one");
    const TemporaryFiles files({one});
    removeTemporaryFiles();
    EXPECT_FALSE(exists(one));
  }
  const std::string other = made("other");
  removeTemporaryFiles();
  EXPECT_TRUE(exists(other));
}

}  // namespace
}  // namespace support
