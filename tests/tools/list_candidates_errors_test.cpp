// What list_candidates says and returns when something is wrong, or it is interrupted.

#include <csignal>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "support/eventually.hpp"
#include "support/list_candidates_program.hpp"
#include "support/raw_server.hpp"
#include "support/running_process.hpp"
#include "support/temporary_directory.hpp"
#include "support/temporary_file.hpp"
#include "support/unreadable.hpp"

namespace heymilo_test {
namespace {

using heymilo::testing::ScriptedResponse;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class ListCandidatesErrors : public ListCandidatesTest {};

TEST_F(ListCandidatesErrors, AListThatCanNotBeFollowedIsNotToBeTriedAgain) {
  server.addPosting("posting-1", 4);
  spoil(2, instead("interview_id", "\"x"), 2);
  const ChildResult result = list({"--format", "json"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(linesOf(result.out), SizeIs(2));
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("Stopped after 2 candidates"), HasSubstr("again does not")));
  EXPECT_THAT(result.err, Not(HasSubstr("To continue")));
}

TEST_F(ListCandidatesErrors, AnErrorInTheMiddleKeepsWhatCameAndSaysHowToGoOn) {
  server.addPosting("posting-1", 12);
  for (const char* format : {"json", "csv", "table"}) {
    server.respondNext(anyPageButTheFirst(), ScriptedResponse::error(404, "not_found", "Gone."));
    const ChildResult result = list({"--format", format, "--limit", "5"});
    EXPECT_EQ(result.exit_code, 3);
    EXPECT_THAT(linesOf(result.out), SizeIs(format == std::string("json") ? 5 : 6));
    const std::string cursor = server.candidates("posting-1")[4]["interview_id"];
    EXPECT_THAT(result.err, HasSubstr("--starting-after " + cursor + "\n"));
  }
}

TEST_F(ListCandidatesErrors, EveryApiErrorSaysWhatToDo) {
  struct Case {
    ScriptedResponse response;
    const char* advice;
  };
  const Case cases[] = {
      {ScriptedResponse::error(400, "invalid_request", "No."), "Correct the values that it names"},
      {ScriptedResponse::error(401, "unauthorized", std::string("Bad key ") + kKey),
       "Set HEYMILO_API_KEY"},
      {ScriptedResponse::error(403, "forbidden", "No."), "HEYMILO_WORKSPACE_ID"},
      {ScriptedResponse::error(404, "not_found", "No posting."), "Check POSTING_ID"},
      {ScriptedResponse::error(429, "rate_limited", "Slow.").withHeader("Retry-After", "600"),
       "Run it again in 600 s"},
      {ScriptedResponse::answer(200, "<html>"), "the API's documented format"},
      {ScriptedResponse::answer(301, "", {{"Location", "/"}}), "check HEYMILO_BASE_URL"},
      {ScriptedResponse::answer(
           422, R"({"detail":[{"loc":["query","limit"],"msg":"too \u001b[2J much","type":"t"},
                           {"loc":["query","x"],"msg":"unknown","type":"t"}]})"),
       "  query.limit: too ␛[2J much\n"}};
  for (const Case& c : cases) {
    server.respondNext("listCandidates", c.response);
    const ChildResult result = list({});
    EXPECT_EQ(result.exit_code, 1) << c.advice;
    EXPECT_THAT(result.out, IsEmpty());
    EXPECT_THAT(result.err, AllOf(StartsWith("list_candidates: "), HasSubstr(c.advice)));
  }
}

TEST_F(ListCandidatesErrors, AKeyThatTheServerQuotesIsNotShown) {
  const nlohmann::json complaint = {
      {"loc", {"header", "X-API-KEY"}}, {"msg", std::string("bad: ") + kKey}, {"type", "t"}};
  server.respondNext(
      "listCandidates",
      ScriptedResponse::answer(422, nlohmann::json{{"detail", {complaint, complaint}}}.dump()));
  EXPECT_THAT(list({}).err, HasSubstr("  header.X-API-KEY: bad: ***\n"));
}

TEST_F(ListCandidatesErrors, NoNetworkIsAFailure) {
  environment["HEYMILO_BASE_URL"] = "http://127.0.0.1:1";
  const ChildResult result = list({});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.err, HasSubstr("Check the network"));
}

TEST_F(ListCandidatesErrors, UsageErrorsSendNothing) {
  const std::vector<std::vector<std::string>> cases = {
      {"--limit", "0"},
      {"--limit", "101"},
      {"--limit", "many"},
      {"--max", "0"},
      {"--max", "-1"},
      {"--format", "xml"},
      {"--created-after", "yesterday"},
      {"--created-before", "2026-13-01"},
      {"--starting-after", ""},
      {"--unknown"},
      {"posting-2"},
      {"--created-after", "2026-03-02", "--created-before", "2026-03-01"}};
  for (const auto& arguments : cases) {
    const ChildResult result = list(arguments);
    EXPECT_EQ(result.exit_code, 2) << arguments[0];
    EXPECT_THAT(result.out, IsEmpty());
    EXPECT_THAT(result.err, AllOf(StartsWith("list_candidates: "), HasSubstr("--help")));
  }
  EXPECT_EQ(run("list_candidates", {}).exit_code, 2);
  EXPECT_EQ(run("list_candidates", {".."}).exit_code, 2);
  EXPECT_THAT(server.requests(), IsEmpty());
}

TEST_F(ListCandidatesErrors, AnEnvironmentThatCanNotBeUsedIsAUsageError) {
  environment["HEYMILO_BASE_URL"] = "api.example.com";
  EXPECT_EQ(list({}).exit_code, 2);
  environment["HEYMILO_API_KEY"] = "";
  const ChildResult result = list({});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("Set HEYMILO_API_KEY"));
}

TEST_F(ListCandidatesErrors, HelpNamesTheEnvironment) {
  environment.clear();
  const ChildResult result = run("list_candidates", {"--help"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, IsEmpty());
  for (const char* text : {"HEYMILO_API_KEY",
                           "HEYMILO_BASE_URL",
                           "HEYMILO_WORKSPACE_ID",
                           "POSTING_ID",
                           "--starting-after",
                           "--format",
                           "3 (done in part)"}) {
    EXPECT_THAT(result.out, HasSubstr(text));
  }
  EXPECT_THAT(run("list_candidates", {"--version"}).out, StartsWith("list_candidates 0."));
}

TEST_F(ListCandidatesErrors, OutputThatCanNotBeWrittenIsAFailure) {
  server.addPosting("posting-1", 12);
  for (const char* format : {"json", "csv", "table"}) {
    for (const ChildStdout& to : {ChildStdout::file("/dev/full"), ChildStdout::brokenPipe()}) {
      const ChildResult result = list({"--format", format}, to);
      EXPECT_EQ(result.exit_code, 1);
      EXPECT_THAT(result.err, HasSubstr("can't write to standard output"));
    }
  }
}

TEST_F(ListCandidatesErrors, AnOptionThatDoesNotExistIsNamed) {
  EXPECT_THAT(run("list_candidates", {"--postng", "posting-1"}).err,
              StartsWith("list_candidates: unknown option --postng\n"));
  EXPECT_THAT(run("list_candidates", {}).err,
              AllOf(HasSubstr("POSTING_ID is required"), HasSubstr("list_candidates --help")));
}

TEST_F(ListCandidatesErrors, AnErrorIsRedWhereStandardErrorIsATerminal) {
  environment["HEYMILO_API_KEY"] = "another-key";
  const std::string red = "\x1B[31mlist_candidates\x1B[0m: ";
  EXPECT_THAT(list({}).err, Not(HasSubstr("\x1B")));
  EXPECT_THAT(list({"--color", "always"}).err, StartsWith(red));
  environment["TERM"] = "xterm";
  EXPECT_THAT(list({}, ChildStdout::terminalForAll(80)).out, HasSubstr(red));
}

TEST_F(ListCandidatesErrors, CtrlCSaysHowToGoOn) {
  server.addPosting("posting-1", 12);
  server.respondNext(anyPageButTheFirst(),
                     ScriptedResponse::asUsual().delayedBy(std::chrono::minutes{1}));
  const TemporaryDirectory directory;
  const std::string log = directory.file("log");
  const auto logged = [&] {
    std::ifstream in(log);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  RunningProcess process(HEYMILO_PROGRAMS_DIR "/list_candidates",
                         {"posting-1", "--format", "json", "--limit", "5"},
                         environment,
                         log);
  ASSERT_TRUE(eventually([&] { return linesOf(logged()).size() == 5; }));
  process.signal(SIGINT);
  EXPECT_EQ(process.wait(std::chrono::seconds{20}), 3);
  EXPECT_THAT(logged(), HasSubstr("Stopped after 5 candidates."));
  EXPECT_THAT(logged(), HasSubstr("--starting-after"));
}

TEST_F(ListCandidatesErrors, TrustsTheCaThatTheEnvironmentNames) {
  const CertificateAuthority ca;
  const TemporaryFile ca_file(ca.certificate());
  const RawServer secure(
      answering(
          httpAnswer("200 OK", R"({"object":"list","data":[],"pagination":{"has_more":false}})")),
      RawServerTls{ca.issue()});
  environment["HEYMILO_BASE_URL"] = secure.url("");
  environment["no_proxy"] = "*";
  const ChildResult refused = list({});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("set SSL_CERT_FILE"), Not(HasSubstr("the network"))));
  environment["SSL_CERT_FILE"] = ca_file.path();
  EXPECT_EQ(list({}).exit_code, 0);
  environment["SSL_CERT_FILE"] = "/no/such/file";
  const ChildResult missing = list({});
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_THAT(missing.err, AllOf(HasSubstr("/no/such/file"), HasSubstr("variable SSL_CERT_FILE")));
}

TEST_F(ListCandidatesErrors, NamesTheProxyAndNotItsPassword) {
  for (const auto& [proxy, words] :
       {std::pair("http://user:canary#b@127.0.0.1:1", "invalid proxy in http_proxy"),
        std::pair("http://user:canary@127.0.0.1:1", "the proxy 127.0.0.1:1: connection refused")}) {
    environment["http_proxy"] = proxy;
    const ChildResult result = list({});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err,
                AllOf(HasSubstr(words), HasSubstr("Check http_proxy"), Not(HasSubstr("canary"))));
  }
}

}  // namespace
}  // namespace heymilo_test
