// Responses that would exceed their memory limit.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "curl/curl_transport.hpp"
#include "support/bombs.hpp"
#include "support/raw_server.hpp"
#include "support/transport_calls.hpp"

namespace heymilo {
namespace {

using heymilo_test::answering;
using heymilo_test::brotliBomb;
using heymilo_test::failureOf;
using heymilo_test::fromHex;
using heymilo_test::get;
using heymilo_test::gzipBomb;
using heymilo_test::httpAnswer;
using heymilo_test::post;
using heymilo_test::RawConnection;
using heymilo_test::RawServer;
using ::testing::HasSubstr;

class CurlLimits : public ::testing::Test {
 protected:
  static std::shared_ptr<Transport> makeTransport() {
    CurlOptions options;
    options.proxy = "";
    return makeCurlTransport(options);
  }

  /// The error of a POST whose response is limited to 1,000,000 bytes.
  TransportError refusalOf(const std::string& answer) {
    RawServer server([&](RawConnection& connection) {
      connection.readRequest();
      connection.send(answer);
      connection.readToEnd();
    });
    HttpRequest request = post(server.url(), "{}");
    request.max_response_bytes = 1'000'000;
    const auto error = failureOf<TransportError>(*transport, request);
    EXPECT_EQ(error.outcome(), Outcome::unknown);
    return error;
  }

  const std::shared_ptr<Transport> transport = makeTransport();
};

TEST_F(CurlLimits, ACompressedAnswerIsTakenApart) {
  const std::string packed = fromHex(
      "1f8b0800000000000203cb48cdc9c9d75148cecf2d284a2d2e4e4d5128cf2fca490100089e343517000000");
  RawServer server(answering(httpAnswer("200 OK", packed, "Content-Encoding: gzip\r\n")));
  HttpRequest request = get(server.url());
  request.max_response_bytes = 23;
  EXPECT_EQ(transport->send(request, {}).body, "hello, compressed world");
  request.max_response_bytes = 22;  // of what comes out, not of what came
  EXPECT_THAT(failureOf<TransportError>(*transport, request).what(), HasSubstr("22"));
}

TEST_F(CurlLimits, ABodyMayBeAsLongAsTheLimitAndNoLonger) {
  RawServer server(answering(httpAnswer("200 OK", std::string(100'000, 'x'))));
  HttpRequest request = get(server.url());
  request.max_response_bytes = 100'000;
  EXPECT_EQ(transport->send(request, {}).body.size(), 100'000u);
  request.max_response_bytes = 99'999;
  EXPECT_THAT(failureOf<TransportError>(*transport, request).what(),
              HasSubstr("max_response_bytes, 99999"));
  request.max_response_bytes = 0;
  EXPECT_EQ(transport->send(request, {}).body.size(), 100'000u);
}

TEST_F(CurlLimits, ABodyThatAnnouncesTooMuchIsRefusedBeforeItComes) {
  EXPECT_THAT(refusalOf("HTTP/1.1 200 OK\r\nContent-Length: 1000001\r\n\r\n").what(),
              HasSubstr("max_response_bytes"));
}

TEST_F(CurlLimits, ABodyThatAnnouncesNothingIsRefusedWhenItIsTooMuch) {
  const std::string body(1'000'001, 'x');
  EXPECT_THAT(refusalOf("HTTP/1.1 200 OK\r\n\r\n" + body).what(), HasSubstr("max_response_bytes"));
  EXPECT_THAT(
      refusalOf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFF\r\n" + body).what(),
      HasSubstr("max_response_bytes"));
}

TEST_F(CurlLimits, ABombIsRefusedWhenItHasGrownTooLarge) {
  EXPECT_THAT(
      refusalOf(httpAnswer("200 OK", gzipBomb(500'000), "Content-Encoding: gzip\r\n")).what(),
      HasSubstr("max_response_bytes"));
  RawServer server(answering(httpAnswer("200 OK")));
  transport->send(get(server.url()), {});
  if (server.requests()[0].header("Accept-Encoding").at(0).find("br") != std::string::npos) {
    EXPECT_THAT(refusalOf(httpAnswer("200 OK", brotliBomb(), "Content-Encoding: br\r\n")).what(),
                HasSubstr("max_response_bytes"));
  }
}

TEST_F(CurlLimits, EndlessHeadersAreRefused) {
  std::string headers;
  for (int i = 0; i < 3'000; ++i) {
    headers += "X-" + std::to_string(i) + ": " + std::string(100, 'x') + "\r\n";
  }
  EXPECT_THAT(refusalOf("HTTP/1.1 200 OK\r\n" + headers).what(), HasSubstr("headers"));
  EXPECT_THAT(
      refusalOf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + headers).what(),
      HasSubstr("headers"));
}

TEST_F(CurlLimits, EndlessInterimAnswersAreRefused) {
  std::string answers;
  for (int i = 0; i < 20'000; ++i) {
    answers += "HTTP/1.1 100 Continue\r\n\r\n";
  }
  EXPECT_THAT(refusalOf(answers).what(), HasSubstr("headers"));
}

TEST_F(CurlLimits, AHeaderOfAMegabyteIsRefused) {
  EXPECT_THAT(refusalOf("HTTP/1.1 200 OK\r\nX: " + std::string(1'000'000, 'x') + "\r\n\r\n").what(),
              HasSubstr("header"));
  EXPECT_THAT(refusalOf("HTTP/1.1 200 " + std::string(1'000'000, 'x') + "\r\n\r\n").what(),
              HasSubstr("header"));
}

TEST_F(CurlLimits, AfterARefusalTheNextRequestHasANewConnection) {
  RawServer server(answering(httpAnswer("200 OK", std::string(1'000, 'x'))));
  HttpRequest request = get(server.url());
  request.max_response_bytes = 10;
  failureOf<TransportError>(*transport, request);
  request.max_response_bytes = 0;
  EXPECT_EQ(transport->send(request, {}).body.size(), 1'000u);
  EXPECT_EQ(server.connections(), 2u);
}

}  // namespace
}  // namespace heymilo
