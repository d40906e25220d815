#include "heymilo/workflows/sqlite_mirror_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "heymilo/errors.hpp"
#include "heymilo/workflows/sqlite_mirror.hpp"
#include "support/mirror_fakes.hpp"
#include "support/mirror_file.hpp"
#include "support/temporary_directory.hpp"

namespace heymilo::workflows {
namespace {

namespace fs = std::filesystem;
using heymilo::test::FakeList;
using heymilo::test::mirroredCandidate;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SqliteMirrorReader : public ::testing::Test {
 protected:
  void mirror(std::chrono::hours erase_after = std::chrono::hours{24 * 7}) {
    SqliteMirror sink(file, "p");
    MirrorOptions options;
    options.full = true;
    options.erase_after = erase_after;
    mirrorCandidates(list.client(), "p", sink, options);
  }

  MirrorFigures figures(bool personal_data = false) const {
    FiguresOptions options;
    options.personal_data = personal_data;
    return sqliteMirrorReader(file)->figures("p", options);
  }

  std::string content() const {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory.path())) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  static std::string refusal(const std::string& file) {
    try {
      sqliteMirrorReader(file);
    } catch (const Error& error) {
      return error.what();
    }
    return "none";
  }

  const Timestamp begin = parseTimestamp("2026-03-01");
  FakeList list;
  heymilo_test::TemporaryDirectory directory;
  const std::string file = directory.file("mirror #1?.db");  // characters of a URI
};

TEST_F(SqliteMirrorReader, TellsWhatIsThere) {
  list.add(3, begin, minutes{1});
  list.add(2, begin, minutes{1}, CandidateStatus::pending);
  mirror();
  EXPECT_THAT(sqliteMirrorReader(file)->postings(), ElementsAre("p"));
  const MirrorFigures all = figures();
  EXPECT_EQ(all.posting_id, "p");
  EXPECT_EQ(all.candidates, 5u);
  EXPECT_EQ(all.completed, 3u);
  EXPECT_EQ(all.open, 2u);
  EXPECT_EQ(all.gone, 0u);
  EXPECT_EQ(all.erased, 0u);
  EXPECT_EQ(all.unfinished, false);
  EXPECT_TRUE(all.complete_until);
  const auto age = std::chrono::system_clock::now() - all.read_at.value();
  EXPECT_LT(age, minutes{5});
  EXPECT_GE(age, minutes{0});
}

TEST_F(SqliteMirrorReader, AnotherPostingHasNobody) {
  list.add(3, begin, minutes{1});
  mirror();
  const MirrorFigures other = sqliteMirrorReader(file)->figures("other");
  EXPECT_EQ(other.candidates, 0u);
  EXPECT_FALSE(other.read_at);
}

TEST_F(SqliteMirrorReader, CountsChangesAndNotThatACandidateIsNew) {
  list.add(3, begin, minutes{1}, CandidateStatus::pending);
  mirror();
  EXPECT_THAT(figures(true).changes, IsEmpty());
  list.candidates[1].status = CandidateStatus::completed;
  list.candidates[1].score = 77;
  mirror();
  EXPECT_THAT(figures().latest, IsEmpty());
  const MirrorFigures all = figures(true);
  ASSERT_EQ(all.changes.size(), 1u);
  EXPECT_EQ(all.changes[0].status, CandidateStatus::completed);
  EXPECT_EQ(all.changes[0].changes, 1u);
  ASSERT_EQ(all.latest.size(), 1u);
  EXPECT_EQ(all.latest[0].name, "Person c1");
  EXPECT_EQ(all.latest[0].score, 77);
  // A week later it is no longer recent.
  heymilo_test::MirrorFile(file).database().execute(
      "UPDATE candidate_history SET observed_at = observed_at - 7 * 86400 - 60");
  EXPECT_THAT(figures(true).changes, IsEmpty());
  EXPECT_THAT(figures(true).latest, IsEmpty());
}

TEST_F(SqliteMirrorReader, WhoIsGoneOrErasedIsCountedAndNothingElse) {
  list.add(3, begin, minutes{1}, CandidateStatus::pending);
  mirror();
  list.candidates[0].status = CandidateStatus::completed;
  list.candidates[0].score = 77;
  mirror();
  list.remove("c0");
  mirror();
  MirrorFigures all = figures(true);
  EXPECT_EQ(all.candidates, 2u);
  EXPECT_EQ(all.gone, 1u);
  EXPECT_EQ(all.scores.count, 0u);
  EXPECT_THAT(all.changes, IsEmpty());
  EXPECT_THAT(all.latest, IsEmpty());
  mirror(std::chrono::hours{0});
  all = figures(true);
  EXPECT_EQ(all.candidates, 2u);
  EXPECT_EQ(all.gone, 0u);
  EXPECT_EQ(all.erased, 1u);
}

TEST_F(SqliteMirrorReader, ChangesNothingAndMakesNoFile) {
  list.add(30, begin, minutes{1});
  mirror();
  const std::string before = content();
  const std::vector<std::string> there = files();
  const auto reader = sqliteMirrorReader(file);
  EXPECT_EQ(reader->figures("p").candidates, 30u);
  EXPECT_EQ(files(), there);
  EXPECT_EQ(content(), before);
  fs::permissions(file, fs::perms::owner_read);
  EXPECT_EQ(figures().candidates, 30u);
  EXPECT_EQ(files(), there);
}

TEST_F(SqliteMirrorReader, ReadsDuringARun) {
  list.add(3, begin, minutes{1});
  mirror();
  SqliteMirror sink(file, "p");
  MirrorWalk walk;
  walk.number = sink.load().last_walk + 1;
  walk.full = true;
  walk.cursor = "x";
  sink.upsert({mirroredCandidate("new", begin)}, walk);
  ASSERT_TRUE(fs::exists(file + "-wal"));
  const MirrorFigures all = figures();
  EXPECT_EQ(all.candidates, 4u);  // what the log has, too
  EXPECT_EQ(all.unfinished, true);
  sink.upsert({mirroredCandidate("newer", begin)}, walk);  // the reader holds nothing up
  EXPECT_EQ(figures().candidates, 5u);
}

/// A mirror in which reading takes long. A run changes the first and the last candidate together.
class SqliteMirrorReaderAndRuns : public SqliteMirrorReader {
 protected:
  SqliteMirrorReaderAndRuns() {
    CandidateResponse one = mirroredCandidate("first", begin, CandidateStatus::pending);
    one.workflow = CandidateWorkflow();
    for (int order = 1; order <= 6; ++order) {
      WorkflowStepStatus step;
      step.step_id = "step " + std::to_string(order);
      step.order = order;
      one.workflow->steps.push_back(step);
    }
    std::vector<CandidateResponse> all{one};
    for (int at = 0; at < 1'500; ++at) {
      one.interview_id = "c" + std::to_string(at);
      all.push_back(one);
    }
    one.interview_id = "last";
    all.push_back(one);
    pair = {all.front(), all.back()};
    SqliteMirror sink(file, "p");
    upsert(sink, all);
  }

  static void upsert(SqliteMirror& sink, const std::vector<CandidateResponse>& candidates) {
    MirrorWalk walk;
    walk.number = 1;
    walk.cursor = "x";
    sink.upsert(candidates, walk);
  }

  /// The n-th run leaves the two as completed if n is odd, and otherwise as pending.
  void changePair(SqliteMirror& sink) {
    for (CandidateResponse& one : pair) {
      one.status = one.status == CandidateStatus::pending ? CandidateStatus::completed
                                                          : CandidateStatus::pending;
    }
    upsert(sink, pair);
  }

  /// What is not of one state; empty if all is.
  std::string contradiction() const {
    const MirrorFigures all = figures();
    std::uint64_t changes = 0;
    for (const ChangeFigures& one : all.changes) {
      changes += one.changes;
    }
    const std::uint64_t completed = all.candidates - all.open;
    const bool odd = changes / 2 % 2 == 1;
    return changes % 2 == 0 && completed == (odd ? 2U : 0U)
               ? std::string()
               : std::to_string(completed) + " completed after " + std::to_string(changes) +
                     " changes";
  }

  std::vector<CandidateResponse> pair;
};

TEST_F(SqliteMirrorReaderAndRuns, SeesOneStateWhenARunBeginsAndEndsMeanwhile) {
  std::vector<std::string> contradictions;
  for (int reading = 0; reading < 8; ++reading) {
    ASSERT_FALSE(fs::exists(file + "-wal"));
    std::thread run([this] {
      SqliteMirror sink(file, "p");
      changePair(sink);
    });
    contradictions.push_back(contradiction());
    run.join();
    // A reader that needed SQLite's other files has left them; the next run removes them.
    SqliteMirror(file, "p").load();
  }
  EXPECT_THAT(contradictions, ::testing::Each(IsEmpty()));
}

TEST_F(SqliteMirrorReaderAndRuns, SeesOneStateDuringARun) {
  std::atomic<bool> stop{false};
  SqliteMirror sink(file, "p");
  std::thread run([&] {
    while (!stop) {
      changePair(sink);
    }
  });
  std::vector<std::string> contradictions;
  for (int reading = 0; reading < 8; ++reading) {
    contradictions.push_back(contradiction());
  }
  stop = true;
  run.join();
  EXPECT_THAT(contradictions, ::testing::Each(IsEmpty()));
}

TEST_F(SqliteMirrorReader, ReadsAMirrorOfVersion01) {
  list.add(3, begin, minutes{1});
  mirror();
  heymilo_test::MirrorFile(file).database().execute(
      "DROP TABLE candidate_tombstones; UPDATE mirror SET format = 1");
  EXPECT_EQ(figures().candidates, 3u);
  EXPECT_EQ(figures().erased, 0u);
}

TEST_F(SqliteMirrorReader, CopesWithWhatAnotherProgramHasWritten) {
  list.add(3, begin, minutes{1}, CandidateStatus::pending);
  mirror();
  for (const char* sql : {"UPDATE candidates SET created_at = 1e300, last_seen = 1e300",
                          "UPDATE candidates SET created_at = -1e300, last_seen = -1e300",
                          "UPDATE candidates SET status = x'ff00', score = 'high', document = '{'",
                          "UPDATE candidates SET document = '{\"workflow\":[1]}'"}) {
    heymilo_test::MirrorFile(file).database().execute(sql);
    EXPECT_EQ(figures(true).candidates, 3u) << sql;
  }
}

TEST_F(SqliteMirrorReader, RefusesWhatIsNotAMirror) {
  EXPECT_THAT(refusal(directory.file("none.db")), HasSubstr("must be an existing file"));
  EXPECT_THAT(refusal(directory.path()), HasSubstr("this is a directory"));
  EXPECT_THAT(refusal(":memory:"), HasSubstr("in memory"));
  EXPECT_THAT(files(), IsEmpty());
  std::ofstream(directory.file("text")) << std::string(5'000, 'x');
  EXPECT_THAT(refusal(directory.file("text")), HasSubstr("not a database"));
  std::ofstream(directory.file("empty")).close();
  EXPECT_THAT(refusal(directory.file("empty")), HasSubstr("is not a mirror"));
  sqlite::Database(directory.file("other.db")).execute("CREATE TABLE candidates(a)");
  EXPECT_THAT(refusal(directory.file("other.db")), HasSubstr("is not a mirror"));
  mirror();
  heymilo_test::MirrorFile(file).database().execute("UPDATE mirror SET format = 99");
  EXPECT_THAT(refusal(file), HasSubstr("is not a mirror of this version"));
}

}  // namespace
}  // namespace heymilo::workflows
