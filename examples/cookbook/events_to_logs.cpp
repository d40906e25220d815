#include <mutex>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "recipe.hpp"

namespace {

using heymilo::testing::ScriptedResponse;
using EventsToLogs = Recipe;

// [ready]
/// A client that writes a line for each event to `log`, which must live as long as the client.
heymilo::Client clientThatLogsTo(std::ostream& log, heymilo::ClientOptions options) {
  options.on_event = heymilo::eventLogger(log);
  return heymilo::Client(std::move(options));
}
// [/ready]

TEST_F(EventsToLogs, ByTheReadyLogger) {
  std::ostringstream log;
  server.respondNext("listCandidates", ScriptedResponse::answer(503));
  clientThatLogsTo(log, options).listCandidates("posting-id");
  EXPECT_EQ(log.str().rfind("heymilo: listCandidates #1: request\n"
                            "heymilo: listCandidates #1: response 503 in ",
                            0),
            0u)
      << log.str();
}

// [line]
/// An event as a log line. An event contains no personal data: nothing has to be hidden.
std::string lineOf(const heymilo::Event& event) {
  std::ostringstream line;
  line << event.operation << " attempt=" << event.attempt;
  switch (event.kind) {
    case heymilo::EventKind::request:
      line << " " << event.method << " " << event.route << " sent=" << event.bytes_sent;
      break;
    case heymilo::EventKind::response:
      line << " status=" << event.status << " us=" << event.elapsed.count()
           << " received=" << event.bytes_received << " request_id=" << event.request_id;
      break;
    case heymilo::EventKind::retry:
      line << " retry in_ms=" << event.wait.count();
      break;
    case heymilo::EventKind::throttled:
      line << " waits for the quota ms=" << event.wait.count();
      break;
    case heymilo::EventKind::failure:
      line << " no response us=" << event.elapsed.count();
      break;
  }
  return line.str();
}
// [/line]

// [log]
/// Events arrive on the calling threads, in parallel: a lock is needed.
class Log {
 public:
  void write(const heymilo::Event& event) {
    const std::lock_guard<std::mutex> lock(mutex_);
    lines_.push_back(lineOf(event));
  }
  std::vector<std::string> lines() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

heymilo::Client loggingClient(heymilo::ClientOptions options, std::shared_ptr<Log> log) {
  options.on_event = [log](const heymilo::Event& event) { log->write(event); };
  return heymilo::Client(std::move(options));
}
// [/log]

TEST_F(EventsToLogs, ALineForEach) {
  const auto log = std::make_shared<Log>();
  const auto client = loggingClient(options, log);
  server.respondNext("listCandidates", ScriptedResponse::disconnect());
  client.listCandidates("posting-id");
  const std::vector<std::string> lines = log->lines();
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines[0],
            "listCandidates attempt=1 GET /api/v2/postings/{posting_id}/candidates sent=0");
  EXPECT_EQ(lines[1].rfind("listCandidates attempt=1 no response us=", 0), 0u) << lines[1];
  EXPECT_EQ(lines[2].rfind("listCandidates attempt=1 retry in_ms=", 0), 0u) << lines[2];
  EXPECT_EQ(lines[3].rfind("listCandidates attempt=2 GET ", 0), 0u) << lines[3];
  EXPECT_EQ(lines[4].rfind("listCandidates attempt=2 status=200 us=", 0), 0u) << lines[4];
}

TEST_F(EventsToLogs, NothingPersonalIsInThem) {
  const auto log = std::make_shared<Log>();
  loggingClient(options, log).ingestCandidate("posting-id", {"Ada Example", "ada@example.com"});
  ASSERT_EQ(log->lines().size(), 2u);
  for (const std::string& line : log->lines()) {
    for (const char* secret : {"Ada", "ada@", "posting-id", "test-key"}) {
      EXPECT_EQ(line.find(secret), std::string::npos) << line;
    }
  }
}

}  // namespace
