// The mock server as a separate process.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <ctime>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/child_process.hpp"
#include "support/eventually.hpp"
#include "support/raw_client.hpp"

namespace {

using heymilo_test::ChildResult;
using heymilo_test::eventually;
using heymilo_test::RawAnswer;
using heymilo_test::RawClient;
using heymilo_test::runChild;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using Json = nlohmann::json;

const std::string kProgram = HEYMILO_PROGRAMS_DIR "/mock_server";
const std::string kDemo = "/api/v2/postings/demo/candidates";

/// The program while it runs. Its standard output and error share one pipe.
class RunningServer {
 public:
  explicit RunningServer(std::vector<std::string> arguments = {}) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
      throw std::runtime_error("no pipe");
    }
    output_ = ends[0];
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    arguments.insert(arguments.begin(), kProgram);
    std::vector<char*> argv;
    for (std::string& argument : arguments) {
      argv.push_back(argument.data());
    }
    argv.push_back(nullptr);
    const int error =
        posix_spawn(&process_, kProgram.c_str(), &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (error != 0) {
      throw std::runtime_error("can't start " + kProgram);
    }
    url_ = readLine();
  }
  ~RunningServer() {
    if (process_ > 0) {
      kill(process_, SIGKILL);
      waitpid(process_, nullptr, 0);
    }
    close(output_);
  }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  const std::string& url() const { return url_; }
  int port() const { return std::stoi(url_.substr(url_.rfind(':') + 1)); }

  std::string readLine() {
    std::string line;
    char c = 0;
    while (read(output_, &c, 1) == 1 && c != '\n') {
      line += c;
    }
    return line;
  }

  /// The exit code after this signal; empty: it did not exit.
  std::optional<int> stop(int signal) {
    int status = 0;
    kill(process_, signal);
    waitpid(process_, &status, 0);
    process_ = 0;
    return WIFEXITED(status) ? std::optional(WEXITSTATUS(status)) : std::nullopt;
  }

 private:
  pid_t process_ = 0;
  int output_ = -1;
  std::string url_;
};

TEST(ExampleMockServer, PrintsItsUrlFirstAndStopsWhenTold) {
  for (const int signal : {SIGTERM, SIGINT}) {
    RunningServer server;
    EXPECT_THAT(server.url(), MatchesRegex("http://127\\.0\\.0\\.1:[0-9]+"));
    RawClient client(server.port(), {{"X-API-KEY", "test-key"}});
    EXPECT_EQ(client.get(kDemo).json()["pagination"]["total_count"], 25);
    EXPECT_EQ(server.stop(signal), 0);
    EXPECT_EQ(server.readLine(), "") << "no other output is expected";
  }
}

TEST(ExampleMockServer, HasThePostingsAndTheKeyThatItIsGiven) {
  RunningServer server({"--posting", "a", "--posting=b:120", "--posting", "c:d", "--api-key", "k"});
  RawClient client(server.port(), {{"X-API-KEY", "k"}});
  const auto count = [&](const std::string& posting) {
    return client.get("/api/v2/postings/" + posting + "/candidates")
        .json()["pagination"]["total_count"];
  };
  EXPECT_EQ(count("a"), 0);
  EXPECT_EQ(count("b"), 120);
  EXPECT_EQ(count("c%3Ad"), 0);
  EXPECT_EQ(client.get(kDemo).status, 404);
  EXPECT_EQ(client.get(kDemo, {{"X-API-KEY", "test-key"}}).status, 401);
}

TEST(ExampleMockServer, SendsTheDateThatItIsTold) {
  const auto ahead = [](const std::vector<std::string>& arguments) {
    RunningServer server(arguments);
    RawClient client(server.port(), {{"X-API-KEY", "test-key"}});
    const std::optional<std::string> date = client.get(kDemo).header("Date");
    std::tm parts{};
    return date && strptime(date->c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts) != nullptr
               ? std::optional(difftime(timegm(&parts), std::time(nullptr)))
               : std::nullopt;
  };
  constexpr double kSlow = 30;
  EXPECT_NEAR(ahead({}).value(), 0, kSlow);
  EXPECT_NEAR(ahead({"--date", "on"}).value(), 0, kSlow);
  EXPECT_NEAR(ahead({"--date", "+3600"}).value(), 3600, kSlow);
  EXPECT_NEAR(ahead({"--date", "3600"}).value(), 3600, kSlow);
  EXPECT_NEAR(ahead({"--date", "-86400"}).value(), -86400, kSlow);
  EXPECT_NEAR(ahead({"--date=-86400"}).value(), -86400, kSlow);
  EXPECT_EQ(ahead({"--date", "off"}), std::nullopt);
  for (const char* value : {"", "yes", "+", "1h", "--5", "1e3", "9999999999"}) {
    EXPECT_EQ(runChild(kProgram, {std::string("--date=") + value}, {}).exit_code, 2) << value;
  }
}

TEST(ExampleMockServer, LimitsTheRate) {
  RunningServer server({"--rate-limit", "2/1.5"});
  RawClient client(server.port(), {{"X-API-KEY", "test-key"}});
  EXPECT_EQ(client.get(kDemo).status, 200);
  EXPECT_EQ(client.get(kDemo).status, 200);
  const RawAnswer refused = client.get(kDemo);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("Retry-After"), "2");
}

TEST(ExampleMockServer, TakesItsTime) {
  RunningServer server({"--latency-ms", "40"});
  RawClient client(server.port());
  const auto before = std::chrono::steady_clock::now();
  client.get("/");
  EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds{40});
}

TEST(ExampleMockServer, LetsTheCandidatesMoveOn) {
  RunningServer server({"--posting", "demo", "--time-scale", "10000000"});
  RawClient client(server.port(), {{"X-API-KEY", "test-key"}});
  const Json person{{"name", "Ada"}, {"email", "ada@example.com"}};
  EXPECT_EQ(client.postJson(kDemo, person).json()["data"]["candidate"]["status"], "pending");
  EXPECT_TRUE(eventually([&] {
    const std::string status = client.get(kDemo).json()["data"][0]["status"];
    return status != "pending" && status != "in_progress" && status != "evaluating";
  }));
}

TEST(ExampleMockServer, LogsWithoutKeysAndPeople) {
  RunningServer server({"--log", "--posting", "secret-posting", "--api-key", "secret-key"});
  RawClient client(server.port(), {{"X-API-KEY", "secret-key"}});
  const Json person{{"name", "secret"}, {"email", "secret@example.com"}};
  client.postJson("/api/v2/postings/secret-posting/candidates?secret", person);
  const std::string line = server.readLine();
  EXPECT_THAT(line, MatchesRegex("POST ingestCandidate 201 req_[0-9a-f]{16}"));
  client.get("/secret");
  EXPECT_THAT(server.readLine(),
              AllOf(MatchesRegex("GET \\(no operation\\) 404 req_.*"), Not(HasSubstr("secret"))));
}

TEST(ExampleMockServer, SaysThatAPortIsTaken) {
  RunningServer server;
  const ChildResult result = runChild(kProgram, {"--port", std::to_string(server.port())}, {});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("can't listen on 127.0.0.1:" + std::to_string(server.port())));
  EXPECT_THAT(result.err, HasSubstr("Use another --port"));
}

TEST(ExampleMockServer, SaysWhatIsWrongWithItsArguments) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--port", "65536"},
                                                    {"--port", "x"},
                                                    {"--posting", ":3"},
                                                    {"--rate-limit", "3"},
                                                    {"--rate-limit", "0/1"},
                                                    {"--rate-limit", "-1/1"},
                                                    {"--rate-limit", "1/0"},
                                                    {"--rate-limit", "1/1x"},
                                                    {"--latency-ms", "-1"},
                                                    {"--time-scale", "-1"},
                                                    {"--api-key="},
                                                    {"--unheard-of"}}) {
    const ChildResult result = runChild(kProgram, arguments, {});
    EXPECT_EQ(result.exit_code, 2) << arguments[0];
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, AllOf(HasSubstr("mock_server: "), HasSubstr("--help"))) << arguments[0];
  }
}

TEST(ExampleMockServer, ExplainsItself) {
  const ChildResult result = runChild(kProgram, {"--help"}, {});
  EXPECT_EQ(result.exit_code, 0);
  for (const char* option : {"--port",
                             "--api-key",
                             "--posting ID[:N]",
                             "--rate-limit N/SECONDS",
                             "--latency-ms",
                             "--time-scale"}) {
    EXPECT_THAT(result.out, HasSubstr(option));
  }
}

}  // namespace
