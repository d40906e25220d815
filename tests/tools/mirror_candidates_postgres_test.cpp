// mirror_candidates with a database in PostgreSQL, and its erasures.

#include <csignal>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "postgres/mirror_user.hpp"
#include "support/eventually.hpp"
#include "support/example_program.hpp"
#include "support/postgres.hpp"
#include "support/running_process.hpp"
#include "workflows/mirror/mirror_rules.hpp"

namespace heymilo_test {
namespace {

using heymilo::CandidateResponse;
using heymilo::testing::MockServer;
using heymilo::testing::ScriptedResponse;
using std::chrono::hours;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kPassword = "Pass-w0rd";

class MirrorCandidatesPostgres : public ExampleProgramTest {
 protected:
  static void SetUpTestSuite() { database_ = new PostgresServer(); }
  static void TearDownTestSuite() {
    delete database_;
    database_ = nullptr;
  }

  MirrorCandidatesPostgres() {
    database_->sql("DROP SCHEMA IF EXISTS heymilo CASCADE");
    server.addPosting("posting-1", 250);
    server.advance(MockServer::workflow_time);  // all are in final states
  }

  ChildResult mirror(std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.begin(), {"posting-1", "--database", url});
    return checked(arguments);
  }
  ChildResult checked(const std::vector<std::string>& arguments) {
    ChildResult result = run("mirror_candidates", arguments);
    EXPECT_THAT(result.out + result.err, Not(HasSubstr(kPassword)));
    return result;
  }

  PostgresUser& user() {
    if (!user_) {
      user_ = std::make_unique<PostgresUser>(url, url);
    }
    return *user_;
  }

  void expectEqualToServer() {
    std::vector<CandidateResponse> all;
    for (const nlohmann::json& one : server.candidates("posting-1")) {
      all.push_back(one.get<CandidateResponse>());
    }
    expectEqual(user().candidates("posting-1"), all);
  }

  /// Removes somebody from the list, and returns how the list showed them.
  nlohmann::json loseOne() {
    nlohmann::json one = server.candidates("posting-1")[17];
    server.removeCandidate(one["interview_id"].get<std::string>());
    return one;
  }

  void expectNothingOf(const nlohmann::json& one) {
    for (const char* property : {"interview_id", "email", "interview_url"}) {
      EXPECT_FALSE(user().hasTrace(one.at(property).get<std::string>())) << property;
    }
  }

  /// The second request of a run.
  static heymilo::testing::RequestMatch later() {
    return {"listCandidates", [](const auto& request) {
              return request.query.find("starting_after") != std::string::npos ||
                     request.query.find("created_") != std::string::npos;
            }};
  }

  static bool firstPageIsStored() {
    return database_->sql("SELECT to_regclass('heymilo.mirror') IS NOT NULL") == "t\n" &&
           database_->sql("SELECT count(*) FROM heymilo.mirror WHERE walk IS NOT NULL") == "1\n";
  }

  static PostgresServer* database_;
  const std::string url = database_->url() + "&password=" + kPassword;
  TemporaryDirectory directory;

 private:
  std::unique_ptr<PostgresUser> user_;
};

PostgresServer* MirrorCandidatesPostgres::database_ = nullptr;

TEST_F(MirrorCandidatesPostgres, SaysWhatHappenedAndHowManyRequestsItTook) {
  const ChildResult first = mirror();
  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_THAT(first.err, IsEmpty());
  EXPECT_EQ(first.out,
            "250 candidates seen: 250 new, 0 changed, 0 gone\n4 requests; read everything\n");
  expectEqualToServer();
  server.patchCandidate(server.candidates("posting-1")[3]["interview_id"].get<std::string>(),
                        {{"status", "shortlisted"}});
  server.addCandidate("posting-1");
  EXPECT_THAT(mirror({"--full"}).out, HasSubstr("251 candidates seen: 1 new, 1 changed, 0 gone\n"));
  expectEqualToServer();
  EXPECT_EQ(mirror({"--quiet"}).out, "");
}

TEST_F(MirrorCandidatesPostgres, ErasesAfterSevenDaysUnlessItIsToldOtherwise) {
  mirror();
  const nlohmann::json one = loseOne();
  const std::string id = one["interview_id"];
  EXPECT_THAT(mirror({"--full"}).out, HasSubstr("0 changed, 1 gone\n"));
  user().age(hours{24} * 6 + hours{23});
  EXPECT_THAT(mirror().out, Not(HasSubstr("erased")));
  EXPECT_TRUE(user().candidates("posting-1").contains(id));
  EXPECT_THAT(mirror({"--erase-after", "7"}).out, Not(HasSubstr("erased")));
  user().age(hours{2});
  EXPECT_THAT(mirror().out, HasSubstr("0 gone, 1 erased\n"));
  expectNothingOf(one);
  EXPECT_THAT(user().tombstones("posting-1"), SizeIs(1));
  expectEqualToServer();
}

TEST_F(MirrorCandidatesPostgres, ErasesAtOnceWhereItIsToldTo) {
  mirror();
  const nlohmann::json one = loseOne();
  EXPECT_THAT(mirror({"--full", "--erase-after", "0"}).out, HasSubstr("1 gone, 1 erased\n"));
  expectNothingOf(one);
  expectEqualToServer();
}

TEST_F(MirrorCandidatesPostgres, TellsOfPeopleWhoAreInTheListAgain) {
  mirror();
  const nlohmann::json one = loseOne(), other = loseOne();
  mirror({"--full", "--erase-after", "0"});
  server.addCandidate("posting-1", one);
  const ChildResult result = mirror({"--full"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err,
              HasSubstr("1 candidate in the list was erased from this mirror before, and is not "
                        "stored again.\n"));
  EXPECT_THAT(result.out, HasSubstr("249 candidates seen: 0 new, 0 changed, 0 gone\n"));
  EXPECT_EQ(mirror({"--full", "--quiet"}).err, "");
  server.addCandidate("posting-1", other);
  EXPECT_THAT(mirror({"--full"}).err,
              HasSubstr("2 candidates in the list were erased from this mirror before, and are not "
                        "stored again.\n"));
  expectNothingOf(one);
  expectNothingOf(other);
}

TEST_F(MirrorCandidatesPostgres, DaysThatCanNotBeUsedAreAUsageError) {
  for (const char* days : {"-1", "36501", "1.5", "soon", "", "1e99", "nan"}) {
    const ChildResult result = mirror({"--erase-after", days});
    EXPECT_EQ(result.exit_code, 2) << days;
    EXPECT_THAT(result.err, HasSubstr("--erase-after")) << days;
    EXPECT_THAT(result.err, HasSubstr("36500")) << days;
  }
  EXPECT_EQ(server.requestCount(), 0u);
  EXPECT_EQ(database_->sql("SELECT to_regclass('heymilo.mirror') IS NULL"), "t\n");
}

TEST_F(MirrorCandidatesPostgres, ADatabaseThatIsDownIsAFailureThatSaysWhy) {
  mirror();
  database_->stop(PostgresServer::Stop::fast);
  const ChildResult down = mirror({"--full"});
  database_->start();
  EXPECT_EQ(down.exit_code, 1);
  EXPECT_THAT(down.out, IsEmpty());
  EXPECT_THAT(down.err,
              AllOf(HasSubstr("the mirror in PostgreSQL can't be used: can't connect: "),
                    HasSubstr("Check that the server can be reached"),
                    HasSubstr(database_->socketDirectory())));
  EXPECT_EQ(mirror({"--full"}).exit_code, 0);
  expectEqualToServer();
}

TEST_F(MirrorCandidatesPostgres, ADatabaseThatIsKilledDuringTheRunIsNoSuccess) {
  server.respondNext({"listCandidates",
                      [](const heymilo::testing::RecordedRequest& request) {
                        if (!later().accepts(request)) {
                          return false;
                        }
                        eventually(firstPageIsStored);
                        database_->stop(PostgresServer::Stop::immediate);
                        return true;
                      }},
                     ScriptedResponse::asUsual());
  const ChildResult result = mirror();
  database_->start();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("the mirror in PostgreSQL can't be used: "),
                    HasSubstr("The next run resumes from the database's state.\n")));
  EXPECT_THAT(mirror().out, HasSubstr("after finishing an earlier run"));
  expectEqualToServer();
}

TEST_F(MirrorCandidatesPostgres, AnEarlierRunEndsWhenAnotherOneBegins) {
  server.respondNext(later(), ScriptedResponse::asUsual().delayedBy(std::chrono::seconds{5}));
  const std::string log = directory.file("log");
  RunningProcess earlier(HEYMILO_PROGRAMS_DIR "/mirror_candidates",
                         {"posting-1", "--database", url},
                         environment,
                         log);
  ASSERT_TRUE(server.waitForRequests(2));
  ASSERT_TRUE(eventually(firstPageIsStored));
  EXPECT_EQ(mirror().exit_code, 0);
  expectEqualToServer();
  EXPECT_EQ(earlier.wait(std::chrono::seconds{20}), 1);
  std::ifstream in(log);
  EXPECT_THAT((std::string{std::istreambuf_iterator<char>(in), {}}),
              AllOf(HasSubstr("another run has taken over this posting's mirror in PostgreSQL"),
                    Not(HasSubstr(kPassword))));
  expectEqualToServer();
}

TEST_F(MirrorCandidatesPostgres, ARoleThatMayNotMakeTablesIsAFailureThatSaysWhy) {
  database_->sql(
      "DO $$ BEGIN CREATE ROLE reader LOGIN; EXCEPTION WHEN duplicate_object THEN END $$");
  std::string of_reader = url;
  of_reader.replace(of_reader.find("heymilo@"), 7, "reader");
  const ChildResult result = checked({"posting-1", "--database", of_reader});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("permission denied for database heymilo (SQLSTATE 42501)"));
}

// Also where the URL is not one, or is somewhere else on the command line.
TEST_F(MirrorCandidatesPostgres, APasswordIsNeverShown) {
  const std::string word = kPassword;
  for (const std::string& wrong : {"postgresql://u:" + word + "@127.0.0.1:1/x",
                                   "postgresql://u:" + word + "@nobody.invalid/x",
                                   "postgresql:///x?host=/nowhere&password=" + word}) {
    const ChildResult result = checked({"posting-1", "--database", wrong});
    EXPECT_EQ(result.exit_code, 1) << wrong;
    EXPECT_THAT(result.err, HasSubstr("can't connect: ")) << wrong;
  }
  for (const std::string& wrong : {"postgresql://u:p@" + word + "@127.0.0.1:1/x",
                                   "postgresql://u:p/" + word + "@127.0.0.1:1/x",
                                   "postgresql://u:" + word + "/p@127.0.0.1:1/x",
                                   "postgresql://u:" + word + "@127.0.0.1:1/x?nonsense=1",
                                   "postgresql://u:" + word + "%zz@127.0.0.1:1/x",
                                   "postgres://u:" + word}) {
    const ChildResult result = checked({"posting-1", "--database", wrong});
    EXPECT_EQ(result.exit_code, 2) << wrong;
    EXPECT_THAT(result.err, HasSubstr(": --database ")) << wrong;
  }
  EXPECT_EQ(checked({"posting-1", "postgresql://u:" + word + "@h/x"}).exit_code, 2);
  EXPECT_EQ(checked({"posting-1", "--database", url, url}).exit_code, 2);
  EXPECT_EQ(checked({"posting-1", "--databse=postgresql://u:" + word + "@h/x"}).exit_code, 2);
  EXPECT_EQ(checked({"posting-1", "--database", url, "--erase-after", url}).exit_code, 2);
}

}  // namespace
}  // namespace heymilo_test
