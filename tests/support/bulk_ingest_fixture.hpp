#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "heymilo/workflows/store_error.hpp"
#include "support/mock_client.hpp"
#include "support/namespaces.hpp"
#include "support/temporary_directory.hpp"

namespace heymilo_test {

using People = std::vector<CandidateIngestRequest>;
using Metadata = std::map<std::string, std::string>;

inline People people(std::size_t count) {
  People all;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    all.push_back({"Person " + number, "person" + number + "@example.com"});
    all.back().metadata = Metadata{{"number", number}};
  }
  return all;
}

/// For tests of bulkIngest() against a mock server that has an empty posting `p`.
class BulkIngestTest : public ::testing::Test {
 protected:
  BulkIngestTest() {
    server.addPosting("p");
    options.journal = directory.file("people.journal");
    options.new_posting = true;
    options.chunk = 10;
    options.on_record = [this](const RecordReport& record) {
      EXPECT_TRUE(records.emplace(record.index, record).second) << record.index << ": told twice";
    };
    options.settling_time = std::chrono::milliseconds{50};
    client_options = mockClientOptions(server);
    client_options.rate_limit.reset();
    client_options.retry.max_retries = 0;
  }

  /// A run; `records` are what it tells of.
  BulkIngestResult ingest(const People& all) {
    records.clear();
    return bulkIngest(Client(client_options), "p", sourceOf(all), options);
  }

  std::vector<RecordReport> reported(RecordState state) const {
    std::vector<RecordReport> found;
    for (const auto& [index, record] : records) {
      if (record.state == state) {
        found.push_back(record);
      }
    }
    return found;
  }

  /// How often each person is in the posting, by their number.
  std::map<std::string, int> arrived() const {
    std::map<std::string, int> times;
    for (const nlohmann::json& candidate : server.candidates("p")) {
      times[candidate.at("metadata").at("number").get<std::string>()]++;
    }
    return times;
  }

  /// Each person from `first` on is in the posting once, and no other candidate is.
  void expectEverybodyOnce(std::size_t count, std::size_t first = 0) const {
    const auto times = arrived();
    EXPECT_EQ(times.size(), count - first);
    for (std::size_t i = first; i < count; ++i) {
      const auto found = times.find(std::to_string(i));
      EXPECT_EQ(found == times.end() ? 0 : found->second, 1) << "person " << i;
    }
  }

  /// What the last run told of ingested records agrees with the server.
  void expectReportAgrees() const {
    std::map<std::string, std::string> number_of;
    for (const nlohmann::json& candidate : server.candidates("p")) {
      number_of[candidate.at("interview_id").get<std::string>()] =
          candidate.at("metadata").at("number").get<std::string>();
    }
    for (const RecordReport& record : reported(RecordState::ingested)) {
      ASSERT_TRUE(record.interview_id.has_value());
      EXPECT_EQ(number_of[*record.interview_id], std::to_string(record.index));
    }
  }

  /// So many requests, or a few more: where a busy machine holds up the thread that reads the
  /// source, a request goes out with the records that there are.
  static auto about(std::size_t requests) {
    return ::testing::AllOf(::testing::Ge(requests), ::testing::Le(requests + 3));
  }
  std::size_t posts() const { return server.requests("ingestCandidatesBulk").size(); }

  TemporaryDirectory directory;
  MockServer server;
  ClientOptions client_options;
  BulkIngestOptions options;
  std::map<std::uint64_t, RecordReport> records;  // of the last run, by index
};

/// With something that happens to the journal in the middle of a run.
class BulkIngestJournalTest : public BulkIngestTest {
 protected:
  BulkIngestJournalTest() { options.concurrency = 1; }

  /// Calls `happen` when the server has the second chunk, and its response is not sent yet.
  void atTheSecondChunk(std::function<void()> happen) {
    server.respondNext("ingestCandidatesBulk", ScriptedResponse::asUsual());
    server.respondNext({"ingestCandidatesBulk",
                        [happen = std::move(happen)](const RecordedRequest&) {
                          happen();
                          return true;
                        }},
                       ScriptedResponse::asUsual());
  }

  std::string complaint(const People& all) {
    try {
      ingest(all);
      return "it is complete";
    } catch (const StoreError& error) {
      return error.what();
    }
  }

  const std::string& journal() const { return options.journal; }
};

}  // namespace heymilo_test
