// What becomes of the journal while bulkIngest() is at work on it, and before: it is deleted,
// moved, replaced, truncated or locked, the disk is full, or an earlier version made it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "heymilo/testing/manual_clock.hpp"
#include "heymilo/workflows/store_error.hpp"
#include "support/bulk_ingest_fixture.hpp"

namespace heymilo::workflows {
namespace {

namespace fs = std::filesystem;
using heymilo::testing::RecordedRequest;
using heymilo::testing::ScriptedResponse;
using heymilo_test::People;
using heymilo_test::people;
using std::chrono::hours;
using ::testing::HasSubstr;
using ::testing::Not;

/// As another program uses SQLite.
class OtherProgram {
 public:
  explicit OtherProgram(const std::string& file) {
    sqlite3_open(file.c_str(), &database_);
    sqlite3_busy_timeout(database_, 2000);
  }
  ~OtherProgram() { sqlite3_close(database_); }
  OtherProgram(const OtherProgram&) = delete;
  OtherProgram& operator=(const OtherProgram&) = delete;

  void execute(const std::string& sql) {
    char* problem = nullptr;
    if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, &problem) != SQLITE_OK) {
      const std::string text = problem != nullptr ? problem : "SQLite failed";
      sqlite3_free(problem);
      throw std::runtime_error(text + ": " + sql);
    }
  }

 private:
  sqlite3* database_ = nullptr;
};

class BulkIngestJournal : public heymilo_test::BulkIngestTest {
 protected:
  BulkIngestJournal() { options.concurrency = 1; }

  /// Calls `happen` when the server has the second chunk, and its response is not sent yet.
  void atTheSecondChunk(std::function<void()> happen) {
    server.respondNext("ingestCandidatesBulk", ScriptedResponse::asUsual());
    server.respondNext({"ingestCandidatesBulk",
                        [happen = std::move(happen)](const RecordedRequest&) {
                          happen();
                          return true;
                        }},
                       ScriptedResponse::asUsual());
  }

  std::string complaint(const People& all) {
    try {
      ingest(all);
      return "it is complete";
    } catch (const StoreError& error) {
      return error.what();
    }
  }

  const std::string& journal() const { return options.journal; }
};

/// A way in which a journal gets lost, and what is said of it.
struct Loss {
  const char* name;
  std::function<void(const std::string&)> happens;
  const char* said;
  bool rescued;

  friend std::ostream& operator<<(std::ostream& out, const Loss& loss) { return out << loss.name; }
};

class LostJournal : public BulkIngestJournal, public ::testing::WithParamInterface<Loss> {};

const std::vector<Loss> kLosses{
    {"Deleted", [](const std::string& file) { fs::remove(file); }, "no longer exists", true},
    {"DeletedWithAllItsFiles",
     [](const std::string& file) {
       for (const char* part : {"", "-journal", "-lock"}) {
         fs::remove(file + part);
       }
     },
     "no longer exists",
     true},
    {"Moved",
     [](const std::string& file) { fs::rename(file, file + ".old"); },
     "no longer exists",
     true},
    {"FolderMoved",
     [](const std::string& file) {
       const fs::path folder = fs::path(file).parent_path();
       fs::rename(folder, folder.string() + ".old");
     },
     "no longer exists",
     false},
    {"FolderRemoved",
     [](const std::string& file) { fs::remove_all(fs::path(file).parent_path()); },
     "no longer exists",
     false},
    {"ReplacedByACopy",
     [](const std::string& file) {
       fs::copy_file(file, file + ".copy");
       fs::rename(file + ".copy", file);
     },
     "was replaced by another file",
     true},
    {"ReplacedByAnEmptyFile",
     [](const std::string& file) {
       std::ofstream(file + ".new").close();
       fs::rename(file + ".new", file);
     },
     "was replaced by another file",
     true},
    {"ReplacedByADirectory",
     [](const std::string& file) {
       fs::remove(file);
       fs::create_directory(file);
     },
     "was replaced by another file",
     true},
    {"Truncated", [](const std::string& file) { fs::resize_file(file, 0); }, "was truncated", true},
    {"CutShort",
     [](const std::string& file) { fs::resize_file(file, fs::file_size(file) / 2); },
     "was truncated",
     true},
    {"LogDeleted",
     [](const std::string& file) { fs::remove(file + "-journal"); },
     "-journal (part of",
     true},
    {"LogReplaced",
     [](const std::string& file) {
       fs::rename(file + "-journal", file + ".old");
       std::ofstream(file + "-journal").close();
     },
     "-journal (part of",
     true},
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
  EXPECT_THAT(said, HasSubstr(GetParam().said));
  EXPECT_THAT(said, HasSubstr(journal()));
  EXPECT_THAT(said, HasSubstr("This run had sent 20 records"));
  EXPECT_THAT(said, HasSubstr("sends everybody again"));
  const std::string rescued = journal() + ".rescued";
  EXPECT_EQ(said.find(rescued) != std::string::npos, GetParam().rescued) << said;
  EXPECT_THAT(said, Not(HasSubstr("another run")));
  if (!GetParam().rescued) {
    return;
  }
  // As the message says.
  EXPECT_EQ(fs::status(rescued).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  for (const char* part : {"", "-journal", "-lock"}) {
    fs::remove(journal() + part);
  }
  fs::rename(rescued, journal());
  EXPECT_TRUE(ingest(people(95)).complete);
  expectEverybodyOnce(95);
  expectJournalAgrees();
}

TEST_P(LostJournal, IsNoticedAfterTheLastChunkToo) {
  const std::string folder = directory.file("folder");
  fs::create_directory(folder);
  options.journal = folder + "/people.journal";
  atTheSecondChunk([this] { GetParam().happens(journal()); });
  EXPECT_THAT(complaint(people(20)), HasSubstr(GetParam().said));
}

// What a killed run leaves, of which only the file itself is moved, or is in the container.
TEST_F(BulkIngestJournal, TheFileAloneKnowsAllThatWasSent) {
  const std::string moved = directory.file("moved");
  atTheSecondChunk([&] {
    fs::copy_file(journal(), moved);
    fs::remove(journal());
  });
  EXPECT_THAT(complaint(people(95)), HasSubstr("no longer exists"));
  options.journal = moved;
  EXPECT_TRUE(ingest(people(95)).complete);
  EXPECT_EQ(posts(), 10u);
  expectEverybodyOnce(95);
  expectJournalAgrees();
}

// As version 0.1 left it, which kept what it knew beside the file.
TEST_F(BulkIngestJournal, AFileWithoutItsLogIsRefused) {
  OtherProgram(journal()).execute("PRAGMA journal_mode=WAL");
  EXPECT_THAT(complaint(people(95)), HasSubstr("-wal, which is not beside it"));
  EXPECT_EQ(posts(), 0u);
  fs::remove(journal());
  std::ofstream(journal()).close();  // an empty file has lost nothing
  EXPECT_TRUE(ingest(people(95)).complete);
}

TEST_F(BulkIngestJournal, ALinkThatLeadsElsewhereIsNoticed) {
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

TEST_F(BulkIngestJournal, IsNoticedWhileAChunkWaitsToBeSentAgain) {
  server.respondNext("ingestCandidatesBulk", ScriptedResponse::rateLimited(hours{1}));
  const auto clock = std::make_shared<heymilo::testing::ManualClock>();
  client_options.clock = clock;
  clock->onWait([this](std::chrono::milliseconds) { fs::remove(journal()); });
  EXPECT_THAT(complaint(people(10)), HasSubstr("This run has sent nothing"));
  EXPECT_EQ(posts(), 1u);
}

TEST_F(BulkIngestJournal, ALockOfAnotherProgramIsNotCalledARun) {
  ingest(people(10));
  for (const char* lock : {"BEGIN IMMEDIATE",
                           "BEGIN; SELECT * FROM record",
                           "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE"}) {
    OtherProgram other(journal());
    other.execute(lock);
    const std::string said = complaint(people(10));
    EXPECT_THAT(said, HasSubstr("another program has " + journal() + " locked")) << lock;
    EXPECT_THAT(said, Not(HasSubstr("another run"))) << lock;
  }
  EXPECT_TRUE(ingest(people(10)).complete);
}

/// No file of this process gets longer than that.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit full{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &full);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
};

TEST_F(BulkIngestJournal, AFullDiskIsToldOfWithWhatHasBeenSent) {
  std::unique_ptr<FullDisk> full;
  atTheSecondChunk([&] { full = std::make_unique<FullDisk>(4096); });
  const std::string said = complaint(people(95));
  full.reset();
  EXPECT_EQ(posts(), 2u);  // the response to the second could not be written down
  EXPECT_THAT(said, HasSubstr("can't use " + journal() + ": disk I/O error (a full disk"));
  EXPECT_THAT(
      said,
      HasSubstr("This run had sent 20 records: 10 known to have been taken, and 10 in doubt"));
  EXPECT_THAT(said, HasSubstr("run again with the same journal"));
  EXPECT_THAT(said, Not(HasSubstr("othing")));
  EXPECT_TRUE(ingest(people(95)).complete);
  EXPECT_EQ(posts(), 10u);  // nobody was sent again
  expectEverybodyOnce(95);
  expectJournalAgrees();
}

TEST_F(BulkIngestJournal, AFullDiskBeforeAnythingWasSent) {
  std::string said;
  {
    const FullDisk full(20'000);
    said = complaint(people(95));
  }
  EXPECT_EQ(posts(), 0u);
  EXPECT_THAT(said, HasSubstr("disk"));
  EXPECT_TRUE(ingest(people(95)).complete);
}

/// A journal as version 0.1 made it, with everybody in flight.
void writeJournalOf01(const std::string& file, const std::string& sent_at,
                      const std::vector<std::pair<std::string, std::string>>& hashes_and_marks) {
  OtherProgram other(file);
  other.execute(R"(
PRAGMA journal_mode=WAL;
CREATE TABLE about(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE record(
  idx INTEGER PRIMARY KEY, hash INTEGER NOT NULL, state TEXT NOT NULL, sent_at INTEGER,
  mark TEXT, email_hash INTEGER, interview_id TEXT, interview_url TEXT, ingestion_id TEXT,
  error_code TEXT, error_message TEXT, error_param TEXT, by_email INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX record_mark ON record(mark) WHERE mark IS NOT NULL;
CREATE INDEX record_email ON record(email_hash) WHERE email_hash IS NOT NULL;
CREATE INDEX record_in_flight ON record(sent_at) WHERE state = 'in_flight';
CREATE INDEX record_interview ON record(interview_id) WHERE email_hash IS NOT NULL;
CREATE TABLE tally(state TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
CREATE TRIGGER record_new AFTER INSERT ON record BEGIN
  INSERT INTO tally VALUES(NEW.state, 1) ON CONFLICT(state) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER record_changed AFTER UPDATE OF state ON record BEGIN
  UPDATE tally SET count = count - 1 WHERE state = OLD.state;
  INSERT INTO tally VALUES(NEW.state, 1) ON CONFLICT(state) DO UPDATE SET count = count + 1;
END;
INSERT INTO about VALUES('format', '1'), ('id', 'a0'), ('posting_id', 'p'), ('mark', 'number');
)");
  int index = 0;
  for (const auto& [hash, mark] : hashes_and_marks) {
    other.execute("INSERT INTO record(idx, hash, state, sent_at, mark) VALUES(" +
                  std::to_string(index++) + ", " + hash + ", 'in_flight', " + sent_at + ", '" +
                  mark + "')");
  }
}

/// The hashes that the journal has for the people.
std::vector<std::pair<std::string, std::string>> hashesIn(const std::string& file) {
  std::vector<std::pair<std::string, std::string>> hashes;
  sqlite3* database = nullptr;
  sqlite3_open(file.c_str(), &database);
  sqlite3_exec(
      database,
      "SELECT hash, mark FROM record ORDER BY idx",
      [](void* out, int, char** values, char**) {
        static_cast<std::vector<std::pair<std::string, std::string>>*>(out)->emplace_back(
            values[0], values[1]);
        return 0;
      },
      &hashes,
      nullptr);
  sqlite3_close(database);
  return hashes;
}

TEST_F(BulkIngestJournal, OneOfVersion01IsTakenOverAndItsTimesAreNot) {
  options.mark = "number";
  ingest(people(20));
  const auto hashes = hashesIn(journal());
  ASSERT_EQ(hashes.size(), 20u);
  server.clearRequests();
  // By a clock that was a day ahead when they were sent, and right, and by none.
  const auto now =
      std::chrono::duration_cast<std::chrono::microseconds>(server.now().time_since_epoch());
  int number = 0;
  for (const std::string& sent_at : {std::to_string((now + hours{24}).count()),
                                     std::to_string(now.count()),
                                     std::string("NULL")}) {
    options.journal = directory.file("of01-" + std::to_string(++number));
    writeJournalOf01(journal(), sent_at, hashes);
    const BulkIngestResult result = ingest(people(20));
    EXPECT_TRUE(result.complete);
    EXPECT_EQ(result.ingested, 20u);
    EXPECT_EQ(posts(), 0u) << sent_at;
    expectEverybodyOnce(20);
    EXPECT_TRUE(ingest(people(20)).complete);  // and as a journal of this version
    EXPECT_EQ(posts(), 0u);
  }
}

TEST_F(BulkIngestJournal, OfALaterVersionIsRefused) {
  ingest(people(1));
  OtherProgram(journal()).execute("UPDATE about SET value = '3' WHERE key = 'format'");
  EXPECT_THAT(complaint(people(1)), HasSubstr("is not a journal of this version"));
}

TEST_F(BulkIngestJournal, LeavesNothingBesideItWhenTheRunIsOver) {
  ingest(people(10));
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory.file(""))) {
    names.push_back(entry.path().filename().string());
  }
  EXPECT_THAT(names, ::testing::ElementsAre("people.journal"));
}

}  // namespace
}  // namespace heymilo::workflows
