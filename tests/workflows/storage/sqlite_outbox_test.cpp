// The outbox in SQLite: what each outbox has to do, and what a file of an application's adds.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "heymilo/errors.hpp"
#include "heymilo/workflows/outbox.hpp"
#include "support/mock_client.hpp"
#include "support/temporary_directory.hpp"
#include "workflows/outbox/outbox_contract.hpp"
#include "workflows/outbox/sqlite_application.hpp"

namespace heymilo_test {
namespace {

using heymilo::StoreError;
using heymilo::workflows::Outbox;
using heymilo::workflows::OutboxOutcome;
using heymilo::workflows::OutboxState;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ValuesIn;

std::string nameOf(const ::testing::TestParamInfo<OutboxRule>& info) { return info.param.name; }

class SqliteOutboxContract : public ::testing::TestWithParam<OutboxRule> {
 protected:
  TemporaryDirectory directory;
};

TEST_P(SqliteOutboxContract, HoldsInANewFile) {
  SqliteApplication application(directory.file("outbox.db"));
  GetParam().check(application);
}

TEST_P(SqliteOutboxContract, HoldsInAnApplicationsDatabaseWithALog) {
  SqliteApplication application(directory.file("application.db"));
  application.run("PRAGMA journal_mode=WAL");
  application.run("CREATE TABLE applicant(id INTEGER PRIMARY KEY, name TEXT)");
  GetParam().check(application);
}

INSTANTIATE_TEST_SUITE_P(Store, SqliteOutboxContract, ValuesIn(outboxContract()), nameOf);
INSTANTIATE_TEST_SUITE_P(Delivery, SqliteOutboxContract, ValuesIn(deliveryContract()), nameOf);
INSTANTIATE_TEST_SUITE_P(Corrections, SqliteOutboxContract, ValuesIn(correctionContract()), nameOf);

class SqliteOutboxFile : public ::testing::Test {
 protected:
  static void settleAll(Outbox& outbox, OutboxState state) {
    std::vector<OutboxOutcome> outcomes;
    for (const auto& row : outbox.pending("p", 0, 10'000)) {
      OutboxOutcome outcome;
      outcome.id = row.id;
      outcome.state = state;
      outcomes.push_back(std::move(outcome));
    }
    outbox.settle(outcomes);
  }

  /// How often a text is in the files of the database.
  std::size_t occurrences(const std::string& text) const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(in), {}};
      for (std::size_t at = bytes.find(text); at != std::string::npos;
           at = bytes.find(text, at + 1)) {
        ++count;
      }
    }
    return count;
  }

  void expectErased(SqliteApplication& application, Outbox& outbox, int count, int sizes,
                    std::size_t step) {
    for (int i = 0; i < count; ++i) {
      const std::string key = std::to_string(count) + "-" + std::to_string((i * 7919) % count);
      const std::string note(static_cast<std::size_t>(i % sizes) * step, 'x');
      application.enqueue("p",
                          key,
                          R"({"name": "Canary)" + key + R"(", "email": "canary@example.com", )" +
                              R"("data": {"note": ")" + note + R"("}})");
    }
    ASSERT_GE(occurrences("canary@example.com"), static_cast<std::size_t>(count));
    settleAll(outbox, OutboxState::ingested);
    EXPECT_EQ(occurrences("canary@example.com"), 0u) << count;
    EXPECT_EQ(occurrences("Canary"), 0u) << count;
  }

  void expectErased(SqliteApplication& application) {
    application.run("CREATE TABLE applicant(id INTEGER PRIMARY KEY, name TEXT)");
    const auto outbox = application.open();
    // Of several sizes: pages are split, which leaves copies in them, and some content is in pages
    // of its own.
    expectErased(application, *outbox, 60, 1, 30);
    expectErased(application, *outbox, 40, 2, 200);
    expectErased(application, *outbox, 300, 7, 900);

    application.enqueue("p", "late", R"({"name": "Canary", "email": "canary@example.com"})");
    settleAll(*outbox, OutboxState::rejected);
    EXPECT_GE(occurrences("canary@example.com"), 1u);
    EXPECT_EQ(outbox->expire(std::chrono::seconds{0}), 1u);
    EXPECT_EQ(occurrences("canary@example.com"), 0u);
  }

  TemporaryDirectory directory;
  const std::string file = directory.file("application.db");
};

TEST_F(SqliteOutboxFile, WhatIsDeliveredIsOverwritten) {
  SqliteApplication application(file);
  expectErased(application);
}

TEST_F(SqliteOutboxFile, WhatIsDeliveredIsOverwrittenInAWriteAheadLog) {
  SqliteApplication application(file);
  application.run("PRAGMA journal_mode=WAL");
  expectErased(application);
}

// The outbox of a busy application is never empty.
TEST_F(SqliteOutboxFile, WhatIsDeliveredIsOverwrittenWhileOthersWait) {
  SqliteApplication application(file);
  application.run("PRAGMA journal_mode=WAL");
  application.run("CREATE TABLE applicant(id INTEGER PRIMARY KEY, name TEXT)");
  const auto outbox = application.open();
  int number = 0;
  const auto enqueue = [&](int count) {
    application.begin();
    for (int i = 0; i < count; ++i, ++number) {
      const std::string note(static_cast<std::size_t>(number * 7 % 11) * 300, 'x');
      application.enqueue(
          "p",
          std::to_string(number * 7'919 % 10'007),
          R"({"name": "Canary)" + std::to_string(number) + R"(", "note": ")" + note + "\"}");
    }
    application.commit();
  };
  enqueue(300);
  for (int round = 0; round < 20; ++round) {
    enqueue(40);
    std::vector<OutboxOutcome> outcomes;
    for (const auto& row : outbox->pending("p", 0, 40)) {
      outcomes.emplace_back();
      outcomes.back().id = row.id;
    }
    outbox->settle(outcomes);
  }
  const std::size_t waiting = outbox->pending("p", 0, 10'000).size();
  ASSERT_EQ(waiting, 300u);
  outbox->pending();
  EXPECT_EQ(occurrences("Canary"), waiting);
}

TEST_F(SqliteOutboxFile, WhatIsReadByOthersIsOverwrittenLater) {
  SqliteApplication application(file);
  application.run("PRAGMA journal_mode=WAL");
  application.run("CREATE TABLE applicant(id INTEGER PRIMARY KEY, name TEXT)");
  const auto outbox = application.open();
  application.enqueue("p", "1", R"({"name": "Canary"})");
  application.begin();
  EXPECT_EQ(application.run("SELECT count(*) FROM heymilo_outbox"), "1");
  settleAll(*outbox, OutboxState::ingested);
  EXPECT_GE(occurrences("Canary"), 1u);
  application.commit();
  outbox->pending();
  EXPECT_EQ(occurrences("Canary"), 0u);
}

TEST_F(SqliteOutboxFile, TheApplicationsSettingsAreItsOwn) {
  SqliteApplication application(file);
  application.run("PRAGMA user_version=7");
  application.run("PRAGMA application_id=77");
  application.run("CREATE TABLE applicant(id INTEGER PRIMARY KEY, name TEXT)");
  application.open();
  application.open();
  EXPECT_EQ(application.run("PRAGMA user_version"), "7");
  EXPECT_EQ(application.run("PRAGMA application_id"), "77");
  EXPECT_EQ(application.run("PRAGMA journal_mode"), "delete");
}

TEST_F(SqliteOutboxFile, TheTablesMayComeFromTheApplicationsMigrations) {
  const std::string script = heymilo::workflows::sqliteOutboxSchema();
  std::ifstream in(HEYMILO_SOURCE_DIR "/examples/sql/outbox_sqlite.sql");
  EXPECT_EQ(script, std::string(std::istreambuf_iterator<char>(in), {}));
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, script.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, script.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
  SqliteApplication application(file);
  application.enqueue("1");  // before anybody has delivered
  EXPECT_EQ(application.open()->pending("p", 0, 10).size(), 1u);
}

TEST_F(SqliteOutboxFile, AnInsertOfAKnownKeyHarmsNothingWhateverItsConflictClause) {
  SqliteApplication application(file);
  const auto outbox = application.open();
  application.enqueue("1");
  for (const char* clause : {"OR IGNORE", "OR REPLACE", "OR FAIL", "OR ROLLBACK", ""}) {
    application.run(std::string("INSERT ") + clause +
                        " INTO heymilo_outbox(posting_id, key, request) VALUES('p', 1, ?)",
                    {R"({"name": "Other"})"});
    EXPECT_THAT(application.row("p", "1"), HasSubstr("Person 1")) << clause;
  }
  application.run("INSERT INTO heymilo_outbox(posting_id, key) VALUES('p', '2')");
  settleAll(*outbox, OutboxState::ingested);
  application.run("INSERT INTO heymilo_outbox(posting_id, key) VALUES('p', '2')");
  EXPECT_EQ(application.row("p", "2"), "pending  -");
}

TEST_F(SqliteOutboxFile, TheApplicationSeesTheNewestCorrection) {
  SqliteApplication application(file);
  const auto outbox = application.open();
  const auto correction = [&] {
    return application.run("SELECT correction FROM heymilo_outbox WHERE key = '1'");
  };
  application.enqueue("p", "1", "{}");
  EXPECT_EQ(correction(), "");
  application.enqueue("p", "1", "[1]");
  application.enqueue("p", "1", "[2]");
  EXPECT_EQ(correction(), "[2]");
  EXPECT_EQ(application.row("p", "1"), "pending  {}");
  settleAll(*outbox, OutboxState::rejected);
  EXPECT_EQ(application.row("p", "1"), "pending  [2]");
  EXPECT_EQ(correction(), "");
}

TEST_F(SqliteOutboxFile, CorrectionsAreOverwritten) {
  SqliteApplication application(file);
  application.run("CREATE TABLE applicant(id INTEGER PRIMARY KEY, name TEXT)");
  const auto outbox = application.open();
  for (int i = 0; i < 200; ++i) {
    const std::string note(static_cast<std::size_t>((i * 7) % 900), 'x');
    application.enqueue(
        "p", std::to_string(i % 20), R"({"name": "Canary)" + std::to_string(i) + note + R"("})");
  }
  ASSERT_GE(occurrences("Canary"), 200u);
  settleAll(*outbox, OutboxState::ingested);
  EXPECT_EQ(outbox->pending("p", 0, 100).size(), 20u);
  settleAll(*outbox, OutboxState::changed);
  EXPECT_EQ(occurrences("Canary"), 0u);
}

TEST_F(SqliteOutboxFile, AFileThatIsLockedIsPreparedLater) {
  SqliteApplication application(file);
  application.run("CREATE TABLE applicant(id INTEGER PRIMARY KEY, name TEXT)");
  application.run("BEGIN IMMEDIATE");
  const auto outbox = heymilo::workflows::sqliteOutbox(file);
  outbox->requireInPlace();
  EXPECT_EQ(application.run("SELECT count(*) FROM sqlite_master"), "1");
  application.commit();
  EXPECT_EQ(outbox->pending().size(), 0u);
  application.enqueue("1");
  EXPECT_EQ(outbox->pending().size(), 1u);
}

TEST_F(SqliteOutboxFile, WhatIsNoJournalIsRefusedAlsoAfterALock) {
  SqliteApplication application(file);
  application.run("CREATE TABLE heymilo_journal(id INTEGER, version INTEGER)");
  application.run("INSERT INTO heymilo_journal VALUES(1, 99)");
  application.run("BEGIN IMMEDIATE");
  const auto outbox = heymilo::workflows::sqliteOutbox(file);
  outbox->requireInPlace();
  application.commit();
  EXPECT_THROW(outbox->pending(), StoreError);
  EXPECT_THROW(outbox->requireInPlace(), StoreError);
  const heymilo::testing::MockServer server;
  EXPECT_THROW(deliverOutbox(heymilo::Client(mockClientOptions(server)), *outbox), StoreError);
}

TEST_F(SqliteOutboxFile, AFileThatIsGoneEndsTheDelivery) {
  const auto outbox = heymilo::workflows::sqliteOutbox(file);
  std::filesystem::remove(file);
  EXPECT_THROW(outbox->requireInPlace(), StoreError);
  const heymilo::testing::MockServer server;
  EXPECT_THROW(deliverOutbox(heymilo::Client(mockClientOptions(server)), *outbox), StoreError);
}

TEST_F(SqliteOutboxFile, WhatIsNotADatabaseIsRefused) {
  std::ofstream(file) << std::string(4096, 'x');
  EXPECT_THROW(heymilo::workflows::sqliteOutbox(file), StoreError);
  EXPECT_THROW(heymilo::workflows::sqliteOutbox(directory.path()), StoreError);
  EXPECT_THROW(heymilo::workflows::sqliteOutbox(""), StoreError);
}

}  // namespace
}  // namespace heymilo_test
