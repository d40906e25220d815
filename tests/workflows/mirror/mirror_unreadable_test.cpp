// A mirror of a list with unreadable candidates: all others are up to date, and its copy of the
// unreadable ones is kept until they are readable.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "heymilo/errors.hpp"
#include "heymilo/workflows/sqlite_mirror.hpp"
#include "support/mirror_fakes.hpp"
#include "support/mirror_file.hpp"
#include "support/temporary_directory.hpp"
#include "support/unreadable.hpp"

namespace heymilo::workflows {
namespace {

using heymilo::test::FakeList;
using heymilo::test::MemorySink;
using heymilo::test::mirroredCandidate;
using heymilo_test::brokenStructures;
using heymilo_test::everyUnreadableKind;
using heymilo_test::instead;
using heymilo_test::MirrorFile;
using heymilo_test::TemporaryDirectory;
using heymilo_test::unreadableIds;
using heymilo_test::UnreadableKind;
using heymilo_test::with;
using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Timestamp kFirstCreated = parseTimestamp("2026-03-01");
const auto kNaN = with(R"("x":NaN)");
const auto kNoId = instead("interview_id", "null");

class MirrorOfUnreadable : public ::testing::Test {
 protected:
  MirrorOfUnreadable() {
    options.on_unreadable = [this](const UnreadableCandidate& candidate) {
      reported.push_back(candidate.interview_id.value_or("?"));
    };
  }

  MirrorResult mirror(MirrorSink& sink, bool full = false) {
    reported.clear();
    list.queries.clear();
    options.full = full;
    return mirrorCandidates(list.client(), "p", sink, options);
  }

  MirrorResult mirrorToFile(bool full = false) {
    SqliteMirror sink(file, "p");
    return mirror(sink, full);
  }

  std::int64_t count(const std::string& where) {
    return MirrorFile(file).integer("SELECT count(*) FROM candidates WHERE " + where);
  }

  TemporaryDirectory directory;
  const std::string file = directory.file("mirror.db");
  FakeList list;
  MirrorOptions options;
  std::vector<std::string> reported;
};

TEST_F(MirrorOfUnreadable, EverybodyElseIsInIt) {
  for (const UnreadableKind& kind : everyUnreadableKind()) {
    for (const std::size_t concurrency : {1U, 4U}) {
      SCOPED_TRACE(std::string(kind.name) + ", concurrency: " + std::to_string(concurrency));
      list.candidates.clear();
      list.spoiled.clear();
      list.add(120, kFirstCreated, minutes{1});
      list.spoiled["c60"] = kind.spoil;
      options.concurrency = concurrency;
      MemorySink sink;
      const MirrorResult result = mirror(sink);
      EXPECT_EQ(result.seen, 119u);
      EXPECT_EQ(result.unreadable, 1u);
      EXPECT_EQ(result.requests, list.queries.size());
      EXPECT_EQ(sink.rows.size(), 119u);
      EXPECT_EQ(sink.rows.count("c60"), 0u);
      EXPECT_THAT(reported, ElementsAre(kind.id_known ? "c60" : "?"));
      EXPECT_FALSE(sink.state.unfinished);
    }
  }
}

TEST_F(MirrorOfUnreadable, WhereverInAPageTheyAre) {
  for (const auto& spoil : {kNaN, kNoId, brokenStructures().front().spoil}) {
    for (const char* id : {"c0", "c1", "c99", "c100", "c199", "c200", "c204"}) {
      for (const std::size_t concurrency : {1U, 4U}) {
        SCOPED_TRACE(id);
        list.candidates.clear();
        list.spoiled.clear();
        list.add(205, kFirstCreated, minutes{1});
        list.spoiled[id] = spoil;
        options.concurrency = concurrency;
        MemorySink sink;
        EXPECT_EQ(mirror(sink).unreadable, 1u);
        EXPECT_EQ(sink.rows.size(), 204u);
        mirror(sink);  // an incremental one
        EXPECT_EQ(reported.size(), 1u);
        EXPECT_EQ(sink.rows.size(), 204u);
      }
    }
  }
}

TEST_F(MirrorOfUnreadable, OfOneWhoIsAlone) {
  list.add(1, kFirstCreated, minutes{1});
  list.spoiled["c0"] = kNaN;
  for (int run = 0; run < 3; ++run) {
    EXPECT_EQ(mirrorToFile().unreadable, 1u);
    EXPECT_THAT(reported, ElementsAre("c0"));
  }
  list.spoiled.clear();
  EXPECT_EQ(mirrorToFile().added, 1u);
}

TEST_F(MirrorOfUnreadable, KeepsWhatItHadOfThemAndMarksOthersAsGone) {
  for (const bool full : {false, true}) {
    SCOPED_TRACE(full);
    list.candidates.clear();
    list.add(10,
             kFirstCreated + (full ? hours{0} : hours{24}),
             minutes{1},
             CandidateStatus::in_progress);
    mirrorToFile(true);
    list.spoiled["c4"] = kNaN;
    list.remove("c7");
    EXPECT_EQ(mirrorToFile(full).gone, 1u);
    EXPECT_EQ(count("gone_at IS NOT NULL"), 1);
    EXPECT_EQ(count("interview_id = 'c7' AND gone_at IS NOT NULL"), 1);
    EXPECT_EQ(count("interview_id = 'c4' AND name = 'Person c4'"), 1);
    list.spoiled.clear();
    list.remove("c4");
    EXPECT_EQ(mirrorToFile(full).gone, 1u);
    EXPECT_EQ(count("interview_id = 'c4' AND gone_at IS NOT NULL"), 1);
  }
}

TEST_F(MirrorOfUnreadable, OneWhoHadGoneIsThereAgain) {
  list.add(3, kFirstCreated, minutes{1}, CandidateStatus::in_progress);
  mirrorToFile();
  const auto all = list.candidates;
  list.remove("c1");
  mirrorToFile();
  EXPECT_EQ(count("gone_at IS NOT NULL"), 1);
  list.candidates = all;
  list.spoiled["c1"] = kNaN;
  mirrorToFile();
  EXPECT_EQ(count("gone_at IS NOT NULL"), 0);
}

// Any candidate that was not seen may be the one without an interview_id.
TEST_F(MirrorOfUnreadable, MarksNobodyAsGoneWhereItIsNotKnownWhoTheyAre) {
  for (const UnreadableKind& kind : unreadableIds()) {
    SCOPED_TRACE(kind.name);
    list.candidates.clear();
    list.add(10, kFirstCreated, minutes{1}, CandidateStatus::in_progress);
    mirrorToFile(true);
    EXPECT_EQ(count("gone_at IS NOT NULL"), 0);
    list.spoiled["c4"] = kind.spoil;
    list.remove("c7");
    for (int run = 0; run < 2; ++run) {
      const MirrorResult result = mirrorToFile(run == 0);
      EXPECT_EQ(result.gone, 0u);
      EXPECT_EQ(result.unreadable, 1u);
      EXPECT_EQ(count("gone_at IS NOT NULL"), 0);
    }
    list.spoiled.clear();
    EXPECT_EQ(mirrorToFile().gone, 1u);
    EXPECT_EQ(count("interview_id = 'c7' AND gone_at IS NOT NULL"), 1);
  }
}

// As with one without an interview_id.
TEST_F(MirrorOfUnreadable, MarksNobodyAsGoneWhereOneIsMissingBetweenCommas) {
  list.add(10, kFirstCreated, minutes{1}, CandidateStatus::in_progress);
  mirrorToFile(true);
  for (const char* id : {"c0", "c4", "c9"}) {
    SCOPED_TRACE(id);
    list.spoiled = {{id, [](const std::string&) { return std::string(); }}};
    for (const bool full : {true, false}) {
      const MirrorResult result = mirrorToFile(full);
      EXPECT_EQ(result.gone, 0u);
      EXPECT_EQ(result.unreadable, 1u);
      EXPECT_EQ(count("gone_at IS NOT NULL"), 0);
      EXPECT_THAT(reported, ElementsAre("?"));
    }
  }
}

TEST_F(MirrorOfUnreadable, HasNoRowForAnEmptyId) {
  list.add(205, kFirstCreated, minutes{1});
  for (const char* id : {"c0", "c50", "c99", "c204"}) {
    SCOPED_TRACE(id);
    list.spoiled = {{id, instead("interview_id", "\"\"")}};
    EXPECT_EQ(mirrorToFile(true).unreadable, 1u);
    EXPECT_EQ(count("interview_id = ''"), 0);
    EXPECT_EQ(count("gone_at IS NOT NULL"), 0);
  }
}

// A sink from before keep() existed.
TEST_F(MirrorOfUnreadable, MarksNobodyAsGoneWhereTheSinkCanNotKeepThem) {
  list.add(10, kFirstCreated, minutes{1}, CandidateStatus::in_progress);
  MemorySink sink;
  mirror(sink);
  list.spoiled["c4"] = kNaN;
  list.remove("c7");
  mirror(sink);
  EXPECT_FALSE(sink.rows["c4"].gone);
  EXPECT_FALSE(sink.rows["c7"].gone);
  list.spoiled.clear();
  mirror(sink);
  EXPECT_TRUE(sink.rows["c7"].gone);
}

TEST_F(MirrorOfUnreadable, ComesBackToThemUntilTheyCanBeRead) {
  for (const UnreadableKind& kind : everyUnreadableKind()) {
    SCOPED_TRACE(kind.name);
    list.candidates.clear();
    list.spoiled.clear();
    MemorySink sink;
    list.add(5, kFirstCreated, hours{1});
    mirror(sink);
    list.add(5, kFirstCreated + hours{5}, hours{1});
    list.spoiled["c6"] = kind.spoil;
    for (int run = 0; run < 3; ++run) {
      mirror(sink);
      EXPECT_EQ(reported.size(), 1u);
      EXPECT_EQ(sink.rows.size(), 9u + static_cast<std::size_t>(run));
      // Far more than the overlap after it.
      list.add(1, kFirstCreated + hours{20 + run}, hours{1});
    }
    list.spoiled.clear();
    EXPECT_EQ(mirror(sink).unreadable, 0u);
    EXPECT_EQ(sink.rows.count("c6"), 1u);
    EXPECT_EQ(sink.rows.size(), 13u);
    mirror(sink);
    EXPECT_LE(list.queries.size(), 1u);
    EXPECT_GT(list.queries[0]["created_after"], "2026-03-01T20");  // in step again
  }
}

TEST_F(MirrorOfUnreadable, DoesNotReachFurtherBackWithEachRun) {
  list.add(10, kFirstCreated, hours{1});
  MemorySink sink;
  mirror(sink);
  for (const auto& spoil : {kNaN, with(R"("score":"x")"), unreadableIds()[5].spoil}) {
    list.spoiled["c9"] = spoil;
    mirror(sink);
    mirror(sink);
    const auto from = list.queries[0]["created_after"];
    EXPECT_THAT(from, ::testing::Not(IsEmpty()));
    mirror(sink);
    EXPECT_EQ(list.queries[0]["created_after"], from);
  }
}

TEST_F(MirrorOfUnreadable, AnOldOneWhomAFullRunCouldNotReadIsReadByALaterRun) {
  list.add(10, kFirstCreated, hours{1});
  mirrorToFile();
  list.spoiled["c2"] = kNaN;
  list.candidates[2].name = "Somebody else";
  EXPECT_EQ(mirrorToFile(true).unreadable, 1u);
  EXPECT_EQ(count("interview_id = 'c2' AND name = 'Person c2'"), 1);
  list.spoiled.clear();
  EXPECT_EQ(mirrorToFile().changed, 1u);
  EXPECT_EQ(count("interview_id = 'c2' AND name = 'Somebody else'"), 1);
}

TEST_F(MirrorOfUnreadable, ARunThatWasInterruptedAfterThemKnowsThemStill) {
  struct Case {
    heymilo_test::Spoil spoil;
    std::uint64_t gone;
  };
  for (const Case& one : {Case{kNaN, 1}, Case{kNoId, 0}}) {
    SCOPED_TRACE(one.gone);
    const std::string own = directory.file("mirror" + std::to_string(one.gone));
    list.candidates.clear();
    list.spoiled.clear();
    list.add(205, kFirstCreated, hours{1});
    const auto run = [&](bool full) {
      SqliteMirror sink(own, "p");
      return mirror(sink, full);
    };
    run(true);
    list.spoiled["c50"] = one.spoil;
    list.remove("c20");
    list.before = [&](std::size_t request) {
      if (request == 2) {
        throw ConnectionError("reset");
      }
      return std::nullopt;
    };
    EXPECT_THROW(run(true), ConnectionError);
    list.before = nullptr;
    const MirrorResult result = run(false);
    EXPECT_TRUE(result.resumed);
    EXPECT_EQ(result.gone, one.gone);
    MirrorFile database(own);
    EXPECT_EQ(database.integer("SELECT gone_at IS NULL FROM candidates WHERE interview_id = 'c50'"),
              1);
    list.spoiled.clear();
    list.candidates[49].name = "Somebody else";
    run(false);
    EXPECT_EQ(
        database.integer("SELECT count(*) FROM candidates WHERE interview_id = 'c50' AND name = "
                         "'Somebody else'"),
        1);
  }
}

TEST_F(MirrorOfUnreadable, AFileOfAnEarlierVersionCanBeUsed) {
  list.add(3, kFirstCreated, hours{1}, CandidateStatus::in_progress);
  mirrorToFile();
  MirrorFile(file).database().execute(
      "ALTER TABLE mirror RENAME COLUMN walk_unidentified TO former;"
      "ALTER TABLE mirror RENAME COLUMN walk_oldest_unreadable TO former_too");
  list.spoiled["c1"] = kNoId;
  EXPECT_EQ(mirrorToFile().unreadable, 1u);
  EXPECT_EQ(count("gone_at IS NOT NULL"), 0);
}

TEST_F(MirrorOfUnreadable, WithoutTotalsTheListIsReadInOrderAsItIsOtherwise) {
  list.add(205, kFirstCreated, minutes{1});
  list.candidates[150].created_at.reset();
  list.totals = false;
  options.concurrency = 4;
  for (const char* id : {"c1", "c150", "c170"}) {
    SCOPED_TRACE(id);
    list.spoiled = {{id, kNaN}};
    MemorySink sink;
    mirror(sink);
    EXPECT_EQ(sink.rows.size(), 204u);
  }
}

}  // namespace
}  // namespace heymilo::workflows
