#include "heymilo/workflows/bulk_ingest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <vector>

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
  EXPECT_EQ(result.requests, 10u);
  EXPECT_EQ(posts(), 10u);
  expectEverybodyOnce(95);
  expectJournalAgrees();
  for (const RecordReport& record : reported(RecordState::ingested)) {
    EXPECT_FALSE(record.interview_url.value_or("").empty());
  }
}

TEST_F(BulkIngest, ASecondRunSendsNothing) {
  ingest(people(30));
  server.clearRequests();
  const BulkIngestResult result = ingest(people(30));
  EXPECT_EQ(result.ingested, 30u);
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.requests, 0u);
  EXPECT_EQ(server.requestCount(), 0u);
}

TEST_F(BulkIngest, RefusesASourceThatHasChanged) {
  ingest(people(30));
  server.clearRequests();
  People other = people(30);
  other[17].name = "Somebody Else";
  const auto complaint = [&](const People& all) {
    try {
      ingest(all);
      return std::string("accepted");
    } catch (const StoreError& error) {
      return std::string(error.what());
    }
  };
  EXPECT_THAT(complaint(other), HasSubstr("record 18 is a different one"));
  EXPECT_THAT(complaint(people(31)), HasSubstr("had 30 records, and has more"));
  EXPECT_THAT(complaint(people(29)), HasSubstr("had 30 records, and has 29"));
  EXPECT_EQ(server.requestCount(), 0u);
}

TEST_F(BulkIngest, RefusesAJournalOfSomethingElse) {
  ingest(people(1));
  server.addPosting("q");
  EXPECT_THROW(bulkIngest(Client(client_options), "q", sourceOf(people(0)), options), StoreError);
  options.mark = "external_id";
  EXPECT_THROW(ingest(people(1)), StoreError);
}

TEST_F(BulkIngest, RejectsWhomTheApiNames) {
  People all = people(95);
  all[3].email = "not an address";
  all[47].phone_number = "12";
  const BulkIngestResult result = ingest(all);
  EXPECT_EQ(result.rejected, 2u);
  EXPECT_EQ(result.ingested, 93u);
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(posts(), 12u);
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
  EXPECT_EQ(posts(), 1u + 2u * 6u);  // two for each halving
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
  EXPECT_EQ(bulkIngest(Client(client_options), "p", source, options).rejected, 2u);
  EXPECT_EQ(server.requestCount(), 0u);
}

TEST_F(BulkIngest, NamesRecordsAsPeopleCountThem) {
  People all = people(3);
  all[2].metadata = all[1].metadata;
  options.mark = "number";
  std::size_t next = 0;
  const BulkSource source = [&]() -> std::optional<BulkRecord> {
    return next == all.size() ? std::nullopt : std::optional(BulkRecord{all[next], {}, 7 * ++next});
  };
  EXPECT_EQ(bulkIngest(Client(client_options), "p", source, options).rejected, 1u);
  EXPECT_EQ(reported(RecordState::rejected)[0].error->message,
            "record 2 (line 14) of the source has the same mark");
  all[1].name = "Somebody Else";
  next = 0;
  try {
    bulkIngest(Client(client_options), "p", source, options);
    FAIL();
  } catch (const StoreError& error) {
    EXPECT_THAT(error.what(), HasSubstr("record 2 (line 14) is a different one"));
  }
}

TEST_F(BulkIngest, DoesNotAskASourceAgainThatHasThrown) {
  const People all = people(200);
  options.chunk = 1;
  options.concurrency = 8;
  for (std::size_t fails_at = 0; fails_at < 20; ++fails_at) {
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

TEST_F(BulkIngest, DoesNotAskASourceAgainThatIsAnotherOne) {
  options.concurrency = 8;
  options.chunk = 200;
  EXPECT_TRUE(ingest(people(200)).complete);
  options.chunk = 1;
  for (std::size_t differs_at = 0; differs_at < 40; ++differs_at) {
    People all = people(200);
    all[differs_at].name = "Somebody Else";
    std::atomic<std::size_t> asked = 0;
    const BulkSource source = [&]() -> std::optional<BulkRecord> {
      const std::size_t next = asked++;
      return next == all.size() ? std::nullopt : std::optional(BulkRecord{all[next], {}, next + 1});
    };
    const std::string number = std::to_string(differs_at + 1);
    try {
      bulkIngest(Client(client_options), "p", source, options);
      ADD_FAILURE() << differs_at;
    } catch (const StoreError& error) {
      EXPECT_THAT(error.what(),
                  HasSubstr("record " + number + " (line " + number + ") is a different one"));
    }
    EXPECT_EQ(asked, differs_at + 1);
  }
}

TEST_F(BulkIngest, StopsAtOnceWhereTheKeyOrThePostingIsWrong) {
  options.concurrency = 1;
  for (const int status : {401, 403, 404, 405}) {
    server.respondNext("ingestCandidatesBulk", ScriptedResponse::error(status, "no", "No."));
    server.clearRequests();
    EXPECT_THROW(ingest(people(95)), StatusError) << status;
    EXPECT_EQ(posts(), 1u);
    EXPECT_EQ(reported(RecordState::unsent).size(), 10u);
  }
  EXPECT_TRUE(ingest(people(95)).complete);
  expectEverybodyOnce(95);
}

TEST_F(BulkIngest, GivesUpWhereNothingGoesRight) {
  options.patience = 3;
  server.respondNext({}, ScriptedResponse::answer(503).times(1000));
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
  EXPECT_EQ(posts(), 13u);
}

TEST_F(BulkIngest, StopsInGoodOrder) {
  CancellationSource stop;
  options.stop = stop.token();
  options.concurrency = 2;
  client_options.on_event = [&](const Event& event) {
    if (event.kind == EventKind::response) {
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
  EXPECT_EQ(result.ingested, 10u);
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

TEST_F(BulkIngest, OneRunAtATime) {
  bool tried = false;
  options.on_progress = [&](const BulkProgress&) {
    if (!tried) {
      tried = true;
      BulkIngestOptions second = options;
      second.on_progress = nullptr;
      try {
        bulkIngest(Client(client_options), "p", sourceOf(people(20)), second);
        ADD_FAILURE() << "two runs with one journal";
      } catch (const StoreError& error) {
        EXPECT_THAT(error.what(), HasSubstr("another run is using"));
      }
    }
  };
  EXPECT_TRUE(ingest(people(20)).complete);
  EXPECT_TRUE(tried);
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
  for (const std::string name : {"",
                                 ":memory:",
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
  EXPECT_EQ(refused([](auto& o) { o.mark.clear(); }), "mark");
  EXPECT_EQ(refused([](auto& o) { o.mark = std::string(41, 'x'); }), "mark");
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
