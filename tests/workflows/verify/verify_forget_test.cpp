// What verifyPosting() lets the journal forget.

#include <gmock/gmock.h>

#include <cstddef>
#include <string>

#include "heymilo/errors.hpp"
#include "workflows/verify/verify_fixture.hpp"

namespace heymilo_test {
namespace {

using heymilo::testing::ScriptedResponse;
using heymilo::workflows::KeyState;
using heymilo::workflows::VerifyKind;
using heymilo::workflows::VerifyResult;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class VerifyForget : public VerifyTest {};

TEST_F(VerifyForget, WhoWasDeletedIsForgottenOnRequestAndNotInvitedAgain) {
  ingest(people(3));
  const std::string id = server.candidates("p")[1].at("interview_id");
  server.removeCandidate(id);
  EXPECT_EQ(verified().forgotten, 0u);
  verify_options.forget_deleted = true;
  findings.clear();
  VerifyResult result = verified();
  EXPECT_TRUE(result.good());
  EXPECT_EQ(result.deleted, 0u);
  EXPECT_EQ(result.forgotten, 1u);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].kind, VerifyKind::deleted);
  EXPECT_THAT(findings[0].interview_ids, ElementsAre(id));  // the last time
  findings.clear();
  verify_options.forget_deleted = false;
  result = verified();
  EXPECT_TRUE(result.good());
  EXPECT_EQ(result.forgotten, 1u);
  EXPECT_EQ(result.missing + result.deleted, 0u);
  EXPECT_EQ(result.once, 2u);
  EXPECT_THAT(findings, IsEmpty());
  records.clear();
  People again = people(3);
  ingest(again);
  EXPECT_EQ(server.candidateCount("p"), 2u);
  std::size_t without = 0;
  for (const auto& [index, record] : records) {
    EXPECT_EQ(record.state, heymilo::workflows::RecordState::ingested);
    EXPECT_TRUE(record.known);
    without += record.interview_id ? 0U : 1U;
  }
  EXPECT_EQ(without, 1u);
}

TEST_F(VerifyForget, NobodyIsForgottenWhoMayBeThere) {
  verify_options.forget_deleted = true;
  journal.add(keyOf("gone"), KeyState::ingested, "int_gone").other_interview_ids = {"int_other"};
  const auto key = keyOf("shown");
  journal.add(key, KeyState::ingested, addMarked("shown"));
  journal.add(keyOf("without"), KeyState::ingested, addCandidate({}));  // there, without its key
  journal.add(keyOf("queued"), KeyState::queued).ingestion_id = "ing_1";
  journal.add(keyOf("doubt"), KeyState::in_doubt);
  journal.add(keyOf("rejected"), KeyState::rejected);
  journal.add(keyOf("confirmed"), KeyState::ingested);
  journal.add(keyOf("forgotten"), KeyState::ingested).forgotten = true;
  EXPECT_EQ(verifiedRows().forgotten, 1u);
  ASSERT_EQ(journal.deleted_.size(), 1u);
  EXPECT_EQ(journal.deleted_[0].key, keyOf("gone"));
  EXPECT_THAT(journal.deleted_[0].interview_ids,
              ::testing::UnorderedElementsAre("int_gone", "int_other"));
}

TEST_F(VerifyForget, NobodyIsForgottenWhereTheListIsNotComplete) {
  verify_options.forget_deleted = true;
  journal.add(keyOf("1"), KeyState::ingested, "int_1");
  journal.add(keyOf("2"), KeyState::ingested, "int_2");
  const auto list = [&](const json& data, int total) {
    journal.deleted_.clear();
    json body{{"pagination", {{"has_more", false}, {"total_count", total}}}};
    body["data"] = data;
    server.clearResponses();
    server.respondNext("listCandidates", ScriptedResponse::answer(200, body.dump()).times(2));
    EXPECT_EQ(verifiedRows().deleted, 2u);
    return journal.deleted_.size();
  };
  addCandidate({});
  json unreadable = server.candidates("p")[0];
  unreadable["metadata"] = 5;
  EXPECT_EQ(list(json::array(), 0), 2u);
  EXPECT_EQ(list(json::array(), 1), 0u) << "there is one more";
  EXPECT_EQ(list(json::array({unreadable}), 1), 2u) << "it is another one";
  unreadable["interview_id"] = "int_1";
  EXPECT_EQ(list(json::array({unreadable}), 1), 1u);
  unreadable["interview_id"] = 5;
  EXPECT_EQ(list(json::array({unreadable}), 1), 0u) << "it may be any of them";
  server.clearResponses();
  server.respondNext("listCandidates", ScriptedResponse::answer(200, "{"));
  journal.deleted_.clear();
  EXPECT_THROW(verifiedRows(), heymilo::DecodeError);
  EXPECT_THAT(journal.deleted_, IsEmpty());
}

}  // namespace
}  // namespace heymilo_test
