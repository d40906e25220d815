#include <csignal>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "support/example_program.hpp"
#include "support/running_process.hpp"
#include "support/temporary_directory.hpp"

namespace heymilo_test {
namespace {

using heymilo::testing::ScriptedResponse;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class IngestCandidateTest : public ExampleProgramTest {
 protected:
  ChildResult ingest(const std::vector<std::string>& extra = {},
                     const ChildStdout& to = ChildStdout::captured()) {
    std::vector<std::string> arguments = {
        "--name", "Ada Example", "--email", "ada@example.com", "posting-1"};
    arguments.insert(arguments.end() - 1, extra.begin(), extra.end());
    return run("ingest_candidate", arguments, to);
  }

  json sent() const {
    const auto requests = server.requests();
    EXPECT_THAT(requests, SizeIs(1));
    return requests.empty() ? json() : requests[0].json();
  }
};

TEST_F(IngestCandidateTest, PrintsTheAnswersDataAsJson) {
  const ChildResult result = ingest();
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, IsEmpty());
  EXPECT_THAT(linesOf(result.out), SizeIs(1));
  const json answer = json::parse(result.out);
  EXPECT_EQ(answer["posting_id"], "posting-1");
  EXPECT_EQ(answer["interview_id"], server.candidates("posting-1")[0]["interview_id"]);
  EXPECT_EQ(sent(), json({{"name", "Ada Example"}, {"email", "ada@example.com"}}));
}

TEST_F(IngestCandidateTest, SendsEveryArgument) {
  const ChildResult result = ingest({"--phone",
                                     "+15550100",
                                     "--metadata",
                                     "external_id=ats-1",
                                     "--metadata",
                                     "formula==1+1",
                                     "--metadata",
                                     "[list]=[a,b]",
                                     "--metadata",
                                     "empty=",
                                     "--data",
                                     R"({"名前":{"a":[1,2.5,null]}})"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(
      sent(),
      json({{"name", "Ada Example"},
            {"email", "ada@example.com"},
            {"phone_number", "+15550100"},
            {"metadata",
             {{"external_id", "ats-1"}, {"formula", "=1+1"}, {"[list]", "[a,b]"}, {"empty", ""}}},
            {"data", {{"名前", {{"a", {1, 2.5, nullptr}}}}}}}));
}

TEST_F(IngestCandidateTest, DataMayBeEmpty) {
  EXPECT_EQ(ingest({"--data", "{}"}).exit_code, 0);
  EXPECT_EQ(sent()["data"], json::object());
}

TEST_F(IngestCandidateTest, AsyncQueues) {
  const ChildResult result = ingest({"--async"});
  EXPECT_EQ(result.exit_code, 0);
  const json answer = json::parse(result.out);
  EXPECT_EQ(answer["status"], "queued");
  EXPECT_TRUE(answer.contains("ingestion_id"));
  EXPECT_THAT(server.requests("ingestCandidateAsync"), SizeIs(1));
}

TEST_F(IngestCandidateTest, TheWorkspaceGoesAlong) {
  environment["HEYMILO_WORKSPACE_ID"] = "workspace-1";
  ingest();
  ASSERT_THAT(server.requests(), SizeIs(1));
  EXPECT_EQ(server.requests()[0].header("X-Workspace-Id"), "workspace-1");
}

TEST_F(IngestCandidateTest, UsageErrorsSendNothing) {
  const std::vector<std::vector<std::string>> cases = {{"--metadata", "no-value"},
                                                       {"--metadata", "=value"},
                                                       {"--metadata", "a=1", "--metadata", "a=2"},
                                                       {"--metadata", "a=" + std::string(501, 'x')},
                                                       {"--metadata", std::string(41, 'k') + "=x"},
                                                       {"--data", "{"},
                                                       {"--data", "[1]"},
                                                       {"--data", ""},
                                                       {"--phone", "\xFF"},
                                                       {"--unknown"},
                                                       {"posting-2"}};
  for (const auto& extra : cases) {
    const ChildResult result = ingest(extra);
    EXPECT_EQ(result.exit_code, 2) << extra[0] << ' ' << extra.back();
    EXPECT_THAT(result.out, IsEmpty());
    EXPECT_THAT(result.err, ::testing::StartsWith("ingest_candidate: "));
  }
  EXPECT_EQ(run("ingest_candidate", {"posting-1", "--name", "Ada"}).exit_code, 2);
  EXPECT_EQ(run("ingest_candidate", {"posting-1", "--email", "a@example.com"}).exit_code, 2);
  environment.erase("HEYMILO_API_KEY");
  EXPECT_EQ(ingest().exit_code, 2);
  EXPECT_THAT(server.requests(), IsEmpty());
}

TEST_F(IngestCandidateTest, ARefusalNamesTheFieldAndSaysThatNothingHappened) {
  const ChildResult result =
      run("ingest_candidate", {"posting-1", "--name", "Ada", "--email", "not-an-address"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.err, AllOf(HasSubstr("body.email: "), HasSubstr("Nothing was ingested")));
  EXPECT_EQ(server.candidateCount("posting-1"), 0U);
}

TEST_F(IngestCandidateTest, SaysWhereTheOutcomeIsUnknown) {
  const ScriptedResponse cases[] = {ScriptedResponse::disconnect().afterCommit(),
                                    ScriptedResponse::disconnect(),
                                    ScriptedResponse::error(503, "unavailable", "Busy.")};
  for (const ScriptedResponse& response : cases) {
    server.respondNext("ingestCandidate", response);
    const ChildResult result = ingest();
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.out, IsEmpty());
    EXPECT_THAT(result.err,
                AllOf(HasSubstr("It may have been ingested: look before sending it again."),
                      HasSubstr("list_candidates with --created-after 20")));
  }
}

TEST_F(IngestCandidateTest, SaysWhereOnlyTheAnswerIsLost) {
  server.respondNext("ingestCandidate", ScriptedResponse::answer(201, "{}").afterCommit());
  const ChildResult result = ingest();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("do not send it again"));
}

TEST_F(IngestCandidateTest, SaysWhereNothingWasSent) {
  environment["HEYMILO_BASE_URL"] = "http://127.0.0.1:1";
  const ChildResult result = ingest();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("It is safe to send it again"));
}

TEST_F(IngestCandidateTest, AnAnswerThatCanNotBePrintedIsDoneInPart) {
  for (const ChildStdout& to : {ChildStdout::file("/dev/full"), ChildStdout::brokenPipe()}) {
    server.clearRequests();
    const ChildResult result = ingest({}, to);
    EXPECT_EQ(result.exit_code, 3);
    EXPECT_THAT(result.err, HasSubstr("was ingested: do not send it again"));
    EXPECT_THAT(server.requests("ingestCandidate"), SizeIs(1));
  }
}

TEST_F(IngestCandidateTest, CtrlCSaysThatTheOutcomeIsUnknown) {
  server.respondNext("ingestCandidate",
                     ScriptedResponse::asUsual().delayedBy(std::chrono::minutes{1}));
  const TemporaryDirectory directory;
  const std::string log = directory.file("log");
  RunningProcess process(HEYMILO_PROGRAMS_DIR "/ingest_candidate",
                         {"posting-1", "--name", "Ada", "--email", "ada@example.com"},
                         environment,
                         log);
  ASSERT_TRUE(server.waitForRequests(1));
  process.signal(SIGINT);
  EXPECT_EQ(process.wait(std::chrono::seconds{20}), 1);
  std::ifstream in(log);
  EXPECT_THAT((std::string{std::istreambuf_iterator<char>(in), {}}),
              AllOf(HasSubstr("It was stopped before it finished."),
                    HasSubstr("It may have been ingested: look before sending it again.")));
}

}  // namespace
}  // namespace heymilo_test
