#include <gmock/gmock.h>

#include <heymilo/workflows/mirror.hpp>
#include <heymilo/workflows/sqlite_mirror.hpp>
#include <heymilo/workflows/sqlite_mirror_reader.hpp>
#include <sstream>
#include <string>

#include "recipe.hpp"
#include "support/temporary_directory.hpp"

namespace {

using heymilo::testing::MockServer;
using FiguresOfAMirror = Recipe;

// [funnel]
/// How many began each step, and how many completed it.
std::string funnel(const std::string& file) {
  const auto reader = heymilo::workflows::sqliteMirrorReader(file);
  std::ostringstream text;
  for (const auto& step : reader->figures("posting-id").steps) {
    text << step.order << ' ' << step.step_id << ": " << step.began << " began, " << step.completed
         << " completed\n";
  }
  return text.str();
}
// [/funnel]

TEST_F(FiguresOfAMirror, AsAFunnel) {
  const heymilo_test::TemporaryDirectory directory;
  const std::string file = directory.file("candidates.db");
  server.addPosting("posting-id", 230);
  server.advance(MockServer::workflow_time);
  {
    heymilo::workflows::SqliteMirror database(file, "posting-id");
    heymilo::workflows::mirrorCandidates(heymilo::Client(options), "posting-id", database);
  }
  EXPECT_THAT(
      funnel(file),
      ::testing::ContainsRegex("^1 step_resume: 2.. began, [12].. completed\n2 step_sms: "));
}

}  // namespace
