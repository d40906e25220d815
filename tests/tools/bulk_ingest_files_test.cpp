#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "support/bulk_ingest_program.hpp"
#include "support/eventually.hpp"
#include "support/running_process.hpp"

// The files that bulk_ingest reads and writes, and those that it leaves unchanged.

namespace heymilo_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// For tests of files that must be left unchanged. Devices are named by the test's own links: as
/// root, a replacement would otherwise replace the machine's devices.
class BulkIngestFiles : public BulkIngestProgram {
 protected:
  BulkIngestFiles() {
    writePeople(2);
    people = contentsOf(file);
    for (const char* device : {"null", "full", "stdout"}) {
      std::filesystem::create_symlink(std::string("/dev/") + device, directory.file(device));
    }
  }

  /// Runs a shell command in the directory, where `bulk_ingest` is the program.
  ChildResult shell(const std::string& line) const {
    return runChild("/bin/sh",
                    {"-c",
                     "cd '" + directory.path() +
                         "' && bulk_ingest() { '" HEYMILO_PROGRAMS_DIR
                         "/bulk_ingest' \"$@\" --new-posting; }; " +
                         line},
                    environment);
  }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  /// The file's mode, without following a link.
  unsigned modeOf(const std::string& path) const {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0 ? status.st_mode : 0U;
  }

  unsigned permissionsOf(const std::string& path) const { return modeOf(path) & 07777U; }

  std::string people;
};

TEST_F(BulkIngestFiles, RefusesTwoThatAreTheSameAndTouchesNone) {
  std::filesystem::create_hard_link(file, directory.file("hard"));
  std::filesystem::create_symlink("people.ndjson", directory.file("link"));
  std::filesystem::create_symlink("j", directory.file("dangling"));
  std::filesystem::create_symlink(".", directory.file("folder"));
  std::filesystem::copy_file(file, directory.file("x-wal"));
  std::ofstream(directory.file("empty.db"));
  std::filesystem::create_directories(std::filesystem::path(defaultJournal()).parent_path());
  const auto before = names();
  for (const std::string& arguments : std::vector<std::string>{
           "people.ndjson --report people.ndjson",
           "people.ndjson --report ./people.ndjson",
           "people.ndjson --report \"$PWD/people.ndjson\"",
           "people.ndjson --report folder/people.ndjson",
           "people.ndjson --report hard",
           "people.ndjson --report link",
           "link --report hard",
           "people.ndjson --journal people.ndjson",
           "people.ndjson --journal hard",
           "people.ndjson --journal j --report j",
           "people.ndjson --journal j --report ./j",
           "people.ndjson --journal j --report folder/j",
           "people.ndjson --journal j --report dangling",
           "people.ndjson --journal dangling --report j",
           "people.ndjson --journal j --report J",
           "people.ndjson --journal j --report j-wal",
           "people.ndjson --journal j --report j-shm",
           "people.ndjson --journal j --report j-journal",
           "people.ndjson --journal dangling --report j-wal",
           "people.ndjson --report '" + defaultJournal() + "'",
           "x-wal --journal x",
           "- --report people.ndjson < people.ndjson",
           "- --journal people.ndjson < people.ndjson",
           "/dev/stdin --report people.ndjson < people.ndjson",
           "people.ndjson --report - >> people.ndjson",
           "people.ndjson --report stdout >> people.ndjson",
           "people.ndjson --report /dev/fd/3 3>> people.ndjson",
           "people.ndjson --journal empty.db --report - >> empty.db",
           "people.ndjson 2>> people.ndjson",
           "people.ndjson --journal empty.db 2>> empty.db",
           "people.ndjson 2>> people.ndjson >&2",
       }) {
    const ChildResult result = shell("bulk_ingest posting-1 " + arguments);
    EXPECT_EQ(result.exit_code, 2) << arguments << '\n' << result.err;
    if (arguments.find(">&2") == std::string::npos) {
      EXPECT_THAT(result.err + result.out, HasSubstr("are the same file")) << arguments;
    }
    EXPECT_EQ(contentsOf(file), people) << arguments;
    EXPECT_EQ(contentsOf(directory.file("empty.db")), "") << arguments;
  }
  EXPECT_THAT(names(), ::testing::UnorderedElementsAreArray(before));
  EXPECT_EQ(server.requestCount(), 0u);
}

TEST_F(BulkIngestFiles, FilesOfSimilarNamesAreNotTheSame) {
  std::filesystem::create_directory(directory.file("sub"));
  const ChildResult result = shell(
      "bulk_ingest posting-1 people.ndjson --journal sub/people.ndjson --report people 2>&1 >&2");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(contentsOf(file), people);
}

TEST_F(BulkIngestFiles, RefusesAJournalThatIsNotKept) {
  ASSERT_EQ(::mkfifo(directory.file("fifo").c_str(), 0600), 0);
  const auto before = names();
  for (const std::string journal : {":memory:",
                                    "",
                                    "file:j",
                                    "file:j?mode=memory",
                                    "file::memory:?cache=shared",
                                    "sqlite://j",
                                    "null",
                                    ".",
                                    "fifo"}) {
    const ChildResult result =
        shell("bulk_ingest posting-1 people.ndjson --journal '" + journal + "'");
    EXPECT_EQ(result.exit_code, 2) << journal << '\n' << result.err;
    EXPECT_THAT(result.err, HasSubstr("journal")) << journal;
  }
  EXPECT_THAT(names(), ::testing::UnorderedElementsAreArray(before));
  EXPECT_EQ(server.requestCount(), 0u);
}

TEST_F(BulkIngestFiles, AJournalMayBeCalledLikeOneInMemory) {
  const std::string line = "bulk_ingest posting-1 people.ndjson --journal ./:memory:";
  EXPECT_EQ(shell(line).exit_code, 0);
  EXPECT_EQ(shell(line).exit_code, 0);
  EXPECT_EQ(server.candidateCount("posting-1"), 2u);
  EXPECT_EQ(permissionsOf(directory.file(":memory:")), 0600u);
}

TEST_F(BulkIngestFiles, AReportGoesThroughWhatIsNotARegularFile) {
  const std::string run = "bulk_ingest posting-1 people.ndjson --report ";
  const auto expectReport = [](const std::string& text) {
    EXPECT_THAT(linesOf(text), ::testing::SizeIs(2)) << text;
  };
  ASSERT_EQ(shell(run + "null").exit_code, 0);
  EXPECT_TRUE(S_ISLNK(modeOf(directory.file("null"))));
  expectReport(shell(run + "stdout | cat").out);
  EXPECT_TRUE(S_ISLNK(modeOf(directory.file("stdout"))));
  expectReport(shell("mkfifo fifo; cat fifo > copy & " + run + "fifo; wait; cat copy").out);
  EXPECT_TRUE(S_ISFIFO(modeOf(directory.file("fifo"))));
  expectReport(shell(run + "/dev/fd/5 5>&1 >/dev/null | cat").out);
  expectReport(shell("ln -s stdout link; " + run + "link | cat").out);
  EXPECT_TRUE(S_ISLNK(modeOf(directory.file("link"))));
  // Text written before and after it is kept.
  const std::string around =
      shell("{ echo before; " + run + "stdout; echo after; } > all; cat all").out;
  EXPECT_THAT(linesOf(around), ::testing::SizeIs(4));
  EXPECT_EQ(around.substr(0, 7), "before\n");
  expectReport(shell("echo before > all; " + run + "/proc/self/fd/1 >> all; tail -n +2 all").out);
}

TEST_F(BulkIngestFiles, AReportKeepsTheLinkAndTheModeOfWhatItReplaces) {
  std::filesystem::create_directory(directory.file("sub"));
  const std::string old = directory.file("sub/old");
  std::ofstream(old) << "old";
  ASSERT_EQ(::chmod(old.c_str(), 0640), 0);
  std::filesystem::create_symlink("sub/old", directory.file("one"));
  std::filesystem::create_symlink("one", directory.file("two"));
  ASSERT_EQ(shell("bulk_ingest posting-1 people.ndjson --report two").exit_code, 0);
  EXPECT_TRUE(S_ISLNK(modeOf(directory.file("two"))));
  EXPECT_TRUE(S_ISLNK(modeOf(directory.file("one"))));
  EXPECT_THAT(linesOf(contentsOf(old)), ::testing::SizeIs(2));
  EXPECT_EQ(permissionsOf(old), 0640u);

  std::filesystem::create_symlink("sub/new", directory.file("to_new"));
  ASSERT_EQ(shell("bulk_ingest posting-1 people.ndjson --report to_new").exit_code, 0);
  EXPECT_TRUE(S_ISLNK(modeOf(directory.file("to_new"))));
  EXPECT_THAT(linesOf(contentsOf(directory.file("sub/new"))), ::testing::SizeIs(2));

  // All names of a file see it.
  std::filesystem::create_hard_link(old, directory.file("other"));
  std::ofstream(old) << std::string(10'000, 'x');
  ASSERT_EQ(shell("bulk_ingest posting-1 people.ndjson --report two").exit_code, 0);
  EXPECT_THAT(linesOf(contentsOf(directory.file("other"))), ::testing::SizeIs(2));
}

TEST_F(BulkIngestFiles, WhatIsMadeIsForItsOwnerAlone) {
  ASSERT_EQ(shell("umask 0; bulk_ingest posting-1 people.ndjson --report report").exit_code, 0);
  EXPECT_EQ(permissionsOf(directory.file("report")), 0600u);
  EXPECT_THAT(names(),
              ::testing::UnorderedElementsAre("people.ndjson", "report", "null", "full", "stdout"));
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(state.path())) {
    files += entry.is_regular_file() ? 1U : 0U;
    EXPECT_EQ(permissionsOf(entry.path().string()), entry.is_directory() ? 0700u : 0600u)
        << entry.path();
  }
  EXPECT_TRUE(std::filesystem::exists(defaultJournal()));
  EXPECT_GE(files, 1u);
}

TEST_F(BulkIngestFiles, AReportThatCanNotBeWrittenIsAnErrorThatNamesTheJournal) {
  const ChildResult full = ingest({"--report", directory.file("full")});
  EXPECT_EQ(full.exit_code, 3);
  EXPECT_THAT(full.err, HasSubstr("/full: No space left on device"));
  EXPECT_THAT(full.err, HasSubstr("is in the journal"));
  EXPECT_EQ(server.candidateCount("posting-1"), 2u);
  // Read-only descriptors, closed ones, and the program's own.
  for (const std::string place : {"/dev/fd/0",
                                  "''",
                                  "/dev/fd/3",
                                  "/dev/fd/4",
                                  "/dev/fd/5",
                                  "/dev/fd/6",
                                  "/dev/fd/7",
                                  "/dev/fd/8",
                                  "/dev/fd/9"}) {
    SCOPED_TRACE(place);
    server.clearRequests();
    EXPECT_NE(shell("exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; "
                    "bulk_ingest posting-1 people.ndjson --report " +
                    place)
                  .exit_code,
              0);
    EXPECT_EQ(server.requestCount(), 0u);
  }
}

TEST_F(BulkIngestFiles, AReportWhoseNameWasTakenDuringTheRunIsNotWritten) {
  // The input does not end before the name exists.
  const std::string during =
      "; mkfifo in; bulk_ingest $posting in --journal j --report r --format ndjson & "
      "exec 3>in; cat people.ndjson >&3; while ! [ -e j ]; do sleep 0.02; done; ";
  int count = 0;
  for (const std::string taken : {"ln j r",
                                  "mkfifo r",
                                  "ln -s elsewhere r",
                                  "echo mine > r",
                                  "mkdir r",
                                  "echo mine > n; mv n r"}) {
    SCOPED_TRACE(taken);
    const std::string posting = "taken-" + std::to_string(++count);
    server.addPosting(posting);
    const std::string before = taken.find("mv") == std::string::npos ? "" : "; echo old > r";
    const ChildResult result = shell("posting=" + posting + "; rm -rf in j r" + before + during +
                                     taken + "; exec 3>&-; wait $!");
    EXPECT_EQ(result.exit_code, 3) << result.err;
    EXPECT_THAT(result.err, Not(HasSubstr("Nothing was sent")));
    EXPECT_THAT(result.err, HasSubstr("is in the journal"));
    EXPECT_EQ(server.candidateCount(posting), 2u);
    EXPECT_FALSE(std::filesystem::exists(directory.file("elsewhere")));
    if (taken == "mkfifo r") {
      EXPECT_TRUE(S_ISFIFO(modeOf(directory.file("r"))));
    } else if (taken == "ln -s elsewhere r") {
      EXPECT_TRUE(S_ISLNK(modeOf(directory.file("r"))));
    } else if (taken.find("mine") != std::string::npos) {
      EXPECT_EQ(contentsOf(directory.file("r")), "mine\n");
    }
  }
}

TEST_F(BulkIngestFiles, ADeletedFileIsNotAJournal) {
  const std::string run = " && bulk_ingest posting-1 people.ndjson --journal ";
  for (const std::string& line : {"exec 9<>j && rm j" + run + "/dev/fd/9",
                                  "exec 9<>j && rm j" + run + "/proc/self/fd/9",
                                  "exec 9<>j && rm j && ln -s /proc/$$/fd/9 l" + run + "l",
                                  "exec 9<>j && ln j k && rm j" + run + "/dev/fd/9"}) {
    const ChildResult result = shell("rm -f l k; " + line);
    EXPECT_EQ(result.exit_code, 2) << line << result.err;
    EXPECT_THAT(result.err, HasSubstr("deleted")) << line;
  }
  EXPECT_FALSE(std::filesystem::exists(directory.file("j (deleted)")));
  EXPECT_EQ(server.requestCount(), 0u);
}

TEST_F(BulkIngestFiles, AReportReachesADescriptorOfAnotherProcessAndADeletedFile) {
  const std::string run = "bulk_ingest posting-1 people.ndjson --report ";
  const auto expectReport = [](const std::string& text) {
    EXPECT_THAT(linesOf(text), ::testing::SizeIs(2)) << text;
  };
  const std::string deleted = "exec 9<>gone && echo before >&9 && rm gone && ";
  expectReport(shell(deleted + run + "/proc/$$/fd/9 && cat /proc/$$/fd/9").out);
  expectReport(
      shell("exec 9<>gone && ln gone k && rm gone && " + run + "/proc/$$/fd/9 && cat k").out);
  expectReport(shell("exec 9>&1; " + run + "/proc/$$/fd/9 >/dev/null; true").out);
  expectReport(shell("echo before > all; " + run +
                     "/proc/thread-self/fd/1 >> all; "
                     "tail -n +2 all")
                   .out);
  for (const std::string& name : names()) {
    EXPECT_THAT(name, Not(HasSubstr("deleted")));
    EXPECT_THAT(name, Not(HasSubstr("pipe:")));
  }
}

TEST_F(BulkIngestFiles, WaitingForTheReaderOfAReportIsEndedByASignal) {
  ASSERT_EQ(::mkfifo(directory.file("fifo").c_str(), 0600), 0);
  RunningProcess process(HEYMILO_PROGRAMS_DIR "/bulk_ingest",
                         {"posting-1", file, "--new-posting", "--report", directory.file("fifo")},
                         environment,
                         directory.file("log"));
  ASSERT_TRUE(eventually([&] {
    std::ifstream status("/proc/" + std::to_string(process.pid()) + "/status");
    for (std::string word; status >> word;) {
      if (word == "SigCgt:" && status >> word) {
        return (std::stoull(word, nullptr, 16) >> (SIGTERM - 1) & 1) != 0;
      }
    }
    return false;
  }));
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(std::chrono::seconds{10}), 3);
  EXPECT_THAT(contentsOf(directory.file("log")), HasSubstr("nothing was sent"));
  EXPECT_EQ(server.requestCount(), 0u);
}

TEST_F(BulkIngestFiles, AReportDoesNotDestroyADatabase) {
  ASSERT_EQ(shell("bulk_ingest posting-1 people.ndjson --journal other").exit_code, 0);
  const std::string other = contentsOf(directory.file("other"));
  std::ofstream(directory.file("wal")) << "\x37\x7f\x06\x82";
  std::filesystem::create_symlink("other", directory.file("link"));
  server.clearRequests();
  for (const std::string target :
       {"other", "link", "wal", "- >> other", "/dev/fd/5 5<>other", "/dev/fd/5 5>>other"}) {
    const ChildResult result = shell("bulk_ingest posting-1 people.ndjson --report " + target);
    EXPECT_EQ(result.exit_code, 2) << target << result.err;
    EXPECT_THAT(result.err, HasSubstr("SQLite database")) << target;
    EXPECT_EQ(contentsOf(directory.file("other")), other) << target;
  }
  EXPECT_EQ(server.requestCount(), 0u);
}

TEST_F(BulkIngestFiles, ALineOfTheReportIsThatOfThisRunsFile) {
  write("\n\n" + people);
  const auto linesOfReport = [&] {
    std::vector<int> lines;
    for (const json& line : jsonLinesOf(ingest({"--report", "-"}).out)) {
      lines.push_back(line.at("line").get<int>());
    }
    return lines;
  };
  EXPECT_THAT(linesOfReport(), ::testing::ElementsAre(3, 4));
  EXPECT_THAT(linesOfReport(), ::testing::ElementsAre(3, 4));
  const std::size_t end = people.find('\n') + 1;
  write("\n" + people.substr(0, end) + "\n\n" + people.substr(end));
  EXPECT_THAT(linesOfReport(), ::testing::ElementsAre(2, 5));
  EXPECT_EQ(server.candidateCount("posting-1"), 2u);
}

class BulkIngestCsv : public BulkIngestProgram {
 protected:
  ChildResult ingestCsv(const std::string& text, std::vector<std::string> extra = {}) {
    std::ofstream(csv) << text;
    extra.insert(extra.begin(), {"posting-1", csv, "--new-posting"});
    return run("bulk_ingest", extra);
  }

  const std::string csv = directory.file("people.csv");
};

TEST_F(BulkIngestCsv, AMissingQuotationMarkEndsTheRunAndNobodyIsMerged) {
  const std::string rows =
      "name,email\n"
      "Ada,ada@example.com\n"
      "\"Bob,bob@example.com\n"
      "Carol,carol@example.com\n"
      "\"Dan\",dan@example.com\n"
      "Eve,eve@example.com\n";
  const ChildResult nothing = ingestCsv(rows);
  EXPECT_EQ(nothing.exit_code, 2);
  EXPECT_THAT(nothing.err, HasSubstr("record 2 (line 3): "));
  EXPECT_THAT(nothing.err, Not(HasSubstr("Bob")));
  EXPECT_EQ(server.requestCount(), 0u);

  // More than what a run reads ahead.
  std::string many = "name,email\n";
  for (int i = 0; i < 5'000; ++i) {
    many += "Person,person" + std::to_string(i) + "@example.com\n";
  }
  const ChildResult in_part = ingestCsv(many + rows.substr(rows.find('\n') + 1));
  EXPECT_EQ(in_part.exit_code, 3) << in_part.err;
  EXPECT_THAT(in_part.err, HasSubstr("record 5002 (line 5003): "));
  EXPECT_THAT(in_part.err, HasSubstr("Run the same command again to resume"));
  EXPECT_GT(server.candidateCount("posting-1"), 0u);
  EXPECT_LT(server.candidateCount("posting-1"), 5'002u);

  const ChildResult corrected = ingestCsv(many +
                                          "Ada,ada@example.com\n"
                                          "\"Bob\",bob@example.com\n"
                                          "Carol,carol@example.com\n"
                                          "\"Dan\",dan@example.com\n"
                                          "Eve,eve@example.com\n");
  EXPECT_EQ(corrected.exit_code, 0) << corrected.err;
  EXPECT_EQ(server.candidateCount("posting-1"), 5'005u);
}

TEST_F(BulkIngestCsv, ARowOfAnotherLengthIsRejectedWithItsLine) {
  const ChildResult result = ingestCsv(
      "name,email,data.note\n"
      "Ada,ada@example.com,\"two\nlines\"\n"
      "\n"
      "Bob,bob@example.com\n"
      "Carol,carol@example.com,\n",
      {"--report", "-"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err,
              HasSubstr("  record 2 (line 5): it has 2 cells, and there are 3 columns\n"));
  const json lines = jsonLinesOf(result.out);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].at("line"), 2);
  EXPECT_EQ(lines[1].at("line"), 5);
  EXPECT_EQ(lines[1].at("outcome"), "rejected");
  EXPECT_EQ(lines[2].at("line"), 6);
  EXPECT_EQ(lines[2].at("outcome"), "ingested");
}

TEST_F(BulkIngestCsv, ColumnsThatCanNotBeUsedAreAUsageError) {
  for (const std::string header : {"name,\"email",
                                   "name,\"email\"x",
                                   "name,email,email",
                                   "name,email,",
                                   "name,email,age",
                                   "\"\"",
                                   ""}) {
    EXPECT_EQ(ingestCsv(header + "\nAda,ada@example.com\n").exit_code, 2) << header;
  }
  EXPECT_EQ(server.requestCount(), 0u);
}

}  // namespace
}  // namespace heymilo_test
