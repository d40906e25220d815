// Two processes of bulk_ingest, on one journal, are killed at hundreds of random moments, against a
// server that fails in every way it can, and started again. In the end everybody is in the posting
// exactly once.
//
// HEYMILO_TEST_KILLS, HEYMILO_TEST_RECORDS and HEYMILO_TEST_SEED make it longer, or repeat it.

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "heymilo/testing/mock_server.hpp"
#include "support/faults.hpp"
#include "support/namespaces.hpp"
#include "support/running_process.hpp"
#include "support/sanitizers.hpp"
#include "support/temporary_directory.hpp"

namespace heymilo_test {
namespace {

using std::chrono::milliseconds;

class BulkIngestKilled : public ::testing::Test {
 protected:
  BulkIngestKilled() {
    records = setting("HEYMILO_TEST_RECORDS", effort(5000));
    kills = setting("HEYMILO_TEST_KILLS", effort(300));
    std::cout << "HEYMILO_TEST_SEED=" << seed << " HEYMILO_TEST_RECORDS=" << records
              << " HEYMILO_TEST_KILLS=" << kills << '\n';
    server.addPosting("p");
    file = directory.file("people.ndjson");
    std::ofstream out(file);
    for (std::uint64_t i = 0; i < records; ++i) {
      const bool bad = isBad(i);
      out << nlohmann::json{{"name", "Person " + std::to_string(i)},
                            {"email", bad ? "nobody" : "p" + std::to_string(i) + "@example.com"},
                            {"metadata", {{"number", std::to_string(i)}}}}
                 .dump()
          << '\n';
    }
  }

  static bool isBad(std::uint64_t index) { return index % 211 == 100; }

  std::vector<std::string> arguments(const std::string& report_file) const {
    // Many small chunks, so that there is much to be interrupted.
    return {"p",
            file,
            "--journal",
            directory.file("journal"),
            "--chunk",
            "20",
            "--concurrency",
            "4",
            "--report",
            report_file,
            "--key",
            "number",
            "--new-posting",
            "--settle",
            "0.02"};
  }

  /// What an earlier process sent has been dealt with, so that a short settling time will do.
  void waitUntilTheServerIsIdle() const {
    while (server.openConnections() != 0) {
      std::this_thread::sleep_for(milliseconds{1});
    }
  }

  /// The report, by index.
  std::map<std::uint64_t, nlohmann::json> report() const {
    std::map<std::uint64_t, nlohmann::json> lines;
    std::ifstream in(directory.file("report"));
    for (std::string line; std::getline(in, line);) {
      nlohmann::json one = nlohmann::json::parse(line);
      const auto index = one.at("index").get<std::uint64_t>();
      lines[index] = std::move(one);
    }
    return lines;
  }

  void expectEverybodyOnce() const {
    std::map<std::string, std::vector<std::string>> interviews;  // of each number
    for (const nlohmann::json& candidate : server.candidates("p")) {
      interviews[candidate.at("metadata").at("number").get<std::string>()].push_back(
          candidate.at("interview_id").get<std::string>());
    }
    const auto lines = report();
    ASSERT_EQ(lines.size(), records);
    for (const auto& [index, line] : lines) {
      const auto& found = interviews[std::to_string(index)];
      ASSERT_EQ(found.size(), isBad(index) ? 0u : 1u) << "record " << index << ": " << line;
      ASSERT_EQ(line.at("outcome"), isBad(index) ? "rejected" : "ingested") << line;
      if (!isBad(index)) {
        ASSERT_EQ(line.at("interview_id"), found.front());
      }
    }
  }

  std::string logged() const {
    std::ifstream in(directory.file("log"));
    const std::string all{std::istreambuf_iterator<char>(in), {}};
    constexpr std::size_t kEnd = 2000;
    return all.size() > kEnd ? all.substr(all.size() - kEnd) : all;
  }

  std::uint64_t below(std::uint64_t bound) { return random() % bound; }

  const std::uint64_t seed = setting("HEYMILO_TEST_SEED", std::random_device{}());
  std::uint64_t records = 0, kills = 0;
  std::mt19937_64 random{seed};
  TemporaryDirectory directory;
  std::string file;
  Faults faults{seed};  // before the server, which asks it
  MockServer server;
};

TEST_F(BulkIngestKilled, EverybodyIsThereOnce) {
  faults.add(server, "ingestCandidatesBulk", 40, ScriptedResponse::disconnect().afterCommit());
  faults.add(server, "ingestCandidatesBulk", 40, ScriptedResponse::disconnect().reset());
  faults.add(server, "ingestCandidatesBulk", 40, ScriptedResponse::asUsual().cutAfter(200));
  faults.add(server, "ingestCandidatesBulk", 40, ScriptedResponse::answer(503).afterCommit());
  faults.add(server, "ingestCandidatesBulk", 40, ScriptedResponse::answer(500));
  faults.add(
      server,
      "ingestCandidatesBulk",
      40,
      ScriptedResponse::error(429, "rate_limited", "Slow down.").withHeader("Retry-After", "0"));
  faults.add(server, "listCandidates", 60, ScriptedResponse::answer(502));
  faults.add(server, "listCandidates", 60, ScriptedResponse::asUsual().cutAfter(500));

  const std::map<std::string, std::string> environment{{"HEYMILO_API_KEY", "test-key"},
                                                       {"HEYMILO_BASE_URL", server.url()}};
  const std::string program = HEYMILO_PROGRAMS_DIR "/bulk_ingest";
  std::uint64_t killed = 0, ended = 0;
  while (killed < kills) {
    RunningProcess process(
        program, arguments(directory.file("report1")), environment, directory.file("log"));
    RunningProcess other(
        program, arguments(directory.file("report2")), environment, directory.file("log2"));
    // Most die young, and some live long enough to get far.
    const std::uint64_t slowed = kSanitized ? 5 : 1;
    const std::uint64_t longest_life = (below(5) == 0 ? 600u : 60u) * slowed;
    if (process.wait(milliseconds{below(longest_life)})) {
      ++ended;  // it gave up for all the faults, or is done
    } else {
      process.signal(SIGKILL);
      ++killed;
    }
    other.signal(SIGKILL);
    process.wait(std::chrono::seconds{10});
    other.wait(std::chrono::seconds{10});
    waitUntilTheServerIsIdle();
  }
  const std::size_t arrived = server.candidateCount("p");
  server.clearResponses();
  RunningProcess last(
      program, arguments(directory.file("report")), environment, directory.file("log"));
  const auto code = last.wait(std::chrono::minutes{5});
  std::cout << killed << " kills, " << ended << " runs that ended otherwise, "
            << server.requestCount() << " requests, " << arrived
            << " people in before the last run\n";
  ASSERT_EQ(code, 3) << logged();  // done, but for those who are rejected
  expectEverybodyOnce();
}

}  // namespace
}  // namespace heymilo_test
