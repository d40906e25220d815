#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/bulk_ingest_fixture.hpp"
#include "support/other_program.hpp"

// A journal that is locked by another program, on a full disk, or made by an earlier version.

namespace heymilo_test {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;
using BulkIngestJournal = BulkIngestJournalTest;

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
  EXPECT_THAT(said, HasSubstr("This run had sent 20 records: 10 confirmed, 10 in doubt"));
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
  EXPECT_THAT(names, ElementsAre("people.journal"));
}

}  // namespace
}  // namespace heymilo_test
