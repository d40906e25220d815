#include <string>

#include "support/example_program.hpp"

namespace heymilo_test {
namespace {

using heymilo::testing::ScriptedResponse;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

using QuickstartTest = ExampleProgramTest;

TEST_F(QuickstartTest, BringsOneInAndListsAll) {
  server.addCandidate("posting-1", {{"name", "Bob Example"}, {"status", "completed"}});
  const ChildResult result = run("quickstart", {"posting-1"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, IsEmpty());
  const auto lines = linesOf(result.out);
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_THAT(lines[0], HasSubstr("://"));
  EXPECT_EQ(lines[1], "Bob Example: completed");
  EXPECT_THAT(lines[2], MatchesRegex("Ada Example: (pending|in_progress)"));
}

TEST_F(QuickstartTest, SaysWhatBecameOfARequestThatFailed) {
  server.respondNext("ingestCandidate", ScriptedResponse::error(503, "unavailable", "Busy."));
  const ChildResult result = run("quickstart", {"posting-1"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.err, HasSubstr("(unknown)"));
}

TEST_F(QuickstartTest, NeedsAPostingAndAKey) {
  EXPECT_EQ(run("quickstart", {}).exit_code, 2);
  environment.erase("HEYMILO_API_KEY");
  EXPECT_EQ(run("quickstart", {"posting-1"}).exit_code, 2);
}

}  // namespace
}  // namespace heymilo_test
