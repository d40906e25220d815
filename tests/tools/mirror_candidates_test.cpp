#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "support/eventually.hpp"
#include "support/example_program.hpp"
#include "support/mirror_file.hpp"
#include "support/running_process.hpp"
#include "support/temporary_directory.hpp"
#include "support/unreadable.hpp"

namespace heymilo_test {
namespace {

using heymilo::testing::MockServer;
using heymilo::testing::ScriptedResponse;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class MirrorCandidatesTest : public ExampleProgramTest {
 protected:
  ChildResult mirror(std::vector<std::string> arguments = {},
                     const ChildStdout& to = ChildStdout::captured()) {
    arguments.insert(arguments.begin(), {"posting-1", "--database", file});
    return run("mirror_candidates", arguments, to);
  }

  void expectEqual() { MirrorFile(file).expectEqual(server.candidates("posting-1")); }

  TemporaryDirectory directory;
  const std::string file = directory.file("mirror.db");
};

TEST_F(MirrorCandidatesTest, SaysWhatHappenedAndHowManyRequestsItTook) {
  server.addPosting("posting-1", 250);
  const ChildResult first = mirror();
  EXPECT_EQ(first.exit_code, 0);
  EXPECT_THAT(first.err, IsEmpty());  // not a terminal
  EXPECT_EQ(first.out,
            "250 candidates seen: 250 new, 0 changed, 0 gone\n4 requests; read everything\n");
  expectEqual();

  server.advance(MockServer::workflow_time);
  EXPECT_THAT(mirror().out, HasSubstr("requests; read candidates created since 20"));
  expectEqual();

  server.removeCandidate(server.candidates("posting-1")[0]["interview_id"].get<std::string>());
  server.addCandidate("posting-1");
  EXPECT_THAT(mirror({"--full"}).out,
              AllOf(HasSubstr("250 candidates seen: 1 new, 0 changed, 1 gone\n4 requests"),
                    HasSubstr("read everything\n")));
  expectEqual();
}

TEST_F(MirrorCandidatesTest, SaysWhetherDeletionsAmongOlderCandidatesWereFound) {
  server.addPosting("posting-1", 250);
  server.advance(MockServer::workflow_time);
  mirror();
  EXPECT_THAT(mirror().out,
              HasSubstr("\ndeletions among older candidates: 0 found with 1 request\n"));
  server.removeCandidate(server.candidates("posting-1")[0]["interview_id"].get<std::string>());
  EXPECT_THAT(mirror().out,
              AllOf(HasSubstr(" 1 gone\n"),
                    HasSubstr("\ndeletions among older candidates: 1 found with ")));
  expectEqual();
  server.respondNext({"listCandidates",
                      [](const auto& request) {
                        return request.query.find("limit=1&") != std::string::npos ||
                               request.query.rfind("limit=1") + 7 == request.query.size();
                      }},
                     ScriptedResponse::answer(
                         200, R"({"data":[],"pagination":{"has_more":false,"total_count":null}})"));
  EXPECT_THAT(mirror().out,
              HasSubstr("\ndeletions among older candidates: the API sends no total_count; "
                        "everything is read once a day instead\n"));
}

TEST_F(MirrorCandidatesTest, ADatabaseThatIsDeletedDuringTheRunIsNoSuccess) {
  server.addPosting("posting-1", 250);
  server.respondNext({"listCandidates",
                      [this](const heymilo::testing::RecordedRequest&) {
                        std::filesystem::remove(file);
                        return true;
                      }},
                     ScriptedResponse::asUsual());
  const ChildResult result = mirror();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.err, HasSubstr(file + " no longer exists"));
  EXPECT_THAT(mirror().out, HasSubstr("250 new"));
  expectEqual();
}

// Erasure may then come up to a day later.
TEST_F(MirrorCandidatesTest, SaysOnceADayThatTotalsAreMissingAlsoWhenQuiet) {
  server.addPosting("posting-1", 250);
  server.advance(MockServer::workflow_time);
  mirror();
  MirrorFile(file).database().execute("UPDATE mirror SET last_full = last_full - 25 * 3600");
  server.respondNext({"listCandidates",
                      [](const auto& request) {
                        return request.query.find("created_before") != std::string::npos;
                      }},
                     ScriptedResponse::answer(
                         200, R"({"data":[],"pagination":{"has_more":false,"total_count":null}})")
                         .times(10));
  const ChildResult first = mirror({"--quiet"});
  EXPECT_EQ(first.exit_code, 0);
  EXPECT_THAT(first.err,
              EndsWith("deletions among older candidates: the API sends no total_count; "
                       "everything was read instead\n"));
  EXPECT_THAT(mirror({"--quiet"}).err, IsEmpty());
}

TEST_F(MirrorCandidatesTest, QuietSaysNothing) {
  server.addPosting("posting-1", 25);
  const ChildResult result = mirror({"--quiet"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out + result.err, IsEmpty());
  expectEqual();
}

TEST_F(MirrorCandidatesTest, AFailureInTheMiddleIsGoneOnFrom) {
  server.addPosting("posting-1", 250);
  server.respondNext({"listCandidates",
                      [](const auto& request) {
                        return request.query.find("starting_after") != std::string::npos;
                      }},
                     ScriptedResponse::error(403, "forbidden", "No."));
  const ChildResult first = mirror();
  EXPECT_EQ(first.exit_code, 3);
  EXPECT_THAT(first.err,
              AllOf(HasSubstr("HEYMILO_WORKSPACE_ID"), HasSubstr("Run it again to resume")));
  EXPECT_THAT(mirror().out, HasSubstr("after finishing an earlier run"));
  expectEqual();
}

TEST_F(MirrorCandidatesTest, EverybodyIsInStepButWhoCanNotBeRead) {
  server.addPosting("posting-1", 250);
  const nlohmann::json all = server.candidates("posting-1");
  for (const std::size_t at : {0U, 99U, 100U, 149U, 249U}) {
    SCOPED_TRACE(at);
    const std::string database = directory.file("mirror" + std::to_string(at));
    spoil(at, with("\"x\":\"\\ud800\""));
    for (const bool full : {false, false, true}) {
      std::vector<std::string> arguments{"posting-1", "--database", database};
      if (full) {
        arguments.emplace_back("--full");
      }
      const ChildResult result = run("mirror_candidates", arguments);
      EXPECT_EQ(result.exit_code, 3) << result.err;
      EXPECT_THAT(result.err,
                  HasSubstr("interview_id: " + all[at]["interview_id"].get<std::string>()));
      EXPECT_THAT(result.err, HasSubstr("1 candidate can't be read. Running this again does not"));
      EXPECT_THAT(result.err, ::testing::Not(HasSubstr("Run it again to resume")));
      EXPECT_EQ(
          MirrorFile(database).integer("SELECT count(*) FROM candidates WHERE gone_at IS NULL"),
          249);
    }
    server.clearResponses();
    EXPECT_EQ(run("mirror_candidates", {"posting-1", "--database", database}).exit_code, 0);
    MirrorFile(database).expectEqual(all);
  }
}

TEST_F(MirrorCandidatesTest, AResponseThatIsNoPageIsNotToBeTriedAgain) {
  server.addPosting("posting-1", 250);
  server.respondNext({"listCandidates",
                      [](const auto& request) {
                        return request.query.find("starting_after") != std::string::npos;
                      }},
                     ScriptedResponse::answer(200, "<html>").times(1'000));
  const ChildResult result = mirror();
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err, AllOf(HasSubstr("is stored"), HasSubstr("again does not")));
  EXPECT_THAT(result.err, ::testing::Not(HasSubstr("Run it again to resume")));
}

TEST_F(MirrorCandidatesTest, AFailureAtOnceIsAFailure) {
  server.respondNext("listCandidates", ScriptedResponse::error(401, "unauthorized", "No."));
  const ChildResult result = mirror();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("Set HEYMILO_API_KEY"));
  EXPECT_THAT(result.out, IsEmpty());
}

TEST_F(MirrorCandidatesTest, ADatabaseThatCanNotBeUsedIsAFailureThatSaysWhy) {
  EXPECT_EQ(mirror().exit_code, 0);
  server.addPosting("posting-2");
  ChildResult result = run("mirror_candidates", {"posting-2", "--database", file});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err,
              EndsWith("is the mirror of another posting: use another file, one for each "
                       "posting\n"));

  const heymilo::workflows::sqlite::RunLock other(file);
  result = mirror();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("another run"), HasSubstr("wait until it has ended")));

  result = run("mirror_candidates", {"posting-1", "--database", directory.file("no/folder")});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(
      result.err,
      AllOf(HasSubstr("can't open"), HasSubstr("there is no directory " + directory.file("no"))));

  heymilo::workflows::sqlite::Database(directory.file("app.db"))
      .execute("CREATE TABLE applicants(name TEXT)");
  result = run("mirror_candidates", {"posting-1", "--database", directory.file("app.db")});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err,
              EndsWith("is another database, not a mirror: use another file, which is "
                       "created\n"));
}

TEST_F(MirrorCandidatesTest, CtrlCEndsAfterAPageAndTheNextRunGoesOnThere) {
  server.addPosting("posting-1", 250);
  server.respondNext({"listCandidates",
                      [](const auto& request) {
                        return request.query.find("starting_after") != std::string::npos;
                      }},
                     ScriptedResponse::asUsual().delayedBy(std::chrono::minutes{1}));
  const std::string log = directory.file("log");
  RunningProcess process(HEYMILO_PROGRAMS_DIR "/mirror_candidates",
                         {"posting-1", "--database", file},
                         environment,
                         log);
  ASSERT_TRUE(server.waitForRequests(2));
  // The second request is sent while the first page is being stored.
  MirrorFile reader(file);
  ASSERT_TRUE(eventually([&] { return reader.integer("SELECT count(*) FROM candidates") == 100; }));
  process.signal(SIGINT);
  EXPECT_EQ(process.wait(std::chrono::seconds{20}), 3);
  std::ifstream in(log);
  EXPECT_THAT((std::string{std::istreambuf_iterator<char>(in), {}}),
              HasSubstr("stopped. Everything received so far is stored."));
  server.clearResponses();
  EXPECT_EQ(mirror().exit_code, 0);
  expectEqual();
}

TEST_F(MirrorCandidatesTest, UsageErrorsSendNothing) {
  EXPECT_EQ(run("mirror_candidates", {"posting-1"}).exit_code, 2);
  EXPECT_EQ(run("mirror_candidates", {"--database", file}).exit_code, 2);
  EXPECT_EQ(run("mirror_candidates", {"..", "--database", file}).exit_code, 2);
  EXPECT_EQ(mirror({"--unknown"}).exit_code, 2);
  EXPECT_EQ(run("mirror_candidates", {"posting-1", "--database", ""}).exit_code, 2);
  EXPECT_THAT(server.requests(), IsEmpty());
}

TEST_F(MirrorCandidatesTest, ADatabaseThatIsNotKeptIsAUsageError) {
  std::filesystem::create_symlink("/dev/null", directory.file("null"));
  for (const std::string& database : {std::string(":memory:"),
                                      std::string("file:x?mode=memory"),
                                      std::string("file::memory:"),
                                      std::string("sqlite://x"),
                                      std::string("POSTGRESQL://u:word@host/database"),
                                      std::string("host=host password=word"),
                                      directory.file("null"),
                                      directory.path()}) {
    const ChildResult result = run("mirror_candidates", {"posting-1", "--database", database});
    EXPECT_EQ(result.exit_code, 2) << database;
    EXPECT_THAT(result.err, HasSubstr(": --database must be a ")) << database;
    EXPECT_THAT(result.err, Not(HasSubstr("word"))) << database;
    EXPECT_EQ(run("mirror_candidates", {"posting-1", "--follow", "--database", database}).err,
              result.err);
  }
  EXPECT_TRUE(std::filesystem::is_symlink(directory.file("null")));
  EXPECT_EQ(server.requestCount(), 0u);
}

#ifndef HEYMILO_TEST_POSTGRES
TEST_F(MirrorCandidatesTest, AProgramWithoutPostgresSaysWhatToDo) {
  const ChildResult result =
      run("mirror_candidates", {"posting-1", "--database", "postgresql://u:word@host/database"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("this program was built without PostgreSQL"),
                    HasSubstr("HEYMILO_BUILD_POSTGRES"),
                    HasSubstr("give an SQLite file"),
                    Not(HasSubstr("word"))));
  EXPECT_EQ(server.requestCount(), 0u);
}
#endif

TEST_F(MirrorCandidatesTest, WhatItSaysIsNotWrittenIntoTheDatabase) {
  EXPECT_EQ(mirror().exit_code, 0);
  server.clearRequests();
  const ChildResult result = mirror({}, ChildStdout::file(file));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("the database and standard output are the same file"));
  EXPECT_EQ(server.requestCount(), 0u);
  expectEqual();
}

TEST_F(MirrorCandidatesTest, HelpNamesTheArguments) {
  const ChildResult result = run("mirror_candidates", {"--help"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, AllOf(HasSubstr("--database"), HasSubstr("--full")));
}

TEST_F(MirrorCandidatesTest, OutputThatCanNotBeWrittenIsAFailure) {
  EXPECT_EQ(mirror({}, ChildStdout::file("/dev/full")).exit_code, 1);
}

}  // namespace
}  // namespace heymilo_test
