// The programs' handling of SIGINT, SIGTERM and SIGHUP.

#include <fcntl.h>
#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "support/eventually.hpp"
#include "support/example_program.hpp"
#include "support/pipes.hpp"
#include "support/running_process.hpp"
#include "support/temporary_directory.hpp"

namespace heymilo_test {
namespace {

using heymilo::testing::ScriptedResponse;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::chrono::seconds kSignalLimit{20};
constexpr const char* kWords = "shutting down; press Ctrl-C again to stop immediately";

class SignalsTest : public ExampleProgramTest, public ::testing::WithParamInterface<int> {
 protected:
  SignalsTest() {
    environment["TMPDIR"] = temporary.path();
    server.addPosting("posting-2");  // nobody is in it
  }

  static std::string path(const std::string& program) { return HEYMILO_PROGRAMS_DIR "/" + program; }

  std::string logged() const {
    std::ifstream in(log);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::string people(int count) const {
    std::ofstream file(directory.file("people.ndjson"));
    for (int i = 0; i < count; ++i) {
      file << person(i);
    }
    return directory.file("people.ndjson");
  }

  static std::string person(int number) {
    return R"({"name":"Ada","email":"ada)" + std::to_string(number) + "@example.com\"}\n";
  }

  /// A call of each program that uses the API, kept waiting by the server.
  struct Call {
    std::string program;
    std::vector<std::string> arguments;
    int exit_code;  // where it is ended meanwhile
    std::string words;
    std::chrono::milliseconds delay = std::chrono::minutes{1};  // of each response
  };
  std::vector<Call> calls() const {
    return {{"list_candidates", {"posting-1"}, 1, "It was stopped before it finished."},
            {"ingest_candidate",
             {"posting-1", "--name", "Ada", "--email", "ada@example.com"},
             1,
             "It may have been ingested: look before sending it again."},
            {"bulk_ingest",
             {"posting-2",
              people(20),
              "--new-posting",
              "--chunk",
              "1",
              "--concurrency",
              "1",
              "--journal",
              directory.file("journal")},
             3,
             "Stopped before the end.",
             std::chrono::milliseconds{300}},  // it waits for the one that is under way
            {"mirror_candidates",
             {"posting-1", "--database", directory.file("mirror.db")},
             1,
             "stopped."}};
  }

  /// Whether the program has reported that it handles the signal: it is then not ended by it.
  static bool takes(const RunningProcess& process, int signal) {
    std::ifstream status("/proc/" + std::to_string(process.pid()) + "/status");
    for (std::string word; status >> word;) {
      if (word == "SigCgt:" && status >> word) {
        return (std::stoull(word, nullptr, 16) >> (signal - 1) & 1) != 0;
      }
    }
    return false;
  }

  static std::vector<std::string> namesIn(const TemporaryDirectory& folder) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  TemporaryDirectory directory;
  TemporaryDirectory temporary;
  const std::string log = directory.file("log");
};

TEST_P(SignalsTest, TheFirstOneEndsEachProgramInGoodOrder) {
  for (const Call& call : calls()) {
    SCOPED_TRACE(call.program);
    std::filesystem::remove(log);
    server.clearRequests();
    server.clearResponses();
    server.respondNext("", ScriptedResponse::asUsual().delayedBy(call.delay).times(99));
    RunningProcess process(path(call.program), call.arguments, environment, log);
    ASSERT_TRUE(server.waitForRequests(1));
    process.signal(GetParam());
    EXPECT_EQ(process.wait(kSignalLimit), call.exit_code);
    EXPECT_THAT(logged(), AllOf(HasSubstr(kWords), HasSubstr(call.words)));
  }
}

TEST_P(SignalsTest, ASecondOneEndsItAtOnce) {
  server.respondNext("ingestCandidatesBulk",
                     ScriptedResponse::asUsual().delayedBy(std::chrono::minutes{1}));
  RunningProcess process(
      path("bulk_ingest"), {"posting-1", people(1), "--new-posting"}, environment, log);
  ASSERT_TRUE(waitForSends(1));
  process.signal(GetParam());
  ASSERT_TRUE(eventually([&] { return logged().find(kWords) != std::string::npos; }));
  EXPECT_EQ(process.wait(std::chrono::milliseconds{200}), std::nullopt)
      << "it waits for a response";
  process.signal(GetParam());
  EXPECT_EQ(process.wait(std::chrono::seconds{2}), -GetParam());
}

TEST_P(SignalsTest, OneThatTheParentHadIgnoredStaysIgnored) {
  const std::string name = GetParam() == SIGINT ? "INT" : GetParam() == SIGTERM ? "TERM" : "HUP";
  for (const Call& call : calls()) {
    SCOPED_TRACE(call.program);
    std::filesystem::remove(log);
    server.clearRequests();
    server.clearResponses();
    server.respondNext("", ScriptedResponse::asUsual().delayedBy(std::chrono::milliseconds{100}));
    std::vector<std::string> arguments{
        "-c", "trap '' " + name + "; exec \"$@\"", "sh", path(call.program)};
    arguments.insert(arguments.end(), call.arguments.begin(), call.arguments.end());
    RunningProcess process("/bin/sh", arguments, environment, log);
    ASSERT_TRUE(server.waitForRequests(1));
    process.signal(GetParam());
    process.signal(GetParam());
    EXPECT_EQ(process.wait(kSignalLimit), 0);
    EXPECT_THAT(logged(), Not(HasSubstr(kWords)));
  }
}

TEST_P(SignalsTest, TheMockServerStops) {
  for (const bool ignored : {false, true}) {
    std::filesystem::remove(log);
    const std::string name = GetParam() == SIGINT ? "INT" : GetParam() == SIGTERM ? "TERM" : "HUP";
    RunningProcess process("/bin/sh",
                           {"-c",
                            (ignored ? "trap '' " + name : ":") + std::string("; exec \"$@\""),
                            "sh",
                            path("mock_server")},
                           environment,
                           log);
    ASSERT_TRUE(eventually([&] { return logged().find('\n') != std::string::npos; }));
    process.signal(GetParam());
    if (ignored) {
      EXPECT_EQ(process.wait(std::chrono::milliseconds{200}), std::nullopt);
    } else {
      EXPECT_EQ(process.wait(kSignalLimit), 0);
    }
    EXPECT_EQ(linesOf(logged()).size(), 1u) << logged();
  }
}

TEST_P(SignalsTest, AnIdleInputDoesNotHoldItUp) {
  for (const bool begun : {false, true}) {
    for (const char* format : {"csv", "ndjson"}) {
      SCOPED_TRACE(format);
      std::filesystem::remove(log);
      const int to = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
      SmallPipe in;
      const std::string journal = directory.file(std::string("journal-") + format);
      RunningProcess process(
          path("bulk_ingest"),
          {"posting-1", "-", "--new-posting", "--format", format, "--journal", journal},
          environment,
          in.from,
          to,
          to);
      close(to);
      if (begun) {
        in.write(format == std::string("csv") ? "name,email\nAda,ada@example.com\nBob"
                                              : person(1) + "{\"na");
        ASSERT_TRUE(eventually([&] { return in.waiting() == 0; }));
      }
      ASSERT_TRUE(eventually([&] { return takes(process, GetParam()); }));
      process.signal(GetParam());
      EXPECT_EQ(process.wait(kSignalLimit), 3) << logged();
      EXPECT_THAT(logged(), AllOf(HasSubstr(kWords), HasSubstr("topped before the ")));
    }
  }
  EXPECT_THAT(server.requests(), IsEmpty());
}

TEST_P(SignalsTest, WhatWasReadBeforeIsNotTakenForAllThereIs) {
  const std::string journal = directory.file("journal");
  {
    const int to = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    SmallPipe in;
    RunningProcess process(
        path("bulk_ingest"),
        {"posting-1", "-", "--new-posting", "--chunk", "1", "--journal", journal},
        environment,
        in.from,
        to,
        to);
    close(to);
    in.write(person(0) + person(1));
    ASSERT_TRUE(eventually([&] { return server.candidateCount("posting-1") == 2; }));
    process.signal(GetParam());
    EXPECT_EQ(process.wait(kSignalLimit), 3) << logged();
    EXPECT_THAT(logged(), HasSubstr("2 records: 2 ingested"));
  }
  const ChildResult result =
      run("bulk_ingest", {"posting-1", people(4), "--chunk", "1", "--journal", journal});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(server.candidateCount("posting-1"), 4u);
}

TEST_P(SignalsTest, ANamedPipeThatNobodyWritesIntoDoesNotHoldItUp) {
  const std::string fifo = directory.file("fifo");
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  RunningProcess process(path("bulk_ingest"), {"posting-1", fifo}, environment, log);
  ASSERT_TRUE(eventually([&] { return takes(process, GetParam()); }));
  process.signal(GetParam());
  EXPECT_EQ(process.wait(kSignalLimit), 3);
}

TEST_P(SignalsTest, AReaderThatTakesNothingDoesNotHoldItUpForLong) {
  server.addPosting("posting-1", 250);
  const int to = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  SmallPipe out;
  RunningProcess process(
      path("list_candidates"), {"posting-1", "--format", "json"}, environment, -1, out.to, to);
  close(to);
  ASSERT_TRUE(eventually([&] { return out.full(); }));
  process.signal(GetParam());
  EXPECT_EQ(process.wait(kSignalLimit), 3);
  EXPECT_THAT(logged(), HasSubstr("its reader does not read"));
}

TEST_P(SignalsTest, NoTemporaryFileStays) {
  for (const int signals : {1, 2}) {
    SCOPED_TRACE(signals);
    std::filesystem::remove(log);
    server.clearRequests();
    server.clearResponses();
    const std::chrono::milliseconds delay =
        signals == 2 ? std::chrono::minutes{1} : std::chrono::milliseconds{300};
    server.respondNext("ingestCandidatesBulk",
                       ScriptedResponse::asUsual().delayedBy(delay).times(99));
    const int to = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    SmallPipe in;
    for (int i = 0; i < 20; ++i) {
      in.write(person(i));
    }
    RunningProcess process(path("bulk_ingest"),
                           {"posting-1",
                            "-",
                            "--new-posting",
                            "--chunk",
                            "1",
                            "--concurrency",
                            "1",
                            "--report",
                            directory.file("report")},
                           environment,
                           in.from,
                           to,
                           to);
    close(to);
    ASSERT_TRUE(waitForSends(1));
    process.signal(GetParam());
    ASSERT_TRUE(eventually([&] { return logged().find(kWords) != std::string::npos; }));
    if (signals == 2) {
      EXPECT_EQ(process.wait(std::chrono::milliseconds{200}), std::nullopt);
      process.signal(GetParam());
    }
    EXPECT_EQ(process.wait(kSignalLimit), signals == 2 ? -GetParam() : 3);
    EXPECT_THAT(namesIn(temporary), IsEmpty());
    EXPECT_FALSE(std::filesystem::exists(directory.file("report.unfinished")));
  }
}

INSTANTIATE_TEST_SUITE_P(Each, SignalsTest, ::testing::Values(SIGINT, SIGTERM, SIGHUP),
                         [](const auto& tested) {
                           return tested.param == SIGINT    ? "Interrupt"
                                  : tested.param == SIGTERM ? "Terminate"
                                                            : "HangUp";
                         });

using HangUpTest = ExampleProgramTest;

TEST_F(HangUpTest, TheSignalsOfATerminalThatIsClosedAreOneRequest) {
  const TemporaryDirectory directory;
  const std::string log = directory.file("log");
  const std::string file = directory.file("people.ndjson");
  for (int i = 0; i < 20; ++i) {
    std::ofstream(file, std::ios::app)
        << R"({"name":"Ada","email":"ada)" << i << "@example.com\"}\n";
  }
  server.respondNext(
      "", ScriptedResponse::asUsual().delayedBy(std::chrono::milliseconds{300}).times(99));
  RunningProcess process(HEYMILO_PROGRAMS_DIR "/bulk_ingest",
                         {"posting-1", file, "--new-posting", "--chunk", "1", "--concurrency", "1"},
                         environment,
                         log);
  ASSERT_TRUE(server.waitForRequests(1));
  for (const int signal : {SIGSTOP, SIGHUP, SIGTERM, SIGCONT}) {
    process.signal(signal);
  }
  EXPECT_EQ(process.wait(kSignalLimit), 3);
}

}  // namespace
}  // namespace heymilo_test
