// deliver as a program: its arguments, its lines, its exit codes, and how it is stopped.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "support/eventually.hpp"
#include "support/example_program.hpp"
#include "support/running_process.hpp"
#include "support/temporary_directory.hpp"
#include "workflows/outbox/sqlite_application.hpp"

namespace heymilo_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class DeliverProgram : public ExampleProgramTest {
 protected:
  ChildResult deliver(std::vector<std::string> extra = {"--once"}) {
    extra.insert(extra.begin(), {"--journal", file, "--new-posting", "--settle", "0.05"});
    return run("deliver", extra);
  }

  void makeTables() { application.run("CREATE TABLE applicant(name TEXT)"); }

  void enqueue(const std::string& key, const std::string& email,
               const std::string& posting = "posting-1") {
    application.enqueue(
        posting, key, R"({"name": "Canary", "email": ")" + email + R"(", "metadata": {}})");
  }

  static std::string contentsOf(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  /// The lines of an event, without their times.
  static nlohmann::json eventsOf(const std::string& out, const std::string& event) {
    nlohmann::json found = nlohmann::json::array();
    for (nlohmann::json line : jsonLinesOf(out)) {
      EXPECT_EQ(line.erase("time"), 1u);
      if (line.at("event") == event) {
        found.push_back(std::move(line));
      }
    }
    return found;
  }

  TemporaryDirectory directory;
  const std::string file = directory.file("application.db");
  SqliteApplication application{file};
};

TEST_F(DeliverProgram, DeliversWhatIsThere) {
  makeTables();
  const ChildResult first = deliver();
  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_EQ(first.out, "");
  enqueue("1", "canary1@example.com");
  enqueue("2", "canary2@example.com");
  const ChildResult result = deliver();
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(eventsOf(result.out, "delivered"),
            nlohmann::json::parse(
                R"([{"event":"delivered","posting_id":"posting-1","count":2,"known":0}])"));
  EXPECT_EQ(eventsOf(result.out, "waiting").at(0).at("count"), 2);
  EXPECT_EQ(server.candidateCount("posting-1"), 2u);
  EXPECT_THAT(result.err, HasSubstr("2 delivered (0 known before), 0 rejected, 0 changed"));
  EXPECT_THAT(result.out + result.err, Not(HasSubstr("anary")));
}

// In any file that SQLite leaves, while the application has it open.
TEST_F(DeliverProgram, LeavesNoBytesOfWhatItHasDelivered) {
  for (const char* mode : {"PRAGMA journal_mode=WAL", "PRAGMA journal_mode=DELETE"}) {
    SCOPED_TRACE(mode);
    EXPECT_EQ(deliver().exit_code, 0);
    application.run(mode);
    for (int number = 0; number < 250; ++number) {
      const std::string key = mode + std::to_string(number * 7'919 % 250);
      application.enqueue("posting-1",
                          key,
                          R"({"name": "Canary", "email": "canary)" + std::to_string(number) +
                              mode[20] + R"(@example.com", "data": {"note": ")" +
                              std::string(static_cast<std::size_t>(number % 9) * 500, 'x') +
                              "\"}}");
    }
    const auto traces = [&] {
      std::size_t files = 0;
      for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
        files += contentsOf(entry.path().string()).find("anary") == std::string::npos ? 0U : 1U;
      }
      return files;
    };
    ASSERT_GT(traces(), 0U);
    const ChildResult result = deliver();
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(traces(), 0U);
  }
  EXPECT_EQ(server.candidateCount("posting-1"), 500u);
}

TEST_F(DeliverProgram, SaysWhatWasSetAside) {
  makeTables();
  deliver();
  enqueue("1", "canary nobody");
  application.enqueue("posting-1", "2", "not JSON");
  enqueue("3", "canary3@example.com");
  const ChildResult result = deliver();
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_EQ(eventsOf(result.out, "rejected").size(), 2u);
  EXPECT_EQ(eventsOf(result.out, "delivered").size(), 1u);
  EXPECT_THAT(result.err, HasSubstr("1 delivered (0 known before), 2 rejected"));
  EXPECT_THAT(result.err, HasSubstr("Enqueue them again, corrected"));
  EXPECT_THAT(result.out + result.err, Not(HasSubstr("anary")));
  const ChildResult expired = deliver({"--once", "--expire-after", "0"});
  EXPECT_EQ(eventsOf(expired.out, "expired").at(0).at("count"), 2);
  EXPECT_EQ(application.row("posting-1", "2"), "rejected invalid_record -");
}

TEST_F(DeliverProgram, AFailureIsExitCode1) {
  makeTables();
  deliver();
  enqueue("1", "canary@example.com", "nowhere");
  const ChildResult result = deliver();
  EXPECT_EQ(result.exit_code, 1);
  const nlohmann::json failed = eventsOf(result.out, "failed");
  ASSERT_EQ(failed.size(), 1u);
  EXPECT_EQ(failed.at(0).at("code"), "posting_not_found");
  EXPECT_EQ(failed.at(0).at("status"), 404);
  EXPECT_THAT(result.err, HasSubstr("posting nowhere: "));
  EXPECT_THAT(result.err, HasSubstr("Nothing is lost"));

  std::ofstream(directory.file("text")) << std::string(4096, 'x');
  const ChildResult other = run("deliver", {"--journal", directory.file("text"), "--once"});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_THAT(other.err, HasSubstr("Nothing is lost"));
}

TEST_F(DeliverProgram, RunsUntilItIsStopped) {
  makeTables();
  const std::string log = directory.file("log");
  RunningProcess process(
      HEYMILO_PROGRAMS_DIR "/deliver", {"--journal", file, "--new-posting"}, environment, log);
  ASSERT_TRUE(eventually([&] {
    return application.run("SELECT count(*) FROM sqlite_master WHERE name = 'heymilo_outbox'") ==
           "1";
  }));
  ASSERT_TRUE(eventually([&] {
    return application.run("SELECT count(*) FROM sqlite_master WHERE name = 'heymilo_journal'") ==
           "1";
  }));
  enqueue("1", "canary1@example.com");
  EXPECT_TRUE(eventually([&] { return application.row("posting-1", "1") == "ingested  -"; }));
  enqueue("2", "canary2@example.com");
  EXPECT_TRUE(eventually([&] { return application.row("posting-1", "2") == "ingested  -"; }));
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(std::chrono::seconds{20}), 0) << contentsOf(log);
  EXPECT_THAT(contentsOf(log), HasSubstr("2 delivered"));
  EXPECT_EQ(server.candidateCount("posting-1"), 2u);
}

// Each waits 10 s for the lock, twice, before it says so.
TEST_F(DeliverProgram, WaitsForADatabaseThatIsLocked) {
  makeTables();
  application.run("BEGIN IMMEDIATE");
  const std::string log = directory.file("log");
  const std::string other_log = directory.file("other_log");
  const std::vector<std::string> arguments{"--journal", file, "--new-posting"};
  RunningProcess process(HEYMILO_PROGRAMS_DIR "/deliver", arguments, environment, log);
  RunningProcess other(HEYMILO_PROGRAMS_DIR "/deliver", arguments, environment, other_log);
  const auto waits = [](const std::string& path) {
    const auto said = [&] { return contentsOf(path).find("Trying again") != std::string::npos; };
    return eventually(said) || eventually(said) || eventually(said) || eventually(said);
  };
  ASSERT_TRUE(waits(log)) << contentsOf(log);
  EXPECT_THAT(contentsOf(log), HasSubstr(R"("code":"database")"));
  ASSERT_TRUE(waits(other_log)) << contentsOf(other_log);
  other.signal(SIGTERM);
  EXPECT_EQ(other.wait(std::chrono::seconds{40}), 0) << contentsOf(other_log);
  EXPECT_EQ(application.run("SELECT count(*) FROM sqlite_master"), "1");
  application.commit();
  ASSERT_TRUE(eventually([&] {
    return application.run("SELECT count(*) FROM sqlite_master WHERE name = 'heymilo_journal'") ==
           "1";
  }));
  enqueue("1", "canary1@example.com");
  EXPECT_TRUE(eventually([&] { return application.row("posting-1", "1") == "ingested  -"; }));
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(std::chrono::seconds{20}), 0) << contentsOf(log);
}

TEST_F(DeliverProgram, SaysThatADatabaseIsNew) {
  const std::string other = directory.file("nope.db");
  const std::vector<std::string> arguments{"--journal", other, "--new-posting", "--once"};
  EXPECT_THAT(run("deliver", arguments).err, HasSubstr("Made a new database with an outbox: "));
  EXPECT_THAT(run("deliver", arguments).err, Not(HasSubstr("Made")));
}

TEST_F(DeliverProgram, ArgumentsThatCantBeUsedAreRefused) {
  const ChildResult without = run("deliver", {});
  EXPECT_EQ(without.exit_code, 2);
  EXPECT_THAT(without.err, HasSubstr("--journal is required"));
  EXPECT_EQ(run("deliver", {"--journal", ""}).exit_code, 2);
  EXPECT_EQ(run("deliver", {"--journal", file, "--concurrency", "0"}).exit_code, 2);
  EXPECT_EQ(run("deliver", {"--journal", file, "--expire-after", "-1"}).exit_code, 2);
  EXPECT_EQ(run("deliver", {"--journal", file, "--key", "email", "--once"}).exit_code, 2);
  EXPECT_EQ(run("deliver", {"--journal", file, "--key", "a:b", "--once"}).exit_code, 2);
#ifndef HEYMILO_TEST_POSTGRES
  const ChildResult url = run("deliver", {"--journal", "postgresql://db/app", "--once"});
  EXPECT_EQ(url.exit_code, 2);
  EXPECT_THAT(url.err, HasSubstr("built without PostgreSQL"));
#endif
}

TEST_F(DeliverProgram, PrintsTheSql) {
  const ChildResult sqlite = run("deliver", {"--journal", file, "--schema"});
  EXPECT_EQ(sqlite.exit_code, 0);
  EXPECT_EQ(run("deliver", {"--schema"}).out, sqlite.out);
  EXPECT_EQ(sqlite.out, contentsOf(HEYMILO_SOURCE_DIR "/examples/sql/outbox_sqlite.sql"));
#ifdef HEYMILO_TEST_POSTGRES
  const ChildResult postgres = run("deliver", {"--journal", "postgresql://db/app", "--schema"});
  EXPECT_EQ(postgres.out, contentsOf(HEYMILO_SOURCE_DIR "/examples/sql/outbox_postgres.sql"));
#endif
}

}  // namespace
}  // namespace heymilo_test
