// The figures of a mirror in PostgreSQL, which are those of one in SQLite.

#include "heymilo/postgres/mirror_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "heymilo/errors.hpp"
#include "heymilo/postgres/mirror.hpp"
#include "heymilo/testing/mock_server.hpp"
#include "heymilo/workflows/sqlite_mirror.hpp"
#include "heymilo/workflows/sqlite_mirror_reader.hpp"
#include "support/figures_json.hpp"
#include "support/mock_client.hpp"
#include "support/postgres.hpp"
#include "support/temporary_directory.hpp"

namespace heymilo_test {
namespace {

using heymilo::workflows::FiguresOptions;
using heymilo::workflows::MirrorFigures;
using heymilo::workflows::MirrorOptions;
using heymilo::workflows::MirrorReader;
using heymilo::workflows::MirrorSink;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PostgresMirrorReader : public ::testing::Test {
 protected:
  PostgresMirrorReader() { api.addPosting("p"); }

  heymilo::Client client() {
    heymilo::ClientOptions options = mockClientOptions(api);
    options.rate_limit.reset();
    return heymilo::Client(options);
  }

  void refresh(MirrorSink& sink, const std::string& posting, bool erase) {
    MirrorOptions options;
    options.full = true;
    options.erase_after = std::chrono::hours{erase ? 0 : 24 * 7};
    mirrorCandidates(client(), posting, sink, options);
  }

  void refresh(const std::string& posting = "p", bool erase = false) {
    refresh(*heymilo::postgres::mirror(server.url(), posting), posting, erase);
    heymilo::workflows::SqliteMirror sqlite(fileOf(posting), posting);
    refresh(sqlite, posting, erase);
  }

  std::string fileOf(const std::string& posting) const { return directory.file(posting + ".db"); }

  static MirrorFigures figures(MirrorReader& reader, const std::string& posting = "p") {
    FiguresOptions options;
    options.personal_data = true;
    options.most_latest = 1'000;
    return reader.figures(posting, options);
  }

  static nlohmann::json comparable(const MirrorFigures& figures) {
    nlohmann::json all = toJson(figures);
    if (all.contains("latest")) {  // by the mirrors' own clocks
      std::sort(all["latest"].begin(), all["latest"].end());
    }
    return all;
  }

  void expectSame(const std::string& posting = "p") {
    const auto sqlite = heymilo::workflows::sqliteMirrorReader(fileOf(posting));
    EXPECT_EQ(comparable(figures(*heymilo::postgres::mirrorReader(server.url()), posting)),
              comparable(figures(*sqlite, posting)));
  }

  static heymilo::testing::MockServerOptions serverOptions() {
    heymilo::testing::MockServerOptions options;
    options.start_time =
        heymilo::toTimestamp(std::chrono::system_clock::now()) - std::chrono::hours{24 * 60};
    options.null_rate = 0.2;
    return options;
  }

  heymilo::testing::MockServer api{serverOptions()};
  PostgresServer server;
  TemporaryDirectory directory;
};

TEST_F(PostgresMirrorReader, HasTheFiguresOfSqlite) {
  refresh();
  expectSame();  // nobody
  for (int day = 0; day < 20; ++day) {
    for (int i = 0; i < 4; ++i) {
      api.addCandidate("p");
    }
    api.advance(std::chrono::hours{24});
    if (day % 3 == 0) {
      refresh();
    }
  }
  api.addCandidate("p",
                   {{"status", "zapped"},
                    {"name", "J\u00f6rg \"\\\u0001"},
                    {"score", 33.300000000000004},
                    {"created_at", -1.25}});
  api.removeCandidate(api.candidates("p")[3]["interview_id"].get<std::string>());
  refresh("p", true);
  api.removeCandidate(api.candidates("p")[3]["interview_id"].get<std::string>());
  refresh();
  expectSame();
  const MirrorFigures all = figures(*heymilo::postgres::mirrorReader(server.url()));
  EXPECT_EQ(all.candidates, 79u);
  EXPECT_EQ(all.gone, 1u);
  EXPECT_EQ(all.erased, 1u);
  EXPECT_EQ(all.steps.size(), 4u);
  EXPECT_GT(all.steps[3].time.count, 10u);
  EXPECT_GT(all.to_completion.count, 10u);
  EXPECT_GT(all.changes.size(), 3u);
  EXPECT_GT(all.latest.size(), 20u);
  EXPECT_EQ(all.outside, 1u);
}

TEST_F(PostgresMirrorReader, HasEachPostingOfItsOwn) {
  api.addPosting("q", 7);
  api.addPosting("empty");
  for (const char* posting : {"p", "q", "empty"}) {
    refresh(posting);
    expectSame(posting);
  }
  const auto reader = heymilo::postgres::mirrorReader(server.url());
  EXPECT_THAT(reader->postings(), ElementsAre("empty", "p", "q"));
  EXPECT_EQ(figures(*reader, "q").candidates, 7u);
  EXPECT_EQ(figures(*reader, "p").candidates, 0u);
  EXPECT_EQ(figures(*reader, "other").candidates, 0u);
}

TEST_F(PostgresMirrorReader, NeedsTwoTablesAndTellsMoreWithMoreRights) {
  for (int i = 0; i < 5; ++i) {
    api.addCandidate("p");
  }
  api.addPosting("empty");
  refresh();
  refresh("empty");
  server.sql(
      "CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA heymilo TO reader; "
      "GRANT SELECT ON heymilo.candidates, heymilo.candidate_history TO reader");
  std::string url = server.url();
  url += (url.find('?') == std::string::npos ? '?' : '&') + std::string("user=reader");
  const auto reader = heymilo::postgres::mirrorReader(url);
  MirrorFigures all = figures(*reader);
  EXPECT_EQ(all.candidates, 5u);
  EXPECT_TRUE(all.read_at);
  EXPECT_FALSE(all.complete_until);
  EXPECT_FALSE(all.unfinished);
  EXPECT_FALSE(all.filled);
  EXPECT_FALSE(all.erased);
  EXPECT_THAT(reader->postings(), ElementsAre("p"));

  server.sql("GRANT SELECT (posting, watermark_us, walk) ON heymilo.mirror TO reader");
  all = figures(*reader);
  EXPECT_TRUE(all.complete_until);
  EXPECT_EQ(all.unfinished, false);
  EXPECT_EQ(all.filled, true);
  EXPECT_FALSE(figures(*reader, "empty").filled);
  server.sql("GRANT SELECT (last_walk) ON heymilo.mirror TO reader");
  EXPECT_EQ(figures(*reader, "empty").filled, true);
  server.sql("UPDATE heymilo.mirror SET last_walk = 0 WHERE posting = 'empty'");
  EXPECT_EQ(figures(*reader, "empty").filled, false);
  server.sql("UPDATE heymilo.mirror SET watermark_us = NULL, walk = '{}' WHERE posting = 'p'");
  EXPECT_EQ(figures(*reader).filled, false);
  EXPECT_FALSE(all.erased);
  EXPECT_THAT(reader->postings(), ElementsAre("empty", "p"));
  EXPECT_THROW(server.sql("SET ROLE reader; SELECT erasure_key FROM heymilo.mirror"),
               std::runtime_error);

  server.sql("GRANT SELECT ON heymilo.candidate_tombstones TO reader");
  EXPECT_EQ(figures(*reader).erased, 0u);

  server.sql("REVOKE SELECT ON heymilo.candidates FROM reader");
  try {
    figures(*reader);
    FAIL();
  } catch (const heymilo::StoreError& error) {
    EXPECT_THAT(error.what(), HasSubstr("permission denied"));
    EXPECT_THAT(error.what(), HasSubstr("The role needs USAGE on the schema heymilo"));
  }
}

TEST_F(PostgresMirrorReader, WorksThroughPgbouncerInTransactionMode) {
  api.addCandidate("p");
  refresh();
  const Pgbouncer bouncer(server);
  const auto reader = heymilo::postgres::mirrorReader(bouncer.url());
  EXPECT_EQ(figures(*reader).candidates, 1u);
  EXPECT_EQ(figures(*reader).candidates, 1u);
}

TEST_F(PostgresMirrorReader, MakesNothingWhereThereIsNoMirror) {
  const auto reader = heymilo::postgres::mirrorReader(server.url());
  for (const bool schema : {false, true}) {
    if (schema) {
      server.sql("CREATE SCHEMA heymilo");
    }
    try {
      reader->postings();
      FAIL();
    } catch (const heymilo::StoreError& error) {
      EXPECT_THAT(error.what(), HasSubstr("there is no mirror in this database"));
    }
  }
  EXPECT_EQ(server.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'heymilo'"), "0\n");
  EXPECT_THROW(heymilo::postgres::mirrorReader("mirror.db"), heymilo::InvalidArgumentError);
}

}  // namespace
}  // namespace heymilo_test
