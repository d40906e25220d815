#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "support/example_program.hpp"
#include "support/other_program.hpp"
#include "support/temporary_directory.hpp"
#include "support/well_formed.hpp"
#ifdef HEYMILO_TEST_POSTGRES
#include "support/postgres.hpp"
#endif

namespace heymilo_test {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class MirrorReportTest : public ExampleProgramTest {
 protected:
  void mirror(std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.begin(), {"posting-1", "--database", file, "--quiet"});
    ASSERT_EQ(run("mirror_candidates", arguments).exit_code, 0);
  }

  /// Without the API's address and key.
  ChildResult report(std::vector<std::string> arguments = {},
                     const ChildStdout& to = ChildStdout::captured()) {
    arguments.insert(arguments.begin(), {"--database", file});
    return runChild(HEYMILO_PROGRAMS_DIR "/mirror_report", arguments, {}, to);
  }

  std::string page(const std::vector<std::string>& arguments = {}) {
    const ChildResult result = report(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.err, IsEmpty());
    EXPECT_THAT(WellFormed::mistakeIn(result.out), IsEmpty());
    return result.out;
  }

  static std::string contentOf(const std::string& name) {
    std::ifstream in(name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  static unsigned modeOf(const std::string& name) {
    struct stat found {};
    EXPECT_EQ(::stat(name.c_str(), &found), 0) << name;
    return found.st_mode & 0777U;
  }

  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory.path())) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  TemporaryDirectory directory;
  const std::string file = directory.file("mirror.db");
};

TEST_F(MirrorReportTest, MakesAPageOfAMirror) {
  server.addPosting("posting-1", 250);
  mirror();
  EXPECT_THAT(page(), AllOf(HasSubstr("<small>Posting</small>posting-1"), HasSubstr(">250<")));
  server.advance(heymilo::testing::MockServer::workflow_time);
  mirror({"--full"});
  EXPECT_THAT(page(), AllOf(HasSubstr("Completed the workflow"), HasSubstr("with a score")));
  EXPECT_EQ(page({"--posting", "posting-1"}).substr(0, 15), "<!DOCTYPE html>");
}

TEST_F(MirrorReportTest, HasNoPersonalDataUnlessAsked) {
  const std::string mark = "Xanadu77";
  const nlohmann::json steps = nlohmann::json::array({{{"step_id", "resume"},
                                                       {"order", 1},
                                                       {"status", "in_progress"},
                                                       {"started", true},
                                                       {"completed", false},
                                                       {"more", mark}}});
  server.addCandidate("posting-1",
                      {{"interview_id", "int_" + mark},
                       {"candidate_id", "can_" + mark},
                       {"name", mark + " <script>alert(1)</script>"},
                       {"email", mark + "@example.com"},
                       {"score", 91.7},
                       {"status", "pending"},
                       {"interview_url", "https://example.com/" + mark},
                       {"workflow", {{"steps", steps}, {"all_complete", false}, {"x", mark}}},
                       {"agent_summary",
                        {{"resume", {{"resume_link", "https://example.com/" + mark}}},
                         {"web_interview", {{"highlights", {mark}}}}}},
                       {"metadata", {{mark, mark}}},
                       {"data", {{mark, mark}}},
                       {"x", mark}});
  mirror();
  server.patchCandidate("int_" + mark, {{"status", "in_progress"}});
  mirror();
  std::string html = page();
  EXPECT_THAT(html, AllOf(Not(HasSubstr(mark)), HasSubstr("Changes of the last seven days")));
  EXPECT_THAT(html, Not(HasSubstr("alert(1)")));
  html = page({"--personal-data"});
  EXPECT_THAT(html,
              AllOf(HasSubstr("<bdi>" + mark + " &lt;script&gt;alert(1)&lt;/script&gt;</bdi>"),
                    HasSubstr(">91.7<"),
                    HasSubstr("This page has personal data")));
  for (const std::string& other :
       {"int_" + mark, "can_" + mark, mark + "@", std::string("example.com")}) {
    EXPECT_THAT(html, Not(HasSubstr(other)));
  }
  // Who is erased is not in it.
  server.removeCandidate("int_" + mark);
  mirror({"--full", "--erase-after", "0"});
  EXPECT_THAT(page({"--personal-data"}), AllOf(Not(HasSubstr(mark)), HasSubstr("1 erased")));
}

TEST_F(MirrorReportTest, ReplacesAFileWhenThePageIsComplete) {
  server.addPosting("posting-1", 25);
  mirror();
  const std::string output = directory.file("page.html");
  const std::string link = directory.file("link.html");
  fs::create_symlink("page.html", link);
  ASSERT_EQ(report({"--output", link}).exit_code, 0);
  EXPECT_THAT(WellFormed::mistakeIn(contentOf(output)), IsEmpty());
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(files(),
            (std::vector<std::string>{"link.html", "mirror.db", "mirror.db-lock", "page.html"}));

  // A reader that has the old page open has all of it.
  const std::string old = "<!doctype HTML>old";
  std::ofstream(output) << old;
  std::ifstream reader(output);
  ::chmod(output.c_str(), 0640);
  const ChildResult result = report({"--output", output});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out + result.err, IsEmpty());
  EXPECT_EQ((std::string{std::istreambuf_iterator<char>(reader), {}}), old);
  EXPECT_THAT(contentOf(output), HasSubstr("</html>"));
  EXPECT_EQ(modeOf(output), 0640u);
  EXPECT_EQ(files().size(), 4u);
}

TEST_F(MirrorReportTest, APageWithPersonalDataIsForItsOwnerAlone) {
  server.addPosting("posting-1", 25);
  mirror();
  const std::string output = directory.file("page.html");
  ASSERT_EQ(report({"--output", output, "--personal-data"}).exit_code, 0);
  EXPECT_EQ(modeOf(output), 0600u);
  ::chmod(output.c_str(), 0644);
  ASSERT_EQ(report({"--output", output}).exit_code, 0);
  EXPECT_EQ(modeOf(output), 0644u);
  ASSERT_EQ(report({"--output", output, "--personal-data"}).exit_code, 0);
  EXPECT_EQ(modeOf(output), 0600u);
}

TEST_F(MirrorReportTest, DoesNotOverwriteADatabase) {
  mirror();
  fs::copy_file(file, directory.file("other.db"));
  fs::create_symlink("mirror.db", directory.file("link"));
  const std::string before = contentOf(file);
  for (const std::string& output : {file,
                                    directory.file("other.db"),
                                    directory.file("link"),
                                    file + "-wal",
                                    file + "-shm",
                                    file + "-journal",
                                    file + "-lock"}) {
    const ChildResult result = report({"--output", output});
    EXPECT_EQ(result.exit_code, 2) << output;
    EXPECT_THAT(result.err, HasSubstr("Nothing was changed"));
    EXPECT_THAT(result.out, IsEmpty());
  }
  EXPECT_EQ(report({}, ChildStdout::file(file)).exit_code, 2);
  EXPECT_EQ(contentOf(file), before);
  EXPECT_EQ(contentOf(directory.file("other.db")), before);
  EXPECT_FALSE(fs::exists(file + "-wal"));
}

TEST_F(MirrorReportTest, ReplacesNothingButPages) {
  mirror();
  const std::string other = directory.file("other.db");
  std::ofstream(other) << "SQLite format 3";
  // The log of a database may be empty.
  for (const std::string name :
       {"other.db-wal", "other.db-shm", "other.db-journal", "other.db-lock"}) {
    std::ofstream(directory.file(name)).close();
    const ChildResult result = report({"--output", directory.file(name)});
    EXPECT_EQ(result.exit_code, 2) << name;
    EXPECT_THAT(result.err, AllOf(HasSubstr("belongs to the database"), HasSubstr("--output")));
    EXPECT_THAT(contentOf(directory.file(name)), IsEmpty());
  }
  const std::string output = directory.file("output");
  for (const std::string& content :
       {std::string("a letter"), std::string("<!doctyp"), std::string("7\x7f\x06\x82 a log")}) {
    std::ofstream(output) << content;
    const ChildResult result = report({"--output", output});
    EXPECT_EQ(result.exit_code, 2) << content;
    EXPECT_THAT(result.err,
                AllOf(HasSubstr("is not an HTML page"),
                      HasSubstr("Use another file for --output, or remove this one")));
    EXPECT_EQ(contentOf(output), content);
  }
  std::ofstream(output).close();
  for (const char* what : {"an empty file", "a page"}) {
    EXPECT_EQ(report({"--output", output}).exit_code, 0) << what;
    EXPECT_THAT(contentOf(output), HasSubstr("</html>"));
  }
}

TEST_F(MirrorReportTest, DoesNotShowANameThatMayHaveAPassword) {
  for (const std::string& database : {std::string("POSTGRESQL://u:PassWord1@h/d"),
                                      std::string("mysql://u:PassWord1@h/d"),
                                      std::string("host=h user=u password=PassWord1"),
                                      std::string("postgresql://u:PassWord1@h:x/d")}) {
    const ChildResult result = run("mirror_report", {"--database", database});
    EXPECT_EQ(result.exit_code, 2) << database;
    EXPECT_THAT(result.err, AllOf(HasSubstr("--database "), Not(HasSubstr("PassWord1"))));
    EXPECT_THAT(result.err, Not(HasSubstr("file:")));
    EXPECT_THAT(result.err, Not(HasSubstr("mirror:")));
  }
}

TEST_F(MirrorReportTest, SaysThatTheMirrorIsNotComplete) {
  server.addPosting("posting-1", 25);
  mirror();
  const std::string output = directory.file("page.html");
  OtherProgram(file).execute("UPDATE mirror SET watermark = NULL, walk_cursor = 'c'");
  ChildResult result = report({"--output", output});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("the mirror is not complete"), HasSubstr("Run mirror_candidates")));
  EXPECT_THAT(contentOf(output), AllOf(HasSubstr("candidates are missing"), HasSubstr(">25<")));

  OtherProgram(file).execute(
      "UPDATE mirror SET last_walk = 0, walk_cursor = NULL; DELETE FROM candidates");
  const std::string before = contentOf(output);
  result = report({"--output", output});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("the mirror is still empty"), HasSubstr("Run mirror_candidates")));
  EXPECT_EQ(contentOf(output), before);
  EXPECT_THAT(report().out, IsEmpty());
}

TEST_F(MirrorReportTest, AnEmptyPostingIsComplete) {
  server.addPosting("posting-1");
  mirror();
  EXPECT_THAT(page(), Not(HasSubstr("class=\"notice\"")));
}

TEST_F(MirrorReportTest, SaysWhatToDoOnlyWhereItFits) {
  fs::create_symlink("mirror.db", file);  // it leads to itself
  ChildResult result = report();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("\nThis user can't read the file: "));
  fs::remove(file);

  std::ofstream(file) << "no database, but a text that is long enough to be one";
  result = report();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
}

TEST_F(MirrorReportTest, SaysWhatIsWrongWithTheDatabase) {
  ChildResult result = report();
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, AllOf(HasSubstr("there is no file"), HasSubstr(file)));
  EXPECT_THAT(files(), IsEmpty());

  std::ofstream(file) << "no database, but a text that is long enough to be one";
  result = report();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("not a database"));
  EXPECT_THAT(files(), ::testing::SizeIs(1));
  fs::remove(file);

  std::ofstream(file).close();
  result = report();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("is not a mirror"));
  fs::remove(file);

  mirror();
  result = report({"--posting", "other"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("the database has no posting other, but:\n  posting-1"));
  for (const std::string& database : {std::string(), std::string(":memory:"), directory.path()}) {
    EXPECT_EQ(run("mirror_report", {"--database", database}).exit_code, 2) << database;
  }
}

TEST_F(MirrorReportTest, SaysWhyItCanNotWrite) {
  mirror();
  EXPECT_EQ(report({}, ChildStdout::file("/dev/full")).exit_code, 1);
  EXPECT_EQ(report({"--output", "/dev/full"}).exit_code, 1);
  EXPECT_EQ(report({"--output", directory.path()}).exit_code, 1);
  EXPECT_EQ(report({"--output", ""}).exit_code, 2);
  const ChildResult result = report({"--output", directory.file("no/folder.html")});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("can't write"));
  const ChildResult through = report({"--output", "/dev/stdout"});
  EXPECT_EQ(through.exit_code, 0);
  EXPECT_THAT(WellFormed::mistakeIn(through.out), IsEmpty());
}

TEST_F(MirrorReportTest, HelpNamesTheArguments) {
  const ChildResult result = run("mirror_report", {"--help"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("--database"), HasSubstr("--posting"), HasSubstr("--personal-data")));
}

#ifdef HEYMILO_TEST_POSTGRES
TEST_F(MirrorReportTest, ReadsFromPostgres) {
  const PostgresServer database;
  const auto made = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"--database", database.url()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run("mirror_report", arguments);
  };
  ChildResult result = made({});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("there is no mirror in this database"));
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
  result = run("mirror_report", {"--database", "postgresql://nobody@localhost:1/none"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("\nCheck that the server can be reached"), Not(HasSubstr("SELECT"))));

  server.addPosting("posting-1", 25);
  server.addPosting("posting-2", 5);
  const auto mirrorOf = [&](const std::string& posting) {
    return run("mirror_candidates", {posting, "--database", database.url()}).exit_code;
  };
  ASSERT_EQ(mirrorOf("posting-1"), 0);
  result = made({});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(WellFormed::mistakeIn(result.out), IsEmpty());
  EXPECT_THAT(result.out, AllOf(HasSubstr("posting-1"), HasSubstr(">25<")));

  ASSERT_EQ(mirrorOf("posting-2"), 0);
  result = made({});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err,
              HasSubstr("2 postings. Give one of them with --posting:\n  posting-1\n  posting-2"));
  EXPECT_THAT(made({"--posting", "posting-2"}).out, HasSubstr(">5<"));
  EXPECT_EQ(made({"--posting", "posting-3"}).exit_code, 2);
}
#endif

}  // namespace
}  // namespace heymilo_test
