#include "workflows/outbox/outbox_contract.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace heymilo_test {
namespace {

using heymilo::workflows::Outbox;
using heymilo::workflows::OutboxOutcome;
using heymilo::workflows::OutboxPosting;
using heymilo::workflows::OutboxRow;
using heymilo::workflows::OutboxState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::vector<std::string> keys(Outbox& outbox, const std::string& posting = "p") {
  std::vector<std::string> found;
  for (const OutboxRow& row : outbox.pending(posting, 0, 1000)) {
    found.push_back(row.key);
  }
  return found;
}

std::int64_t idOf(Outbox& outbox, const std::string& key) {
  for (const OutboxRow& row : outbox.pending("p", 0, 1000)) {
    if (row.key == key) {
      return row.id;
    }
  }
  return 0;
}

OutboxOutcome rejected(std::int64_t id) {
  OutboxOutcome outcome;
  outcome.id = id;
  outcome.state = OutboxState::rejected;
  outcome.error = heymilo::APIErrorDetail{"value_error", std::string("no\0 \xff!", 7), "email"};
  return outcome;
}

OutboxOutcome ingested(std::int64_t id) {
  OutboxOutcome outcome;
  outcome.id = id;
  outcome.interview_id = "int_1";
  return outcome;
}

void inOrder(OutboxDatabase& database) {
  const auto outbox = database.open();
  EXPECT_THAT(outbox->pending(), IsEmpty());
  for (const char* key : {"9", "1", "5"}) {
    database.enqueue(key);
  }
  database.enqueue("q", "1", R"({"name": "Other"})");
  EXPECT_THAT(keys(*outbox), ElementsAre("9", "1", "5"));
  const auto first = outbox->pending("p", 0, 1);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_THAT(first.front().request, HasSubstr("p9@example.com"));
  EXPECT_EQ(outbox->pending("p", first.front().id, 1).at(0).key, "1");
  const auto postings = outbox->pending();
  ASSERT_EQ(postings.size(), 2u);
  const OutboxPosting& p = postings.front();
  EXPECT_EQ(p.posting_id, "p");
  EXPECT_EQ(p.rows, 3u);
  EXPECT_EQ(p.newest, idOf(*outbox, "5"));
  EXPECT_LT(p.oldest, std::chrono::seconds{60});
  EXPECT_EQ(p.key_name, "");
}

void committedOnly(OutboxDatabase& database) {
  const auto outbox = database.open();
  database.begin();
  database.enqueue("1");
  EXPECT_THAT(keys(*outbox), IsEmpty());
  database.rollback();
  EXPECT_THAT(keys(*outbox), IsEmpty());
  database.begin();
  database.enqueue("1");
  database.commit();
  EXPECT_THAT(keys(*outbox), ElementsAre("1"));
}

void knownKeysDoNotFail(OutboxDatabase& database) {
  const auto outbox = database.open();
  database.enqueue("1");
  const std::int64_t id = idOf(*outbox, "1");
  database.enqueue("1");
  database.enqueue("p", "1", R"({"name": "Somebody else"})");
  ASSERT_THAT(keys(*outbox), ElementsAre("1"));
  EXPECT_EQ(idOf(*outbox, "1"), id);
  EXPECT_THAT(outbox->pending("p", 0, 1).at(0).request, HasSubstr("p1@example.com"));
  if (database.waitsAgain()) {
    return;  // see correctionContract()
  }
  outbox->settle({ingested(id)});
  database.enqueue("1");
  EXPECT_THAT(keys(*outbox), IsEmpty());
}

void deliveredIsErased(OutboxDatabase& database) {
  const auto outbox = database.open();
  database.enqueue("1");
  database.enqueue("2");
  OutboxOutcome changed;
  changed.id = idOf(*outbox, "2");
  changed.state = OutboxState::changed;
  outbox->settle({ingested(idOf(*outbox, "1")), changed});
  EXPECT_EQ(database.row("p", "1"), "ingested  -");
  EXPECT_EQ(database.row("p", "2"), "changed  -");
}

void rejectedIsKept(OutboxDatabase& database) {
  const auto outbox = database.open();
  database.enqueue("1");
  const std::int64_t id = idOf(*outbox, "1");
  outbox->settle({rejected(id)});
  outbox->settle({ingested(id)});  // by another process, too late
  EXPECT_THAT(keys(*outbox), IsEmpty());
  EXPECT_THAT(database.row("p", "1"), StartsWith("rejected value_error {"));
  // Corrected, it is another row, to which nothing said of the first one applies.
  database.enqueue("p", "1", R"({"name": "Corrected"})");
  const std::int64_t again = idOf(*outbox, "1");
  EXPECT_GT(again, id);
  outbox->settle({ingested(id)});
  ASSERT_THAT(keys(*outbox), ElementsAre("1"));
  EXPECT_THAT(outbox->pending("p", 0, 1).at(0).request, HasSubstr("Corrected"));
  outbox->settle({rejected(again)});
  EXPECT_THAT(database.row("p", "1"), HasSubstr("Corrected"));
}

void rejectedExpires(OutboxDatabase& database) {
  const auto outbox = database.open();
  database.enqueue("1");
  outbox->settle({rejected(idOf(*outbox, "1"))});
  EXPECT_EQ(outbox->expire(std::chrono::hours{1}), 0u);
  EXPECT_THAT(database.row("p", "1"), StartsWith("rejected value_error {"));
  EXPECT_EQ(outbox->expire(std::chrono::seconds{0}), 1u);
  EXPECT_EQ(database.row("p", "1"), "rejected value_error -");
  EXPECT_EQ(outbox->expire(std::chrono::seconds{0}), 0u);
  database.enqueue("1");
  EXPECT_THAT(keys(*outbox), ElementsAre("1"));
}

void emptyNamesAreRefused(OutboxDatabase& database) {
  const auto outbox = database.open();
  EXPECT_ANY_THROW(database.enqueue("", "1", "{}"));
  EXPECT_ANY_THROW(database.enqueue("p", "", "{}"));
  EXPECT_THAT(outbox->pending(), IsEmpty());
}

}  // namespace

std::vector<OutboxRule> outboxContract() {
  return {{"InOrder", inOrder},
          {"CommittedOnly", committedOnly},
          {"KnownKeysDoNotFail", knownKeysDoNotFail},
          {"DeliveredIsErased", deliveredIsErased},
          {"RejectedIsKept", rejectedIsKept},
          {"RejectedExpires", rejectedExpires},
          {"EmptyNamesAreRefused", emptyNamesAreRefused}};
}

}  // namespace heymilo_test
