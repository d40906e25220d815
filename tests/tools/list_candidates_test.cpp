#include <csignal>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "support/display_width.hpp"
#include "support/eventually.hpp"
#include "support/example_program.hpp"
#include "support/raw_server.hpp"
#include "support/running_process.hpp"
#include "support/temporary_directory.hpp"
#include "support/temporary_file.hpp"
#include "support/unreadable.hpp"

namespace heymilo_test {
namespace {

using heymilo::testing::RecordedRequest;
using heymilo::testing::RequestMatch;
using heymilo::testing::ScriptedResponse;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class ListCandidatesTest : public ExampleProgramTest {
 protected:
  ChildResult list(std::vector<std::string> arguments,
                   const ChildStdout& to = ChildStdout::captured()) {
    arguments.insert(arguments.begin(), "posting-1");
    return run("list_candidates", arguments, to);
  }

  static std::string withoutRequestId(const std::string& text) {
    return std::regex_replace(text, std::regex("request id: req_[0-9a-f]+"), "");
  }

  static RequestMatch anyPageButTheFirst() {
    return {"listCandidates", [](const RecordedRequest& request) {
              return request.query.find("starting_after=") != std::string::npos;
            }};
  }
};

TEST_F(ListCandidatesTest, JsonIsOneCandidateALineComplete) {
  server.addPosting("posting-1", 25);
  server.advance(std::chrono::hours{48});

  const ChildResult result = list({"--format", "json", "--limit", "10"});

  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, IsEmpty());
  EXPECT_THAT(server.requests("listCandidates"), SizeIs(3));
  const nlohmann::json expected = server.candidates("posting-1");
  const nlohmann::json actual = jsonLinesOf(result.out);
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    for (const auto& [name, value] : expected[i].items()) {
      if (!value.is_null()) {
        EXPECT_TRUE(actual[i].contains(name)) << name;
      }
    }
    EXPECT_EQ(actual[i]["interview_id"], expected[i]["interview_id"]);
    EXPECT_EQ(actual[i]["name"], expected[i]["name"]);
  }
}

TEST_F(ListCandidatesTest, EverybodyIsThereButWhoCanNotBeRead) {
  server.addPosting("posting-1", 5);
  const nlohmann::json all = server.candidates("posting-1");
  for (const UnreadableKind& kind : everyUnreadableKind()) {
    SCOPED_TRACE(kind.name);
    spoil(2, kind.spoil);
    const ChildResult result = list({"--format", "json"});
    EXPECT_EQ(result.exit_code, 3) << result.err;
    EXPECT_THAT(result.err, HasSubstr("place: /data/2"));
    EXPECT_THAT(result.err, HasSubstr("1 candidate can't be read. Running this again does not"));
    EXPECT_THAT(
        result.err,
        HasSubstr("interview_id: " +
                  (kind.id_known ? all[2]["interview_id"].get<std::string>() : "unreadable")));
    EXPECT_THAT(result.err, Not(HasSubstr(all[2]["email"].get<std::string>())));
    EXPECT_THAT(result.err, Not(HasSubstr("--starting-after")));
  }
}

TEST_F(ListCandidatesTest, WhereverSomebodyIsWhoCanNotBeReadAndHoweverOftenItIsRun) {
  server.addPosting("posting-1", 5);
  const nlohmann::json all = server.candidates("posting-1");
  for (const char* format : {"json", "csv", "table"}) {
    for (std::size_t at = 0; at < all.size(); ++at) {
      SCOPED_TRACE(std::string(format) + ' ' + std::to_string(at));
      spoil(at, with("\"x\":1e999"), 2);
      const ChildResult first = list({"--format", format});
      EXPECT_EQ(first.exit_code, 3);
      EXPECT_THAT(linesOf(first.out), SizeIs(std::string_view(format) == "json" ? 4 : 5));
      for (std::size_t i = 0; i < all.size(); ++i) {
        const auto id = all[i]["interview_id"].get<std::string>();
        EXPECT_EQ(first.out.find(id) == std::string::npos, i == at) << first.out;
      }
      const ChildResult second = list({"--format", format});
      EXPECT_EQ(second.exit_code, 3);
      EXPECT_EQ(withoutRequestId(second.err), withoutRequestId(first.err));
      EXPECT_EQ(second.out, first.out);
    }
  }
}

TEST_F(ListCandidatesTest, OneWhoIsAloneAndCanNotBeRead) {
  server.addPosting("posting-1", 1);
  spoil(0, with("\"x\":NaN"));
  const ChildResult result = list({"--format", "json"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.err, HasSubstr("1 candidate can't be read"));
}

TEST_F(ListCandidatesTest, AListThatCanNotBeFollowedIsNotToBeTriedAgain) {
  server.addPosting("posting-1", 4);
  spoil(2, instead("interview_id", "\"x"), 2);
  const ChildResult result = list({"--format", "json"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(linesOf(result.out), SizeIs(2));
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("Stopped after 2 candidates"), HasSubstr("again does not")));
  EXPECT_THAT(result.err, Not(HasSubstr("To continue")));
}

TEST_F(ListCandidatesTest, CsvHasAHeaderAndQuotes) {
  const std::string id = server.addCandidate("posting-1",
                                             {{"name", "Example, \"Ada\""},
                                              {"email", "ada@example.com"},
                                              {"status", "completed"},
                                              {"score", 87.5},
                                              {"created_at", 1772323200.25},
                                              {"metadata", {{"external_id", "ats-1"}}}});

  const ChildResult result = list({"--format", "csv"});

  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, IsEmpty());
  EXPECT_THAT(result.out,
              StartsWith("interview_id,status,score,steps_completed,steps_total,"
                         "shortlisted,dismissed,created_at,interviewed_at,name,email,"
                         "candidate_id,posting_id,interview_url,metadata\r\n" +
                         id + ",completed,87.5,"));
  EXPECT_THAT(result.out, HasSubstr(",2026-03-01T00:00:00.25Z,"));
  EXPECT_THAT(result.out, HasSubstr(",\"Example, \"\"Ada\"\"\",ada@example.com,"));
  EXPECT_THAT(result.out, ::testing::EndsWith(",\"{\"\"external_id\"\":\"\"ats-1\"\"}\"\r\n"));
}

TEST_F(ListCandidatesTest, CsvForASpreadsheetHasNoFormulas) {
  const char* formula = "=HYPERLINK(\"http://example.com\",\"Ada\")";
  server.addCandidate("posting-1", {{"name", formula}, {"email", "ada@example.com"}});
  server.addCandidate("posting-1", {{"name", "José"}, {"metadata", {{"phone", "+12025550100"}}}});
  const std::string escaped = "'=HYPERLINK(\"\"http://example.com\"\",\"\"Ada\"\")\"";

  const ChildResult result = list({"--format", "csv", "--escape-formulas"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, StartsWith("\xEF\xBB\xBFinterview_id,status,"));
  EXPECT_THAT(result.out,
              AllOf(HasSubstr(",\"" + escaped + ",ada@example.com,"), HasSubstr(",José,")));

  const std::string exact = list({"--format", "csv"}).out;
  EXPECT_THAT(exact, StartsWith("interview_id,"));
  EXPECT_THAT(exact, HasSubstr(",\"" + escaped.substr(1) + ",ada@example.com,"));
}

TEST_F(ListCandidatesTest, EscapingFormulasIsForCsvAlone) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--escape-formulas"},
                                                    {"--escape-formulas", "--format", "json"},
                                                    {"--format", "table", "--escape-formulas"}}) {
    const ChildResult result = list(arguments);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.out, IsEmpty());
    EXPECT_THAT(result.err, HasSubstr("--format csv"));
  }
  EXPECT_THAT(server.requests(), IsEmpty());
  EXPECT_THAT(run("list_candidates", {"--help"}).out,
              AllOf(HasSubstr("--escape-formulas"), HasSubstr("changes"), HasSubstr("byte order")));
}

TEST_F(ListCandidatesTest, ATableFitsTheTerminal) {
  for (const char* name :
       {"Ada Example", "王小明", "สมชาย ที่รัก", "Sam 👩🏽‍💻", "שרה בדיונית"}) {
    server.addCandidate("posting-1",
                        {{"name", name},
                         {"email", "somebody.with.a.long.address@mail.example.com"},
                         {"status", "in_progress"}});
  }
  for (const int columns : {20, 40, 60, 80, 120, 300}) {
    const ChildResult result =
        list({}, ChildStdout::terminal(static_cast<unsigned short>(columns)));
    EXPECT_EQ(result.exit_code, 0);
    const std::vector<std::string> lines = linesOf(result.out);
    ASSERT_THAT(lines, SizeIs(6));
    const auto statusColumn = [](const std::string& line, const char* cell) {
      return support::displayWidth(line.substr(0, line.find(cell)));
    };
    for (std::size_t i = 1; i < lines.size(); ++i) {
      EXPECT_THAT(support::displayWidth(lines[i]), Le(static_cast<std::size_t>(columns)));
      if (columns >= 40) {
        EXPECT_EQ(statusColumn(lines[i], "in_progress"), statusColumn(lines[0], "STATUS"));
      }
    }
  }
}

TEST_F(ListCandidatesTest, ColumnsOverrulesTheTerminal) {
  server.addPosting("posting-1", 3);
  environment["COLUMNS"] = "60";
  const ChildResult result = list({}, ChildStdout::terminal(200));
  for (const std::string& line : linesOf(result.out)) {
    EXPECT_THAT(support::displayWidth(line), Le(60U));
  }
}

TEST_F(ListCandidatesTest, NothingIsCutInAPipe) {
  const std::string name(90, 'n');
  const std::string id = server.addCandidate("posting-1", {{"name", name}, {"email", "n@e.test"}});
  environment["COLUMNS"] = "60";
  const ChildResult result = list({});
  EXPECT_THAT(result.out, AllOf(HasSubstr(name + "  n@e.test"), HasSubstr(id), StartsWith("NAME")));
  EXPECT_EQ(result.err, "list_candidates: 1 candidate\n");
}

TEST_F(ListCandidatesTest, ANameCanNotWriteToTheTerminal) {
  server.addCandidate("posting-1",
                      {{"name", "a\x1B[2J\u009B2J\nb\u202E"}, {"email", "a@example.com"}});
  for (const char* format : {"table", "json", "csv"}) {
    const ChildResult result = list({"--format", format}, ChildStdout::terminal(80));
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_THAT(result.out, Not(HasSubstr("\x1B")));
    EXPECT_THAT(result.out, Not(HasSubstr("\u009B")));
  }
}

TEST_F(ListCandidatesTest, AnEmptyPostingIsAHeader) {
  EXPECT_THAT(list({}).out, SizeIs(::testing::Gt(0U)));
  EXPECT_THAT(linesOf(list({}).out), SizeIs(1));
  EXPECT_THAT(linesOf(list({"--format", "csv"}).out), SizeIs(1));
  EXPECT_THAT(list({"--format", "json"}).out, IsEmpty());
}

TEST_F(ListCandidatesTest, MaxStopsEarlyAndSaysHowToGoOn) {
  server.addPosting("posting-1", 12);
  const ChildResult first = list({"--format", "json", "--max", "7", "--limit", "5"});
  EXPECT_EQ(first.exit_code, 0);
  const nlohmann::json seen = jsonLinesOf(first.out);
  ASSERT_EQ(seen.size(), 7U);
  EXPECT_THAT(server.requests(), SizeIs(2));
  const std::string cursor = seen.back()["interview_id"];
  EXPECT_THAT(first.err, HasSubstr("--starting-after " + cursor + "\n"));

  const ChildResult rest = list({"--format", "json", "--starting-after", cursor});
  nlohmann::json all = seen;
  for (const auto& candidate : jsonLinesOf(rest.out)) {
    all.push_back(candidate);
  }
  ASSERT_EQ(all.size(), 12U);
  EXPECT_EQ(all.back()["interview_id"], server.candidates("posting-1").back()["interview_id"]);
}

TEST_F(ListCandidatesTest, MaxAsksForNoMoreThanItPrints) {
  server.addPosting("posting-1", 12);
  EXPECT_THAT(list({"--format", "json", "--max", "12"}).err, IsEmpty());  // the list has no more
  EXPECT_THAT(list({"--format", "json", "--max", "3"}).err, HasSubstr("--starting-after"));
  const std::vector<RecordedRequest> requests = server.requests();
  ASSERT_THAT(requests, SizeIs(2));
  EXPECT_THAT(requests[1].query, HasSubstr("limit=3"));
}

TEST_F(ListCandidatesTest, DatesGoToTheApi) {
  list({"--created-after", "2026-03-01", "--created-before", "2026-03-02T01:00:00+01:00"});
  const std::vector<RecordedRequest> requests = server.requests();
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_THAT(requests[0].query, HasSubstr("created_after=2026-03-01T00%3A00%3A00Z"));
  EXPECT_THAT(requests[0].query, HasSubstr("created_before=2026-03-02T00%3A00%3A00Z"));
}

TEST_F(ListCandidatesTest, AnErrorInTheMiddleKeepsWhatCameAndSaysHowToGoOn) {
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

TEST_F(ListCandidatesTest, EveryApiErrorSaysWhatToDo) {
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

TEST_F(ListCandidatesTest, AKeyThatTheServerQuotesIsNotShown) {
  const nlohmann::json complaint = {
      {"loc", {"header", "X-API-KEY"}}, {"msg", std::string("bad: ") + kKey}, {"type", "t"}};
  server.respondNext(
      "listCandidates",
      ScriptedResponse::answer(422, nlohmann::json{{"detail", {complaint, complaint}}}.dump()));
  EXPECT_THAT(list({}).err, HasSubstr("  header.X-API-KEY: bad: ***\n"));
}

TEST_F(ListCandidatesTest, NoNetworkIsAFailure) {
  environment["HEYMILO_BASE_URL"] = "http://127.0.0.1:1";
  const ChildResult result = list({});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.err, HasSubstr("Check the network"));
}

TEST_F(ListCandidatesTest, UsageErrorsSendNothing) {
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

TEST_F(ListCandidatesTest, AnEnvironmentThatCanNotBeUsedIsAUsageError) {
  environment["HEYMILO_BASE_URL"] = "api.example.com";
  EXPECT_EQ(list({}).exit_code, 2);
  environment["HEYMILO_API_KEY"] = "";
  const ChildResult result = list({});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("Set HEYMILO_API_KEY"));
}

TEST_F(ListCandidatesTest, HelpNamesTheEnvironment) {
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

TEST_F(ListCandidatesTest, OutputThatCanNotBeWrittenIsAFailure) {
  server.addPosting("posting-1", 12);
  for (const char* format : {"json", "csv", "table"}) {
    for (const ChildStdout& to : {ChildStdout::file("/dev/full"), ChildStdout::brokenPipe()}) {
      const ChildResult result = list({"--format", format}, to);
      EXPECT_EQ(result.exit_code, 1);
      EXPECT_THAT(result.err, HasSubstr("can't write to standard output"));
    }
  }
}

TEST_F(ListCandidatesTest, AnOptionThatDoesNotExistIsNamed) {
  EXPECT_THAT(run("list_candidates", {"--postng", "posting-1"}).err,
              StartsWith("list_candidates: unknown option --postng\n"));
  EXPECT_THAT(run("list_candidates", {}).err,
              AllOf(HasSubstr("POSTING_ID is required"), HasSubstr("list_candidates --help")));
}

TEST_F(ListCandidatesTest, ColoursAreForTerminals) {
  const std::string green = "\x1B[32mcompleted\x1B[0m";
  server.addCandidate("posting-1", {{"name", "Ada"}, {"status", "completed"}});
  const auto isGreen = [&](const std::vector<std::string>& arguments, const ChildStdout& to) {
    return list(arguments, to).out.find(green) != std::string::npos;
  };
  const ChildStdout terminal = ChildStdout::terminal(80);
  EXPECT_FALSE(isGreen({}, terminal)) << "TERM is not set";
  environment["TERM"] = "dumb";
  EXPECT_FALSE(isGreen({}, terminal));
  environment["TERM"] = "xterm";
  EXPECT_TRUE(isGreen({}, terminal));
  EXPECT_FALSE(isGreen({}, ChildStdout::captured()));
  EXPECT_FALSE(isGreen({"--color", "never"}, terminal));
  EXPECT_TRUE(isGreen({"--color", "always"}, ChildStdout::captured()));
  environment["NO_COLOR"] = "";
  EXPECT_TRUE(isGreen({}, terminal));
  environment["NO_COLOR"] = "1";
  EXPECT_FALSE(isGreen({}, terminal));
  EXPECT_TRUE(isGreen({"--color", "always"}, terminal));
  EXPECT_THAT(list({"--format", "json", "--color", "always"}).out, Not(HasSubstr("\x1B")));
  EXPECT_EQ(list({"--color", "sometimes"}).exit_code, 2);
}

TEST_F(ListCandidatesTest, AnErrorIsRedWhereStandardErrorIsATerminal) {
  environment["HEYMILO_API_KEY"] = "another-key";
  const std::string red = "\x1B[31mlist_candidates\x1B[0m: ";
  EXPECT_THAT(list({}).err, Not(HasSubstr("\x1B")));
  EXPECT_THAT(list({"--color", "always"}).err, StartsWith(red));
  environment["TERM"] = "xterm";
  EXPECT_THAT(list({}, ChildStdout::terminalForAll(80)).out, HasSubstr(red));
}

TEST_F(ListCandidatesTest, APipeGetsTheSameBytesWhateverTheEnvironment) {
  server.addPosting("posting-1", 12);
  for (const char* format : {"table", "json", "csv"}) {
    const std::string first = list({"--format", format}).out;
    environment.insert({{"COLUMNS", "40"}, {"TERM", "xterm"}, {"LC_ALL", "de_DE.UTF-8"}});
    EXPECT_EQ(list({"--format", format}).out, first);
    environment.erase("COLUMNS");
  }
}

TEST_F(ListCandidatesTest, CtrlCSaysHowToGoOn) {
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

TEST_F(ListCandidatesTest, TrustsTheCaThatTheEnvironmentNames) {
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

TEST_F(ListCandidatesTest, NamesTheProxyAndNotItsPassword) {
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
