#include <gtest/gtest.h>

#include <sstream>

#include "heymilo/options.hpp"

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
  throttled.held = true;
  EXPECT_EQ(line(throttled),
            "listCandidates #2: throttled, waits 2000 ms: the API has asked for no requests");
  Event failure = eventOf(EventKind::failure);
  failure.elapsed = std::chrono::seconds{1};
  EXPECT_EQ(line(failure), "listCandidates #2: failure in 1000 ms");
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
