#include <sqlite3.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "support/bulk_ingest_program.hpp"
#include "support/eventually.hpp"
#include "support/running_process.hpp"

namespace heymilo_test {
namespace {

using heymilo::testing::ScriptedResponse;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST_F(BulkIngestProgram, BringsEverybodyInAndReports) {
  writePeople(25);
  const ChildResult result = ingest({"--chunk", "10", "--report", report});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.err,
              HasSubstr("25 records: 25 ingested, 0 rejected, 0 unresolved; " +
                        std::to_string(server.requestCount()) + " requests"));
  EXPECT_EQ(server.candidateCount("posting-1"), 25u);
  const json lines = jsonLinesOf(contentsOf(report));
  ASSERT_EQ(lines.size(), 25u);
  EXPECT_EQ(lines[24].at("index"), 24);
  EXPECT_EQ(lines[24].at("outcome"), "ingested");
  EXPECT_EQ(lines[24].at("interview_id").get<std::string>().substr(0, 4), "int_");
  EXPECT_EQ(lines[24].at("interview_url").get<std::string>().substr(0, 8), "https://");
}

TEST_F(BulkIngestProgram, SendsNothingTheSecondTime) {
  writePeople(25);
  ingest();
  server.clearRequests();
  const ChildResult result = ingest({"--quiet"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, IsEmpty());
  EXPECT_EQ(server.requests("listCandidates").size(), 1u);  // what came last
  EXPECT_EQ(server.requestCount(), 1u);
  EXPECT_EQ(server.candidateCount("posting-1"), 25u);
}

TEST_F(BulkIngestProgram, TellsWhoIsRejectedAndWhy) {
  write(
      "{\"name\":\"Ada\",\"email\":\"ada@example.com\"}\n"
      "\n"
      "nonsense\n"
      "{\"name\":\"Bob\",\"email\":\"nobody\"}\n");
  const ChildResult result = ingest({"--report", "-"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err, HasSubstr("1 ingested, 2 rejected"));
  EXPECT_THAT(result.err, HasSubstr("  record 2 (line 3): not JSON\n"));
  EXPECT_THAT(result.err, HasSubstr("  record 3 (line 4): email ("));
  EXPECT_THAT(result.err, Not(HasSubstr("nobody")));
  const json lines = jsonLinesOf(result.out);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(
      lines[1],
      (json{{"index", 1},
            {"line", 3},
            {"outcome", "rejected"},
            {"error", {{"code", "invalid_record"}, {"message", "not JSON"}, {"param", nullptr}}}}));
  EXPECT_EQ(lines[2].at("line"), 4);
  EXPECT_EQ(lines[2].at("error").at("param"), "email");
}

TEST_F(BulkIngestProgram, ReadsCsvByItsName) {
  const std::string csv = directory.file("people.csv");
  std::ofstream(csv) << "email,name,metadata.external_id\nada@example.com,Ada,a-1\n";
  const ChildResult result =
      run("bulk_ingest", {"posting-1", csv, "--key", "external_id", "--new-posting"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(server.candidates("posting-1")[0].at("metadata"),
            (json{{"external_id", "a-1"}, {"heymilo_ref", "key:external_id:a-1"}}));
}

TEST_F(BulkIngestProgram, QueuesWithAsync) {
  writePeople(5);
  const ChildResult result = ingest({"--async", "--report", "-"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("5 queued"));
  const json lines = jsonLinesOf(result.out);
  EXPECT_EQ(lines[4].at("outcome"), "queued");
  EXPECT_FALSE(lines[4].at("ingestion_id").get<std::string>().empty());
}

TEST_F(BulkIngestProgram, StopsAtAWrongKeyAndGoesOnWithARightOne) {
  writePeople(25);
  environment["HEYMILO_API_KEY"] = "another-key";
  const ChildResult refused = ingest();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("does not accept the key"));
  EXPECT_THAT(refused.err, HasSubstr("Run the same command again"));
  environment["HEYMILO_API_KEY"] = kKey;
  EXPECT_EQ(ingest().exit_code, 0);
  EXPECT_EQ(server.candidateCount("posting-1"), 25u);
}

TEST_F(BulkIngestProgram, FindsWhatTheServerDidNotConfirm) {
  writePeople(25);
  server.respondNext("ingestCandidatesBulk", ScriptedResponse::disconnect().afterCommit());
  const ChildResult result = ingest({"--chunk", "10", "--settle", "0.1", "--verbose"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(server.candidateCount("posting-1"), 25u);
  EXPECT_THAT(result.err, HasSubstr("looking for records in doubt"));
}

TEST_F(BulkIngestProgram, EndsInGoodOrderAndGoesOn) {
  writePeople(60);
  server.respondNext(
      "ingestCandidatesBulk",
      ScriptedResponse::asUsual().delayedBy(std::chrono::milliseconds{500}).times(99));
  const std::string log = directory.file("log");
  RunningProcess process(
      HEYMILO_PROGRAMS_DIR "/bulk_ingest",
      {"posting-1", file, "--new-posting", "--chunk", "10", "--concurrency", "2"},
      environment,
      log);
  ASSERT_TRUE(waitForSends(2));
  process.signal(SIGINT);
  EXPECT_EQ(process.wait(std::chrono::seconds{20}), 3) << contentsOf(log);
  EXPECT_THAT(contentsOf(log), HasSubstr("Stopped before the end"));
  EXPECT_EQ(server.candidateCount("posting-1"), 20u);  // requests in progress have been waited for
  server.clearResponses();
  EXPECT_EQ(ingest().exit_code, 0);
  EXPECT_EQ(server.candidateCount("posting-1"), 60u);
}

TEST_F(BulkIngestProgram, LeavesAtOnceAtTheSecondSignalAndLosesNothing) {
  writePeople(60);
  server.respondNext("ingestCandidatesBulk",
                     ScriptedResponse::asUsual().delayedBy(std::chrono::seconds{5}).times(2));
  RunningProcess process(
      HEYMILO_PROGRAMS_DIR "/bulk_ingest",
      {"posting-1", file, "--new-posting", "--chunk", "10", "--concurrency", "2"},
      environment,
      directory.file("log"));
  ASSERT_TRUE(waitForSends(2));
  process.signal(SIGINT);
  EXPECT_EQ(process.wait(std::chrono::milliseconds{300}), std::nullopt);
  process.signal(SIGINT);
  EXPECT_EQ(process.wait(std::chrono::seconds{2}), -SIGINT);
  EXPECT_EQ(ingest({"--settle", "0.1"}).exit_code, 0);
  EXPECT_EQ(server.candidateCount("posting-1"), 60u);
}

TEST_F(BulkIngestProgram, RefusesWhatCanNotBeUsed) {
  EXPECT_EQ(run("bulk_ingest", {"posting-1"}).exit_code, 2);
  EXPECT_EQ(run("bulk_ingest", {"posting-1", "/nonexistent"}).exit_code, 2);
  writePeople(1);
  EXPECT_EQ(ingest({"--chunk", "0"}).exit_code, 2);
  EXPECT_EQ(ingest({"--journal", "/nonexistent/journal"}).exit_code, 1);
  environment.erase("HEYMILO_API_KEY");
  const ChildResult result = ingest();
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("HEYMILO_API_KEY"));
  EXPECT_THAT(result.err, Not(HasSubstr("example.com")));
}

TEST_F(BulkIngestProgram, LooksWhetherTheReportCanBeWrittenBeforeItSends) {
  writePeople(1);
  for (const std::string& place : {std::string("/nonexistent/report"), directory.file("")}) {
    const ChildResult result = ingest({"--report", place});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err, HasSubstr("can't write the report"));
    EXPECT_THAT(result.err, HasSubstr("Nothing was sent."));
  }
  EXPECT_EQ(server.requestCount(), 0u);
  EXPECT_EQ(ingest({"--report", report}).exit_code, 0);
  EXPECT_THAT(linesOf(contentsOf(report)), ::testing::SizeIs(1));
}

TEST_F(BulkIngestProgram, AReportWithoutAReaderIsDoneInPart) {
  writePeople(1);
  const ChildResult result = run("bulk_ingest",
                                 {"posting-1", file, "--new-posting", "--report", "-"},
                                 ChildStdout::brokenPipe());
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err, HasSubstr("nothing is sent again"));
}

TEST_F(BulkIngestProgram, SaysWhatIsWrongWithTheFile) {
  const auto errorOf = [&](const std::string& name, const std::string& text) {
    const std::string path = directory.file(name);
    std::ofstream(path) << text;
    const ChildResult result = run("bulk_ingest", {"posting-1", path});
    EXPECT_EQ(result.exit_code, 2) << name;
    return result.err;
  };
  EXPECT_THAT(errorOf("array.json", "[{\"name\":\"Ada\"}]"), HasSubstr("jq -c '.[]'"));
  EXPECT_THAT(errorOf("array.ndjson", "[\n]"), HasSubstr("one JSON object per line"));
  EXPECT_THAT(errorOf("utf16.csv", "\xff\xfen"), HasSubstr("Save it as UTF-8"));
  const std::string headless = errorOf("headless.csv", "Ada Example,ada@example.com\n");
  EXPECT_THAT(headless, HasSubstr("The first row must contain the column names"));
  EXPECT_THAT(headless, Not(HasSubstr("Ada")));
  EXPECT_THAT(run("bulk_ingest", {"posting-1", directory.file("none")}).err,
              HasSubstr("no such file"));
  EXPECT_THAT(run("bulk_ingest", {"posting-1", "/"}).err, HasSubstr("it is a directory"));
  EXPECT_EQ(server.requestCount(), 0u);
}

TEST_F(BulkIngestProgram, AnEmptyFileIsDone) {
  write("");
  const ChildResult result = ingest();
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("no records in "));
}

TEST_F(BulkIngestProgram, SaysHowLongTheQuotaIsUsedUp) {
  writePeople(1);
  server.respondNext(
      "ingestCandidatesBulk",
      ScriptedResponse::error(429, "rate_limited", "Slow.").withHeader("Retry-After", "3600"));
  const std::string log = directory.file("log");
  RunningProcess process(
      HEYMILO_PROGRAMS_DIR "/bulk_ingest", {"posting-1", file, "--new-posting"}, environment, log);
  EXPECT_TRUE(
      eventually([&] { return contentsOf(log).find("resuming in 3") != std::string::npos; }));
  process.signal(SIGINT);
  EXPECT_EQ(process.wait(std::chrono::seconds{20}), 3);
  EXPECT_EQ(server.candidateCount("posting-1"), 0u);
}

TEST_F(BulkIngestProgram, AJournalThatIsMovedDuringTheRunIsNoSuccess) {
  writePeople(40);
  const std::string journal = directory.file("journal");
  server.respondNext("ingestCandidatesBulk", ScriptedResponse::asUsual());
  server.respondNext({"ingestCandidatesBulk",
                      [&](const heymilo::testing::RecordedRequest&) {
                        std::filesystem::rename(journal, journal + ".away");
                        return true;
                      }},
                     ScriptedResponse::asUsual());
  const ChildResult result = ingest({"--journal", journal, "--chunk", "10", "--concurrency", "1"});
  EXPECT_EQ(result.exit_code, 3);
  const std::size_t sent = server.candidateCount("posting-1");  // 20, or fewer on a busy machine
  EXPECT_GE(sent, 2u);
  EXPECT_LE(sent, 20u);
  EXPECT_THAT(result.err, HasSubstr(journal + " no longer exists"));
  EXPECT_THAT(result.err, HasSubstr("had sent " + std::to_string(sent) + " records"));
  EXPECT_THAT(result.err, HasSubstr("nothing more is sent"));
  EXPECT_THAT(result.err, HasSubstr("Put the journal back if you can, and run again."));
  std::filesystem::rename(journal + ".away", journal);
  const ChildResult resumed =
      ingest({"--journal", journal, "--chunk", "10", "--concurrency", "1", "--settle", "0"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(server.candidateCount("posting-1"), 40u);
}

TEST_F(BulkIngestProgram, AJournalThatIsDeletedUnderTheLastChunkIsNoSuccess) {
  writePeople(10);
  const std::string journal = directory.file("journal");
  server.respondNext({"ingestCandidatesBulk",
                      [&](const heymilo::testing::RecordedRequest&) {
                        std::filesystem::remove(journal);
                        return true;
                      }},
                     ScriptedResponse::asUsual());
  const ChildResult result = ingest({"--journal", journal});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(server.candidateCount("posting-1"), 10u);
  EXPECT_THAT(result.err, HasSubstr("had sent 10 records"));
}

// `ulimit -f` instead of a full disk.
TEST_F(BulkIngestProgram, AFullDiskIsToldOfWithWhatWasSent) {
  writePeople(2000);
  const std::string journal = directory.file("journal");
  const std::string script = directory.file("run.sh");
  std::ofstream(script) << "trap '' XFSZ; ulimit -f 500\nexec \"$@\"\n";
  std::vector<std::string> arguments{script,
                                     HEYMILO_PROGRAMS_DIR "/bulk_ingest",
                                     "posting-1",
                                     file,
                                     "--new-posting",
                                     "--timeout",
                                     "1",
                                     "--journal",
                                     journal,
                                     "--chunk",
                                     "100",
                                     "--concurrency",
                                     "1"};
  const ChildResult result = runChild("/bin/sh", arguments, environment);
  const std::size_t sent = server.candidateCount("posting-1");
  EXPECT_EQ(result.exit_code, 3) << result.err;
  ASSERT_GT(sent, 0u);
  ASSERT_LT(sent, 2000u);
  EXPECT_THAT(result.err, HasSubstr("This run had sent " + std::to_string(sent) + " records"));
  EXPECT_THAT(result.err, HasSubstr("nothing more is sent"));
  EXPECT_THAT(result.err, Not(HasSubstr("nothing is sent")));
  // The journal may be found to be older than the files beside it: then it is adopted anew.
  EXPECT_EQ(ingest({"--journal", journal, "--timeout", "1", "--settle", "0", "--quiet"}).exit_code,
            0);
  EXPECT_EQ(server.candidateCount("posting-1"), 2000u);
}

TEST_F(BulkIngestProgram, AJournalThatAnotherProgramHasLockedIsNotARuns) {
  writePeople(1);
  const std::string journal = directory.file("journal");
  ASSERT_EQ(ingest({"--journal", journal}).exit_code, 0);
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(journal.c_str(), &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const ChildResult locked = ingest({"--journal", journal});
  EXPECT_EQ(locked.exit_code, 1);
  EXPECT_THAT(locked.err, HasSubstr("another program has " + journal + " locked"));
  EXPECT_THAT(locked.err, HasSubstr("nothing is sent"));
  sqlite3_close(database);
  EXPECT_EQ(ingest({"--journal", journal}).exit_code, 0);
}

TEST_F(BulkIngestProgram, NamesTheJournalThatCanNotBeUsedAndLeavesIt) {
  writePeople(1);
  const std::string journal = directory.file("notes.txt");
  std::ofstream(journal) << "my notes";
  const ChildResult result = ingest({"--journal", journal});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("file is not a database"));
  EXPECT_THAT(result.err, HasSubstr("The journal is " + journal));
  EXPECT_EQ(contentsOf(journal), "my notes");
}

}  // namespace
}  // namespace heymilo_test
