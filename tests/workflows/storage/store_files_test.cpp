#include "workflows/storage/store_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "heymilo/workflows/store_error.hpp"
#include "support/namespaces.hpp"
#include "support/temporary_directory.hpp"

namespace heymilo_test {
namespace {

namespace fs = std::filesystem;
using sqlite::StoreFiles;

/// A database of 100 bytes and its log.
class StoreFilesTest : public ::testing::Test {
 protected:
  StoreFilesTest() {
    write(database, 100);
    write(log, 50);
  }

  static void write(const std::string& file, std::size_t bytes) {
    std::ofstream(file, std::ios::binary) << std::string(bytes, 'x');
  }

  /// What require() says; `none` where all is as it was.
  static std::string complaint(StoreFiles& files) {
    try {
      files.require();
      return "none";
    } catch (const StoreError& error) {
      return error.what();
    }
  }

  TemporaryDirectory directory;
  const std::string database = directory.file("db");
  const std::string log = directory.file("db-log");
  StoreFiles make(bool only_grows = true) const { return StoreFiles({database, log}, only_grows); }
};

TEST_F(StoreFilesTest, WhatIsWrittenInPlaceIsFine) {
  StoreFiles files = make();
  write(database, 100);
  EXPECT_EQ(complaint(files), "none");
  write(database, 300);
  write(log, 0);  // a log may be shortened
  EXPECT_EQ(complaint(files), "none");
}

TEST_F(StoreFilesTest, DeletedOrMovedIsNoticed) {
  StoreFiles files = make();
  fs::rename(database, database + ".old");
  EXPECT_THAT(complaint(files), AllOf(HasSubstr(database), HasSubstr("deleted or moved")));
  fs::rename(database + ".old", database);
  EXPECT_EQ(complaint(files), "none");  // it is the same file
  fs::remove(log);
  EXPECT_THAT(complaint(files), AllOf(HasSubstr(log), HasSubstr("part of " + database)));
}

TEST_F(StoreFilesTest, ReplacedIsNoticed) {
  StoreFiles files = make();
  fs::copy_file(database, database + ".copy");
  fs::rename(database + ".copy", database);
  EXPECT_THAT(complaint(files), HasSubstr("was replaced"));
}

TEST_F(StoreFilesTest, ShorterThanItWasIsTruncated) {
  StoreFiles files = make();
  write(database, 300);
  EXPECT_EQ(complaint(files), "none");
  write(database, 299);  // which is longer than at first
  EXPECT_THAT(complaint(files), HasSubstr("was truncated"));
  EXPECT_THROW(files.requireLength(), StoreError);
}

TEST_F(StoreFilesTest, WhereOthersMayShortenItOnlyEmptyIsTruncated) {
  StoreFiles files = make(false);
  write(database, 40);
  EXPECT_EQ(complaint(files), "none");
  write(database, 0);
  EXPECT_THAT(complaint(files), HasSubstr("was truncated"));
}

TEST_F(StoreFilesTest, TheLengthIsWhatItWasWhenItWasLastWritten) {
  StoreFiles files = make();
  write(database, 300);
  files.noteLength();
  write(database, 200);
  EXPECT_THROW(files.requireLength(), StoreError);
  files.noteLength();  // this process has written it
  EXPECT_NO_THROW(files.requireLength());
}

// requireLength() is about the length alone: require() says what became of the file.
TEST_F(StoreFilesTest, AnotherFileHasNoLengthToCompare) {
  StoreFiles files = make();
  write(database + ".new", 3);
  fs::rename(database + ".new", database);
  EXPECT_NO_THROW(files.requireLength());
  fs::remove(database);
  EXPECT_NO_THROW(files.requireLength());
  EXPECT_THROW(files.require(), StoreError);
}

TEST_F(StoreFilesTest, AFileThatWasNotThereMayCome) {
  fs::remove(log);
  StoreFiles files = make();
  EXPECT_EQ(complaint(files), "none");
  write(log, 10);
  fs::remove(log);
  EXPECT_EQ(complaint(files), "none");
}

}  // namespace
}  // namespace heymilo_test
