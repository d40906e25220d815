#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "curl/curl_transport.hpp"
#include "curl/easy_handle.hpp"
#include "support/http2.hpp"
#include "support/raw_server.hpp"
#include "support/temporary_file.hpp"
#include "support/transport_calls.hpp"

namespace heymilo {
namespace {

namespace http2 = heymilo_test::http2;
using heymilo_test::CertificateAuthority;
using heymilo_test::failureOf;
using heymilo_test::get;
using heymilo_test::post;
using heymilo_test::RawConnection;
using heymilo_test::RawServer;
using heymilo_test::RawServerTls;
using heymilo_test::TemporaryFile;

class CurlHttp2 : public ::testing::Test {
 protected:
  RawServerTls tls() const {
    RawServerTls tls{ca.issue()};
    tls.protocol = "h2";
    return tls;
  }

  std::shared_ptr<Transport> makeTransport() const {
    CurlOptions options;
    options.proxy = "";
    options.tls.ca_file = ca_file.path();
    return makeCurlTransport(options);
  }

  const CertificateAuthority ca;
  const TemporaryFile ca_file{ca.certificate()};
};

// A libcurl built without HTTP/2 refuses the option. Here a libcurl is asked for HTTP/3, which
// hardly any build supports, and which only old versions accept without support.
TEST(CurlWithoutHttp2, DoesWithoutIt) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> plain(curl_easy_init(),
                                                                  &curl_easy_cleanup);
  const bool takes =
      curl_easy_setopt(plain.get(), CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_3}) == CURLE_OK;
  EasyHandle handle;
  const auto ask = [&] { handle.set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_3}); };
  if (takes) {
    EXPECT_NO_THROW(ask());
  } else {
    EXPECT_THROW(ask(), TransportError);
  }
  EXPECT_NO_THROW(handle.setWhereKnown(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_3}));
}

TEST_F(CurlHttp2, IsSpokenWhereTheServerDoes) {
  RawServer server(
      [](RawConnection& raw) {
        http2::Connection connection(raw);
        while (const auto request = connection.readRequest()) {
          connection.answer(request->stream, request->body + "!");
        }
      },
      tls());
  const auto transport = makeTransport();
  EXPECT_EQ(transport->send(get(server.url()), {}).body, "!");
  EXPECT_EQ(transport->send(post(server.url(), "{}"), {}).body, "{}!");
  EXPECT_EQ(transport->send(post(server.url(), ""), {}).body, "!");
  const std::string body(16'000, 'x');  // about as much as a frame may hold
  EXPECT_EQ(transport->send(post(server.url(), body), {}).body, body + "!");
  EXPECT_EQ(server.connections(), 1u);
}

TEST_F(CurlHttp2, ALargeBodyArrivesWhole) {
  RawServer server(
      [](RawConnection& raw) {
        http2::Connection connection(raw);
        while (const auto request = connection.readRequest()) {
          connection.answer(request->stream, "");
        }
      },
      tls());
  std::string body;
  for (int i = 0; i < 300'000; ++i) {
    body += std::to_string(i) + ",";
  }
  EXPECT_EQ(makeTransport()->send(post(server.url(), body), {}).status, 200);
  EXPECT_EQ(server.requests().at(0).body, body);
}

/// Calls `refuse` for the request after the first one, which gets a response; further connections
/// are served completely.
template <class Refuse>
RawServer::Script refusingTheSecond(Refuse refuse) {
  return [refuse](RawConnection& raw) {
    http2::Connection connection(raw);
    int count = 0;
    while (const auto request = connection.readRequest()) {
      if (raw.number() == 0 && ++count == 2) {
        refuse(raw, connection, request->stream);
      } else {
        connection.answer(request->stream, "");
      }
    }
  };
}

// libcurl would send all of these again automatically.
TEST_F(CurlHttp2, ARequestThatIsTurnedAwayIsNotRepeated) {
  using Refusal = void (*)(RawConnection&, http2::Connection&, std::uint32_t);
  const Refusal refusals[] = {
      [](RawConnection&, http2::Connection& connection, std::uint32_t stream) {
        connection.resetStream(stream, http2::kRefusedStream);
      },
      [](RawConnection&, http2::Connection& connection, std::uint32_t stream) {
        connection.resetStream(stream, http2::kHttp11Required);
      },
      [](RawConnection& raw, http2::Connection& connection, std::uint32_t) {
        connection.goAway(1, 0);
        raw.close();
      },
      [](RawConnection& raw, http2::Connection&, std::uint32_t) { raw.cut(); },
      [](RawConnection& raw, http2::Connection&, std::uint32_t) { raw.reset(); },
  };
  for (const Refusal refusal : refusals) {
    for (const bool write : {false, true}) {
      RawServer server(refusingTheSecond(refusal), tls());
      const auto transport = makeTransport();
      transport->send(get(server.url()), {});
      const HttpRequest request = write ? post(server.url(), "{}") : get(server.url());
      const auto error = failureOf<ConnectionError>(*transport, request);
      EXPECT_EQ(error.outcome(), Outcome::unknown) << error.what();
      EXPECT_EQ(server.requests().size(), 2u) << error.what();
      EXPECT_EQ(transport->send(request, {}).status, 200);
    }
  }
}

TEST_F(CurlHttp2, AnAnswerThatIsCutShortIsNoAnswer) {
  RawServer server(
      [](RawConnection& raw) {
        http2::Connection connection(raw);
        const auto request = connection.readRequest();
        connection.send(http2::FrameType::headers, http2::kEndHeaders, request->stream, "\x88");
        connection.send(http2::FrameType::data, 0, request->stream, "part");
        raw.close();
      },
      tls());
  const auto error = failureOf<ConnectionError>(*makeTransport(), post(server.url(), "{}"));
  EXPECT_EQ(error.outcome(), Outcome::unknown);
}

}  // namespace
}  // namespace heymilo
