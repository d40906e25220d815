#include "heymilo/workflows/verify.hpp"

#include <gmock/gmock.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "heymilo/workflows/sqlite_journal.hpp"
#include "workflows/verify/verify_fixture.hpp"

namespace heymilo_test {
namespace {

using heymilo::workflows::KeyState;
using heymilo::workflows::VerifyKind;
using heymilo::workflows::VerifyResult;
using nlohmann::json;
using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(VerifyTest, EverybodyIsThereOnceAfterARun) {
  ingest(people(250));
  const std::size_t before = server.requestCount();
  std::vector<std::uint64_t> read;
  verify_options.on_progress = [&](const heymilo::workflows::VerifyProgress& progress) {
    read.push_back(progress.read);
    EXPECT_EQ(progress.expected, 250u);
  };
  const VerifyResult result = verified();
  EXPECT_TRUE(result.good());
  EXPECT_EQ(result.candidates, 250u);
  EXPECT_EQ(result.once, 250u);
  EXPECT_EQ(result.deleted + result.unsettled + result.queued + result.unsent, 0u);
  EXPECT_THAT(findings, IsEmpty());
  EXPECT_THAT(read, ElementsAre(100u, 200u, 250u));
  EXPECT_EQ(result.requests, 3u);
  EXPECT_EQ(server.requestCount() - before, 3u) << "it reads the posting once";
}

TEST_F(VerifyTest, AKeyWithTwoCandidatesIsTwice) {
  ingest(people(3));
  const std::string again = addMarked("1");
  const VerifyResult result = verified();
  EXPECT_FALSE(result.good());
  EXPECT_EQ(result.twice, 1u);
  EXPECT_EQ(result.once, 2u);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].kind, VerifyKind::twice);
  EXPECT_THAT(findings[0].keys, ElementsAre("key:number:1"));
  EXPECT_THAT(findings[0].interview_ids, ::testing::Contains(again));
  EXPECT_EQ(findings[0].interview_ids.size(), 2u);
}

TEST_F(VerifyTest, ACandidateOfAnotherWayIsTheSamePerson) {
  ingest(people(3));
  addCandidate({{"number", "1"}});
  EXPECT_EQ(verified().twice, 1u);
}

TEST_F(VerifyTest, ASecondReceiptIsTwiceAlsoWhereOneCandidateIsThere) {
  const std::string id = addMarked("1");
  journal.add(keyOf("1"), KeyState::ingested, id).other_interview_ids = {"int_other"};
  journal.add(keyOf("2"), KeyState::ingested, "int_first");  // the posting has another one
  const std::string second = addMarked("2");
  const VerifyResult result = verifiedRows();
  EXPECT_EQ(result.twice, 2u);
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_THAT(findings[0].interview_ids, ::testing::UnorderedElementsAre(id, "int_other"));
  EXPECT_THAT(findings[1].interview_ids, ::testing::UnorderedElementsAre(second, "int_first"));
}

TEST_F(VerifyTest, OneCandidateOfTwoKeysIsSharedAndNobodyIsDeleted) {
  const std::string id = addMarked("1");
  journal.add(keyOf("1"), KeyState::ingested, id);
  journal.add(keyOf("2"), KeyState::ingested, id);
  const VerifyResult result = verifiedRows();
  EXPECT_FALSE(result.good());
  EXPECT_EQ(result.shared, 1u);
  EXPECT_EQ(result.deleted, 0u);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].kind, VerifyKind::shared);
  EXPECT_THAT(findings[0].keys, ElementsAre(keyOf("1"), keyOf("2")));
  EXPECT_THAT(findings[0].interview_ids, ElementsAre(id));
}

TEST_F(VerifyTest, OneThatWasThereIsDeletedAndNothingIsWrong) {
  ingest(people(3));
  const std::string id = server.candidates("p")[1].at("interview_id");
  server.removeCandidate(id);
  const VerifyResult result = verified();
  EXPECT_TRUE(result.good());
  EXPECT_EQ(result.deleted, 1u);
  EXPECT_EQ(result.once, 2u);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].kind, VerifyKind::deleted);
  EXPECT_THAT(findings[0].interview_ids, ElementsAre(id));
}

// As after a journal of version 0.1 was taken over, whose marks only that journal knew.
TEST_F(VerifyTest, ACandidateOfTheJournalWithoutAReadableKeyIsThere) {
  const std::string old = addCandidate({{"heymilo_ref", "0123456789abcdef01234567-1"}});
  const std::string bare = addCandidate({});
  journal.add(keyOf("1"), KeyState::ingested, old);
  journal.add(keyOf("2"), KeyState::ingested, bare);
  journal.add("0.1:0123456789abcdef01234567", KeyState::unsent);  // not a key
  const VerifyResult result = verifiedRows();
  EXPECT_TRUE(result.good());
  EXPECT_EQ(result.once, 2u);
  EXPECT_EQ(result.deleted + result.unsent, 0u);
  EXPECT_THAT(findings, IsEmpty());
}

TEST_F(VerifyTest, OneThatWasQueuedForLongIsMissing) {
  const heymilo::Timestamp now = server.now();
  heymilo::workflows::JournalRow& late = journal.add(keyOf("late"), KeyState::queued);
  late.sent_at = now - hours{2};
  late.ingestion_id = "ing_1";
  journal.add(keyOf("new"), KeyState::queued).sent_at = now - minutes{30};
  journal.add(keyOf("newer"), KeyState::queued).sent_at = now - minutes{10};
  journal.add(keyOf("undated"), KeyState::queued);
  journal.add(keyOf("shown"), KeyState::queued).sent_at = now - hours{2};
  addMarked("shown");
  const VerifyResult result = verifiedRows();
  EXPECT_FALSE(result.good());
  EXPECT_EQ(result.missing, 1u);
  EXPECT_EQ(result.queued, 3u);
  EXPECT_EQ(result.queued_since, now - minutes{30});
  EXPECT_EQ(result.once, 1u);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].kind, VerifyKind::missing);
  EXPECT_THAT(findings[0].keys, ElementsAre(keyOf("late")));
  EXPECT_EQ(findings[0].ingestion_id, "ing_1");
  EXPECT_EQ(findings[0].queued_since, now - hours{2});
  verify_options.queue_time = hours{3};
  EXPECT_TRUE(verifiedRows().good());
}

TEST_F(VerifyTest, OneThatIsConfirmedWithoutAnInterviewIsMissing) {
  journal.add(keyOf("1"), KeyState::ingested);
  const VerifyResult result = verifiedRows();
  EXPECT_EQ(result.missing, 1u);
  EXPECT_FALSE(result.good());
}

TEST_F(VerifyTest, KeysThatAreNotSettledAreSkipped) {
  for (const KeyState state : {KeyState::in_flight, KeyState::in_doubt, KeyState::unresolved}) {
    journal.add(keyOf(std::string(toString(state))), state);
  }
  journal.add(keyOf("shown"), KeyState::in_doubt);
  addMarked("shown");
  journal.add(keyOf("rejected"), KeyState::rejected);
  journal.add(keyOf("unsent"), KeyState::unsent);
  const VerifyResult result = verifiedRows();
  EXPECT_TRUE(result.good());
  EXPECT_EQ(result.unsettled, 4u);
  EXPECT_EQ(result.unsent, 2u);
  EXPECT_THAT(findings, IsEmpty());
}

TEST_F(VerifyTest, OneThatTheJournalDoesNotHaveIsForeign) {
  ingest(people(2));
  const std::string id = addMarked("77");
  addCandidate({{"number", "88"}});                               // by a form, say
  addCandidate({});                                               // without a key
  addCandidate({{"heymilo_ref", "a text of somebody's"}});        // the same
  addCandidate({{"heymilo_ref", "key:external_id:77"}});          // of another kind
  addCandidate({{"heymilo_ref", "0123456789abcdef01234567-1"}});  // of version 0.1
  const VerifyResult result = verified();
  EXPECT_FALSE(result.good());
  EXPECT_EQ(result.foreign, 1u);
  EXPECT_EQ(result.by_other_ways, 1u);
  EXPECT_EQ(result.without_key, 2u);
  EXPECT_EQ(result.other_keys, 2u);
  EXPECT_EQ(result.once, 2u);
  EXPECT_EQ(result.candidates, 8u);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].kind, VerifyKind::foreign);
  EXPECT_THAT(findings[0].keys, ElementsAre(keyOf("77")));
  EXPECT_THAT(findings[0].interview_ids, ElementsAre(id));
}

TEST_F(VerifyTest, OnlyOtherWaysAreNotWrong) {
  ingest(people(2));
  addCandidate({{"number", "88"}});
  addCandidate({});
  EXPECT_TRUE(verified().good());
}

TEST_F(VerifyTest, OneThatTheJournalHasAsRejectedIsForeignWhereItIsThere) {
  journal.add(keyOf("1"), KeyState::rejected);
  addMarked("1");
  EXPECT_EQ(verifiedRows().foreign, 1u);
}

// What is ingested while the posting is read: some are in the list, some are not.
TEST_F(VerifyTest, ARunInTheMeantimeIsNoFalseAlarm) {
  ingest(people(150));
  People more = people(400);
  int pages = 0;
  verify_options.on_progress = [&](const heymilo::workflows::VerifyProgress&) {
    if (++pages == 1) {
      ingest(more);
    }
  };
  const VerifyResult result = verified();
  EXPECT_TRUE(result.good());
  EXPECT_EQ(result.deleted, 0u);
  EXPECT_THAT(findings, IsEmpty());
  EXPECT_GE(result.once, 150u);
}

TEST_F(VerifyTest, OneThatIsIngestedAfterTheJournalWasReadIsLookedUpAgain) {
  int readings = 0;
  journal.before_rows = [&] {
    if (++readings == 1) {  // the reading is of what was there before
      return;
    }
    journal.add(keyOf("1"), KeyState::ingested, "int_1");
    journal.add(keyOf("2"), KeyState::ingested, "int_2");  // after the list
  };
  addMarked("1");
  const VerifyResult result = verifiedRows();
  EXPECT_EQ(readings, 2);
  EXPECT_TRUE(result.good());
  EXPECT_EQ(result.deleted, 0u);
}

TEST_F(VerifyTest, RecognisesPeopleByAddressAndByContent) {
  for (const char* key : {"email", ""}) {
    SCOPED_TRACE(key);
    const std::string posting = std::string("p-") + key;
    server.addPosting(posting);
    options.key = key;
    options.journal = directory.file(posting + ".journal");
    records.clear();
    bulkIngest(client(), posting, sourceOf(people(3)), options);
    const std::string first = server.candidates(posting)[0].at("metadata").at("heymilo_ref");
    server.addCandidate(posting, {{"metadata", {{"heymilo_ref", first}}}});
    const VerifyResult result = verifyPosting(
        client(), posting, *heymilo::workflows::sqliteJournal(options.journal), verify_options);
    EXPECT_EQ(result.twice, 1u);
    EXPECT_EQ(result.once, 2u);
  }
}

TEST_F(VerifyTest, ACandidateWhoseKeyCanNotBeReadIsNotGood) {
  ingest(people(1));
  json candidate = server.candidates("p")[0];
  candidate["metadata"] = 5;
  server.respondNext(
      "listCandidates",
      ScriptedResponse::answer(
          200,
          json{{"data", {candidate}}, {"pagination", {{"has_more", false}, {"total_count", 1}}}}
              .dump()));
  int unreadable = 0;
  verify_options.on_unreadable = [&](const heymilo::UnreadableCandidate&) { ++unreadable; };
  const VerifyResult result = verified();
  EXPECT_EQ(result.unreadable, 1u);
  EXPECT_EQ(unreadable, 1);
  EXPECT_EQ(result.deleted, 1u);
  EXPECT_FALSE(result.good());
}

TEST_F(VerifyTest, RefusesAJournalOfSomethingElse) {
  const auto refused = [&](const Client& client, const std::string& posting) -> std::string {
    try {
      verifyPosting(client, posting, journal);
      return "nothing";
    } catch (const heymilo::InvalidArgumentError& error) {
      return error.param() + ' ' + error.what();
    }
  };
  client_options.base_url = "https://other.example.com";
  EXPECT_THAT(refused(client(), "p"),
              ::testing::AllOf(HasSubstr("base_url"), HasSubstr("https://other.example.com")));
  client_options = mockClientOptions(server);
  journal.standing_->posting.digest_version = 2;
  EXPECT_THAT(refused(client(), "p"), HasSubstr("version 2"));
  journal.standing_.reset();
  EXPECT_THAT(refused(client(), "p"), HasSubstr("posting_id"));
  EXPECT_THAT(refused(client(), ""), HasSubstr("posting_id"));
  EXPECT_EQ(server.requestCount(), 0u);
}

TEST_F(VerifyTest, EndsWhereItIsCancelled) {
  ingest(people(3));
  CancellationSource cancel;
  cancel.cancel();
  verify_options.cancellation = cancel.token();
  EXPECT_THROW(verified(), heymilo::CancelledError);
}

}  // namespace
}  // namespace heymilo_test
