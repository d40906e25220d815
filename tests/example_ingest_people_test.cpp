#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "support/example_program.hpp"

namespace heymilo_test {
namespace {

using heymilo::testing::ScriptedResponse;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class IngestPeopleTest : public ExampleProgramTest {
 protected:
  ~IngestPeopleTest() override { std::remove(file.c_str()); }

  ChildResult ingest(std::vector<std::string> extra = {}) {
    extra.insert(extra.begin(), {"posting-1", file});
    return run("ingest_people", extra);
  }

  void write(const std::string& text) { std::ofstream(file) << text; }

  void writePeople(int count) {
    std::string lines;
    for (int i = 0; i < count; ++i) {
      const std::string number = std::to_string(i);
      lines += json({{"name", "Ada " + number}, {"email", "ada" + number + "@example.com"}}).dump();
      lines += '\n';
    }
    write(lines);
  }

  const std::string file = ::testing::TempDir() + "people-" +
                           ::testing::UnitTest::GetInstance()->current_test_info()->name() +
                           ".ndjson";
};

TEST_F(IngestPeopleTest, SendsChunksAndPrintsTheAnswers) {
  writePeople(7);
  const ChildResult result = ingest({"--chunk", "3"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.err, "ingest_people: 7 ingested\n");
  EXPECT_THAT(server.requests("ingestCandidatesBulk"), SizeIs(3));
  const json answers = jsonLinesOf(result.out);
  const json candidates = server.candidates("posting-1");
  ASSERT_EQ(answers.size(), 7U);
  ASSERT_EQ(candidates.size(), 7U);
  EXPECT_EQ(answers[6]["interview_id"], candidates[6]["interview_id"]);
  EXPECT_EQ(candidates[6]["name"], "Ada 6");
}

TEST_F(IngestPeopleTest, AsyncQueuesEachChunk) {
  writePeople(7);
  const ChildResult result = ingest({"--chunk", "4", "--async"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(linesOf(result.out), SizeIs(2));
  EXPECT_THAT(server.requests("ingestCandidatesBulkAsync"), SizeIs(2));
}

TEST_F(IngestPeopleTest, AFileThatCanNotBeUsedIsAUsageErrorThatNamesTheLine) {
  EXPECT_EQ(ingest().exit_code, 2);  // there is none
  struct Case {
    const char* line;
    const char* problem;
  };
  for (const Case& c : {Case{"{\"name\":", "not JSON"}, Case{"{\"name\":\"Ada\"}", "email"}}) {
    write("{\"name\":\"Ada\",\"email\":\"ada@example.com\"}\n" + std::string(c.line) + "\n");
    const ChildResult result = ingest();
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.err, AllOf(HasSubstr("line 2"), HasSubstr(c.problem)));
  }
  EXPECT_THAT(server.requests(), IsEmpty());
}

TEST_F(IngestPeopleTest, AnErrorSaysWhichLinesAreIn) {
  writePeople(7);
  server.respondNext("ingestCandidatesBulk", ScriptedResponse::asUsual());
  server.respondNext("ingestCandidatesBulk", ScriptedResponse::error(503, "unavailable", "Busy."));
  const ChildResult result = ingest({"--chunk", "3"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(linesOf(result.out), SizeIs(3));
  EXPECT_THAT(result.err, AllOf(HasSubstr("lines 4 to 6"), HasSubstr("may have been ingested")));
}

TEST_F(IngestPeopleTest, AnErrorWithTheFirstChunkIsAFailure) {
  writePeople(7);
  server.respondNext("ingestCandidatesBulk", ScriptedResponse::error(401, "unauthorized", "No."));
  const ChildResult result = ingest({"--chunk", "3"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(server.requests(), SizeIs(1));
}

}  // namespace
}  // namespace heymilo_test
