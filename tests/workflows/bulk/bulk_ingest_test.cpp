#include "heymilo/workflows/bulk_ingest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "heymilo/testing/manual_clock.hpp"
#include "heymilo/workflows/sqlite_journal.hpp"
#include "heymilo/workflows/store_error.hpp"
#include "support/bulk_ingest_fixture.hpp"

namespace heymilo_test {
namespace {

using BulkIngest = BulkIngestTest;
using std::chrono::milliseconds;

TEST_F(BulkIngest, BringsEverybodyInOnce) {
  const BulkIngestResult result = ingest(people(95));
  EXPECT_EQ(result.records, 95u);
  EXPECT_EQ(result.ingested, 95u);
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.job.ingested, 95u);
  EXPECT_EQ(result.requests, posts() + 1);  // one for the API's time
  EXPECT_THAT(posts(), about(10u));
  expectEverybodyOnce(95);
  expectReportAgrees();
  for (const RecordReport& record : reported(RecordState::ingested)) {
    EXPECT_FALSE(record.interview_url.value_or("").empty());
  }
}

TEST_F(BulkIngest, ASecondRunSendsNothing) {
  ingest(people(30));
  server.clearRequests();
  const BulkIngestResult result = ingest(people(30));
  EXPECT_EQ(result.known, 30u);
  EXPECT_EQ(result.ingested, 0u);
  EXPECT_EQ(result.job.ingested, 30u);
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(posts(), 0u);
  EXPECT_EQ(result.requests, server.requestCount());
  for (const RecordReport& record : reported(RecordState::ingested)) {
    EXPECT_TRUE(record.known);
    EXPECT_FALSE(record.interview_id.value_or("").empty());
  }
  expectReportAgrees();
}

// The source lives: it grows, shrinks and is reordered between runs.
TEST_F(BulkIngest, TakesASourceAsItIs) {
  options.key = "number";
  People all = people(30);
  ingest(all);
  all = people(45);  // grown
  std::reverse(all.begin(), all.end());
  BulkIngestResult result = ingest(all);
  EXPECT_EQ(result.known, 30u);
  EXPECT_EQ(result.ingested, 15u);
  EXPECT_TRUE(result.complete);
  result = ingest(people(7));  // shrunk
  EXPECT_EQ(result.known, 7u);
  EXPECT_EQ(result.job.ingested, 45u);
  EXPECT_TRUE(result.complete);
  EXPECT_THAT(posts(), about(3u + 2u));
  expectEverybodyOnce(45);
}

TEST_F(BulkIngest, TellsOfWhatHasChangedAndSendsNothingOfIt) {
  options.key = "number";
  ingest(people(30));
  People all = people(30);
  all[17].name = "Somebody Else";
  const BulkIngestResult result = ingest(all);
  EXPECT_EQ(result.changed, 1u);
  EXPECT_EQ(result.known, 29u);
  EXPECT_TRUE(result.complete);
  ASSERT_EQ(reported(RecordState::changed).size(), 1u);
  EXPECT_EQ(reported(RecordState::changed)[0].index, 17u);
  EXPECT_FALSE(reported(RecordState::changed)[0].interview_id.value_or("").empty());
  expectEverybodyOnce(30);
}

// Without a key of the user's own, an edited record is another person.
TEST_F(BulkIngest, AnEditedRecordIsSomebodyElseWhereContentIsTheKey) {
  ingest(people(3));
  People all = people(3);
  all[1].name = "Somebody Else";
  const BulkIngestResult result = ingest(all);
  EXPECT_EQ(result.known, 2u);
  EXPECT_EQ(result.ingested, 1u);
  EXPECT_EQ(server.candidateCount("p"), 4u);
}

TEST_F(BulkIngest, SendsTheFirstOfEachKeyInASource) {
  options.key = "email";
  People all = people(30);
  all.push_back(all[3]);
  all.push_back(all[4]);
  all.back().email = "PERSON4@example.com ";
  all.back().name = "Somebody Else";
  const BulkIngestResult result = ingest(all);
  EXPECT_EQ(result.duplicate, 2u);
  EXPECT_EQ(result.ingested, 30u);
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(reported(RecordState::duplicate)[0].index, 30u);
  EXPECT_EQ(reported(RecordState::duplicate)[1].index, 31u);
  expectEverybodyOnce(30);
}

TEST_F(BulkIngest, RejectsARecordWithoutTheKey) {
  options.key = "number";
  People all = people(20);
  all[4].metadata.reset();
  BulkIngestResult result = ingest(all);
  EXPECT_EQ(result.rejected, 1u);
  EXPECT_EQ(result.ingested, 19u);
  ASSERT_EQ(reported(RecordState::rejected).size(), 1u);
  EXPECT_EQ(reported(RecordState::rejected)[0].index, 4u);
  EXPECT_EQ(reported(RecordState::rejected)[0].error->code, "missing_key");
  result = ingest(people(20));  // corrected
  EXPECT_EQ(result.ingested, 1u);
  expectEverybodyOnce(20);
}

TEST_F(BulkIngest, SendsARejectedRecordThatWasCorrected) {
  options.key = "number";
  People all = people(20);
  all[4].email = "not an address";
  EXPECT_EQ(ingest(all).rejected, 1u);
  server.clearRequests();
  EXPECT_EQ(ingest(all).rejected, 1u);  // as it was
  EXPECT_EQ(posts(), 0u);
  EXPECT_FALSE(reported(RecordState::rejected)[0].error->code.empty());
  EXPECT_EQ(ingest(people(20)).ingested, 1u);
  expectEverybodyOnce(20);
}

TEST_F(BulkIngest, RefusesAJournalOfSomethingElse) {
  ingest(people(1));
  server.clearRequests();
  options.key = "number";
  try {
    ingest(people(1));
    ADD_FAILURE() << "accepted";
  } catch (const StoreError& error) {
    EXPECT_THAT(error.what(), HasSubstr("records by content, not key:number"));
    EXPECT_EQ(error.outcome(), Outcome::not_sent);
  }
  EXPECT_EQ(server.requestCount(), 0u);
}

TEST_F(BulkIngest, RejectsWhomTheApiNames) {
  People all = people(95);
  all[3].email = "not an address";
  all[47].phone_number = "12";
  const BulkIngestResult result = ingest(all);
  EXPECT_EQ(result.rejected, 2u);
  EXPECT_EQ(result.ingested, 93u);
  EXPECT_TRUE(result.complete);
  EXPECT_THAT(posts(), about(12u));
  const auto rejected = reported(RecordState::rejected);
  ASSERT_EQ(rejected.size(), 2u);
  EXPECT_EQ(rejected[0].index, 3u);
  EXPECT_EQ(rejected[0].error->param, "email");
  EXPECT_EQ(rejected[1].index, 47u);
  EXPECT_EQ(rejected[1].error->param, "phone_number");
}

TEST_F(BulkIngest, NarrowsDownWhomTheApiDoesNotName) {
  options.chunk = 64;
  options.concurrency = 1;
  // A chunk with person 41 in it is refused, and nothing says why.
  server.respondNext({"ingestCandidatesBulk",
                      [](const RecordedRequest& request) {
                        return request.body.find("person41@") != std::string::npos;
                      }},
                     ScriptedResponse::error(422, "unprocessable", "No.").times(100));
  const BulkIngestResult result = ingest(people(64));
  EXPECT_EQ(result.rejected, 1u);
  EXPECT_EQ(result.ingested, 63u);
  EXPECT_EQ(reported(RecordState::rejected).front().index, 41u);
  EXPECT_THAT(posts(), about(1u + 2u * 6u));  // two for each halving
}

TEST_F(BulkIngest, RejectsWhatTheLibraryRefusesAndTheSourceCouldNotRead) {
  People all = people(30);
  (*all[5].metadata)["note"] = std::string(501, 'x');
  std::size_t next = 0;
  const BulkSource source = [&]() -> std::optional<BulkRecord> {
    if (next == all.size()) {
      return std::nullopt;
    }
    BulkRecord record{all[next], {}, 10 + 2 * next};
    if (next == 20) {
      record.problem = APIErrorDetail{"invalid_record", "not JSON"};
    }
    ++next;
    return record;
  };
  const BulkIngestResult result = bulkIngest(Client(client_options), "p", source, options);
  EXPECT_EQ(result.rejected, 2u);
  EXPECT_EQ(result.ingested, 28u);
  EXPECT_TRUE(result.complete);
  const auto rejected = reported(RecordState::rejected);
  EXPECT_EQ(rejected[0].error->param, "metadata.note");
  EXPECT_EQ(rejected[0].error->message, "must not be longer than 500 characters");
  EXPECT_EQ(rejected[1].error->message, "not JSON");
  EXPECT_EQ(rejected[0].line, 20u);
  EXPECT_EQ(rejected[1].line, 50u);
  EXPECT_EQ(reported(RecordState::ingested).back().line, 68u);
  next = 0;
  server.clearRequests();
  records.clear();
  EXPECT_EQ(bulkIngest(Client(client_options), "p", source, options).rejected, 2u);
  EXPECT_EQ(posts(), 0u);
}

TEST_F(BulkIngest, DoesNotAskASourceAgainThatHasThrown) {
  const People all = people(200);
  options.chunk = 1;
  options.concurrency = 8;
  for (std::size_t fails_at = 0; fails_at < 20; ++fails_at) {
    records.clear();
    options.journal = directory.file("journal-" + std::to_string(fails_at));
    std::size_t next = 0;
    std::size_t asked_again = 0;
    const BulkSource source = [&]() -> std::optional<BulkRecord> {
      asked_again += next > fails_at ? 1U : 0U;
      if (next++ == fails_at) {
        throw std::runtime_error("a quotation mark is missing");
      }
      return BulkRecord{all[next], {}, {}};
    };
    EXPECT_THROW(bulkIngest(Client(client_options), "p", source, options), std::runtime_error);
    EXPECT_EQ(asked_again, 0u) << fails_at;
  }
}

TEST_F(BulkIngest, StopsAtOnceWhereTheKeyOrThePostingIsWrong) {
  options.concurrency = 1;
  for (const int status : {401, 403, 404, 405}) {
    server.respondNext("ingestCandidatesBulk", ScriptedResponse::error(status, "no", "No."));
    server.clearRequests();
    EXPECT_THROW(ingest(people(95)), StatusError) << status;
    EXPECT_EQ(posts(), 1u);
    EXPECT_GE(reported(RecordState::unsent).size(), 10u);
  }
  EXPECT_TRUE(ingest(people(95)).complete);
  expectEverybodyOnce(95);
}

TEST_F(BulkIngest, GivesUpWhereNothingGoesRight) {
  options.patience = 3;
  server.respondNext("ingestCandidatesBulk", ScriptedResponse::answer(503).times(1000));
  EXPECT_THROW(ingest(people(95)), ServerError);
  EXPECT_LE(posts(), 3u + options.concurrency);
  EXPECT_FALSE(reported(RecordState::unresolved).empty());  // in doubt, and said to be
  server.clearResponses();
  EXPECT_TRUE(ingest(people(95)).complete);
  expectEverybodyOnce(95);
}

TEST_F(BulkIngest, WaitsWhereTheApiIsBusy) {
  server.respondNext("ingestCandidatesBulk",
                     ScriptedResponse::error(429, "rate_limited", "Slow down.").times(3));
  EXPECT_TRUE(ingest(people(95)).complete);
  expectEverybodyOnce(95);
  EXPECT_THAT(posts(), about(13u));
}

TEST_F(BulkIngest, StopsInGoodOrder) {
  CancellationSource stop;
  options.stop = stop.token();
  options.concurrency = 2;
  client_options.on_event = [&](const Event& event) {
    if (event.kind == EventKind::response && event.operation == "ingestCandidatesBulk") {
      stop.cancel();
    }
  };
  const BulkIngestResult result = ingest(people(95));
  EXPECT_TRUE(result.stopped);
  EXPECT_FALSE(result.complete);
  EXPECT_LE(posts(), 4u);
  EXPECT_EQ(result.ingested, posts() * 10);
  EXPECT_EQ(result.unresolved, 0u);
  options.stop = {};
  EXPECT_TRUE(ingest(people(95)).complete);
  expectEverybodyOnce(95);
}

TEST_F(BulkIngest, IsNotCompleteWhereTheLastRecordsWereReadAndNotSent) {
  CancellationSource stop;
  options.stop = stop.token();
  const People all = people(15);
  std::size_t next = 0;
  const BulkSource source = [&]() -> std::optional<BulkRecord> {
    if (next == all.size()) {
      stop.cancel();
      return std::nullopt;
    }
    return BulkRecord{all[next++], {}};
  };
  options.concurrency = 1;
  const BulkIngestResult result = bulkIngest(Client(client_options), "p", source, options);
  EXPECT_FALSE(result.complete);
  EXPECT_TRUE(result.stopped);
  EXPECT_LT(result.ingested, 15u);
  options.stop = {};
  EXPECT_TRUE(ingest(all).complete);
  expectEverybodyOnce(15);
}

TEST_F(BulkIngest, TakesNothingFromTheSourceAfterAStopForNoEnd) {
  CancellationSource stop;
  options.stop = stop.token();
  const People all = people(35);
  std::size_t next = 0;
  const BulkSource source = [&]() -> std::optional<BulkRecord> {
    if (next == 12) {  // waiting for more, which the stop ends
      stop.cancel();
      return std::nullopt;
    }
    return BulkRecord{all[next++], {}};
  };
  options.concurrency = 1;
  const BulkIngestResult result = bulkIngest(Client(client_options), "p", source, options);
  EXPECT_TRUE(result.stopped);
  EXPECT_FALSE(result.complete);
  options.stop = {};
  EXPECT_TRUE(ingest(all).complete);
  expectEverybodyOnce(35);
}

// Two runs on one journal share the work.
TEST_F(BulkIngest, AnyNumberOfRunsAtATime) {
  const People all = people(200);
  std::vector<std::future<BulkIngestResult>> runs;
  options.on_record = nullptr;
  options.concurrency = 2;
  for (int i = 0; i < 3; ++i) {
    runs.push_back(std::async(std::launch::async, [&] {
      return bulkIngest(Client(client_options), "p", sourceOf(all), options);
    }));
  }
  std::uint64_t ingested = 0;
  for (auto& run : runs) {
    const BulkIngestResult result = run.get();
    EXPECT_TRUE(result.complete);
    EXPECT_EQ(result.ingested + result.known, 200u);
    ingested += result.ingested;
  }
  EXPECT_EQ(ingested, 200u);
  expectEverybodyOnce(200);
}

// A new journal takes over who is there: it costs requests, never a duplicate.
TEST_F(BulkIngest, ALostJournalIngestsNobodyAgain) {
  for (const char* key : {"number", "email", ""}) {
    const std::string posting = std::string("lost") + key;
    server.addPosting(posting);
    options.key = key;
    client_options.clock = std::make_shared<ManualClock>();
    const auto run = [&](const char* journal, const People& all) {
      records.clear();
      options.journal = directory.file(posting + journal);
      return bulkIngest(Client(client_options), posting, sourceOf(all), options);
    };
    EXPECT_EQ(run("1", people(30)).ingested, 30u);
    options.new_posting = false;
    std::set<std::string> phases;
    options.on_progress = [&](const BulkProgress& progress) { phases.emplace(progress.phase); };
    const BulkIngestResult result = run("2", people(45));
    options.on_progress = nullptr;
    options.new_posting = true;
    EXPECT_EQ(result.known, 30u) << key;
    EXPECT_EQ(result.ingested, 15u) << key;
    EXPECT_EQ(phases.count("adopting"), 1u);
    EXPECT_EQ(server.candidateCount(posting), 45u) << key;
  }
}

TEST_F(BulkIngest, RefusesOptionsThatCanNotBeUsed) {
  const auto refused = [&](const std::function<void(BulkIngestOptions&)>& change) {
    BulkIngestOptions changed = options;
    change(changed);
    try {
      bulkIngest(Client(client_options), "p", sourceOf(people(1)), changed);
      return std::string("accepted");
    } catch (const InvalidArgumentError& error) {
      return error.param();
    }
  };
  // What SQLite would keep in memory, in a file that goes with the process, or somewhere else.
  for (const std::string name : {":memory:",
                                 ":other:",
                                 "file:j",
                                 "file::memory:?cache=shared",
                                 "postgresql://host/j",
#ifndef _WIN32
                                 "/dev/null",
#endif
                                 "."}) {
    EXPECT_EQ(refused([&](auto& o) { o.journal = name; }), "journal") << name;
  }
  EXPECT_EQ(refused([](auto& o) { o.journal += std::string(1, '\0') + "x"; }), "journal");
  EXPECT_EQ(server.requestCount(), 0u);
  EXPECT_EQ(refused([](auto& o) { o.chunk = 0; }), "chunk");
  EXPECT_EQ(refused([](auto& o) { o.concurrency = 0; }), "concurrency");
  EXPECT_EQ(refused([](auto& o) { o.patience = 0; }), "patience");
  EXPECT_EQ(refused([](auto& o) { o.key = std::string(41, 'x'); }), "key");
  EXPECT_EQ(refused([&](auto& o) { o.store = sqliteJournal(directory.file("other")); }), "store");
  EXPECT_EQ(refused([](auto& o) { o.settling_time = milliseconds{-1}; }), "settling_time");
  EXPECT_EQ(refused([](auto& o) { o.clock_margin = milliseconds{-1}; }), "clock_margin");
}

TEST_F(BulkIngest, KeepsNoPersonalDataInTheJournal) {
  People all = people(10);
  all[3].email = "person3-is-secret@example.com";
  all[3].name = "Canary Name";
  server.respondNext("ingestCandidatesBulk", ScriptedResponse::disconnect());
  ingest(all);
  std::ifstream file(options.journal, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  EXPECT_FALSE(bytes.empty());
  EXPECT_THAT(bytes, Not(HasSubstr("secret")));
  EXPECT_THAT(bytes, Not(HasSubstr("Canary")));
#ifndef _WIN32
  EXPECT_EQ(std::filesystem::status(options.journal).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
#endif
}

}  // namespace
}  // namespace heymilo_test
