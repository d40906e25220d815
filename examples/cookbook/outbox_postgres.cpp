#include <heymilo/postgres/outbox.hpp>
#include <heymilo/workflows/outbox.hpp>
#include <string>

#include "recipe.hpp"
#include "support/postgres.hpp"

namespace {

// [accept]
/// Accepts an applicant: the application's own row and the outbox's, or neither of them.
const char* const kAccept = R"(
BEGIN;
INSERT INTO applicant(id, name) VALUES(4711, 'Ada Example');
SELECT heymilo.enqueue('posting-id', '4711',
  jsonb_build_object('name', 'Ada Example', 'email', 'ada@example.com'));
COMMIT;
)";
// [/accept]

class OutboxInPostgres : public Recipe {};

TEST_F(OutboxInPostgres, AnApplicantWhoWasAcceptedIsIngested) {
  const heymilo_test::PostgresServer database;
  database.sql("CREATE TABLE applicant(id bigint PRIMARY KEY, name text)");
  database.sql("BEGIN;" + heymilo::postgres::outboxSchema() + "COMMIT;");
  database.sql(kAccept);
  heymilo::workflows::OutboxOptions once;
  once.once = true;
  once.new_posting = true;
  once.key = "applicant_id";
  const auto outbox = heymilo::postgres::outbox(database.url());
  const auto result = deliverOutbox(heymilo::Client(options), *outbox, once);
  EXPECT_EQ(result.delivered, 1u);
  EXPECT_EQ(server.candidateCount("posting-id"), 1u);
}

}  // namespace
