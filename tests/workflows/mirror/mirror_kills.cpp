#include "workflows/mirror/mirror_kills.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <utility>
#include <vector>

#include "heymilo/client.hpp"
#include "heymilo/testing/mock_server.hpp"
#include "heymilo/workflows/mirror.hpp"
#include "support/faults.hpp"
#include "support/running_process.hpp"
#include "support/sanitizers.hpp"
#include "support/temporary_directory.hpp"
#include "workflows/mirror/mirror_rules.hpp"

namespace heymilo_test {
namespace {

using heymilo::CandidateResponse;
using heymilo::Client;
using heymilo::testing::MockServer;
using heymilo::testing::ScriptedResponse;
using heymilo::workflows::isFinal;
using std::chrono::milliseconds;

class MirrorKills {
 public:
  MirrorKills(KilledMirror& killed, MirrorChanging how) : mirror(killed), changing(how) {
    kills = setting("HEYMILO_TEST_KILLS", heymilo_test::effort(25));
    const std::uint64_t candidates = setting("HEYMILO_TEST_CANDIDATES", heymilo_test::effort(600));
    std::cout << "HEYMILO_TEST_SEED=" << seed << " HEYMILO_TEST_KILLS=" << kills
              << " HEYMILO_TEST_CANDIDATES=" << candidates << '\n';
    server.addPosting("p", candidates);
    for (const nlohmann::json& one : server.candidates("p")) {
      ids.push_back(one["interview_id"]);
    }
  }

  void run() {
    constexpr unsigned kOneIn = 60;
    faults.add(server, "listCandidates", kOneIn, ScriptedResponse::disconnect());
    faults.add(server, "listCandidates", kOneIn, ScriptedResponse::disconnect().reset());
    faults.add(server, "listCandidates", kOneIn, ScriptedResponse::asUsual().cutAfter(5'000));
    faults.add(server, "listCandidates", kOneIn, ScriptedResponse::answer(500));
    faults.add(server, "listCandidates", kOneIn, ScriptedResponse::answer(503));
    faults.add(
        server,
        "listCandidates",
        kOneIn,
        ScriptedResponse::error(429, "rate_limited", "Slow down.").withHeader("Retry-After", "0"));

    std::uint64_t killed = 0, ended = 0;
    std::uint64_t longest_life = 300;  // of a process, in ms
    while (seconds == 0 ? killed < kills : std::chrono::steady_clock::now() < end) {
      RunningProcess process = start(changesAll() && below(4) == 0);
      const std::uint64_t life = below(longest_life);
      process.wait(milliseconds{life / 2});
      change();
      mirror.disturb(random());
      if (process.wait(milliseconds{life / 2})) {
        ++ended;
        longest_life = std::max<std::uint64_t>(longest_life * 3 / 4, 20);
      } else {
        process.signal(SIGKILL);
        process.wait(std::chrono::seconds{10});
        ++killed;
        longest_life = longest_life * 9 / 8 + 1;
      }
      expectWholePages();
      if (::testing::Test::HasFatalFailure()) {
        return;
      }
      ids.push_back(server.addCandidate("p"));
    }
    server.clearResponses();
    finish(false);
    if (changesAll()) {
      finish(true);
    }
    std::cout << killed << " kills, " << ended << " runs that ended, " << server.requestCount()
              << " requests, " << server.candidateCount("p") << " candidates\n";
    std::vector<CandidateResponse> expected;
    for (const nlohmann::json& one : server.candidates("p")) {
      expected.push_back(one.get<CandidateResponse>());
    }
    expectEqual(mirror.candidates(), expected);
    if (changing == MirrorChanging::any_erased) {
      expectErased();
    }
  }

 private:
  bool changesAll() const { return changing != MirrorChanging::seen_by_every_run; }

  void expectErased() const {
    ASSERT_FALSE(removed.empty());
    for (const CandidateResponse& one : removed) {
      EXPECT_FALSE(mirror.hasTrace(one.interview_id)) << one.interview_id;
      EXPECT_FALSE(mirror.hasTrace(one.email)) << one.email;
    }
    std::cout << removed.size() << " erased\n";
  }

  Client impatientClient() const {
    heymilo::ClientOptions options;
    options.api_key = "test-key";
    options.base_url = server.url();
    options.rate_limit.reset();
    options.proxy = "";
    options.retry.max_retries = 20;
    options.retry.initial_backoff = options.retry.max_backoff = milliseconds{1};
    return Client(options);
  }

  RunningProcess start(bool full) const {
    std::vector<std::string> arguments{"p", "--database", mirror.database()};
    if (full) {
      arguments.emplace_back("--full");
    }
    if (changing == MirrorChanging::any_erased) {
      arguments.insert(arguments.end(), {"--erase-after", "0"});
    }
    return {HEYMILO_PROGRAMS_DIR "/mirror_candidates",
            arguments,
            {{"HEYMILO_API_KEY", "test-key"}, {"HEYMILO_BASE_URL", server.url()}},
            log};
  }

  /// A run without disturbance.
  void finish(bool full) const {
    RunningProcess process = start(full);
    ASSERT_EQ(process.wait(std::chrono::minutes{2}), 0) << logged();
  }

  /// One of the candidates as the server shows it now; empty if the drawn number has no candidate,
  /// or it is gone.
  std::optional<CandidateResponse> drawOne() { return behind(ids[below(ids.size())]); }

  std::optional<CandidateResponse> behind(const std::string& id) const {
    heymilo::ListCandidatesParams params;
    params.limit = 1;
    params.starting_after = id;
    try {
      auto page = client.listCandidates("p", params);
      return page.data.empty() ? std::nullopt : std::optional(std::move(page.data.front()));
    } catch (const heymilo::BadRequestError&) {
      return std::nullopt;
    }
  }

  void change() {
    // A recruiter's status is kept while the workflow progresses, and only a full run sees changes
    // of a candidate with a final status.
    const char* other = changesAll() ? "shortlisted" : "pending";
    server.advance(std::chrono::minutes{below(90)});
    for (int i = 0; i < 6; ++i) {
      const std::optional<CandidateResponse> one = drawOne();
      if (!one || (isFinal(one->status) && !changesAll())) {
        continue;
      }
      if (i == 0) {
        removed.push_back(*one);
        server.removeCandidate(one->interview_id);
      } else {
        server.patchCandidate(one->interview_id,
                              {{"status", i % 2 == 0 ? other : "on_hold"}, {"score", below(100)}});
      }
    }
  }

  /// A reader's view after a kill: pages are complete, with the cursor of the last one.
  void expectWholePages() {
    const std::optional<KilledMirror::Walk> walk = mirror.walk();
    if (!walk) {
      return;
    }
    const nlohmann::json rows = mirror.candidates();
    const auto isStored = [&](const std::string& id) {
      return rows.contains(id) && rows[id]["walk"] == walk->number;
    };
    if (walk->cursor.front() == '{') {  // of a parallel walk: in each of its windows
      const auto cursor = nlohmann::json::parse(walk->cursor);
      for (const auto& window : cursor.at("windows")) {
        if (window.contains("after")) {
          ASSERT_TRUE(isStored(window["after"])) << "the cursor's page is not there";
        }
      }
      return;
    }
    ASSERT_TRUE(isStored(walk->cursor)) << "the cursor's page is not there";
    if (walk->of_window) {
      return;
    }
    constexpr std::int64_t kPage = 100;
    const auto stored = std::count_if(
        rows.begin(), rows.end(), [&](const auto& row) { return row["walk"] == walk->number; });
    // Less than a page is the end of the list, unless a candidate was added after the check.
    const auto now = std::pair(walk->cursor, static_cast<std::int64_t>(stored));
    ASSERT_TRUE(now.second % kPage == 0 || now == looked_at || !behind(walk->cursor))
        << now.second << " of a walk";
    looked_at = now;
  }

  std::string logged() const {
    std::ifstream in(log);
    const std::string all{std::istreambuf_iterator<char>(in), {}};
    constexpr std::size_t kEnd = 2000;
    return all.size() > kEnd ? all.substr(all.size() - kEnd) : all;
  }

  std::uint64_t below(std::uint64_t bound) { return random() % bound; }

  KilledMirror& mirror;
  const MirrorChanging changing;
  const std::uint64_t seed = setting("HEYMILO_TEST_SEED", std::random_device{}());
  const std::uint64_t seconds = setting("HEYMILO_TEST_SECONDS", 0);
  const std::chrono::steady_clock::time_point end =
      std::chrono::steady_clock::now() + std::chrono::seconds{seconds};
  std::uint64_t kills = 0;
  std::mt19937_64 random{seed};
  std::vector<std::string> ids;                    // of those that are, or were, on the server
  std::vector<CandidateResponse> removed;          // of these, as they were then
  std::pair<std::string, std::int64_t> looked_at;  // the last cursor, and how many were stored
  TemporaryDirectory directory;
  const std::string log = directory.file("log");
  heymilo_test::Faults faults{seed};  // before the server, which asks it
  MockServer server;
  const Client client = impatientClient();
};

}  // namespace

void killMirrors(KilledMirror& mirror, MirrorChanging changing) {
  MirrorKills(mirror, changing).run();
}

}  // namespace heymilo_test
