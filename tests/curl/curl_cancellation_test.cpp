// A cancelled call ends immediately, and a timeout is on time, whatever the call is doing.

#include <curl/curl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>
#include <string>
#include <thread>

#include "curl/curl_transport.hpp"
#include "support/full_port.hpp"
#include "support/raw_server.hpp"
#include "support/slow_lookup.hpp"
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
using std::chrono::steady_clock;
using ::testing::HasSubstr;

// The promise is 50 ms; a machine that runs other tests, or a sanitizer, may take longer. The tests
// detect waits without a wake-up: libcurl's are a second or more.
constexpr milliseconds kAtOnce{400};

class CurlCancellation : public ::testing::Test {
 protected:
  static std::shared_ptr<Transport> makeTransport() {
    CurlOptions options;
    options.proxy = "";
    return makeCurlTransport(options);
  }

  /// Sends the request, cancels it once `ready` returns, and checks that this ends it immediately.
  CancelledError cancelWhen(const std::function<void()>& ready, HttpRequest request) {
    request.timeout = std::chrono::minutes(1);
    const CancellationSource source;
    steady_clock::time_point cancelled;
    std::thread canceller([&] {
      ready();
      cancelled = steady_clock::now();
      source.cancel();
    });
    const auto error = failureOf<CancelledError>(*transport, request, source.token());
    const auto ended = steady_clock::now();
    canceller.join();
    EXPECT_LT(ended - cancelled, kAtOnce);
    return error;
  }

  /// Sends the request with this short timeout, and checks that it ends on time.
  TimeoutError timeOut(HttpRequest request) {
    request.timeout = milliseconds(500);
    const auto begun = steady_clock::now();
    const auto error = failureOf<TimeoutError>(*transport, request);
    const auto took = steady_clock::now() - begun;
    EXPECT_GE(took, milliseconds(499));  // libcurl counts in whole milliseconds
    EXPECT_LT(took, milliseconds(500) + kAtOnce);
    return error;
  }

  const std::shared_ptr<Transport> transport = makeTransport();
};

TEST_F(CurlCancellation, WhatIsCancelledBeforehandIsNotEvenConnected) {
  RawServer server(answering(httpAnswer("200 OK")));
  const CancellationSource source;
  source.cancel();
  const auto error =
      failureOf<CancelledError>(*transport, post(server.url(), "{}"), source.token());
  EXPECT_EQ(error.outcome(), Outcome::not_sent);
  EXPECT_EQ(server.connections(), 0u);
}

TEST_F(CurlCancellation, ACancellationAfterTheAnswerChangesNothing) {
  RawServer server(answering(httpAnswer("200 OK")));
  const CancellationSource source;
  EXPECT_EQ(transport->send(get(server.url()), source.token()).status, 200);
  source.cancel();
  EXPECT_EQ(transport->send(get(server.url()), {}).status, 200);
  EXPECT_EQ(server.connections(), 1u);
}

TEST_F(CurlCancellation, DuringTheTlsHandshake) {
  RawServer server([](RawConnection& connection) { connection.readToEnd(); });
  const HttpRequest request = post("https://127.0.0.1:" + std::to_string(server.port()), "{}");
  const auto error = cancelWhen([&] { server.waitForConnections(1); }, request);
  EXPECT_EQ(error.outcome(), Outcome::not_sent);
  EXPECT_THAT(error.what(), HasSubstr("connecting"));
  EXPECT_EQ(timeOut(request).outcome(), Outcome::not_sent);
}

TEST_F(CurlCancellation, WhileTheRequestIsSent) {
  std::promise<void> begun;
  RawServer server([&](RawConnection& connection) {
    connection.readBytes(100'000);
    if (connection.number() == 0) {
      begun.set_value();
    }
    connection.stall();
  });
  const HttpRequest request = post(server.url(), std::string(50'000'000, 'x'));
  const auto error = cancelWhen([&] { begun.get_future().wait(); }, request);
  EXPECT_EQ(error.outcome(), Outcome::not_sent);
  EXPECT_THAT(error.what(), HasSubstr("sending"));
  EXPECT_EQ(timeOut(request).outcome(), Outcome::not_sent);
}

TEST_F(CurlCancellation, WhileTheAnswerIsAwaited) {
  RawServer server([](RawConnection& connection) {
    connection.readRequest();
    connection.readToEnd();
  });
  const HttpRequest request = post(server.url(), "{}");
  const auto error = cancelWhen([&] { server.waitForRequests(1); }, request);
  EXPECT_EQ(error.outcome(), Outcome::unknown);
  EXPECT_THAT(error.what(), HasSubstr("waiting for the response"));
  EXPECT_EQ(timeOut(request).outcome(), Outcome::unknown);
  EXPECT_TRUE(server.waitForScripts());  // the connections were closed
}

TEST_F(CurlCancellation, WhileTheAnswerDripsIn) {
  std::promise<void> begun;
  RawServer server([&](RawConnection& connection) {
    connection.readRequest();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nx");
    if (connection.number() == 0) {
      begun.set_value();
    }
    connection.drip(std::string(99'999, 'x'), milliseconds(5));
  });
  const HttpRequest request = post(server.url(), "{}");
  EXPECT_EQ(cancelWhen([&] { begun.get_future().wait(); }, request).outcome(), Outcome::unknown);
  EXPECT_EQ(timeOut(request).outcome(), Outcome::unknown);
}

TEST_F(CurlCancellation, OnAKeptConnection) {
  RawServer server([](RawConnection& connection) {
    connection.readRequest();
    connection.send(httpAnswer("200 OK"));
    connection.readRequest();
    connection.readToEnd();
  });
  for (std::size_t i = 1; i <= 3; ++i) {
    transport->send(get(server.url()), {});
    const auto error = cancelWhen([&] { server.waitForRequests(2 * i); }, post(server.url(), "{}"));
    EXPECT_EQ(error.outcome(), Outcome::unknown);
    EXPECT_EQ(server.requests().size(), 2 * i);
    EXPECT_EQ(server.connections(), i);
  }
}

TEST_F(CurlCancellation, OneTokenEndsManyCalls) {
  RawServer server([](RawConnection& connection) {
    connection.readRequest();
    connection.readToEnd();
  });
  const CancellationSource source;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back(
        [&] { failureOf<CancelledError>(*transport, get(server.url()), source.token()); });
  }
  server.waitForRequests(8);
  const auto cancelled = steady_clock::now();
  source.cancel();
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_LT(steady_clock::now() - cancelled, kAtOnce);
}

#ifdef __linux__

#if CURL_AT_LEAST_VERSION(7, 87, 0)

TEST_F(CurlCancellation, DuringANameLookUp) {
  auto& lookup = heymilo_test::SlowLookup::instance();
  const HttpRequest request = post("https://slow.test/", "{}");
  const auto error = cancelWhen([&] { lookup.awaitBegun(1); }, request);
  EXPECT_EQ(error.outcome(), Outcome::not_sent);
  EXPECT_THAT(error.what(), HasSubstr("connecting to slow.test:443"));
  EXPECT_EQ(timeOut(request).outcome(), Outcome::not_sent);
  // While those two are still in progress, other requests are served, with the same handles.
  RawServer server(answering(httpAnswer("200 OK")));
  EXPECT_EQ(transport->send(get(server.url()), {}).status, 200);
  EXPECT_GE(lookup.begun(), 2);  // libcurl 8.23 looks for IPv4 and IPv6 apart
  lookup.letGo();
  EXPECT_EQ(transport->send(get(server.url()), {}).status, 200);
}

TEST_F(CurlCancellation, TheTransportMayGoWhileALookUpGoesOn) {
  auto& lookup = heymilo_test::SlowLookup::instance();
  const int before = lookup.begun();
  auto own = makeTransport();
  HttpRequest request = get("http://slow.test/");
  request.timeout = milliseconds(50);
  failureOf<TimeoutError>(*own, request);
  const auto begun = steady_clock::now();
  own.reset();
  EXPECT_LT(steady_clock::now() - begun, kAtOnce);
  lookup.awaitBegun(before + 1);
  lookup.letGo();
}

#else

// Without CURLOPT_QUICK_EXIT libcurl waits for the DNS lookup, and may report its failure first.
TEST_F(CurlCancellation, DuringANameLookUpAfterItsEnd) {
  auto& lookup = heymilo_test::SlowLookup::instance();
  const CancellationSource source;
  std::thread canceller([&] {
    lookup.awaitBegun(1);
    source.cancel();
    lookup.letGo();
  });
  try {
    transport->send(post("https://slow.test/", "{}"), source.token());
    ADD_FAILURE() << "an answer came";
  } catch (const TransportError& error) {
    EXPECT_EQ(error.outcome(), Outcome::not_sent);
    EXPECT_THAT(error.what(), HasSubstr("connecting to slow.test:443"));
  }
  canceller.join();
  RawServer server(answering(httpAnswer("200 OK")));
  EXPECT_EQ(transport->send(get(server.url()), {}).status, 200);
}

#endif

TEST_F(CurlCancellation, WhileTheConnectionIsMade) {
  const heymilo_test::FullPort full;
  const int before = full.connecting();
  EXPECT_GT(before, 0);
  const HttpRequest request = post("http://127.0.0.1:" + std::to_string(full.port()) + "/", "{}");
  const auto begun = [&] {
    while (full.connecting() == before) {
    }
  };
  EXPECT_EQ(cancelWhen(begun, request).outcome(), Outcome::not_sent);
  EXPECT_EQ(timeOut(request).outcome(), Outcome::not_sent);
}

#endif

}  // namespace
}  // namespace heymilo
