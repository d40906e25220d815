// The programs, started without some of their standard descriptors, or with unusable ones.

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "support/eventually.hpp"
#include "support/example_program.hpp"
#include "support/raw_client.hpp"
#include "support/raw_server.hpp"
#include "support/running_process.hpp"
#include "support/temporary_directory.hpp"

namespace heymilo_test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::vector<std::string> kPrograms = {
    "list_candidates", "ingest_candidate", "bulk_ingest", "mirror_candidates", "mock_server"};

/// Which of the three are closed.
struct Closed {
  bool in, out, err;

  std::string redirections() const {
    return std::string(in ? " <&-" : "") + (out ? " >&-" : "") + (err ? " 2>&-" : "");
  }
};

std::vector<Closed> everyCombination() {
  std::vector<Closed> all;
  for (int bits = 0; bits < 8; ++bits) {
    all.push_back({(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0});
  }
  return all;
}

class StandardDescriptorsTest : public ExampleProgramTest {
 protected:
  /// Runs it in a shell with these redirections, after this command.
  ChildResult runWith(const std::string& redirections, const std::string& program,
                      std::vector<std::string> arguments, const std::string& before = ":") {
    arguments.insert(
        arguments.begin(),
        {"-c", before + "; exec \"$@\"" + redirections, "sh", HEYMILO_PROGRAMS_DIR "/" + program});
    return runChild("/bin/sh", arguments, environment);
  }

  std::string people(int count) const {
    std::ofstream file(directory.file("people.ndjson"));
    for (int i = 0; i < count; ++i) {
      file << "{\"name\":\"Ada\",\"email\":\"ada" << i << "@example.com\"}\n";
    }
    return directory.file("people.ndjson");
  }

  TemporaryDirectory directory;
};

TEST_F(StandardDescriptorsTest, HelpThatCanNotBeWrittenIsAnErrorInEveryProgram) {
  for (const std::string& program : kPrograms) {
    for (const char* option : {"--help", "--version"}) {
      for (const Closed& closed : everyCombination()) {
        SCOPED_TRACE(program + ' ' + option + closed.redirections());
        const ChildResult result = runWith(closed.redirections(), program, {option});
        EXPECT_EQ(result.exit_code, closed.out ? 1 : 0);
        EXPECT_EQ(result.err.empty(), closed.err || !closed.out);
        EXPECT_EQ(result.out.empty(), closed.out);
      }
      for (const std::string& redirections : {std::string(" >/dev/full"), std::string(" 1</")}) {
        SCOPED_TRACE(program + ' ' + option + redirections);
        const ChildResult result = runWith(redirections, program, {option});
        EXPECT_EQ(result.exit_code, 1);
        EXPECT_THAT(result.err, HasSubstr(program + ": can't write to standard output"));
      }
    }
  }
}

TEST_F(StandardDescriptorsTest, AUsageErrorStaysOneWithoutThem) {
  for (const std::string& program : kPrograms) {
    for (const Closed& closed : everyCombination()) {
      SCOPED_TRACE(program + closed.redirections());
      const ChildResult result = runWith(closed.redirections(), program, {"--unheard-of"});
      EXPECT_EQ(result.exit_code, 2);
      EXPECT_EQ(result.err.empty(), closed.err);
      EXPECT_THAT(result.out, IsEmpty());
    }
  }
}

TEST_F(StandardDescriptorsTest, NothingIsLostInSilenceAndNothingGoesIntoAConnection) {
  const std::string page =
      R"({"object":"list","data":[{"object":"candidate","interview_id":"int-1","posting_id":"p",)"
      R"("name":"Ada","email":"ada@example.com","status":"pending","shortlisted":false,)"
      R"("dismissed":false}],"pagination":{"has_more":false}})";
  for (const char* format : {"json", "csv", "table"}) {
    for (const Closed& closed : everyCombination()) {
      SCOPED_TRACE(format + closed.redirections());
      RawServer raw([&page](RawConnection& connection) {
        while (connection.readRequest()) {
          connection.send(httpAnswer("200 OK", page, "Content-Type: application/json\r\n"));
        }
      });
      environment["HEYMILO_BASE_URL"] = "http://127.0.0.1:" + std::to_string(raw.port());
      const ChildResult result =
          runWith(closed.redirections(), "list_candidates", {"p", "--format", format});
      EXPECT_EQ(result.exit_code, closed.out ? 1 : 0);
      EXPECT_EQ(result.out.find("ada@example.com") != std::string::npos, !closed.out);
      if (!closed.err && closed.out) {
        EXPECT_THAT(result.err, HasSubstr("can't write to standard output"));
      }
      EXPECT_TRUE(raw.waitForScripts());
      std::string requests;
      for (const RawRequest& request : raw.requests()) {
        requests += request.head + request.body;
      }
      std::string received;
      for (const std::string& bytes : raw.received()) {
        received += bytes;
      }
      EXPECT_EQ(received, requests) << "something else went into the connection";
    }
  }
}

TEST_F(StandardDescriptorsTest, NobodyIsIngestedWhoseResponseCouldNotBeShown) {
  int count = 0;
  for (const Closed& closed : everyCombination()) {
    SCOPED_TRACE(closed.redirections());
    const std::string empty = "empty-" + std::to_string(++count);
    server.addPosting(empty);
    server.clearRequests();
    const ChildResult one = runWith(closed.redirections(),
                                    "ingest_candidate",
                                    {"posting-1", "--name", "Ada", "--email", "ada@example.com"});
    EXPECT_EQ(one.exit_code, closed.out ? 1 : 0);
    const ChildResult many = runWith(closed.redirections(),
                                     "bulk_ingest",
                                     {empty,
                                      people(3),
                                      "--new-posting",
                                      "--report",
                                      "-",
                                      "--journal",
                                      directory.file("journal" + closed.redirections())});
    EXPECT_EQ(many.exit_code, closed.out ? 1 : 0);
    EXPECT_THAT(server.requests("ingestCandidate"), SizeIs(closed.out ? 0 : 1));
    EXPECT_THAT(server.requests("ingestCandidatesBulk"), SizeIs(closed.out ? 0 : 1));
    EXPECT_TRUE(!closed.out || server.requestCount() == 0);
    if (closed.out && !closed.err) {
      EXPECT_THAT(one.err, HasSubstr("Nothing was sent."));
      EXPECT_THAT(many.err, HasSubstr("Nothing was sent."));
    }
  }
}

TEST_F(StandardDescriptorsTest, WhatWritesNothingThereDoesItsWorkWithoutThem) {
  const ChildResult many =
      runWith(" <&- >&- 2>&-", "bulk_ingest", {"posting-1", people(25), "--new-posting"});
  EXPECT_EQ(many.exit_code, 0);
  EXPECT_EQ(server.candidateCount("posting-1"), 25u);
  const std::string database = directory.file("mirror.db");
  const auto mirror = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {"posting-1", "--database", database});
    return runWith(" <&- >&- 2>&-", "mirror_candidates", options).exit_code;
  };
  EXPECT_EQ(mirror({"--quiet"}), 0);
  EXPECT_EQ(mirror({}), 1) << "its summary is lost";
  EXPECT_THAT(run("mirror_candidates", {"posting-1", "--database", database, "--full"}).out,
              HasSubstr("25 candidates seen: 0 new, 0 changed, 0 gone\n"));
}

TEST_F(StandardDescriptorsTest, AnInputThatCanNotBeReadIsNotAnEmptyOne) {
  for (const char* redirection : {" <&-", " 0>/dev/null", " </"}) {
    for (const char* format : {"csv", "ndjson"}) {
      SCOPED_TRACE(std::string(format) + redirection);
      const ChildResult result =
          runWith(redirection, "bulk_ingest", {"posting-1", "-", "--format", format});
      EXPECT_EQ(result.exit_code, 2);
      EXPECT_THAT(result.err, HasSubstr("can't read standard input: "));
    }
  }
  EXPECT_THAT(server.requests(), IsEmpty());
}

TEST_F(StandardDescriptorsTest, AFileThatMayNotGetLargerIsAnError) {
  server.addPosting("posting-1", 250);
  const std::string file = directory.file("list");
  const ChildResult result =
      runWith(" >" + file, "list_candidates", {"posting-1", "--format", "json"}, "ulimit -f 4");
  EXPECT_EQ(result.exit_code, 3);  // some of it is there
  EXPECT_EQ(result.signal, 0);
  EXPECT_THAT(result.err, HasSubstr("can't write to standard output: File too large"));
}

TEST_F(StandardDescriptorsTest, TheMockServersLogGoesIntoNoAnswer) {
  const std::string url = directory.file("url");
  std::ofstream(url).flush();
  RunningProcess process(
      "/bin/sh",
      {"-c", "exec \"$@\" <&- 2>&- >>" + url, "sh", HEYMILO_PROGRAMS_DIR "/mock_server", "--log"},
      {},
      directory.file("log"));
  std::string line;
  ASSERT_TRUE(eventually([&] { return std::getline(std::ifstream(url), line) && !line.empty(); }));
  RawClient client(std::stoi(line.substr(line.rfind(':') + 1)), {{"X-API-KEY", "test-key"}});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(client.get("/api/v2/postings/demo/candidates").status, 200);
  }
}

TEST_F(StandardDescriptorsTest, TheQuickstartFailsWithoutAnOutput) {
  for (const Closed& closed : everyCombination()) {
    SCOPED_TRACE(closed.redirections());
    server.clearRequests();
    const ChildResult result = runWith(closed.redirections(), "quickstart", {"posting-1"});
    EXPECT_EQ(result.exit_code, closed.out ? 1 : 0);
    EXPECT_THAT(server.requests("ingestCandidate"), SizeIs(1));
    EXPECT_THAT(server.requests(), SizeIs(2));
  }
}

}  // namespace
}  // namespace heymilo_test
