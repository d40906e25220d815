// Nothing of a person who was erased is left in any file of SQLite's.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "heymilo/workflows/sqlite_mirror.hpp"
#include "support/mirror_fakes.hpp"
#include "support/temporary_directory.hpp"
#include "workflows/storage/sqlite.hpp"

namespace heymilo::workflows {
namespace {

using heymilo::test::FakeList;
using heymilo_test::TemporaryDirectory;
using std::chrono::hours;
using std::chrono::minutes;
using ::testing::IsEmpty;
using ::testing::Not;

class SqliteMirrorErasure : public ::testing::Test {
 protected:
  SqliteMirrorErasure() {
    list.add(300, parseTimestamp("2026-03-01"), minutes{1}, CandidateStatus::pending);
    long_lived.additional_properties = {{"essay", std::string(20'000, 'x')}};  // overflow pages
    for (CandidateResponse& one : list.candidates) {
      one.additional_properties = long_lived.additional_properties;
      one.additional_properties["mark"] = markOf(one.interview_id);
    }
  }

  static std::string markOf(const std::string& id) { return "<of " + id + '>'; }

  /// A run that leaves the files open, as a program that goes on has them.
  MirrorResult run(SqliteMirror& sink, hours erase_after = hours{0}) {
    MirrorOptions options;
    options.full = true;
    options.erase_after = erase_after;
    return mirrorCandidates(list.client(), "p", sink, options);
  }

  /// Each of SQLite's files, by its name.
  std::map<std::string, std::string> contents() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
      std::ifstream in(entry.path(), std::ios::binary);
      std::ostringstream all;
      all << in.rdbuf();
      files[entry.path().filename().string()] = all.str();
    }
    return files;
  }

  /// The files that have the bytes.
  std::vector<std::string> filesWith(const std::string& bytes) const {
    return filesWith(bytes, contents());
  }
  static std::vector<std::string> filesWith(const std::string& bytes,
                                            const std::map<std::string, std::string>& files) {
    std::vector<std::string> found;
    for (const auto& [name, content] : files) {
      if (content.find(bytes) != std::string::npos) {
        found.push_back(name);
      }
    }
    return found;
  }

  void expectNothingOf(const std::string& id) const {
    EXPECT_THAT(filesWith(markOf(id)), IsEmpty()) << id;
    EXPECT_THAT(filesWith(id + "@example.com"), IsEmpty()) << id;
    EXPECT_THAT(filesWith("Person " + id + '"'), IsEmpty()) << id;
    EXPECT_THAT(filesWith('"' + id + '"'), IsEmpty()) << id;
  }

  CandidateResponse long_lived;
  FakeList list;
  TemporaryDirectory directory;
  const std::string file = directory.file("mirror.db");
};

TEST_F(SqliteMirrorErasure, LeavesNoBytesInAnyFile) {
  {
    SqliteMirror sink(file, "p");
    for (int score = 1; score <= 4; ++score) {  // earlier states of each of them
      for (CandidateResponse& one : list.candidates) {
        one.score = score;
        one.additional_properties["mark"] =
            markOf(one.interview_id) + std::string(static_cast<std::size_t>(score) * 700, 'y');
      }
      run(sink);
    }
    ASSERT_THAT(filesWith(markOf("c17")), Not(IsEmpty()));
    std::vector<std::string> removed;
    for (int number = 7; number < 300; number += 10) {
      removed.push_back('c' + std::to_string(number));
      list.remove(removed.back());
    }
    const MirrorResult result = run(sink);
    EXPECT_EQ(result.gone, removed.size());
    EXPECT_EQ(result.erased, removed.size());
    for (const std::string& id : removed) {
      expectNothingOf(id);
    }
    ASSERT_THAT(filesWith(markOf("c18")), Not(IsEmpty()));
  }
  expectNothingOf("c17");
  expectNothingOf("c297");
}

// SQLite splits and merges pages, whose rows it copies: none of the copies may stay. The order of
// random names is not that of the rows.
TEST_F(SqliteMirrorErasure, LeavesNoBytesOfRowsThatWereMoved) {
  std::mt19937 random(16);
  list.candidates.clear();
  std::vector<std::string> names;
  for (int number = 0; number < 2'000; ++number) {
    names.push_back("person-" + std::to_string(random()) + '-' + std::to_string(random()));
    list.candidates.push_back(heymilo::test::mirroredCandidate(
        names.back(), parseTimestamp("2026-03-01") + minutes{number}, CandidateStatus::pending));
  }
  SqliteMirror sink(file, "p");
  for (int round = 0; round < 4; ++round) {
    run(sink);
    for (CandidateResponse& one : list.candidates) {
      one.status = CandidateStatus(random() % 2 == 0 ? "on_hold" : "in_progress");
      one.data = nlohmann::json::object({{"text", std::string(random() % 1'500, 'z')}});
    }
  }
  std::vector<std::string> removed;
  for (std::size_t number = 0; number < names.size(); number += 7) {
    removed.push_back(names[number]);
    list.remove(names[number]);
  }
  EXPECT_EQ(run(sink).erased, removed.size());
  const auto files = contents();
  for (const std::string& name : removed) {
    ASSERT_THAT(filesWith(name, files), IsEmpty()) << name;
  }
}

TEST_F(SqliteMirrorErasure, WaitsForAReaderAndTriesAgain) {
  SqliteMirror sink(file, "p");
  run(sink);
  {
    sqlite::Database reader(file);
    reader.execute("BEGIN");
    sqlite::Statement count(reader, "SELECT count(*) FROM candidates");
    count.step();
    list.remove("c17");
    EXPECT_EQ(run(sink).erased, 1u);
    EXPECT_THAT(filesWith(markOf("c17")), Not(IsEmpty()));  // the reader's own view
  }
  EXPECT_EQ(run(sink).erased, 0u);
  expectNothingOf("c17");
}

TEST_F(SqliteMirrorErasure, LeavesNoBytesIfTheRunFailsAfterIt) {
  for (CandidateResponse& one : list.candidates) {
    one.status = CandidateStatus::completed;
  }
  SqliteMirror sink(file, "p");
  run(sink);
  list.remove("c17");
  EXPECT_EQ(run(sink, hours{24}).gone, 1u);
  sqlite::Database(file).execute("UPDATE candidates SET gone_at = gone_at - 200000");
  ASSERT_THAT(filesWith(markOf("c17")), Not(IsEmpty()));
  list.queries.clear();
  list.before = [&](std::size_t) -> std::optional<HttpResponse> {
    if (list.queries.back().at("limit") == "1") {  // the search, after the erasure
      throw std::runtime_error("cut");
    }
    return std::nullopt;
  };
  MirrorOptions options;
  options.erase_after = hours{24};
  EXPECT_ANY_THROW(mirrorCandidates(list.client(), "p", sink, options));
  expectNothingOf("c17");
}

// Version 0.1 wrote its files without secure_delete.
TEST_F(SqliteMirrorErasure, AFileOfAFormerVersionIsWrittenAnew) {
  { run(*std::make_unique<SqliteMirror>(file, "p")); }
  {
    sqlite::Database former(file);
    former.execute(
        "PRAGMA secure_delete=OFF; DROP TABLE candidate_tombstones; DROP INDEX candidates_gone; "
        "ALTER TABLE mirror RENAME COLUMN traces TO a; ALTER TABLE mirror RENAME COLUMN "
        "erasure_key TO b; "
        "UPDATE mirror SET format = 1; UPDATE candidates SET gone_at = 1772323200 "
        "WHERE interview_id = 'c17'; DELETE FROM candidate_history WHERE interview_id = 'c18'; "
        "DELETE FROM candidates WHERE interview_id = 'c18'; PRAGMA wal_checkpoint(TRUNCATE)");
  }
  ASSERT_THAT(filesWith(markOf("c18")), Not(IsEmpty()));
  list.remove("c17");
  list.remove("c18");
  SqliteMirror sink(file, "p");
  EXPECT_EQ(run(sink, hours{24}).erased, 1u);
  expectNothingOf("c17");
  expectNothingOf("c18");
  EXPECT_EQ(run(sink).added, 0u);
}

}  // namespace
}  // namespace heymilo::workflows
