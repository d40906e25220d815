// One call is at most one request on the wire, and outcome() never claims more than the server's
// record confirms.

#include <curl/curl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "curl/curl_transport.hpp"
#include "support/raw_server.hpp"
#include "support/sanitizers.hpp"
#include "support/transport_calls.hpp"

namespace heymilo {
namespace {

using heymilo_test::answering;
using heymilo_test::failureOf;
using heymilo_test::get;
using heymilo_test::httpAnswer;
using heymilo_test::post;
using heymilo_test::RawConnection;
using heymilo_test::RawServer;
using std::chrono::milliseconds;
using ::testing::HasSubstr;

std::shared_ptr<Transport> transportWithoutProxy() {
  CurlOptions options;
  options.proxy = "";
  return makeCurlTransport(options);
}

class CurlOutcome : public ::testing::Test {
 protected:
  const std::shared_ptr<Transport> transport = transportWithoutProxy();
};

/// Responds to the first request of its first connection, reads the second and closes; any further
/// connection is served.
void leaveAtSecondRequest(RawConnection& connection) {
  if (connection.number() > 0) {
    answering(httpAnswer("200 OK"))(connection);
    return;
  }
  connection.readRequest();
  connection.send(httpAnswer("200 OK"));
  connection.readRequest();
}

// libcurl repeats such a request automatically, even a POST, and reports success.
TEST(CurlOutcomeOfReuse, ARequestOnAKeptConnectionThatBreaksIsNotRepeated) {
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE", "GET"}) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{2}, std::size_t{200'000}}) {
      RawServer server(&leaveAtSecondRequest);
      const auto transport = transportWithoutProxy();
      transport->send(get(server.url("/first")), {});
      HttpRequest request = post(server.url("/second"), std::string(size, 'x'));
      if (std::string_view(method) == "GET") {
        request = get(server.url("/second"));
      }
      request.method = method;
      const auto error = failureOf<ConnectionError>(*transport, request);
      EXPECT_EQ(error.outcome(), Outcome::unknown) << method << size;
      EXPECT_THAT(error.what(), HasSubstr("kept open"));
      EXPECT_EQ(server.requests().size(), 2u) << method << " of " << size;
      EXPECT_FALSE(error.permanent());
      EXPECT_EQ(transport->send(request, {}).status, 200);  // the next one is not affected
    }
  }
}

/// How often the server receives the second of two writes, sent by libcurl alone.
std::size_t commitsWithoutProtection() {
  RawServer server(&leaveAtSecondRequest);
  CURL* easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "{}");
  curl_easy_setopt(
      easy, CURLOPT_WRITEFUNCTION, +[](char*, std::size_t size, std::size_t count, void*) {
        return size * count;
      });
  for (const char* path : {"/first", "/second"}) {
    curl_easy_setopt(easy, CURLOPT_URL, server.url(path).c_str());
    curl_easy_perform(easy);
  }
  curl_easy_cleanup(easy);
  return server.requests().size() - 1;
}

// Shows that the tests here detect the problem: without the protection, libcurl turns one write
// into two on the server, and reports success.
TEST(CurlOutcomeOfReuse, IsTwoCommitsWithoutTheProtection) {
  const curl_version_info_data* const version = curl_version_info(CURLVERSION_NOW);
  const std::size_t commits = commitsWithoutProtection();
  if (version->version_num <= 0x075801) {  // 7.88.1, where it was seen
    EXPECT_EQ(commits, 2u);
  } else {
    EXPECT_GE(commits, 1u);
  }
}

TEST_F(CurlOutcome, AConnectionThatTheServerHasClosedIsNotUsedAgain) {
  RawServer server([](RawConnection& connection) {
    connection.readRequest();
    connection.send(httpAnswer("200 OK"));
  });
  for (std::size_t i = 1; i <= 5; ++i) {
    EXPECT_EQ(transport->send(post(server.url(), "{}"), {}).status, 200);
    EXPECT_TRUE(server.waitForScripts());
    EXPECT_EQ(server.requests().size(), i);
  }
}

TEST_F(CurlOutcome, WhatTheServerHasReadWholeIsNeverNotSent) {
  RawServer server([](RawConnection& connection) { connection.readRequest(); });
  std::size_t sent = 0;
  for (const std::size_t size : {0u,
                                 1u,
                                 1'000u,
                                 16'383u,
                                 16'384u,
                                 65'000u,
                                 65'535u,
                                 65'536u,
                                 65'537u,
                                 131'072u,
                                 1'000'000u,
                                 heymilo_test::kSanitized ? 2'000'000u : 10'000'000u}) {
    const auto error =
        failureOf<ConnectionError>(*transport, post(server.url(), std::string(size, 'x')));
    EXPECT_EQ(error.outcome(), Outcome::unknown) << size;
    EXPECT_EQ(server.requests().size(), ++sent);
  }
}

TEST_F(CurlOutcome, ALargeBodyThatTheServerDoesNotTakeIsNotSent) {
  RawServer server([](RawConnection& connection) {
    connection.readBytes(100'000);
    connection.reset();
  });
  const auto error =
      failureOf<ConnectionError>(*transport, post(server.url(), std::string(20'000'000, 'x')));
  EXPECT_EQ(error.outcome(), Outcome::not_sent);
  EXPECT_THAT(error.what(), HasSubstr("sending the request"));
}

TEST_F(CurlOutcome, ALargeBodyThatIsNotReadInTimeIsNotSent) {
  RawServer server([](RawConnection& connection) { connection.stall(); });
  HttpRequest request = post(server.url(), std::string(50'000'000, 'x'));
  request.timeout = milliseconds(1000);
  const auto error = failureOf<TimeoutError>(*transport, request);
  EXPECT_EQ(error.outcome(), Outcome::not_sent);
  EXPECT_THAT(error.what(), HasSubstr("sending the request"));
}

TEST_F(CurlOutcome, ASmallRequestThatIsNotReadInTimeMayHaveArrived) {
  RawServer server([](RawConnection& connection) { connection.stall(); });
  HttpRequest request = post(server.url(), "{}");
  request.timeout = milliseconds(1000);
  EXPECT_EQ(failureOf<TimeoutError>(*transport, request).outcome(), Outcome::unknown);
}

TEST_F(CurlOutcome, AnAnswerBeforeTheWholeRequestIsAnAnswer) {
  RawServer server([](RawConnection& connection) {
    connection.readBytes(1000);
    connection.send(httpAnswer("413 Content Too Large", "no", "Connection: close\r\n"));
    connection.readToEnd();
  });
  const HttpResponse response =
      transport->send(post(server.url(), std::string(20'000'000, 'x')), {});
  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(response.body, "no");
}

TEST_F(CurlOutcome, CutAtEveryByteOfTheAnswer) {
  const std::string answer = "HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 10\r\n\r\n0123456789";
  for (const bool reset : {false, true}) {
    for (std::size_t cut = 0; cut < answer.size(); ++cut) {
      RawServer server([&](RawConnection& connection) {
        connection.readRequest();
        connection.send(std::string_view(answer).substr(0, cut));
        if (reset) {
          connection.reset();
        }
      });
      const auto error = failureOf<ConnectionError>(*transport, post(server.url(), "{}"));
      EXPECT_EQ(error.outcome(), Outcome::unknown) << cut;
      EXPECT_EQ(server.requests().size(), 1u) << cut;
    }
  }
}

}  // namespace
}  // namespace heymilo
