#include <filesystem>
#include <string>
#include <vector>

#include "support/keyed_people.hpp"

namespace heymilo_test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class VerifyProgram : public KeyedPeopleProgram {
 protected:
  /// Nothing of a person but the key may be in its output.
  ChildResult verify(std::vector<std::string> extra = {}) {
    extra.insert(extra.begin(), "posting-1");
    ChildResult result = run("verify", extra);
    EXPECT_THAT(result.out + result.err, AllOf(Not(HasSubstr("@")), Not(HasSubstr("Ada "))));
    return result;
  }
  std::string idOf(std::size_t index) const {
    return server.candidates("posting-1")[index].at("interview_id").get<std::string>();
  }
};

TEST_F(VerifyProgram, SaysThatEachKeyIsThereOnce) {
  writeKeyed(range(0, 120));
  ASSERT_EQ(ingestKeyed().exit_code, 0);
  const ChildResult result = verify();
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("        120  candidates in the posting\n"),
                    HasSubstr("        120  keys of the journal are there once\n"),
                    HasSubstr("          0  twice"),
                    HasSubstr("Each key is there once")));
  EXPECT_THAT(result.out, Not(HasSubstr("FINDING")));
  const json lines = jsonLinesOf(verify({"--format", "json"}).out);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].at("finding"), "summary");
  EXPECT_EQ(lines[0].at("good"), true);
  EXPECT_EQ(lines[0].at("once"), 120);
}

TEST_F(VerifyProgram, FindsTheWorkOfTwoMachinesWithoutACommonJournal) {
  writeKeyed(range(0, 3));
  ASSERT_EQ(ingestKeyed({"--journal", directory.file("a")}).exit_code, 0);
  writeKeyed(range(2, 5));
  // The other one has looked before the first one had sent anybody.
  server.respondNext("listCandidates",
                     heymilo::testing::ScriptedResponse::answer(
                         200, R"({"data":[],"pagination":{"has_more":false}})"));
  ASSERT_EQ(ingestKeyed({"--journal", directory.file("b")}).exit_code, 0);  // --new-posting
  const ChildResult table = verify({"--journal", directory.file("a")});
  EXPECT_EQ(table.exit_code, 3);
  EXPECT_THAT(table.out,
              AllOf(HasSubstr("twice    key:external_id:id-2"),
                    HasSubstr("foreign  key:external_id:id-3"),
                    HasSubstr("          1  twice"),
                    HasSubstr("          2  foreign"),
                    HasSubstr("need one journal")));
  const ChildResult result = verify({"--journal", directory.file("a"), "--format", "json"});
  EXPECT_EQ(result.exit_code, 3);
  const json lines = jsonLinesOf(result.out);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[0].at("finding"), "twice");
  EXPECT_EQ(lines[0].at("keys"), json({"key:external_id:id-2"}));
  EXPECT_EQ(lines[0].at("interview_ids").size(), 2u);
  EXPECT_EQ(lines[3].at("finding"), "summary");
  EXPECT_EQ(lines[3].at("twice"), 1);
  EXPECT_EQ(lines[3].at("foreign"), 2);
}

TEST_F(VerifyProgram, TellsOfThoseThatWereDeletedSinceAndIsDone) {
  writeKeyed(range(0, 3));
  ASSERT_EQ(ingestKeyed().exit_code, 0);
  const std::string id = idOf(1);
  server.removeCandidate(id);
  const ChildResult result = verify();
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, AllOf(HasSubstr("deleted  key:external_id:id-"), HasSubstr(id)));
  EXPECT_THAT(result.out, HasSubstr("          1  deleted since"));
}

TEST_F(VerifyProgram, ForgetsWhoWasDeletedOnRequest) {
  writeKeyed(range(0, 3));
  ASSERT_EQ(ingestKeyed().exit_code, 0);
  const json one = server.candidates("posting-1")[1];
  const std::string id = one.at("interview_id"), url = one.at("interview_url");
  server.removeCandidate(id);
  EXPECT_THAT(verify().out, Not(HasSubstr("forgotten")));
  EXPECT_THAT(contentsOf(defaultJournal()), AllOf(HasSubstr(id), HasSubstr(url)));
  const ChildResult result = verify({"--forget-deleted"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(
      result.out,
      AllOf(HasSubstr(id),
            HasSubstr("          0  deleted since"),
            HasSubstr("          1  forgotten: deleted, and only the key is in the journal\n"),
            HasSubstr("Each key is there once, or was deleted since.\n")));
  EXPECT_THAT(contentsOf(defaultJournal()), AllOf(Not(HasSubstr(id)), Not(HasSubstr(url))));
  const json lines = jsonLinesOf(verify({"--format", "json"}).out);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].at("forgotten"), 1);
  EXPECT_EQ(lines[0].at("deleted"), 0);
  EXPECT_EQ(lines[0].at("missing"), 0);
  // Nobody is invited again, and the report has no ids of them.
  const ChildResult again = ingestKeyed({"--report", report});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(server.candidateCount("posting-1"), 2u);
  std::size_t without = 0;
  for (const json& line : jsonLinesOf(contentsOf(report))) {
    EXPECT_EQ(line.at("outcome"), "ingested");
    without += line.contains("interview_id") || line.contains("interview_url") ? 0U : 1U;
  }
  EXPECT_EQ(without, 1u);
}

TEST_F(VerifyProgram, SaysWhereWhoWasDeletedCouldNotBeForgotten) {
  writeKeyed(range(0, 3));
  ASSERT_EQ(ingestKeyed().exit_code, 0);
  server.removeCandidate(idOf(1));
  spoil(0, [](const std::string& text) {
    json candidate = json::parse(text);
    candidate["interview_id"] = 5;
    return candidate.dump();
  });
  const ChildResult result = verify({"--forget-deleted"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err, HasSubstr("Not all who were deleted are forgotten"));
  EXPECT_THAT(result.out, Not(HasSubstr("forgotten")));
}

TEST_F(VerifyProgram, RefusesAJournalThatIsNotThePostings) {
  writeKeyed(range(0, 3));
  const std::string journal = directory.file("journal");
  ASSERT_EQ(ingestKeyed({"--journal", journal}).exit_code, 0);
  server.clearRequests();
  const ChildResult none = verify();  // the default one
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_THAT(none.err, HasSubstr("no journal was found at "));
  EXPECT_THAT(std::filesystem::exists(defaultJournal()), false);
  EXPECT_EQ(verify({"--journal", ""}).exit_code, 2);
  server.addPosting("posting-2");
  const ChildResult other = run("verify", {"posting-2", "--journal", journal});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.err, HasSubstr("is not in the journal"));
  environment["HEYMILO_BASE_URL"] = "https://api.example.com";
  const ChildResult url = verify({"--journal", journal});
  EXPECT_EQ(url.exit_code, 2);
  EXPECT_THAT(url.err, HasSubstr("the journal is for " + server.url()));
  EXPECT_EQ(server.requestCount(), 0u);
}

TEST_F(VerifyProgram, ChangesNothing) {
  writeKeyed(range(0, 3));
  ASSERT_EQ(ingestKeyed().exit_code, 0);
  const std::string before = contentsOf(defaultJournal());
  server.clearRequests();
  EXPECT_EQ(verify().exit_code, 0);
  EXPECT_EQ(contentsOf(defaultJournal()), before);
  EXPECT_EQ(server.requests("listCandidates").size(), 1u);
  EXPECT_EQ(server.requestCount(), 1u);
}

TEST_F(VerifyProgram, AnErrorOfTheApiIsNotAFinding) {
  writeKeyed(range(0, 3));
  ASSERT_EQ(ingestKeyed().exit_code, 0);
  environment["HEYMILO_API_KEY"] = "another-key";
  const ChildResult result = verify();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, IsEmpty());
}

}  // namespace
}  // namespace heymilo_test
