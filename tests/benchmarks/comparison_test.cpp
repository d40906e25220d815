#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <heymilo/testing/mock_server.hpp>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "support/child_process.hpp"
#include "support/eventually.hpp"
#include "support/running_process.hpp"
#include "support/temporary_directory.hpp"

// The stories of benchmarks/comparison/, each written twice: by hand, with libcurl and
// nlohmann/json, and with this library. Both run against the same server with the same faults, and
// again after a failure, as an operator would do. The test counts the mistakes; docs/benchmarks.md
// has the table.

namespace {

using heymilo::testing::MockServer;
using heymilo::testing::MockServerOptions;
using heymilo::testing::RecordedRequest;
using heymilo::testing::ScriptedResponse;
using heymilo_test::ChildResult;
using nlohmann::json;
using std::chrono::milliseconds;

/// The fault of one request of a story: the same in every story.
enum class Fault { none, limited, broken, failed, nulls, unknown, garbled };

constexpr Fault kFaults[] = {Fault::none,
                             Fault::limited,
                             Fault::broken,
                             Fault::failed,
                             Fault::nulls,
                             Fault::unknown,
                             Fault::garbled};

/// The mistakes, by their names in the table.
using Mistakes = std::set<std::string>;

/// A story under one fault: a server, a directory, and the runs so far.
struct Scene {
  Scene(std::string program_name, Fault what)
      : program(std::move(program_name)), fault(what), server(options(what)) {
    server.addPosting("p");
  }

  static MockServerOptions options(Fault fault) {
    MockServerOptions options;
    options.time_scale = 100;  // queues are worked through in no time
    options.null_rate = fault == Fault::nulls ? 1 : 0;
    options.unknown_property_rate = fault == Fault::unknown ? 1 : 0;
    return options;
  }

  /// Adds candidates in states of all kinds, by ids a-0 and so on.
  void addCandidates(int count) {
    for (int i = 0; i < count; ++i) {
      json candidate = {{"interview_id", "a-" + std::to_string(i)},
                        {"name", "Person " + std::to_string(i)},
                        {"email", std::to_string(i) + "@example.com"},
                        {"created_at", 1'770'000'000 + i},
                        {"status", "completed"},
                        {"score", 50}};
      if (i % 10 == 3 && fault == Fault::nulls) {
        candidate["score"] = nullptr;
      }
      if (i % 10 == 4 && fault == Fault::unknown) {
        candidate["status"] = "archived";
      }
      server.addCandidate("p", candidate);
    }
  }

  /// The fault for the first request of that operation for which `accepts` is true.
  void strike(const std::string& operation,
              std::function<bool(const RecordedRequest&)> accepts = {}) {
    const bool list = operation == "listCandidates";
    const heymilo::testing::RequestMatch match(operation, std::move(accepts));
    switch (fault) {
      case Fault::limited:
        server.respondNext(match, ScriptedResponse::answer(429).withHeader("Retry-After", "0"));
        break;
      case Fault::broken:
        server.respondNext(match,
                           list ? ScriptedResponse::asUsual().cutAfter(600)
                                : ScriptedResponse::disconnect().afterCommit());
        break;
      case Fault::failed:
        server.respondNext(
            match,
            list ? ScriptedResponse::answer(500) : ScriptedResponse::answer(500).afterCommit());
        break;
      case Fault::garbled:  // a proxy cuts the answer short; the API refuses and quotes
        server.respondNext(
            match,
            list ? ScriptedResponse::answer(200, R"({"data":[{"email":"0@example.com)")
                 : ScriptedResponse::error(422, "invalid", "0@example.com is not acceptable"));
        break;
      case Fault::none:
      case Fault::nulls:
      case Fault::unknown:
        break;
    }
  }

  std::map<std::string, std::string> environment() const {
    return {{"HEYMILO_API_KEY", "test-key"}, {"HEYMILO_BASE_URL", server.url()}};
  }

  /// Runs the program, again after a failure, at most three times.
  void run(const std::vector<std::string>& arguments) {
    for (int i = 0; i < 3; ++i) {
      if (i > 0 && before_another_run) {
        before_another_run();
      }
      const ChildResult result = heymilo_test::runChild(path(), arguments, environment());
      out += result.out;
      ended_well = result.exit_code == 0;
      last_out = result.out;
      note(result.err);
      if (result.signal != 0) {
        mistakes.insert("crashes");
      }
      if (ended_well) {
        return;
      }
    }
    mistakes.insert("never ends well");
  }

  std::string path() const { return HEYMILO_PROGRAMS_DIR "/story_" + program; }

  void note(const std::string& err) {
    if (err.find("@example.com") != std::string::npos) {
      mistakes.insert("leaks");
    }
  }

  /// Each of these people is in the posting once.
  void expectOnce(const std::vector<std::string>& emails) {
    std::map<std::string, int> found;
    for (const json& candidate : server.candidates("p")) {
      ++found[candidate["email"].get<std::string>()];
    }
    for (const std::string& email : emails) {
      if (found[email] > 1) {
        mistakes.insert("sends twice");
      } else if (found[email] == 0) {
        mistakes.insert("loses");
      }
    }
  }
  /// Each of these was printed once, as the beginning of a line.
  void expectPrinted(const std::vector<std::string>& beginnings, const std::string& text) {
    std::istringstream lines(text);
    std::map<std::string, int> found;
    for (std::string line; std::getline(lines, line);) {
      for (const std::string& beginning : beginnings) {
        found[beginning] += line.rfind(beginning + " ", 0) == 0 ? 1 : 0;
      }
    }
    for (const std::string& beginning : beginnings) {
      if (found[beginning] == 0) {
        mistakes.insert("loses");
      } else if (found[beginning] > 1) {
        mistakes.insert("notifies twice");
      }
    }
  }
  void expect(bool good, const char* mistake) {
    if (!good) {
      mistakes.insert(mistake);
    }
  }

  std::string file(const std::string& name, const std::string& text = "") const {
    const std::string file_path = directory.path() + "/" + name;
    if (!text.empty()) {
      std::ofstream(file_path) << text;
    }
    return file_path;
  }

  const std::string program;
  const Fault fault;
  MockServer server;
  const heymilo_test::TemporaryDirectory directory;
  std::function<void()> before_another_run;
  std::string out, last_out;
  bool ended_well = false;
  Mistakes mistakes;
};

bool isLaterPage(const RecordedRequest& request) {
  return request.query.find("starting_after") != std::string::npos;
}

std::vector<std::string> numbered(const std::string& before, int count, const std::string& after) {
  std::vector<std::string> texts;
  for (int i = 0; i < count; ++i) {
    texts.push_back(before + std::to_string(i) + after);
  }
  return texts;
}

std::string csvOf(int count) {
  std::string text = "name,email,id\n";
  for (int i = 0; i < count; ++i) {
    const std::string n = std::to_string(i);
    text += "Person " + n + "," + n + "@example.com,id-" + n + "\n";
  }
  return text;
}

struct Story {
  const char* name;
  const char* title;
  std::function<void(Scene&)> play;
};

const Story kStories[] = {
    {"ingest_one",
     "ingest one from a form",
     [](Scene& scene) {
       scene.strike("ingestCandidate");
       scene.run({"p", "Ada Example", "0@example.com", "form-1"});
       scene.expectOnce({"0@example.com"});
     }},
    {"import_csv",
     "ingest a CSV file over a crash",
     [](Scene& scene) {
       const bool in_bulk = scene.program == "import_csv";
       scene.strike(in_bulk ? "ingestCandidatesBulk" : "ingestCandidate");
       const std::string file = scene.file("people.csv", csvOf(4));
       scene.run({"p", file});
       // The next run is killed when its people are ingested, and before it is notified of that.
       const std::string second =
           scene.file("others.csv", "name,email,id\nEve,eve@example.com,e\n");
       scene.server.respondNext(in_bulk ? "ingestCandidatesBulk" : "ingestCandidate",
                                ScriptedResponse::asUsual().delayedBy(std::chrono::seconds{30}));
       {
         const std::size_t before = scene.server.candidateCount("p");
         const heymilo_test::RunningProcess killed(
             scene.path(), {"p", second}, scene.environment(), scene.file("log"));
         heymilo_test::eventually([&] { return scene.server.candidateCount("p") > before; });
       }
       scene.run({"p", second});
       auto emails = numbered("", 4, "@example.com");
       emails.push_back("eve@example.com");
       scene.expectOnce(emails);
     }},
    {"nightly_export",
     "ingest a nightly export that grows",
     [](Scene& scene) {
       const bool in_bulk = scene.program == "nightly_export";
       const std::string operation = in_bulk ? "ingestCandidatesBulk" : "ingestCandidate";
       const std::string file = scene.file("export.csv", csvOf(4));
       scene.strike(operation);
       scene.run({"p", file});
       // It has grown, is in another order, and has somebody twice.
       const std::string grown = "Eve,eve@example.com,e\nPerson 3,3@example.com,id-3\n" +
                                 csvOf(4).substr(csvOf(4).find('\n') + 1) +
                                 "Eve,eve@example.com,e\n";
       scene.file("export.csv", "name,email,id\n" + grown);
       // This run is killed when they are ingested, and before it is notified of that.
       scene.server.respondNext(operation,
                                ScriptedResponse::asUsual().delayedBy(std::chrono::seconds{30}));
       {
         const std::size_t before = scene.server.candidateCount("p");
         const heymilo_test::RunningProcess killed(
             scene.path(), {"p", file}, scene.environment(), scene.file("log"));
         heymilo_test::eventually([&] { return scene.server.candidateCount("p") > before; });
       }
       scene.run({"p", file});
       auto emails = numbered("", 4, "@example.com");
       emails.push_back("eve@example.com");
       scene.expectOnce(emails);
     }},
    {"outbox",
     "ingest from an outbox over a crash",
     [](Scene& scene) {
       const bool in_bulk = scene.program == "outbox";
       const std::string operation = in_bulk ? "ingestCandidatesBulk" : "ingestCandidate";
       const std::string database = scene.file("application.db");
       const std::string file = scene.file("people.csv", csvOf(4));
       scene.strike(operation);
       scene.run({"p", database, file});
       // This run is killed when Eve is ingested, and before it is notified of that. It has
       // accepted her once, although she has applied twice.
       scene.file("people.csv", csvOf(4) + "Eve,eve@example.com,e\nEve,eve@example.com,e\n");
       scene.server.respondNext(operation,
                                ScriptedResponse::asUsual().delayedBy(std::chrono::seconds{30}));
       {
         const std::size_t before = scene.server.candidateCount("p");
         const heymilo_test::RunningProcess killed(
             scene.path(), {"p", database, file}, scene.environment(), scene.file("log"));
         heymilo_test::eventually([&] { return scene.server.candidateCount("p") > before; });
       }
       scene.run({"p", database, file});
       auto emails = numbered("", 4, "@example.com");
       emails.push_back("eve@example.com");
       scene.expectOnce(emails);
     }},
    {"list_all",
     "list all in a table",
     [](Scene& scene) {
       scene.addCandidates(150);
       scene.strike("listCandidates", isLaterPage);
       scene.run({"p"});
       scene.expectPrinted(numbered("Person ", 150, ""), scene.last_out);
     }},
    {"follow_completed",
     "follow who was completed since the last run",
     [](Scene& scene) {
       scene.addCandidates(150);
       scene.strike("listCandidates", isLaterPage);
       const std::string state = scene.file("state");
       scene.run({"p", state});
       for (int i = 0; i < 3; ++i) {
         scene.server.addCandidate(
             "p",
             {{"interview_id", "b-" + std::to_string(i)}, {"status", "completed"}, {"score", 70}});
       }
       scene.run({"p", state});
       auto ids = numbered("a-", 150, "");
       if (scene.fault == Fault::unknown) {
         ids.erase(
             std::remove_if(
                 ids.begin(), ids.end(), [](const std::string& id) { return id.back() == '4'; }),
             ids.end());
       }
       const auto more = numbered("b-", 3, "");
       ids.insert(ids.end(), more.begin(), more.end());
       scene.expectPrinted(ids, scene.out);
     }},
    {"wait_until_scored",
     "wait until one is scored",
     [](Scene& scene) {
       scene.addCandidates(150);
       scene.server.patchCandidate("a-120", {{"score", nullptr}});
       scene.strike("listCandidates", isLaterPage);
       std::thread scorer([&] {
         scene.server.waitForRequests(4);
         scene.server.patchCandidate("a-120", {{"score", 66}});
       });
       scene.run({"p", "a-120", "50"});
       scorer.join();
       scene.expect(scene.last_out == "66\n", "loses");
     }},
    {"queue_bulk",
     "queue many and know when they are in",
     [](Scene& scene) {
       scene.strike("ingestCandidatesBulkAsync");
       scene.run({"p", scene.file("people.csv", csvOf(5))});
       scene.server.advance(std::chrono::minutes{1});
       scene.expectOnce(numbered("", 5, "@example.com"));
     }},
    {"share_quota",
     "keep to the quota with six threads",
     [](Scene& scene) {
       scene.addCandidates(7);
       // The restart takes longer than a window of the quota.
       scene.before_another_run = [&] {
         scene.server.setRateLimit(heymilo::RateLimit{20, milliseconds{500}});
       };
       scene.before_another_run();
       scene.strike("listCandidates");
       scene.run({"p"});
       scene.expect(scene.last_out == "420\n", "loses");
       std::size_t refused = 0;
       for (const RecordedRequest& request : scene.server.requests()) {
         refused += request.status == 429 ? 1U : 0U;
       }
       scene.expect(refused <= (scene.fault == Fault::limited ? 1u : 0u), "exceeds the quota");
     }},
    {"show_errors",
     "say which field is wrong",
     [](Scene& scene) {
       scene.strike("ingestCandidate");
       scene.run({"p", "Ada Example", "0@example.com"});
       const std::string known = R"({"detail":[{"type":"value_error","msg":"is not valid",)"
                                 R"("loc":["body","data",0,"email"]}]})";
       const std::string envelope =
           R"({"error":{"type":"invalid_request_error","code":"invalid","message":"is not valid",)"
           R"("param":"email"}})";
       for (const std::string& body : {known, envelope}) {
         scene.server.respondNext("ingestCandidate", ScriptedResponse::answer(422, body));
         const ChildResult result = heymilo_test::runChild(
             scene.path(), {"p", "Ada Example", "other"}, scene.environment());
         scene.expect(result.signal == 0, "crashes");
         scene.expect(result.out.find("email: is not valid\n") != std::string::npos,
                      "names no field");
       }
     }},
    {"resume_walk",
     "hand each on once, over a crash",
     [](Scene& scene) {
       scene.addCandidates(150);
       scene.server.respondNext(heymilo::testing::RequestMatch("listCandidates", isLaterPage),
                                ScriptedResponse::asUsual().delayedBy(std::chrono::seconds{30}));
       const std::string cursor = scene.file("cursor");
       const std::string log = scene.file("log");
       {
         heymilo_test::RunningProcess killed(scene.path(), {"p", cursor}, scene.environment(), log);
         heymilo_test::eventually([&] {  // the first page has been handed on, or it has given up
           std::string id;
           std::ifstream(cursor) >> id;
           return (id == "a-99" && scene.server.requestCount() > 1) || killed.wait(milliseconds{0});
         });
       }
       scene.server.clearResponses();  // who gave up before has not used it
       std::ifstream first(log);
       scene.out.assign(std::istreambuf_iterator<char>(first), {});
       scene.strike("listCandidates", isLaterPage);
       scene.run({"p", cursor});
       scene.expectPrinted(numbered("a-", 150, ""), scene.out);
     }},
    {"end_in_time",
     "end by a deadline or Ctrl-C",
     [](Scene& scene) {
       scene.addCandidates(500);
       scene.strike("listCandidates", isLaterPage);
       scene.run({"p", "20000"});
       scene.expect(scene.last_out == "500\n", "loses");
       // Each page is received within the deadline, all of them together are not.
       scene.server.respondNext(
           "listCandidates",
           ScriptedResponse::asUsual().delayedBy(std::chrono::seconds{1}).times(5));
       const auto begin = std::chrono::steady_clock::now();
       heymilo_test::runChild(scene.path(), {"p", "1500"}, scene.environment());
       const auto taken = std::chrono::steady_clock::now() - begin;
       scene.expect(taken < milliseconds{4500}, "ends too late");
       scene.server.clearResponses();
       scene.server.respondNext("listCandidates",
                                ScriptedResponse::asUsual().delayedBy(std::chrono::seconds{30}));
       const std::size_t before = scene.server.requestCount();
       heymilo_test::RunningProcess interrupted(
           scene.path(), {"p", "60000"}, scene.environment(), scene.file("log"));
       scene.server.waitForRequests(before + 1);
       interrupted.signal(SIGINT);
       scene.expect(interrupted.wait(std::chrono::seconds{5}) == 130, "ends too late");
     }},
};

/// Lines of code: neither blank nor comments only.
std::size_t linesOf(const std::string& file) {
  std::ifstream stream(std::string(HEYMILO_SOURCE_DIR "/benchmarks/comparison/") + file);
  EXPECT_TRUE(stream) << file;
  std::size_t lines = 0;
  for (std::string line; std::getline(stream, line);) {
    const std::size_t begin = line.find_first_not_of(' ');
    lines += begin != std::string::npos && line.compare(begin, 2, "//") != 0 ? 1U : 0U;
  }
  return lines;
}

/// The mistakes under one fault.
Mistakes playOnce(const Story& story, const std::string& program, Fault fault) {
  Scene scene(program, fault);
  story.play(scene);
  return scene.mistakes;
}

/// How often each kind of mistake was made under the faults: `sends twice 2, leaks 1`.
std::string countOf(std::vector<std::future<Mistakes>>& scenes) {
  std::map<std::string, int> counts;
  for (std::future<Mistakes>& scene : scenes) {
    for (const std::string& mistake : scene.get()) {
      ++counts[mistake];
    }
  }
  std::string text;
  for (const auto& [mistake, count] : counts) {
    text += (text.empty() ? "" : ", ") + mistake + " " + std::to_string(count);
  }
  return text.empty() ? "–" : text;
}

/// All scenes of a story in parallel, since most of their time is waiting.
std::string rowOf(const Story& story) {
  const std::string name = story.name;
  std::vector<std::future<Mistakes>> by_hand, with_library;
  for (const Fault fault : kFaults) {
    by_hand.push_back(
        std::async(std::launch::async, playOnce, std::cref(story), name + "_by_hand", fault));
    with_library.push_back(std::async(std::launch::async, playOnce, std::cref(story), name, fault));
  }
  const std::string library = countOf(with_library);
  EXPECT_EQ(library, "–") << name;
  return "| " + std::string(story.title) + " | " +
         std::to_string(linesOf(name + "_by_hand.cpp") + linesOf("by_hand.hpp")) + " | " +
         countOf(by_hand) + " | " + std::to_string(linesOf(name + ".cpp")) + " | " + library +
         " |\n";
}

void PrintTo(const Story& story, std::ostream* out) { *out << story.name; }

class Stories : public ::testing::TestWithParam<Story> {};

TEST_P(Stories, GoAsDocumented) {
  std::ifstream file(HEYMILO_SOURCE_DIR "/docs/benchmarks.md");
  std::ostringstream page;
  page << file.rdbuf();
  const std::string row = rowOf(GetParam());
  EXPECT_NE(page.str().find(row), std::string::npos) << row;
}

INSTANTIATE_TEST_SUITE_P(, Stories, ::testing::ValuesIn(kStories),
                         [](const ::testing::TestParamInfo<Story>& story) {
                           return std::string(story.param.name);
                         });

}  // namespace
