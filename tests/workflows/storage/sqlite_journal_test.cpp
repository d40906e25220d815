// The journal in SQLite does what each journal has to do; and its file: who may have it, what is
// noticed of it, and what is written.

#include "workflows/storage/sqlite_journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>

#include "heymilo/workflows/sqlite_journal.hpp"
#include "heymilo/workflows/store_error.hpp"
#include "support/temporary_directory.hpp"
#include "workflows/job/journal_contract.hpp"
#include "workflows/job/journal_worker.hpp"
#include "workflows/storage/sqlite.hpp"

namespace heymilo_test {
namespace {

namespace fs = std::filesystem;
namespace wf = heymilo::workflows;
using heymilo::StoreError;
using heymilo::workflows::sqliteJournal;
using heymilo::workflows::sqlite::Database;
using heymilo::workflows::sqlite::Statement;
using journal_contract::Outcome;
using journal_contract::State;
using journal_contract::Verdict;
using journal_contract::Worker;
using ::testing::HasSubstr;

class SqliteJournalContract : public ::testing::TestWithParam<JournalRule> {};

TEST_P(SqliteJournalContract, Holds) {
  const TemporaryDirectory directory;
  GetParam().check([&] { return sqliteJournal(directory.file("journal")); });
}

INSTANTIATE_TEST_SUITE_P(, SqliteJournalContract, ::testing::ValuesIn(journalContract()), nameOf);

/// The same in an application's own database, with a write-ahead log.
class SqliteJournalWithLogContract : public ::testing::TestWithParam<JournalRule> {};

TEST_P(SqliteJournalWithLogContract, Holds) {
  const TemporaryDirectory directory;
  sqliteJournal(directory.file("journal"));
  {
    Database application(directory.file("journal"));
    application.execute("PRAGMA journal_mode=WAL; CREATE TABLE own(value)");
  }
  GetParam().check([&] { return sqliteJournal(directory.file("journal")); });
}

INSTANTIATE_TEST_SUITE_P(, SqliteJournalWithLogContract, ::testing::ValuesIn(journalContract()),
                         nameOf);

class SqliteJournalFile : public ::testing::Test {
 protected:
  std::string complaint(const std::function<void()>& action) const {
    try {
      action();
      return "none";
    } catch (const StoreError& error) {
      return error.what();
    }
  }
  std::string content() const {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  /// Both files, in the copies of that name.
  void copyTo(const std::string& name) const {
    fs::copy_file(file, directory.file(name), fs::copy_options::overwrite_existing);
    fs::copy_file(run, directory.file(name + "-run"), fs::copy_options::overwrite_existing);
  }
  /// Whether a run that begins now may claim at once.
  bool adopted() const { return Worker(open).beat().adopted; }

  TemporaryDirectory directory;
  const std::string file = directory.file("journal");
  const std::string run = file + "-run";
  const OpensJournal open = [this] { return sqliteJournal(file); };
};

TEST_F(SqliteJournalFile, IsForItsOwnerOnly) {
  const Worker worker(open);
  for (const std::string& each : {file, run}) {
    EXPECT_EQ(fs::status(each).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  }
}

TEST_F(SqliteJournalFile, IsBoundAnewWhereItsWorkersAreDead) {
  Worker dead(open);
  dead.search();
  wf::JournalJoin join;
  join.stamp = {journal_contract::freshName(), 1, 0};
  join.posting = journal_contract::purpose();
  join.posting.key_name = "key:id";
  EXPECT_EQ(open()->join(join).outcome, Outcome::refused);
  dead.die();
  const auto journal = open();
  EXPECT_EQ(journal->join(join).outcome, Outcome::good);
  EXPECT_TRUE(journal->beat({{join.stamp.worker, 2, 1}, {}, false, {}}).others.empty());
  EXPECT_TRUE(journal->search({{join.stamp.worker, 3, 2}}).mine);
}

TEST_F(SqliteJournalFile, WhoeverJoinedBeforeItWasBoundAnewWritesNoKeys) {
  Worker before(open);
  Database(file).execute("UPDATE heymilo_worker SET gone = 1");
  wf::JournalJoin join;
  join.stamp = {journal_contract::freshName(), 1, 0};
  join.posting = journal_contract::purpose();
  join.posting.base_url = "http://localhost";
  EXPECT_EQ(open()->join(join).outcome, Outcome::good);
  const auto settled =
      before.journal().settle({before.next(), {Worker::result("a", "t", State::ingested)}});
  EXPECT_EQ(settled.outcome, Outcome::gone);
  before.show("b", "interview");
  EXPECT_EQ(before.outcome(), Outcome::gone);
  EXPECT_TRUE(open()->rows("posting", "", 100).empty());
}

TEST_F(SqliteJournalFile, AnotherDatabaseIsLeftAsItIs) {
  Database(file).execute("CREATE TABLE record(key)");
  const std::string before = content();
  EXPECT_THAT(complaint([&] { open(); }), HasSubstr("another database"));
  EXPECT_TRUE(content() == before);
  EXPECT_FALSE(fs::exists(run));
}

TEST_F(SqliteJournalFile, AnotherFileIsLeftAsItIs) {
  std::ofstream(file) << std::string(5000, 'x');
  EXPECT_THAT(complaint([&] { open(); }), HasSubstr("not a database"));
  EXPECT_EQ(content(), std::string(5000, 'x'));
}

TEST_F(SqliteJournalFile, OneOfALaterVersionIsRefused) {
  open();
  Database(file).execute("UPDATE heymilo_journal SET version = 2");
  EXPECT_THAT(complaint([&] { open(); }), HasSubstr("not a journal of this version"));
}

TEST_F(SqliteJournalFile, WhatKeepsNothingIsRefused) {
  for (const char* name : {"", ":memory:", "file:journal", "postgresql://host/database"}) {
    EXPECT_THAT(complaint([&] { sqliteJournal(name); }), HasSubstr("can't use")) << name;
  }
  EXPECT_THAT(complaint([&] { sqliteJournal(directory.file("")); }), HasSubstr("is a directory"));
  ASSERT_EQ(mkfifo(file.c_str(), 0600), 0);
  EXPECT_THAT(complaint([&] { open(); }), HasSubstr("must be a regular file"));
}

#ifdef __linux__
TEST_F(SqliteJournalFile, AFileSystemWithoutExactLocksIsRefused) {
  for (const char* name : {"/proc/self/journal", "/proc/self/status"}) {
    EXPECT_THAT(complaint([&] { sqliteJournal(name); }),
                ::testing::AllOf(HasSubstr(name),
                                 HasSubstr("on a network or an unknown file system"),
                                 HasSubstr("Use a file on a local disk")));
  }
}
#endif

TEST_F(SqliteJournalFile, WhatCannotBeWrittenIsRefused) {
  open();
  if (geteuid() == 0) {
    return;  // may write everything
  }
  fs::permissions(file, fs::perms::owner_read);
  EXPECT_THAT(complaint([&] { Worker worker(open); }), HasSubstr("not writable"));
  fs::permissions(file, fs::perms::none);
  EXPECT_THAT(complaint([&] { open(); }), HasSubstr(file));
}

TEST_F(SqliteJournalFile, ASecondNameIsRefused) {
  open();
  fs::create_hard_link(file, directory.file("other"));
  EXPECT_THAT(complaint([&] { open(); }), HasSubstr("several names"));
}

TEST_F(SqliteJournalFile, HasOneRunFileWhateverLinkLeadsToIt) {
  open();
  fs::create_symlink(file, directory.file("link"));
  const Worker worker([&] { return sqliteJournal(directory.file("link")); });
  EXPECT_FALSE(fs::exists(directory.file("link-run")));
}

TEST_F(SqliteJournalFile, WhatIsDeletedOrReplacedIsNoticed) {
  for (const std::string& gone : {file, run}) {
    Worker worker(open);
    EXPECT_EQ(complaint([&] { worker.journal().requireInPlace(); }), "none");
    fs::rename(gone, directory.file("moved"));
    EXPECT_THAT(complaint([&] { worker.journal().requireInPlace(); }), HasSubstr("deleted"));
    EXPECT_THAT(complaint([&] { worker.beat(); }), HasSubstr("deleted"));
    fs::copy_file(directory.file("moved"), gone);
    EXPECT_THAT(complaint([&] { worker.journal().requireInPlace(); }), HasSubstr("replaced"));
    EXPECT_THAT(complaint([&] { worker.ask("a"); }), HasSubstr("replaced"));
    EXPECT_THAT(complaint([&] { worker.journal().rows("posting", "", 1); }), HasSubstr("replaced"));
    fs::remove(directory.file("moved"));
  }
}

TEST_F(SqliteJournalFile, ATruncatedOneIsNotWrittenAgain) {
  Worker worker(open);
  worker.adopt().claim({"a"}, "t");
  fs::resize_file(file, 0);
  EXPECT_THAT(complaint([&] { worker.beat(); }), HasSubstr("truncated"));
  EXPECT_THAT(complaint([&] { worker.journal().requireInPlace(); }), HasSubstr("truncated"));
  EXPECT_EQ(fs::file_size(file), 0U);
}

TEST_F(SqliteJournalFile, OneThatHasLostItsEndIsNotUsed) {
  Worker worker(open);
  worker.adopt().claim({"a"}, "t");
  fs::resize_file(file, 4096);
  EXPECT_NE(complaint([&] { worker.settle("a", "t", State::ingested); }), "none");
  EXPECT_NE(complaint([&] { open(); }), "none");
}

TEST_F(SqliteJournalFile, IsTheSameInTheNextRun) {
  {
    Worker worker(open);
    worker.adopt().claim({"a"}, "t");
    worker.settle("a", "t", State::ingested);
    worker.journal().leave(worker.next());
  }
  EXPECT_TRUE(adopted());
  {
    Worker killed(open);
    killed.claim({"b"}, "t");
  }
  EXPECT_TRUE(adopted());
  Worker worker(open);
  EXPECT_TRUE(worker.beat().adopted);
  EXPECT_EQ(worker.ask("a"), Verdict::known);
}

TEST_F(SqliteJournalFile, ACopyOfAnyEarlierMomentIsFound) {
  constexpr int kTransactions = 5;
  for (int copied = 0; copied < kTransactions; ++copied) {
    fs::remove(file);
    fs::remove(run);
    {
      Worker killed(open);
      killed.adopt();
      for (int number = 0; number < copied; ++number) {
        killed.claim({std::to_string(number)}, "t");
      }
      fs::copy_file(file, directory.file("copy"), fs::copy_options::overwrite_existing);
      killed.claim({"last"}, "t");
    }
    fs::copy_file(directory.file("copy"), file, fs::copy_options::overwrite_existing);
    EXPECT_FALSE(adopted()) << copied;
    EXPECT_FALSE(adopted()) << copied;  // and stays so until it is adopted
  }
}

TEST_F(SqliteJournalFile, ACopyIsFoundByWhoIsRunning) {
  Worker worker(open);
  worker.adopt();
  const std::string copy = directory.file("copy");
  fs::copy_file(file, copy);
  worker.claim({"a"}, "t");
  fs::copy_file(copy, file, fs::copy_options::overwrite_existing);  // in place: the same inode
  worker.beat();
  EXPECT_EQ(worker.outcome(), Outcome::restored);
  EXPECT_FALSE(adopted());
}

TEST_F(SqliteJournalFile, ACopyWithoutItsRunFileIsFound) {
  Worker(open).adopt();
  fs::remove(run);
  EXPECT_FALSE(adopted());
}

TEST_F(SqliteJournalFile, ACopyOfBothFilesIsFoundWhereTheyAreOthers) {
  Worker(open).adopt();
  copyTo("copy");
  Worker(open).claim({"a"}, "t");
  fs::rename(directory.file("copy"), file);
  fs::rename(directory.file("copy-run"), run);
  EXPECT_FALSE(adopted());
}

TEST_F(SqliteJournalFile, BothFilesOverwrittenAreFoundByWhoIsRunning) {
  Worker worker(open);
  worker.adopt();
  copyTo("copy");
  worker.claim({"a"}, "t");
  fs::copy_file(directory.file("copy"), file, fs::copy_options::overwrite_existing);
  fs::copy_file(directory.file("copy-run"), run, fs::copy_options::overwrite_existing);
  worker.beat();
  EXPECT_EQ(worker.outcome(), Outcome::restored);
  EXPECT_FALSE(adopted());
}

TEST_F(SqliteJournalFile, ReceiptsOfARestoredOneAreKept) {
  Worker worker(open);
  worker.adopt();
  fs::copy_file(file, directory.file("copy"));
  worker.claim({"a"}, "t");
  fs::copy_file(directory.file("copy"), file, fs::copy_options::overwrite_existing);
  EXPECT_EQ(worker.settle("a", "t", State::ingested).outcome, Outcome::restored);
  EXPECT_EQ(worker.row("a").state, State::ingested);
}

TEST_F(SqliteJournalFile, PostingsAreApart) {
  Worker worker(open);
  worker.adopt().claim({"a"}, "t");
  const auto journal = open();
  wf::JournalJoin join;
  join.stamp = {journal_contract::freshName(), 1, 0};
  join.posting = journal_contract::purpose();
  join.posting.posting_id = "another";
  EXPECT_EQ(journal->join(join).outcome, Outcome::good);
  const wf::JournalView view = journal->beat({{join.stamp.worker, 2, 1}, {}, false});
  EXPECT_FALSE(view.adopted);
  EXPECT_TRUE(view.others.empty());
  EXPECT_EQ(view.counts.in_flight, 0U);
  EXPECT_TRUE(journal->rows("another", "", 10).empty());
  EXPECT_EQ(journal->rows("posting", "", 10).size(), 1U);
}

TEST_F(SqliteJournalFile, WhoLivesIsKnownAtOnce) {
  if (!wf::RunFile::hasLocks()) {
    return;  // then it is not known
  }
  Worker worker(open);
  worker.adopt();
  Worker other(open);
  other.claim({"a"}, "t");
  const auto beaten = [&] { return worker.beat({{other.id(), other.number()}}).others; };
  ASSERT_EQ(beaten().size(), 1U);  // it lives: it is not buried
  EXPECT_EQ(beaten()[0].lives, true);
  EXPECT_EQ(worker.row("a").state, State::in_flight);
  other.die();
  EXPECT_EQ(worker.beat().others.at(0).lives, false);
  EXPECT_TRUE(beaten().empty());
  EXPECT_EQ(worker.row("a").state, State::in_doubt);
}

// Only then, adoption need not wait for requests of others.
TEST_F(SqliteJournalFile, IsAloneWhereNobodyCanHaveSent) {
  if (!wf::RunFile::hasLocks()) {
    return;  // then it is not known
  }
  std::optional<Worker> first(open);
  EXPECT_TRUE(first->search().alone);
  const Worker joined_too(open);
  EXPECT_TRUE(first->search().alone);
  {
    const Worker elsewhere([this] { return sqliteJournal(directory.file("another")); });
    EXPECT_FALSE(first->search().alone);
  }
  EXPECT_TRUE(first->search().alone);

  fs::remove(file);
  fs::remove(run);
  Worker next(open);
  EXPECT_FALSE(next.search().alone);  // both may have sent by the file that is gone
  first.reset();
  EXPECT_FALSE(next.search().alone);
}

TEST_F(SqliteJournalFile, WhoHasALockInAnotherFileIsGoneWithTheCopy) {
  Worker other(open);
  other.adopt().claim({"a"}, "t");
  fs::rename(run, directory.file("moved"));
  Worker worker(open);  // without the run file, it may be an older copy
  EXPECT_TRUE(worker.beat().others.empty());
  EXPECT_FALSE(worker.beat().adopted);
  EXPECT_EQ(worker.row("a").state, State::in_doubt);
  EXPECT_EQ(worker.search().outlast, std::chrono::seconds{1});  // which is waited for
}

TEST_F(SqliteJournalFile, KnownKeysAreAskedForWithoutWriting) {
  if (!wf::RunFile::hasLocks()) {
    return;  // then others know by its number that the worker lives
  }
  Worker worker(open);
  worker.adopt().claim({"a", "b", "c"}, "t");
  worker.settle("a", "t", State::ingested);
  worker.settle("b", "t", State::in_doubt);
  worker.show("shown", "i");
  const std::string before = content();
  EXPECT_EQ(worker.claim({"a"}, "t2")[0].verdict, Verdict::known);
  EXPECT_EQ(worker.ask("a", "other"), Verdict::changed);
  EXPECT_EQ(worker.ask("b"), Verdict::in_doubt);
  EXPECT_EQ(worker.ask("c"), Verdict::elsewhere);
  EXPECT_EQ(worker.ask("new"), Verdict::free);
  EXPECT_TRUE(content() == before);
  // The numbers count as if they were written.
  const wf::JournalStamp late = {worker.id(), worker.number(), 0};
  EXPECT_EQ(worker.journal().beat({late, {}, false}).outcome, Outcome::stale);
  EXPECT_EQ(worker.claim({"a", "new"}, "t3")[1].verdict, Verdict::claimed);
  EXPECT_EQ(worker.outcome(), Outcome::good);
  EXPECT_FALSE(content() == before);
  EXPECT_EQ(worker.ask("shown"), Verdict::known);
  EXPECT_EQ(worker.row("shown").digest, "d");
}

TEST_F(SqliteJournalFile, WaitsForAnotherProgram) {
  Worker worker(open);
  Database other(file);
  other.execute("BEGIN");
  Statement(other, "SELECT count(*) FROM heymilo_record").step();
  other.execute("COMMIT; BEGIN IMMEDIATE; ROLLBACK");
  EXPECT_EQ(worker.beat().outcome, Outcome::good);
}

}  // namespace
}  // namespace heymilo_test
