// Two processes of deliver are killed at random moments, while an application inserts rows and the
// API fails in every way it can. In the end everybody who was committed is in the posting exactly
// once, and nobody else is.
//
// HEYMILO_TEST_KILLS and HEYMILO_TEST_SEED make it longer, or repeat it.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>

#include "heymilo/testing/mock_server.hpp"
#include "support/faults.hpp"
#include "support/namespaces.hpp"
#include "support/running_process.hpp"
#include "support/sanitizers.hpp"
#include "support/temporary_directory.hpp"
#include "workflows/outbox/sqlite_application.hpp"

#ifdef HEYMILO_TEST_POSTGRES
#include "support/postgres.hpp"
#endif

namespace heymilo_test {
namespace {

using std::chrono::milliseconds;

class DeliverKilled : public ::testing::Test {
 protected:
  DeliverKilled() {
    std::cout << "HEYMILO_TEST_SEED=" << seed << '\n';
    server.addPosting("p");
  }

  static std::string requestOf(const std::string& key) {
    return R"({"name": "Person", "email": "p)" + key + R"(@example.com"})";
  }

  /// Kills and starts two processes, while `insert(begin, end)` is called again and again: it
  /// enqueues these keys in one transaction, and returns whether it has committed.
  void run(const std::string& journal, std::uint64_t kills,
           const std::function<bool(int, int)>& insert) {
    faults.add(server, "ingestCandidatesBulk", 20, ScriptedResponse::disconnect().afterCommit());
    faults.add(server, "ingestCandidatesBulk", 20, ScriptedResponse::disconnect().reset());
    faults.add(server, "ingestCandidatesBulk", 20, ScriptedResponse::asUsual().cutAfter(200));
    faults.add(server, "ingestCandidatesBulk", 20, ScriptedResponse::answer(503).afterCommit());
    faults.add(server, "ingestCandidatesBulk", 20, ScriptedResponse::answer(500));
    faults.add(server, "listCandidates", 40, ScriptedResponse::answer(502));
    arguments = {"--journal", journal, "--new-posting", "--settle", "0.02", "--timeout", "1"};
    RunningProcess first(program, withOnce(), environment, log);  // makes the tables
    ASSERT_EQ(first.wait(std::chrono::seconds{30}), 0) << logged();

    std::atomic<bool> over{false};
    std::thread inserting([&] {
      std::mt19937_64 dice(seed);
      for (int key = 0; !over;) {
        const int end = key + 1 + static_cast<int>(dice() % 4);
        if (insert(key, end)) {
          for (int committed_one = key; committed_one < end; ++committed_one) {
            committed.insert("key:id:" + std::to_string(committed_one));
          }
        }
        key = end;
        std::this_thread::sleep_for(milliseconds{dice() % 20});
      }
    });
    for (std::uint64_t killed = 0; killed < kills; ++killed) {
      RunningProcess one(program, arguments, environment, log);
      RunningProcess other(program, arguments, environment, log);
      const std::uint64_t longest = kSanitized ? 2000 : 400;
      const auto ended = one.wait(milliseconds{random() % longest});
      EXPECT_FALSE(ended) << "it ended with " << *ended << ": " << logged();
      one.signal(SIGKILL);
      other.signal(SIGKILL);
      one.wait(std::chrono::seconds{10});
      other.wait(std::chrono::seconds{10});
      while (server.openConnections() != 0) {  // so that a short settling time will do
        std::this_thread::sleep_for(milliseconds{1});
      }
    }
    over = true;
    inserting.join();
    const std::size_t arrived = server.candidateCount("p");
    server.clearResponses();
    RunningProcess last(program, withOnce(), environment, log);
    ASSERT_EQ(last.wait(std::chrono::minutes{4}), 0) << logged();
    std::cout << kills << " kills, " << committed.size() << " people committed, " << arrived
              << " in the posting before the last run\n";

    std::map<std::string, int> times;
    for (const nlohmann::json& candidate : server.candidates("p")) {
      ++times[candidate.at("metadata").at("heymilo_ref").get<std::string>()];
    }
    EXPECT_EQ(times.size(), committed.size());
    for (const std::string& key : committed) {
      EXPECT_EQ(times[key], 1) << key;
    }
  }

  std::vector<std::string> withOnce() const {
    std::vector<std::string> all = arguments;
    all.push_back("--once");
    return all;
  }

  std::string logged() const {
    std::ifstream in(log);
    const std::string all{std::istreambuf_iterator<char>(in), {}};
    constexpr std::size_t kEnd = 3000;
    return all.size() > kEnd ? all.substr(all.size() - kEnd) : all;
  }

  const std::uint64_t seed = setting("HEYMILO_TEST_SEED", std::random_device{}());
  std::mt19937_64 random{seed};
  TemporaryDirectory directory;
  Faults faults{seed};  // before the server, which asks it
  MockServer server;
  const std::string program = HEYMILO_PROGRAMS_DIR "/deliver";
  const std::string log = directory.file("log");
  const std::map<std::string, std::string> environment{{"HEYMILO_API_KEY", "test-key"},
                                                       {"HEYMILO_BASE_URL", server.url()}};
  std::vector<std::string> arguments;
  std::set<std::string> committed;
};

TEST_F(DeliverKilled, EverybodyIsThereOnceInSqlite) {
  const std::string file = directory.file("application.db");
  SqliteApplication application(file);
  application.run("CREATE TABLE applicant(name TEXT)");
  run(file, setting("HEYMILO_TEST_KILLS", effort(100)), [&](int begin, int end) {
    application.run("BEGIN IMMEDIATE");
    for (int key = begin; key < end; ++key) {
      application.enqueue("p", std::to_string(key), requestOf(std::to_string(key)));
    }
    const bool keep = begin % 5 != 0;
    keep ? application.commit() : application.rollback();
    return keep;
  });
}

#ifdef HEYMILO_TEST_POSTGRES
TEST_F(DeliverKilled, EverybodyIsThereOnceInPostgres) {
  const PostgresServer database;
  // Those who were killed are taken for dead only after more than ten seconds.
  run(database.url(), setting("HEYMILO_TEST_KILLS", effort(30)), [&](int begin, int end) {
    const bool keep = begin % 5 != 0;
    std::string sql = "BEGIN;";
    for (int key = begin; key < end; ++key) {
      const std::string name = std::to_string(key);
      sql += "SELECT heymilo.enqueue('p', '" + name + "', '" + requestOf(name) + "');";
    }
    database.sql(sql + (keep ? "COMMIT" : "ROLLBACK"));
    return keep;
  });
}
#endif

}  // namespace
}  // namespace heymilo_test
