// Journals of version 0.1 are taken over: nobody is ingested again.

#include "heymilo/workflows/takeover.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <filesystem>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "heymilo/testing/manual_clock.hpp"
#include "heymilo/workflows/sqlite_journal.hpp"
#include "heymilo/workflows/verify.hpp"
#include "support/bulk_ingest_fixture.hpp"
#include "support/journal_01.hpp"
#include "workflows/storage/journal_01.hpp"

namespace heymilo_test {
namespace {

using std::chrono::seconds;

std::int64_t hashOf(const CandidateIngestRequest& request) {
  return Journal01::hashOf(
      nlohmann::json(request).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

class TakeOverTest : public BulkIngestTest {
 protected:
  TakeOverTest() {
    options.new_posting = false;
    client_options.clock = clock;
  }

  /// As version 0.1 has sent it.
  std::string send(CandidateIngestRequest request, const std::string& mark,
                   const std::string& name = "heymilo_ref") {
    (*request.metadata)[name] = mark;
    return Client(client_options).ingestCandidate("p", request).data.interview_id;
  }
  /// It has ingested these; the posting shows them.
  void ingested(Journal01File& old, const People& all, std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      const std::string id = send(all[i], old.mark(i));
      old.add(i,
              hashOf(all[i]),
              "ingested",
              old.mark(i),
              ", interview_id = '" + id + "', interview_url = 'https://" + id + "'");
    }
  }
  TakeOverResult takeOver(const People& all) {
    return takeOverJournal01(Client(client_options), "p", sourceOf(all), old_file, options);
  }
  std::string complaintOfTakeOver(const People& all) {
    try {
      takeOver(all);
      return "it is taken over";
    } catch (const StoreError& error) {
      return error.what();
    }
  }
  std::string complaint(const People& all) {
    try {
      ingest(all);
      return "it is complete";
    } catch (const StoreError& error) {
      EXPECT_EQ(error.outcome(), Outcome::not_sent);
      return error.what();
    }
  }
  std::set<std::string> newlyArrived(std::size_t before) const {
    std::set<std::string> numbers;
    const auto candidates = server.candidates("p");
    for (std::size_t i = before; i < candidates.size(); ++i) {
      numbers.insert(candidates[i].at("metadata").at("number").get<std::string>());
    }
    return numbers;
  }

  const std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
  const std::string old_file = directory.file("old.journal");
};

/// Each state that a record has in an old journal, in both formats, with the new journal in the
/// same file and in another one.
struct Old {
  int format;
  bool same_file;
};
class TakeOverOfEach : public TakeOverTest, public ::testing::WithParamInterface<Old> {};

INSTANTIATE_TEST_SUITE_P(, TakeOverOfEach,
                         ::testing::Values(Old{1, false}, Old{1, true}, Old{2, false},
                                           Old{2, true}),
                         [](const auto& old) {
                           return "Format" + std::to_string(old.param.format) +
                                  (old.param.same_file ? "InTheSameFile" : "InAnotherFile");
                         });

TEST_P(TakeOverOfEach, StateIsTakenOver) {
  const People all = people(20);
  {
    Journal01File old(old_file, GetParam().format);
    ingested(old, all, 0, 10);
    const auto add = [&](std::size_t i, const char* state, const char* more = "") {
      old.add(i, hashOf(all[i]), state, old.mark(i), more);
    };
    add(10, "queued", ", ingestion_id = 'ing_10'");
    add(11, "rejected", ", error_code = 'value_error'");
    add(12, "unsent");
    add(13, "in_flight", ", sent_at = 17");
    send(all[13], old.mark(13));
    add(14, "in_flight");
    add(15, "unresolved", ", error_code = 'may_be_queued'");
    send(all[15], old.mark(15));
    add(16, "unresolved", ", error_code = 'may_be_queued'");
    add(17, "queued", ", ingestion_id = 'ing_17'");
    send(all[17], old.mark(17));
  }
  if (GetParam().same_file) {
    options.journal = old_file;
  }
  EXPECT_TRUE(isJournal01(old_file));
  if (GetParam().same_file) {
    EXPECT_THAT(complaint(all), HasSubstr("is a journal of version 0.1"));
  } else {
    EXPECT_THAT(complaint(all), HasSubstr("candidates of version 0.1"));
  }
  EXPECT_EQ(posts(), 0u);
  TakeOverResult taken = takeOver(all);
  EXPECT_FALSE(taken.known);
  EXPECT_EQ(taken.ingested, 13u);
  EXPECT_EQ(taken.queued, 2u);
  EXPECT_EQ(taken.rejected, 1u);
  EXPECT_EQ(taken.unsent, 2u);
  EXPECT_TRUE(takeOver(all).known);
  const std::size_t before = server.candidates("p").size();
  EXPECT_EQ(before, 13u);
  const BulkIngestResult result = ingest(all);
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.ingested, 4u);
  EXPECT_EQ(result.known, 15u);
  EXPECT_EQ(result.rejected, 1u);
  EXPECT_THAT(newlyArrived(before), ElementsAre("12", "14", "18", "19"));
  expectReportAgrees();
  for (const auto& [number, times] : arrived()) {
    EXPECT_EQ(times, 1) << number;
  }
  EXPECT_EQ(records.at(11).error.value().code, "value_error");
  EXPECT_EQ(records.at(10).ingestion_id, "ing_10");
  EXPECT_EQ(ingest(all).ingested, 0u);
  // Version 0.1 goes by the format.
  OtherProgram(old_file).execute(
      "CREATE TABLE check_(x CHECK(x = 0));"
      "INSERT INTO check_ SELECT count(*) FROM about WHERE "
      "key = 'format' AND value IN ('1', '2')");
}

TEST_F(TakeOverTest, TheSourceMayHaveGrownAndBeenSorted) {
  People all = people(30);
  {
    Journal01File old(old_file);
    ingested(old, all, 0, 20);
  }
  std::shuffle(all.begin(), all.end(), std::mt19937(7));
  takeOver(all);
  const BulkIngestResult result = ingest(all);
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.ingested, 10u);
  expectEverybodyOnce(30);
  // By their receipts, as the posting does not show their keys.
  const auto journal = sqliteJournal(options.journal);
  const VerifyResult verified = verifyPosting(Client(client_options), "p", *journal);
  EXPECT_EQ(verified.once, 30u);
  EXPECT_EQ(verified.deleted + verified.missing, 0u);
}

TEST_F(TakeOverTest, IsKnownAlsoWhereTheJournalIsAdoptedAgain) {
  const People all = people(5);
  {
    Journal01File old(old_file);
    ingested(old, all, 0, 5);
  }
  takeOver(all);
  EXPECT_EQ(ingest(all).known, 5u);
  std::filesystem::remove(options.journal + "-run");  // it may be an older copy now
  EXPECT_EQ(ingest(all).known, 5u);
  EXPECT_EQ(posts(), 0u);
}

TEST_F(TakeOverTest, OneInFlightWithoutAMarkIsNotSentAgain) {
  People all = people(2);
  {
    Journal01File old(old_file);
    ingested(old, all, 0, 1);
    old.add(1, hashOf(all[1]), "in_flight", "none");
    old.execute("UPDATE record SET mark = NULL, email_hash = 7 WHERE idx = 1");
  }
  const People before = all;
  all[1].name = "Another name";
  EXPECT_THAT(complaintOfTakeOver(all), HasSubstr("are not in the source any more"));
  EXPECT_EQ(takeOver(before).queued, 1u);
  EXPECT_EQ(ingest(before).known, 2u);
  EXPECT_EQ(posts(), 0u);
}

TEST_F(TakeOverTest, WhoWasDeletedFromThePostingIsKnown) {
  const People all = people(3);
  {
    Journal01File old(old_file);
    for (std::size_t i = 0; i < 3; ++i) {
      old.add(i, hashOf(all[i]), "ingested", old.mark(i), ", interview_id = 'int_x'");
    }
  }
  takeOver(all);
  EXPECT_EQ(ingest(all).known, 3u);
  EXPECT_EQ(posts(), 0u);
}

// Hashes and states as the program of version 0.1 has written them for these lines.
TEST_F(TakeOverTest, HashesAreThoseOfVersion01) {
  const auto parsed = [](const char* line) {
    return nlohmann::json::parse(line).get<CandidateIngestRequest>();
  };
  EXPECT_EQ(hashOf(parsed(R"({"name": "Zo\u00eb 0", "email": "p0@example.com"})")),
            -4839950752030104908);
  EXPECT_EQ(hashOf(parsed(R"({"name": "Zo\u00eb 1", "email": "p1@example.com",)"
                          R"( "metadata": {"number": "1"}})")),
            9147201762280283177);
  EXPECT_EQ(hashOf(parsed(R"({"name": "Zo\u00eb 3", "email": "p3@example.com",)"
                          R"( "metadata": {"number": "3"}, "data":)"
                          R"( {"score": 1.5, "tags": ["a", null], "big": 123456789012345}})")),
            -3531300512167439386);
  EXPECT_EQ(hashOf(parsed(R"({"name": "Zo\u00eb 4", "email": "p4@example.com",)"
                          R"( "phone_number": "+49 1"})")),
            -3168904659972755451);
}

TEST_F(TakeOverTest, AJournalThatDoesNotKnowThemIsRefused) {
  const People all = people(12);
  {
    Journal01File old(old_file);
    ingested(old, all, 0, 10);
  }
  const std::string said = complaint(all);
  EXPECT_THAT(said, HasSubstr("candidates of version 0.1"));
  EXPECT_THAT(said, HasSubstr("run bulk_ingest with each file"));
  EXPECT_THAT(said, HasSubstr("--key email"));
  EXPECT_THAT(said, HasSubstr("has sent nothing"));
  EXPECT_THAT(complaint(all), HasSubstr("candidates of version 0.1"));  // and again
  EXPECT_EQ(posts(), 0u);
  // As it says.
  for (const char* key : {"email", "number"}) {
    options.journal = directory.file(key);
    options.key = key;
    EXPECT_TRUE(ingest(all).complete);
    expectEverybodyOnce(12);
  }
}

TEST_F(TakeOverTest, KeysOfAnotherKindAreRefused) {
  options.key = "number";
  ingest(people(3));
  const std::size_t before = posts();
  options.journal = directory.file("another");
  options.key = "";
  EXPECT_THAT(complaint(people(3)), HasSubstr("by another key, with --key number"));
  EXPECT_EQ(posts(), before);
  options.key = "email";
  options.journal = directory.file("by-email");
  EXPECT_EQ(ingest(people(3)).known, 3u);
}

TEST_F(TakeOverTest, EachOldJournalOfThePostingIsNeeded) {
  const People all = people(10);
  const People other(all.begin() + 5, all.end());
  {
    Journal01File old(old_file);
    ingested(old, all, 0, 5);
    Journal01File another(directory.file("other.journal"), 2, "abcdefabcdefabcdefabcdef");
    ingested(another, other, 0, 5);
  }
  takeOver(people(5));
  EXPECT_THAT(complaint(people(5)), HasSubstr("candidates of version 0.1"));
  takeOverJournal01(
      Client(client_options), "p", sourceOf(other), directory.file("other.journal"), options);
  EXPECT_EQ(ingest(all).known, 10u);
  EXPECT_EQ(posts(), 0u);
}

TEST_F(TakeOverTest, WhatWasSentAndHasChangedIsRefused) {
  People all = people(3);
  {
    Journal01File old(old_file);
    for (std::size_t i = 0; i < 3; ++i) {
      old.add(i, hashOf(all[i]), "in_flight", old.mark(i));
    }
    send(all[1], old.mark(1));
  }
  const People before = all;
  all[1].name = "Another name";
  const std::string said = complaintOfTakeOver(all);
  EXPECT_THAT(said, HasSubstr("1 of its records that were sent are not in the source any more"));
  EXPECT_THAT(said, HasSubstr("Nothing was sent"));
  EXPECT_EQ(posts(), 0u);
  options.key = "email";  // by which the posting shows who it is
  options.journal = directory.file("by-email");
  takeOver(all);
  EXPECT_TRUE(ingest(all).complete);
  expectEverybodyOnce(3);
}

TEST_F(TakeOverTest, WaitsUntilNothingIsUnderWay) {
  options.settling_time.reset();
  const People all = people(1);
  {
    Journal01File old(old_file);
    old.add(0, hashOf(all[0]), "in_flight", old.mark(0));
  }
  std::chrono::milliseconds longest{0};
  options.on_progress = [&](const BulkProgress& progress) {
    if (progress.phase == "adopting") {
      longest = std::max(longest, progress.wait);
    }
  };
  bool late = false;
  clock->onWait([&](std::chrono::milliseconds) {
    if (!late) {
      late = true;  // it arrives after all
      send(all[0], Journal01File(directory.file("names")).mark(0));
    }
  });
  EXPECT_EQ(takeOver(all).ingested, 1u);
  EXPECT_EQ(longest, seconds{125});
  clock->onWait(nullptr);
  EXPECT_EQ(ingest(all).known, 1u);
}

TEST_F(TakeOverTest, IsStopped) {
  const People all = people(1);
  {
    Journal01File old(old_file);
    old.add(0, hashOf(all[0]), "in_flight", old.mark(0));
  }
  CancellationSource stop;
  options.stop = stop.token();
  options.on_progress = [&](const BulkProgress&) { stop.cancel(); };
  EXPECT_TRUE(takeOver(all).stopped);
  options.stop = {};
  options.on_progress = nullptr;
  EXPECT_EQ(takeOver(all).unsent, 1u);
}

TEST_F(TakeOverTest, WhatCannotBeTakenOverIsRefused) {
  const People all = people(2);
  Journal01File(old_file, 2, "0123456789abcdef01234567", "another");
  EXPECT_THAT(complaintOfTakeOver(all), HasSubstr("is the journal of another posting"));
  OtherProgram(old_file).execute("UPDATE about SET value = 'p' WHERE key = 'posting_id'");
  OtherProgram(old_file).execute("UPDATE about SET value = '4' WHERE key = 'format'");
  EXPECT_THAT(complaintOfTakeOver(all), HasSubstr("is a journal of another version"));
  OtherProgram(old_file).execute("UPDATE about SET value = '2' WHERE key = 'format'");
  {
    OtherProgram run_of_01(old_file);
    run_of_01.execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    EXPECT_THAT(complaintOfTakeOver(all), HasSubstr("locked"));
  }
  const BulkSource source = [&]() -> std::optional<BulkRecord> {
    OtherProgram(old_file).execute("UPDATE about SET value = value + 1 WHERE key = 'runs'");
    return std::nullopt;
  };
  try {
    takeOverJournal01(Client(client_options), "p", source, old_file, options);
    ADD_FAILURE() << "it was taken over";
  } catch (const StoreError& error) {
    EXPECT_THAT(error.what(), HasSubstr("has used " + old_file + " in the meantime"));
  }
  sqliteJournal(directory.file("new"));
  EXPECT_FALSE(isJournal01(directory.file("new")));
  EXPECT_FALSE(isJournal01(directory.file("none")));
  EXPECT_FALSE(std::filesystem::exists(directory.file("none")));
}

/// Without a server, whose threads a child would not have.
class TakeOverKilled : public ::testing::Test {
 protected:
  TakeOverKilled() {
    client_options.api_key = "key";
    client_options.base_url = "http://127.0.0.1:9";
    client_options.proxy = "";
    options.journal = directory.file("people.journal");
  }
  TakeOverResult takeOver(const People& all) {
    return takeOverJournal01(Client(client_options), "p", sourceOf(all), options.journal, options);
  }

  TemporaryDirectory directory;
  ClientOptions client_options;
  BulkIngestOptions options;
};

TEST_F(TakeOverKilled, IsMadeAgain) {
  constexpr std::size_t kRecords = 3'000;
  const People all = people(kRecords);
  {
    Journal01File old(options.journal);
    old.execute("BEGIN");
    for (std::size_t i = 0; i < kRecords; ++i) {
      old.add(i, hashOf(all[i]), i % 3 == 0 ? "rejected" : "ingested", old.mark(i));
    }
    old.execute("COMMIT");
  }
  std::mt19937 random(std::random_device{}());
  int killed = 0;
  for (unsigned round = 1;; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      try {
        takeOver(all);
      } catch (const std::exception&) {
        _exit(1);
      }
      _exit(0);
    }
    usleep(static_cast<useconds_t>(random() % 40'000 * round));
    kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    if (WIFEXITED(status)) {
      EXPECT_EQ(WEXITSTATUS(status), 0);
      break;
    }
    ++killed;
    try {
      bulkIngest(Client(client_options), "p", sourceOf(all), options);
      ADD_FAILURE() << "it was complete";
    } catch (const StoreError& error) {
      EXPECT_THAT(error.what(), HasSubstr("version 0.1"));
    } catch (const ConnectionError&) {
      EXPECT_TRUE(takeOver(all).known) << "it went on without what the old journal knows";
    }
  }
  EXPECT_GT(killed, 0);
  EXPECT_TRUE(takeOver(all).known);
  const auto standing = sqliteJournal(options.journal)->standing("p");
  ASSERT_TRUE(standing);
  EXPECT_EQ(standing->counts.ingested, kRecords * 2 / 3);
  EXPECT_EQ(standing->counts.rejected, kRecords / 3);
  EXPECT_EQ(standing->counts.in_doubt, 0u);
}

}  // namespace
}  // namespace heymilo_test
