#include <sqlite3.h>

#include <heymilo/workflows/outbox.hpp>
#include <memory>
#include <string>

#include "recipe.hpp"
#include "support/temporary_directory.hpp"

namespace {

// [accept]
/// Accepts an applicant: the application's own row and the outbox's, or neither of them.
const char* const kAccept = R"(
BEGIN;
INSERT INTO applicant(id, name) VALUES(4711, 'Ada Example');
INSERT INTO heymilo_outbox(posting_id, key, request)
  VALUES('posting-id', '4711', json_object('name', 'Ada Example', 'email', 'ada@example.com'));
COMMIT;
)";
// [/accept]

// [deliver]
/// Ingests what has been committed, until it is stopped.
void deliver(const heymilo::Client& client, const std::string& database,
             heymilo::workflows::OutboxOptions options) {
  const auto outbox = heymilo::workflows::sqliteOutbox(database);  // or postgres::outbox(url)
  options.key = "applicant_id";  // people are called key:applicant_id:4711 in the posting
  heymilo::workflows::deliverOutbox(client, *outbox, options);
}
// [/deliver]

class OutboxRecipe : public Recipe {};

TEST_F(OutboxRecipe, AnApplicantWhoWasAcceptedIsIngested) {
  const heymilo_test::TemporaryDirectory directory;
  const std::string file = directory.file("application.db");
  sqlite3* opened = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &opened), SQLITE_OK);
  const std::unique_ptr<sqlite3, int (*)(sqlite3*)> application(opened, &sqlite3_close);
  const std::string migration = "CREATE TABLE applicant(id INTEGER PRIMARY KEY, name TEXT);" +
                                heymilo::workflows::sqliteOutboxSchema();
  ASSERT_EQ(sqlite3_exec(opened, migration.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(opened, kAccept, nullptr, nullptr, nullptr), SQLITE_OK);

  heymilo::workflows::OutboxOptions once;
  once.once = true;
  once.new_posting = true;
  deliver(heymilo::Client(options), file, once);
  ASSERT_EQ(server.candidateCount("posting-id"), 1u);
  EXPECT_EQ(server.candidates("posting-id")[0]["metadata"]["heymilo_ref"], "key:applicant_id:4711");
}

}  // namespace
