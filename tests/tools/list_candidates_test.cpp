// The list that list_candidates prints: its formats, its columns, and how much of it.

#include <string>
#include <vector>

#include "support/display_width.hpp"
#include "support/list_candidates_program.hpp"
#include "support/unreadable.hpp"

namespace heymilo_test {
namespace {

using heymilo::testing::RecordedRequest;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

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

TEST_F(ListCandidatesTest, APipeGetsTheSameBytesWhateverTheEnvironment) {
  server.addPosting("posting-1", 12);
  for (const char* format : {"table", "json", "csv"}) {
    const std::string first = list({"--format", format}).out;
    environment.insert({{"COLUMNS", "40"}, {"TERM", "xterm"}, {"LC_ALL", "de_DE.UTF-8"}});
    EXPECT_EQ(list({"--format", format}).out, first);
    environment.erase("COLUMNS");
  }
}

}  // namespace
}  // namespace heymilo_test
