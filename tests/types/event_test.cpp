#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <ostream>
#include <sstream>
#include <streambuf>
#include <string>
#include <thread>
#include <vector>

#include "heymilo/event.hpp"

namespace heymilo {
namespace {

Event eventOf(EventKind kind) {
  Event event;
  event.kind = kind;
  event.operation = "listCandidates";
  event.attempt = 2;
  return event;
}

std::string line(const Event& event) {
  std::ostringstream out;
  out << std::hex << std::showbase << event;  // a host's flags change nothing
  return out.str();
}

TEST(Event, IsALineForALog) {
  EXPECT_EQ(line(eventOf(EventKind::request)), "listCandidates #2: request");
  Event response = eventOf(EventKind::response);
  response.status = 200;
  response.elapsed = std::chrono::microseconds{45'900};
  response.bytes_received = 132074;
  response.request_id = "req_1";
  EXPECT_EQ(line(response),
            "listCandidates #2: response 200 in 45 ms, 132074 bytes (request id req_1)");
  Event retry = eventOf(EventKind::retry);
  retry.status = 503;
  retry.wait = std::chrono::milliseconds{730};
  EXPECT_EQ(line(retry), "listCandidates #2: retry 503, waits 730 ms");
  Event throttled = eventOf(EventKind::throttled);
  throttled.wait = std::chrono::seconds{2};
  EXPECT_EQ(line(throttled), "listCandidates #2: throttled, waits 2000 ms");
  Event failure = eventOf(EventKind::failure);
  failure.elapsed = std::chrono::seconds{1};
  EXPECT_EQ(line(failure), "listCandidates #2: failure in 1000 ms");
}

TEST(Event, IsWrittenAsItsText) {
  const Event event = eventOf(EventKind::request);
  EXPECT_EQ(toString(event), "listCandidates #2: request");
  EXPECT_EQ(line(event), toString(event));
}

TEST(Event, ALoggerWritesALineForEach) {
  std::ostringstream out;
  out << std::hex << std::showbase;
  out.width(60);  // of the next text that is not a log's
  const std::function<void(const Event&)> log = eventLogger(out);
  log(eventOf(EventKind::request));
  Event response = eventOf(EventKind::response);
  response.status = 200;
  log(response);
  EXPECT_EQ(out.str(),
            "heymilo: listCandidates #2: request\n"
            "heymilo: listCandidates #2: response 200 in 0 ms, 0 bytes\n");
}

/// Where lines go, which sees whether two threads write at a time.
class Lines : public std::streambuf {
 public:
  std::string text;
  std::atomic<bool> overlapped{false};

 protected:
  std::streamsize xsputn(const char* data, std::streamsize size) override {
    if (writing_.exchange(true)) {
      overlapped = true;
      return size;
    }
    for (int i = 0; i < 10; ++i) {
      std::this_thread::yield();  // another one would come
    }
    text.append(data, static_cast<std::size_t>(size));
    writing_ = false;
    return size;
  }

 private:
  std::atomic<bool> writing_{false};
};

TEST(Event, CopiesOfALoggerTakeTurns) {
  constexpr int kThreads = 4, kLines = 100;
  Lines lines;
  std::ostream out(&lines);
  const std::function<void(const Event&)> log = eventLogger(out);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([copy = log] {
      for (int j = 0; j < kLines; ++j) {
        copy(eventOf(EventKind::request));
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_FALSE(lines.overlapped);
  std::istringstream written(lines.text);
  int count = 0;
  for (std::string text; std::getline(written, text); ++count) {
    ASSERT_EQ(text, "heymilo: listCandidates #2: request");
  }
  EXPECT_EQ(count, kThreads * kLines);
}

TEST(Event, KindsHaveNames) {
  const std::pair<EventKind, const char*> kinds[] = {{EventKind::request, "request"},
                                                     {EventKind::response, "response"},
                                                     {EventKind::retry, "retry"},
                                                     {EventKind::throttled, "throttled"},
                                                     {EventKind::failure, "failure"}};
  for (const auto& [kind, name] : kinds) {
    std::ostringstream out;
    out << kind;
    EXPECT_EQ(out.str(), name);
    using std::to_string;
    EXPECT_EQ(to_string(kind), name);
  }
}

}  // namespace
}  // namespace heymilo
