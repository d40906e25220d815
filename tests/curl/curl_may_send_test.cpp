// HttpRequest::may_send, on real sockets: whether a request may still be sent is decided on a
// connection that is ready for it, right before the first byte.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "curl/curl_transport.hpp"
#include "support/http2.hpp"
#include "support/loop_transport.hpp"
#include "support/raw_server.hpp"
#include "support/temporary_file.hpp"
#include "support/transport_calls.hpp"

namespace heymilo {
namespace {

namespace http2 = heymilo_test::http2;
using heymilo_test::answering;
using heymilo_test::CertificateAuthority;
using heymilo_test::failureOf;
using heymilo_test::get;
using heymilo_test::httpAnswer;
using heymilo_test::post;
using heymilo_test::RawConnection;
using heymilo_test::RawServer;
using heymilo_test::RawServerTls;
using heymilo_test::TemporaryFile;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const CertificateAuthority kAuthority;

RawServerTls tls(const std::string& protocol = {}) {
  RawServerTls tls{kAuthority.issue()};
  tls.protocol = protocol;
  return tls;
}

const RawServer::Script kHttp2 = [](RawConnection& raw) {
  http2::Connection connection(raw);
  while (const auto request = connection.readRequest()) {
    connection.answer(request->stream, "");
  }
};

/// The blocking transport, or the loop of non-blocking calls.
class CurlMaySend : public ::testing::TestWithParam<bool> {
 protected:
  CurlMaySend() {
    CurlOptions options;
    options.proxy = "";
    options.tls.ca_file = ca_file.path();
    transport = GetParam() ? makeCurlTransport(options)
                           : std::make_shared<heymilo_test::LoopTransport>(options);
  }

  /// Sends a request that is refused.
  void refuse(HttpRequest request) {
    std::atomic<int> asked{0};
    request.may_send = [&asked] {
      ++asked;
      return false;
    };
    const auto error = failureOf<TransportError>(*transport, request);
    EXPECT_EQ(error.outcome(), Outcome::not_sent) << error.what();
    EXPECT_THAT(error.what(), HasSubstr("may_send refused it"));
    EXPECT_EQ(asked, 1);
  }

  const TemporaryFile ca_file{kAuthority.certificate()};
  std::shared_ptr<Transport> transport;
};

INSTANTIATE_TEST_SUITE_P(, CurlMaySend, ::testing::Bool(),
                         [](const auto& mode) { return mode.param ? "Blocking" : "NonBlocking"; });

TEST_P(CurlMaySend, NothingOfARefusedRequestReachesTheServer) {
  for (const bool secure : {false, true}) {
    RawServer server([](RawConnection& connection) { connection.readToEnd(); },
                     secure ? std::optional(tls()) : std::nullopt);
    refuse(get(server.url()));
    refuse(post(server.url(), "{}"));
    refuse(post(server.url(), std::string(100'000, 'x')));
    ASSERT_TRUE(server.waitForConnections(3));
    ASSERT_TRUE(server.waitForScripts());
    EXPECT_THAT(server.received(), ElementsAre("", "", "")) << "secure: " << secure;
  }
}

TEST_P(CurlMaySend, NothingOfARefusedRequestGoesOutOnAConnectionThatIsReused) {
  RawServer server(answering(httpAnswer("200 OK")));
  HttpRequest allowed = get(server.url("/1"));
  int asked = 0;
  allowed.may_send = [&asked] { return ++asked > 0; };
  EXPECT_EQ(transport->send(allowed, {}).status, 200);
  EXPECT_EQ(asked, 1);
  const std::string first = server.received().at(0);
  refuse(post(server.url("/2"), "{}"));
  allowed.url = server.url("/3");
  EXPECT_EQ(transport->send(allowed, {}).status, 200);
  EXPECT_EQ(asked, 2);
  ASSERT_EQ(server.requests().size(), 2u);
  EXPECT_EQ(server.requests()[1].target(), "/3");
  EXPECT_EQ(server.received().at(0), first) << "the refused one had this connection";
}

TEST_P(CurlMaySend, NothingOfARefusedRequestGoesOutInHttp2) {
  RawServer server(kHttp2, tls("h2"));
  refuse(post(server.url(), "{}"));
  EXPECT_EQ(server.requests().size(), 0u);
  EXPECT_EQ(transport->send(post(server.url(), "1"), {}).status, 200);
  refuse(post(server.url(), "2"));
  EXPECT_EQ(transport->send(post(server.url(), "3"), {}).status, 200);
  ASSERT_EQ(server.requests().size(), 2u);
  EXPECT_EQ(server.requests()[0].body, "1");
  EXPECT_EQ(server.requests()[1].body, "3");
}

// libcurl would send the request again automatically, and does not get as far as to ask.
TEST_P(CurlMaySend, IsAskedOnceWhereAConnectionBreaksThatWasKeptOpen) {
  RawServer server([](RawConnection& connection) {
    connection.readRequest();
    connection.send(httpAnswer("200 OK"));
    connection.readRequest();
    connection.reset();
  });
  transport->send(get(server.url()), {});
  HttpRequest second = get(server.url());
  int asked = 0;
  second.may_send = [&asked] { return ++asked > 0; };
  EXPECT_EQ(failureOf<ConnectionError>(*transport, second).outcome(), Outcome::unknown);
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST_P(CurlMaySend, AnExceptionIsARefusal) {
  RawServer server([](RawConnection& connection) { connection.readToEnd(); });
  HttpRequest request = get(server.url());
  request.may_send = []() -> bool { throw std::runtime_error("of the user's"); };
  try {
    transport->send(request, {});
    FAIL();
  } catch (const TransportError& error) {
    EXPECT_EQ(error.outcome(), Outcome::not_sent);
  }
  ASSERT_TRUE(server.waitForConnections(1));
  ASSERT_TRUE(server.waitForScripts());
  EXPECT_THAT(server.received(), ElementsAre(""));
}

}  // namespace
}  // namespace heymilo
