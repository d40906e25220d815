#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "curl/curl_transport.hpp"
#include "support/raw_server.hpp"
#include "support/temporary_file.hpp"
#include "support/transport_calls.hpp"

namespace heymilo {
namespace {

using heymilo_test::answering;
using heymilo_test::CertificateAuthority;
using heymilo_test::ClosedPort;
using heymilo_test::failureOf;
using heymilo_test::get;
using heymilo_test::httpAnswer;
using heymilo_test::post;
using heymilo_test::RawConnection;
using heymilo_test::RawServer;
using heymilo_test::RawServerTls;
using heymilo_test::TemporaryFile;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// Sets a variable of the environment for as long as it lives.
class EnvironmentVariable {
 public:
  EnvironmentVariable(const char* name, const std::string& value) : name_(name) {
    ::setenv(name, value.c_str(), 1);
  }
  ~EnvironmentVariable() { ::unsetenv(name_); }
  EnvironmentVariable(const EnvironmentVariable&) = delete;
  EnvironmentVariable& operator=(const EnvironmentVariable&) = delete;

 private:
  const char* name_;
};

class CurlProxy : public testing::Test {
 protected:
  CurlProxy() {
    // What the machine that runs the tests has set is none of their business.
    for (const char* name : {"http_proxy",
                             "https_proxy",
                             "HTTPS_PROXY",
                             "all_proxy",
                             "ALL_PROXY",
                             "no_proxy",
                             "NO_PROXY"}) {
      ::unsetenv(name);
    }
  }

  static std::shared_ptr<Transport> makeTransport(std::optional<std::string> proxy,
                                                  TlsOptions tls = {}) {
    CurlOptions options;
    options.proxy = std::move(proxy);
    options.tls = std::move(tls);
    return makeCurlTransport(options);
  }

  RawServer proxy{answering(httpAnswer("200 OK", "by the proxy"))};
  RawServer server{answering(httpAnswer("200 OK", "directly"))};
};

TEST_F(CurlProxy, IsAskedForTheWholeUrl) {
  const auto transport = makeTransport(proxy.url());
  EXPECT_EQ(transport->send(get("http://api.invalid/path?q=1"), {}).body, "by the proxy");
  ASSERT_EQ(proxy.requests().size(), 1u);
  EXPECT_EQ(proxy.requests()[0].target(), "http://api.invalid/path?q=1");
  EXPECT_THAT(proxy.requests()[0].header("Host"), ElementsAre("api.invalid"));
}

TEST_F(CurlProxy, NeedsNoScheme) {
  const auto transport = makeTransport("127.0.0.1:" + std::to_string(proxy.port()));
  EXPECT_EQ(transport->send(get("http://api.invalid/"), {}).body, "by the proxy");
}

TEST_F(CurlProxy, AnOptionOutranksTheEnvironmentAndItsExceptions) {
  const ClosedPort closed;
  const EnvironmentVariable other("http_proxy",
                                  "http://127.0.0.1:" + std::to_string(closed.port()));
  const EnvironmentVariable exceptions("no_proxy", "*");
  EXPECT_EQ(makeTransport(proxy.url())->send(get(server.url()), {}).body, "by the proxy");
}

TEST_F(CurlProxy, WithoutTheOptionTheEnvironmentDecides) {
  const EnvironmentVariable variable("http_proxy", proxy.url());
  EXPECT_EQ(makeTransport(std::nullopt)->send(get(server.url()), {}).body, "by the proxy");
  const EnvironmentVariable exceptions("no_proxy", "127.0.0.1");
  EXPECT_EQ(makeTransport(std::nullopt)->send(get(server.url()), {}).body, "directly");
}

TEST_F(CurlProxy, AnEmptyOptionIsNoProxyWhateverTheEnvironmentSays) {
  const EnvironmentVariable variable("http_proxy", proxy.url());
  EXPECT_EQ(makeTransport("")->send(get(server.url()), {}).body, "directly");
}

TEST_F(CurlProxy, KnowsNothingOfWhatGoesThroughItsTunnel) {
  const CertificateAuthority ca;
  const TemporaryFile ca_file(ca.certificate());
  const RawServer secure(answering(httpAnswer("200 OK", "safe")), RawServerTls{ca.issue()});
  // It takes no tunnel, but what it is asked is all that it would ever see in the clear.
  RawServer strict(answering(httpAnswer("403 Forbidden", "not here", "X-Proxy: 1\r\n")));
  const auto transport = makeTransport(strict.url(), {ca_file.path(), {}, {}});
  HttpRequest request = post(secure.url("/postings/secret-path"), "secret body");
  request.headers.add("X-API-KEY", "secret-key");
  request.headers.add("User-Agent", "secret-agent");
  const auto error = failureOf<ConnectionError>(*transport, request);
  EXPECT_EQ(error.outcome(), Outcome::not_sent);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("proxy"), HasSubstr("403"), Not(HasSubstr("secret"))));
  ASSERT_EQ(strict.requests().size(), 1u);
  EXPECT_EQ(strict.requests()[0].method(), "CONNECT");
  EXPECT_THAT(strict.received()[0], Not(HasSubstr("secret")));
  EXPECT_EQ(secure.connections(), 0u);
}

TEST_F(CurlProxy, ItsOwnHeadersAreNotTheAnswers) {
  // A proxy that plays the server behind its tunnel as well: there is no TLS without http.
  const CertificateAuthority ca;
  const TemporaryFile ca_file(ca.certificate());
  RawServer secure(answering(httpAnswer("200 OK", "safe", "X-Server: 1\r\n")),
                   RawServerTls{ca.issue()});
  RawServer tunnel([&](RawConnection& connection) {
    connection.readRequest();
    connection.send("HTTP/1.1 200 Connected\r\nX-Proxy: 1\r\n\r\n");
    connection.relayTo(secure.port());
  });
  const auto transport = makeTransport(tunnel.url(), {ca_file.path(), {}, {}});
  const HttpResponse response = transport->send(post(secure.url(), "{}"), {});
  EXPECT_EQ(response.body, "safe");
  EXPECT_EQ(response.headers.get("X-Server"), "1");
  EXPECT_FALSE(response.headers.contains("X-Proxy"));
  EXPECT_EQ(secure.requests().size(), 1u);
}

TEST_F(CurlProxy, ItsCredentialsGoToItAndIntoNoError) {
  RawServer refusing(answering(httpAnswer("407 Proxy Authentication Required")));
  const std::string endpoint = "127.0.0.1:" + std::to_string(refusing.port());
  const auto error = failureOf<ConnectionError>(*makeTransport("http://user:secret@" + endpoint),
                                                get("https://api.invalid/"));
  EXPECT_THAT(error.what(), AllOf(HasSubstr("407"), Not(HasSubstr("secret"))));
  EXPECT_EQ(refusing.requests().size(), 1u);
  EXPECT_THAT(refusing.requests()[0].header("Proxy-Authorization"),
              ElementsAre("Basic dXNlcjpzZWNyZXQ="));

  const ClosedPort closed;
  const auto refused = failureOf<ConnectionError>(
      *makeTransport("http://user:secret@127.0.0.1:" + std::to_string(closed.port())),
      get("http://api.invalid/"));
  EXPECT_EQ(refused.outcome(), Outcome::not_sent);
  EXPECT_THAT(refused.what(), Not(HasSubstr("secret")));

  const auto unknown = failureOf<ConnectionError>(
      *makeTransport("http://user:secret@no-such-proxy.invalid"), get("http://api.invalid/"));
  EXPECT_EQ(unknown.outcome(), Outcome::not_sent);
  EXPECT_THAT(unknown.what(), AllOf(HasSubstr("no-such-proxy.invalid"), Not(HasSubstr("secret"))));
}

}  // namespace
}  // namespace heymilo
