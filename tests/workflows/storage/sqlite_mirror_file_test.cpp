// The file of a mirror: one run at a time, lost, foreign, or of another version.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "heymilo/workflows/store_error.hpp"
#include "support/mirror_file.hpp"
#include "support/sqlite_mirror_fixture.hpp"

namespace heymilo::workflows {
namespace {

using heymilo_test::MirrorFile;
using ::testing::HasSubstr;

class SqliteMirrorFile : public SqliteMirrorTest {};

TEST_F(SqliteMirrorFile, TwoAtOnceAreToldOf) {
  const SqliteMirror first(file, "p");
  try {
    SqliteMirror(file, "p");
    FAIL();
  } catch (const StoreError& error) {
    EXPECT_THAT(error.what(), HasSubstr("another run is using " + file));
  }
}

#ifndef _WIN32  // where an open file can't be deleted or moved
// What is written then is lost when the run is over, so that it must not end as if it had been
// kept.
TEST_F(SqliteMirrorFile, AFileThatIsLostDuringARunIsToldOf) {
  namespace fs = std::filesystem;
  using Loss = std::pair<const char*, std::function<void(const std::string&)>>;
  const std::vector<Loss> losses{
      {"mirror.db no longer exists", [](const std::string& path) { fs::remove(path); }},
      {"mirror.db no longer exists",
       [](const std::string& path) { fs::rename(path, path + ".old"); }},
      {"mirror.db no longer exists",
       [](const std::string& path) { fs::remove_all(fs::path(path).parent_path()); }},
      {"mirror.db was replaced by another file",
       [](const std::string& path) {
         fs::copy_file(path, path + ".copy");
         fs::rename(path + ".copy", path);
       }},
      {"mirror.db was truncated", [](const std::string& path) { fs::resize_file(path, 0); }},
      {"mirror.db-wal (part of", [](const std::string& path) { fs::remove(path + "-wal"); }},
      {"mirror.db-shm (part of", [](const std::string& path) { fs::remove(path + "-shm"); }},
      {"mirror.db-lock no longer exists",
       [](const std::string& path) { fs::remove(path + "-lock"); }},
  };
  int number = 0;
  for (const auto& [said, happens] : losses) {
    const std::string folder = directory.file("folder" + std::to_string(++number));
    fs::create_directory(folder);
    const std::string path = folder + "/mirror.db";
    const auto complaint = [&](const auto& run) {
      try {
        run();
      } catch (const StoreError& error) {
        return std::string(error.what());
      }
      return std::string("none");
    };
    SqliteMirror mirror(path, "p");
    MirrorWalk walk;
    walk.number = 1;
    walk.full = true;
    EXPECT_EQ(complaint([&] { mirror.upsert({}, walk); }), "none");
    happens(path);
    EXPECT_THAT(complaint([&] { mirror.upsert({}, walk); }), HasSubstr(said));
    EXPECT_THAT(complaint([&] { mirror.finish(walk, {}); }), HasSubstr(said));
  }
}
#endif

// A reader may make the log shorter, and a database tool the file.
TEST_F(SqliteMirrorFile, WhatOthersMayDoWithTheFileIsNoLoss) {
  SqliteMirror mirror(file, "p");
  MirrorWalk walk;
  walk.number = 1;
  walk.full = true;
  mirror.upsert({}, walk);
  MirrorFile(file).database().execute("PRAGMA wal_checkpoint(TRUNCATE)");
  EXPECT_NO_THROW(mirror.upsert({}, walk));
  MirrorFile(file).database().execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
  EXPECT_NO_THROW(mirror.finish(walk, {}));
}

TEST_F(SqliteMirrorFile, AFileThatIsNotThisMirrorIsRefused) {
  const auto refusal = [&](const std::string& name, const char* posting_id) {
    try {
      SqliteMirror(directory.file(name), posting_id);
      return std::string("none");
    } catch (const StoreError& error) {
      return std::string(error.what());
    }
  };
  SqliteMirror(file, "p");
  EXPECT_THAT(refusal("mirror.db", "q"), HasSubstr("another posting"));
  MirrorFile(file).database().execute("UPDATE mirror SET format = 3");
  EXPECT_THAT(refusal("mirror.db", "p"), HasSubstr("not a mirror of this version"));
  std::ofstream(directory.file("text")) << std::string(2000, 'x');
  EXPECT_THAT(refusal("text", "p"), HasSubstr("not a database"));
  sqlite::Database(directory.file("other")).execute("CREATE TABLE candidates(name TEXT)");
  EXPECT_THAT(refusal("other", "p"), HasSubstr("is another database, not a mirror"));
  EXPECT_THAT(refusal("no/folder", "p"), HasSubstr("can't open"));
}

// A mirror rewrites its file to erase, which renumbers rows, and changes the journal mode.
TEST_F(SqliteMirrorFile, WhatIsRefusedStaysAsItIs) {
  const auto contentsOf = [](const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  std::vector<std::string> paths{directory.file("notes.txt")};
  std::ofstream(paths.front()) << "my notes";
  for (const char* const script : {"CREATE TABLE candidates(name TEXT)",
                                   "CREATE TABLE applicants(name TEXT)",
                                   "CREATE TABLE mirror(width REAL)",
                                   "CREATE VIEW applicants AS SELECT 1",
                                   "PRAGMA application_id = 7"}) {
    paths.push_back(directory.file("other" + std::to_string(paths.size()) + ".db"));
    sqlite::Database(paths.back()).execute(script);
  }
  for (const std::string& path : paths) {
    const std::string before = contentsOf(path);
    EXPECT_THROW(SqliteMirror(path, "p"), StoreError) << path;
    EXPECT_EQ(contentsOf(path), before) << path;
    for (const char* const ending : {"-lock", "-wal", "-shm", "-journal"}) {
      EXPECT_FALSE(std::filesystem::exists(path + ending)) << path << ending;
    }
  }
}

TEST_F(SqliteMirrorFile, AnEmptyDatabaseBecomesOne) {
  std::ofstream(directory.file("empty"));
  EXPECT_NO_THROW(SqliteMirror(directory.file("empty"), "p"));
  sqlite::Database(directory.file("made")).execute("CREATE TABLE t(a); DROP TABLE t");
  EXPECT_NO_THROW(SqliteMirror(directory.file("made"), "p"));
}

TEST_F(SqliteMirrorFile, MayHaveViewsAndIndexesOfItsUser) {
  SqliteMirror(file, "p");
  MirrorFile(file).database().execute(
      "CREATE VIEW names AS SELECT name FROM candidates; CREATE INDEX n ON candidates(name)");
  EXPECT_NO_THROW(SqliteMirror(file, "p"));
}

TEST_F(SqliteMirrorFile, RefusesNamesUnderWhichNothingIsKept) {
  for (const std::string name : {"",
                                 ":memory:",
                                 "file:x",
                                 "file::memory:?cache=shared",
                                 "sqlite://x",
#ifndef _WIN32
                                 "/dev/null",
#endif
                                 "."}) {
    try {
      SqliteMirror(name, "p");
      ADD_FAILURE() << name;
    } catch (const InvalidArgumentError& error) {
      EXPECT_EQ(error.param(), "file");
    }
  }
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(directory.path());
  { SqliteMirror(std::string("./:memory:"), "p"); }
  std::filesystem::current_path(before);
  EXPECT_TRUE(std::filesystem::exists(directory.file(":memory:")));
}

TEST_F(SqliteMirrorFile, AFileOfAVersionThatKnewFewerPropertiesIsCompleted) {
  server.addPosting("p", 3);
  mirror();
  MirrorFile(file).database().execute(
      "ALTER TABLE candidates RENAME COLUMN interview_url TO unknown");
  mirror(true);
  expectEqual();
}

}  // namespace
}  // namespace heymilo::workflows
