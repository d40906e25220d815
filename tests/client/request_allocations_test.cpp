// How much memory a small request takes, piece by piece: benchmarks/request_benchmark.cpp has its
// time.

#include <gtest/gtest.h>

#include <string>

#include "heymilo/client.hpp"
#include "support/counted_allocations.hpp"
#include "support/raw_server.hpp"

namespace heymilo_test {
namespace {

constexpr const char* kResponse =
    R"({"data":{"object":"candidate","interview_id":"int_5f2b9c1e7a000001",)"
    R"("interview_url":"https://app.example.com/interview/int_5f2b9c1e7a000001?token=)"
    R"(9d1f3c5b7a86e4d2c0b1a39f8e7d6c5b4a3928171605f4e3","posting_id":"post_2c9f4b7d1e60",)"
    R"("candidate":null},"meta":{"workspace":"ws_71d0"}})";

// Fifteen with libstdc++: the returned object's own eleven, the URL, both bodies, and a std::vector
// in the parser. Ten with libc++, whose strings keep 22 characters in place instead of 15.
TEST(RequestAllocations, ASmallRequestNeedsFew) {
  RawServer server(answering(httpAnswer("200 OK",
                                        kResponse,
                                        "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
                                        "Content-Type: application/json\r\n"
                                        "X-Request-Id: req_0123456789abcdef\r\n")));
  heymilo::ClientOptions options;
  options.api_key = "test-key";
  options.base_url = server.url();
  options.rate_limit.reset();
  const heymilo::Client client(options);
  heymilo::CandidateIngestRequest person{"Ada Lovelace", "ada.lovelace@example.com"};
  person.phone_number = "+14155550123";
  person.metadata = {{"external_id", "ats-000001"}, {"source", "careers page"}};
  int needed = 0;
  for (int i = 0; i < 3; ++i) {           // the first one connects
    const int before = allocations_here;  // the server has another thread
    const auto response = client.ingestCandidate("post_2c9f4b7d1e60", person);
    needed = allocations_here - before;
    EXPECT_EQ(response.data.interview_id, "int_5f2b9c1e7a000001");
  }
  EXPECT_GE(needed, 8);
  EXPECT_LE(needed, 18);
}

}  // namespace
}  // namespace heymilo_test
