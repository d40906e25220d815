#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "heymilo/testing/manual_clock.hpp"
#include "support/bulk_ingest_fixture.hpp"
#include "support/other_program.hpp"

// The journal is deleted, moved, replaced or truncated while bulkIngest() uses it: nothing more is
// sent.

namespace heymilo_test {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;

using LostJournalFile = BulkIngestJournalTest;

/// A way in which a journal gets lost, and what is said of it.
struct Loss {
  const char* name;
  std::function<void(const std::string&)> happens;
  const char* said;

  friend std::ostream& operator<<(std::ostream& out, const Loss& loss) { return out << loss.name; }
};

class LostJournal : public BulkIngestJournalTest, public ::testing::WithParamInterface<Loss> {};

const std::vector<Loss> kLosses{
    {"Deleted", [](const std::string& file) { fs::remove(file); }, "no longer exists"},
    {"DeletedWithAllItsFiles",
     [](const std::string& file) {
       for (const char* part : {"", "-run"}) {
         fs::remove(file + part);
       }
     },
     "no longer exists"},
    {"Moved", [](const std::string& file) { fs::rename(file, file + ".old"); }, "no longer exists"},
    {"FolderMoved",
     [](const std::string& file) {
       const fs::path folder = fs::path(file).parent_path();
       fs::rename(folder, folder.string() + ".old");
     },
     "no longer exists"},
    {"FolderRemoved",
     [](const std::string& file) { fs::remove_all(fs::path(file).parent_path()); },
     "no longer exists"},
    {"ReplacedByACopy",
     [](const std::string& file) {
       fs::copy_file(file, file + ".copy");
       fs::rename(file + ".copy", file);
     },
     "was replaced by another file"},
    {"ReplacedByAnEmptyFile",
     [](const std::string& file) {
       std::ofstream(file + ".new").close();
       fs::rename(file + ".new", file);
     },
     "was replaced by another file"},
    {"ReplacedByADirectory",
     [](const std::string& file) {
       fs::remove(file);
       fs::create_directory(file);
     },
     "was replaced by another file"},
    {"Truncated", [](const std::string& file) { fs::resize_file(file, 0); }, "was truncated"},
    {"CutShort",
     [](const std::string& file) { fs::resize_file(file, fs::file_size(file) / 2); },
     "was truncated"},
    {"RunFileDeleted", [](const std::string& file) { fs::remove(file + "-run"); }, "-run"},
};

INSTANTIATE_TEST_SUITE_P(, LostJournal, ::testing::ValuesIn(kLosses),
                         [](const auto& loss) { return std::string(loss.param.name); });

TEST_P(LostJournal, IsNoticedBeforeTheNextChunkIsSent) {
  const std::string folder = directory.file("folder");
  fs::create_directory(folder);
  options.journal = folder + "/people.journal";
  atTheSecondChunk([this] { GetParam().happens(journal()); });
  const std::string said = complaint(people(95));
  EXPECT_EQ(posts(), 2u);
  const std::size_t sent = arrived().size();  // 20, or fewer on a busy machine: see about()
  EXPECT_THAT(said, HasSubstr(GetParam().said));
  EXPECT_THAT(said, HasSubstr(journal()));
  EXPECT_THAT(said, HasSubstr("This run had sent " + std::to_string(sent) + " records"));
  EXPECT_THAT(said, HasSubstr("A run with a new journal first takes over"));
  // As the message says.
  fs::remove_all(folder);
  fs::create_directory(folder);
  client_options.clock = std::make_shared<ManualClock>();
  options.new_posting = false;
  const BulkIngestResult result = ingest(people(95));
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.known, sent);
  expectEverybodyOnce(95);
  expectReportAgrees();
}

TEST_P(LostJournal, IsNoticedAfterTheLastChunkToo) {
  const std::string folder = directory.file("folder");
  fs::create_directory(folder);
  options.journal = folder + "/people.journal";
  atTheSecondChunk([this] { GetParam().happens(journal()); });
  EXPECT_THAT(complaint(people(20)), HasSubstr(GetParam().said));
}

// What a killed run leaves, of which only the file itself is moved: it may be an older copy, and
// who is in the posting is taken over first.
TEST_F(LostJournalFile, TheFileAloneKnowsAllThatWasSent) {
  const std::string moved = directory.file("moved");
  atTheSecondChunk([&] {
    fs::copy_file(journal(), moved);
    fs::remove(journal());
  });
  EXPECT_THAT(complaint(people(95)), HasSubstr("no longer exists"));
  options.journal = moved;
  options.new_posting = false;
  client_options.clock = std::make_shared<ManualClock>();
  EXPECT_TRUE(ingest(people(95)).complete);
  EXPECT_THAT(posts(), about(10u));
  expectEverybodyOnce(95);
  expectReportAgrees();
}

TEST_F(LostJournalFile, ALinkThatLeadsElsewhereIsNoticed) {
  const std::string link = directory.file("link");
  fs::create_symlink(directory.file("one"), link);
  options.journal = link;
  atTheSecondChunk([&] {
    fs::remove(link);
    fs::create_symlink(directory.file("two"), link);
    std::ofstream(directory.file("two")).close();
  });
  EXPECT_THAT(complaint(people(95)), HasSubstr("was replaced by another file"));
  EXPECT_EQ(posts(), 2u);
}

TEST_F(LostJournalFile, IsNoticedWhileAChunkWaitsToBeSentAgain) {
  server.respondNext("ingestCandidatesBulk", ScriptedResponse::rateLimited(hours{1}));
  const auto clock = std::make_shared<ManualClock>();
  client_options.clock = clock;
  clock->onWait([this](std::chrono::milliseconds) {
    if (posts() == 1) {
      fs::remove(journal());
    }
  });
  EXPECT_THAT(complaint(people(10)), HasSubstr("This run has sent nothing"));
  EXPECT_EQ(posts(), 1u);
}

}  // namespace
}  // namespace heymilo_test
