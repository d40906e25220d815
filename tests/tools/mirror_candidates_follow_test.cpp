// mirror_candidates --follow as a process: how it is stopped, killed, and goes on.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "support/eventually.hpp"
#include "support/example_program.hpp"
#include "support/mirror_file.hpp"
#include "support/running_process.hpp"
#include "support/temporary_directory.hpp"

namespace heymilo_test {
namespace {

using heymilo::testing::ScriptedResponse;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class MirrorCandidatesFollow : public ExampleProgramTest {
 protected:
  MirrorCandidatesFollow() {
    for (int i = 0; i < 250; ++i) {
      server.addCandidate("posting-1",
                          {{"status", "completed"}, {"created_at", 1'700'000'000 + i * 3'600}});
    }
  }

  void start(const std::vector<std::string>& extra = {}) {
    std::vector<std::string> arguments{"posting-1", "--database", file, "--follow"};
    arguments.insert(arguments.end(), extra.begin(), extra.end());
    process = std::make_unique<RunningProcess>(
        HEYMILO_PROGRAMS_DIR "/mirror_candidates", arguments, environment, log);
  }

  std::string logged() const {
    std::ifstream in(log);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  /// It takes up to a quarter of a minute until it looks again.
  bool says(const std::string& text) const {
    return soon([&] { return logged().find(text) != std::string::npos; });
  }
  template <typename Condition>
  static bool soon(const Condition& condition) {
    return eventually(condition) || eventually(condition) || eventually(condition);
  }
  std::size_t times(const std::string& text) const {
    const std::string all = logged();
    std::size_t count = 0;
    for (std::size_t at = all.find(text); at != std::string::npos; at = all.find(text, at + 1)) {
      ++count;
    }
    return count;
  }
  std::int64_t there() const {
    return MirrorFile(file).integer("SELECT count(*) FROM candidates WHERE gone_at IS NULL");
  }
  void expectEqual() { MirrorFile(file).expectEqual(server.candidates("posting-1")); }

  TemporaryDirectory directory;
  const std::string file = directory.file("mirror.db"), log = directory.file("log");
  std::unique_ptr<RunningProcess> process;
};

TEST_F(MirrorCandidatesFollow, StaysInStepUntilSigterm) {
  start();
  ASSERT_TRUE(says("in step: 250 candidates read, 250 new, 0 changed, 0 gone; "));
  expectEqual();
  server.addCandidate("posting-1", {{"status", "completed"}});
  ASSERT_TRUE(soon([&] { return there() == 251; }));
  process->signal(SIGTERM);
  EXPECT_EQ(process->wait(std::chrono::seconds{20}), 0) << logged();
  EXPECT_THAT(logged(), HasSubstr("stopped: 251 new, 0 changed, 0 gone; "));
  EXPECT_EQ(linesOf(logged()).size(), 3u) << logged();  // with that of the signal
  expectEqual();
}

TEST_F(MirrorCandidatesFollow, CtrlCInTheFirstPassIsTheNormalEndToo) {
  server.respondNext({"listCandidates",
                      [](const auto& request) {
                        return request.query.find("starting_after") != std::string::npos ||
                               request.query.find("created_") != std::string::npos;
                      }},
                     ScriptedResponse::asUsual().delayedBy(std::chrono::minutes{1}).times(100));
  start();
  ASSERT_TRUE(server.waitForRequests(2));
  process->signal(SIGINT);
  EXPECT_EQ(process->wait(std::chrono::seconds{20}), 0) << logged();
  server.clearResponses();
  start();
  ASSERT_TRUE(says("in step: "));
  expectEqual();
}

TEST_F(MirrorCandidatesFollow, IsKilledAtRandomMomentsAndGoesOn) {
  std::mt19937 random(11);
  for (int i = 0; i < 25; ++i) {
    server.addCandidate("posting-1", {{"status", "completed"}, {"created_at", 1'700'000'000 + i}});
    start();
    const auto ended = process->wait(std::chrono::milliseconds{random() % 150});
    EXPECT_FALSE(ended) << logged();
    process->signal(SIGKILL);
    process->wait(std::chrono::seconds{10});
  }
  const std::size_t before = server.requestCount();
  start();
  EXPECT_TRUE(soon([&] { return server.requestCount() > before; }));
  // Who appeared long after their created_at is found by the search for deletions, in minutes.
  EXPECT_TRUE(soon([&] { return there() >= 250; })) << there();
  process->signal(SIGTERM);
  EXPECT_EQ(process->wait(std::chrono::seconds{20}), 0) << logged();
  EXPECT_EQ(run("mirror_candidates", {"posting-1", "--database", file}).exit_code, 0);
  expectEqual();
}

TEST_F(MirrorCandidatesFollow, AnOutageIsSaidOnceAndItsEndOnce) {
  start();
  ASSERT_TRUE(says("in step: "));
  server.respondNext("listCandidates", ScriptedResponse::answer(503).times(100'000));
  ASSERT_TRUE(says("Trying again until it works."));
  server.addCandidate("posting-1", {{"status", "completed"}});
  const std::size_t before = server.requestCount();
  ASSERT_TRUE(soon([&] { return server.requestCount() > before + 6; }));
  server.clearResponses();
  ASSERT_TRUE(says("it works again: "));
  EXPECT_EQ(there(), 251);
  EXPECT_EQ(times("Trying again"), 1u) << logged();
  process->signal(SIGTERM);
  EXPECT_EQ(process->wait(std::chrono::seconds{20}), 0) << logged();
}

TEST_F(MirrorCandidatesFollow, AnErrorThatARepetitionDoesNotHelpEndsIt) {
  server.respondNext("listCandidates", ScriptedResponse::error(401, "unauthorized", "No."));
  start();
  EXPECT_EQ(process->wait(std::chrono::seconds{20}), 1);
  EXPECT_THAT(logged(), HasSubstr("Set HEYMILO_API_KEY"));
}

TEST_F(MirrorCandidatesFollow, OtherRunsOnTheFileAreRefusedMeanwhile) {
  start();
  ASSERT_TRUE(says("in step: "));
  for (const bool follow : {false, true}) {
    std::vector<std::string> arguments{"posting-1", "--database", file};
    if (follow) {
      arguments.emplace_back("--follow");
    }
    const ChildResult result = run("mirror_candidates", arguments);
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err,
                AllOf(HasSubstr("another run is using " + file),
                      HasSubstr("one that follows a posting runs until it is stopped")));
  }
}

TEST_F(MirrorCandidatesFollow, QuietSaysNothing) {
  start({"--quiet"});
  ASSERT_TRUE(eventually([&] { return std::ifstream(file).good() && server.requestCount() >= 3; }));
  process->signal(SIGTERM);
  EXPECT_EQ(process->wait(std::chrono::seconds{20}), 0);
  EXPECT_THAT(logged(), Not(HasSubstr("in step")));
  EXPECT_THAT(logged(), Not(HasSubstr("stopped:")));
}

TEST_F(MirrorCandidatesFollow, FullIsNotForIt) {
  const ChildResult result =
      run("mirror_candidates", {"posting-1", "--database", file, "--follow", "--full"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("--full and --follow exclude each other"));
  EXPECT_EQ(server.requestCount(), 0u);
}

}  // namespace
}  // namespace heymilo_test
