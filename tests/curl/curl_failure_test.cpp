// The error and the outcome() of a request without a response, compared with the server's record.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "curl/curl_handle.hpp"
#include "curl/curl_transport.hpp"
#include "curl/transfer.hpp"
#include "support/raw_server.hpp"
#include "support/transport_calls.hpp"

namespace heymilo {
namespace {

using heymilo_test::answering;
using heymilo_test::ClosedPort;
using heymilo_test::failureOf;
using heymilo_test::get;
using heymilo_test::httpAnswer;
using heymilo_test::post;
using heymilo_test::RawConnection;
using heymilo_test::RawServer;
using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::HasSubstr;

class CurlFailure : public ::testing::Test {
 protected:
  static std::shared_ptr<Transport> makeTransport() {
    CurlOptions options;
    options.proxy = "";
    return makeCurlTransport(options);
  }

  /// The error of a POST if the server reads it completely, sends `bytes` and closes.
  template <class Error>
  Error failureAfter(const std::string& bytes) {
    RawServer server([&](RawConnection& connection) {
      connection.readRequest();
      connection.send(bytes);
    });
    const Error error = failureOf<Error>(*transport, post(server.url(), "{}"));
    EXPECT_EQ(error.outcome(), Outcome::unknown) << error.what();
    EXPECT_EQ(server.requests().size(), 1u);
    EXPECT_THAT(error.what(), HasSubstr("127.0.0.1:" + std::to_string(server.port())));
    return error;
  }

  const std::shared_ptr<Transport> transport = makeTransport();
};

TEST_F(CurlFailure, RefusedConnection) {
  const ClosedPort closed;
  const std::string endpoint = "127.0.0.1:" + std::to_string(closed.port());
  const auto error = failureOf<ConnectionError>(*transport, post("http://" + endpoint, "{}"));
  EXPECT_EQ(error.outcome(), Outcome::not_sent);
  EXPECT_FALSE(error.permanent());
  EXPECT_THAT(error.what(), AllOf(HasSubstr(endpoint), HasSubstr("refused")));
}

TEST_F(CurlFailure, UnknownHost) {
  const auto error =
      failureOf<ConnectionError>(*transport, post("https://no-such-host.invalid/", "{}"));
  EXPECT_EQ(error.outcome(), Outcome::not_sent);
  EXPECT_FALSE(error.permanent());
  EXPECT_THAT(error.what(), AllOf(HasSubstr("no-such-host.invalid:443"), HasSubstr("resolve")));
}

TEST_F(CurlFailure, AServerThatClosesWithoutAnAnswer) {
  failureAfter<ConnectionError>("");
  failureAfter<ConnectionError>("HTTP/1.1 200");
  failureAfter<ConnectionError>("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n");
}

TEST_F(CurlFailure, ABodyShorterThanItsLength) {
  failureAfter<ConnectionError>("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
  failureAfter<ConnectionError>("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n1234");
  failureAfter<ConnectionError>("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n1234");
  failureAfter<ConnectionError>("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n");
}

TEST_F(CurlFailure, ABodyLongerThanItsLengthIsCutAndTheConnectionGivenUp) {
  RawServer server(answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more"));
  EXPECT_EQ(transport->send(post(server.url(), "{}"), {}).body, "ok");
  EXPECT_EQ(transport->send(post(server.url(), "{}"), {}).body, "ok");
  EXPECT_EQ(server.connections(), 2u);
}

TEST_F(CurlFailure, AResetInTheMiddleOfTheBody) {
  RawServer server([](RawConnection& connection) {
    connection.readRequest();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n1234");
    connection.reset();
  });
  const auto error = failureOf<ConnectionError>(*transport, post(server.url(), "{}"));
  EXPECT_EQ(error.outcome(), Outcome::unknown);
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(CurlFailure, AnAnswerThatIsNotHttp) {
  failureAfter<ConnectionError>("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n");
  EXPECT_THAT(failureAfter<TransportError>("SSH-2.0-OpenSSH_9.2\r\n\r\n").what(),
              HasSubstr("not HTTP"));
  failureAfter<TransportError>("<html>no headers at all, but a page</html>");
  failureAfter<TransportError>("HTTP/7.1 200 OK\r\n\r\n");
  failureAfter<TransportError>(
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
      "Content-Length: 4\r\n\r\nnope");
  failureAfter<TransportError>("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n");
}

TEST_F(CurlFailure, AnInterimAnswerIsNone) {
  EXPECT_THAT(failureAfter<ConnectionError>("HTTP/1.1 100 Continue\r\n\r\n").what(),
              HasSubstr("response"));
}

TEST_F(CurlFailure, TheTimeForConnectingIsOver) {
  RawServer silent([](RawConnection& connection) { connection.readToEnd(); });
  HttpRequest request = post("https://127.0.0.1:" + std::to_string(silent.port()), "{}");
  request.connect_timeout = milliseconds(100);
  const auto error = failureOf<TimeoutError>(*transport, request);
  EXPECT_EQ(error.outcome(), Outcome::not_sent);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("connecting to 127.0.0.1"), HasSubstr("100 ms")));
}

TEST(CurlHandleAfterAFailure, IsNotUsedAgain) {
  RawServer server(heymilo_test::answering(heymilo_test::httpAnswer("200 OK")));
  CurlHandle handle;
  const auto fetch = [&handle](const std::string& url) {
    const HttpRequest request = heymilo_test::get(url);
    Transfer transfer(request, handle.sockets());
    handle.prepare(transfer, {8, {}, ""});
    return handle.perform(transfer, {}).code;
  };
  EXPECT_EQ(fetch(server.url()), CURLE_OK);
  EXPECT_TRUE(handle.usable());
  EXPECT_EQ(fetch("http://127.0.0.1:1"), CURLE_COULDNT_CONNECT);
  EXPECT_FALSE(handle.usable());
}

TEST_F(CurlFailure, NoTimeForConnectingMeansTheTimeOfTheRequest) {
  RawServer silent([](RawConnection& connection) { connection.readToEnd(); });
  HttpRequest request = post("https://127.0.0.1:" + std::to_string(silent.port()), "{}");
  request.timeout = milliseconds(150);
  const auto error = failureOf<TimeoutError>(*transport, request);
  EXPECT_EQ(error.outcome(), Outcome::not_sent);
  EXPECT_THAT(error.what(), HasSubstr("150 ms"));
}

TEST_F(CurlFailure, AFirstByteThatDoesNotCome) {
  RawServer server([](RawConnection& connection) {
    connection.readRequest();
    connection.readToEnd();
  });
  HttpRequest request = post(server.url(), "{}");
  request.connect_timeout = milliseconds(700);  // done long since
  request.timeout = milliseconds(1000);
  const auto error = failureOf<TimeoutError>(*transport, request);
  EXPECT_EQ(error.outcome(), Outcome::unknown);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("waiting for the response"), HasSubstr("1000 ms")));
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(CurlFailure, ABodyThatNeverEnds) {
  RawServer server([](RawConnection& connection) {
    connection.readRequest();
    connection.send("HTTP/1.1 200 OK\r\n\r\n");
    connection.drip(std::string(10'000, 'x'), milliseconds(10));
  });
  HttpRequest request = post(server.url(), "{}");
  request.timeout = milliseconds(1000);
  const auto error = failureOf<TimeoutError>(*transport, request);
  EXPECT_EQ(error.outcome(), Outcome::unknown);
  EXPECT_THAT(error.what(), HasSubstr("reading the response"));
}

}  // namespace
}  // namespace heymilo
