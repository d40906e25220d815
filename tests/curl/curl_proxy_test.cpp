#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>
#include <string>
#include <utility>

#include "curl/curl_transport.hpp"
#include "heymilo/client.hpp"
#include "heymilo/nonblocking.hpp"
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
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Sets an environment variable for the lifetime of the object.
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

class CurlProxy : public ::testing::Test {
 protected:
  CurlProxy() {
    // The tests must not depend on the machine's own settings.
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
  // It refuses the tunnel, but its request is all that it would ever see unencrypted.
  RawServer strict(answering(httpAnswer("403 Forbidden", "not here", "X-Proxy: 1\r\n")));
  const auto transport = makeTransport(strict.url(), {ca_file.path(), {}, {}, {}});
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
  // A proxy that also plays the server behind its tunnel: https requires TLS.
  const CertificateAuthority ca;
  const TemporaryFile ca_file(ca.certificate());
  RawServer secure(answering(httpAnswer("200 OK", "safe", "X-Server: 1\r\n")),
                   RawServerTls{ca.issue()});
  RawServer tunnel([&](RawConnection& connection) {
    connection.readRequest();
    connection.send("HTTP/1.1 200 Connected\r\nX-Proxy: 1\r\n\r\n");
    connection.relayTo(secure.port());
  });
  const auto transport = makeTransport(tunnel.url(), {ca_file.path(), {}, {}, {}});
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

// Texts that libcurl can't parse, or parses in an unintended way: its messages quote all of it.
const char* const kUnusable[] = {"http://user:canary#b@127.0.0.1:1",
                                 "http://canary#b@127.0.0.1:1",
                                 "http://user:canary/b@127.0.0.1:1",
                                 "http://canary/b@127.0.0.1:1",
                                 "http://user:1/canary@127.0.0.1:1",
                                 "http://user:canary?b@127.0.0.1:1",
                                 "http://user:canary b@127.0.0.1:1",
                                 "http://user:canary@127.0.0.1:99999",
                                 "http://user:canary@[::1",
                                 "user:canary#b@127.0.0.1:1",
                                 "http://user:canary@",
                                 "http://user:canary%00b@127.0.0.1:1",
                                 "http://user:canary%0d%0aX:1@127.0.0.1:1",
                                 "http://us%7fer:canary%09@127.0.0.1:1",
                                 "http://user%0A:canary@127.0.0.1:1",
                                 "socks5h://user:canary%1f@127.0.0.1:1",
                                 "user:canary%00@127.0.0.1:1",
                                 "ftp://user:canary@127.0.0.1:1",
                                 "://user:canary@127.0.0.1:1"};

TEST_F(CurlProxy, OneThatIsNoUrlIsNotQuotedAndNotTriedAgain) {
  for (const char* url : kUnusable) {
    for (const auto& [name, api] : {std::pair("http_proxy", "http://api.invalid/"),
                                    std::pair("https_proxy", "https://api.invalid/"),
                                    std::pair("HTTPS_PROXY", "https://api.invalid/"),
                                    std::pair("all_proxy", "https://api.invalid/"),
                                    std::pair("ALL_PROXY", "http://api.invalid/")}) {
      const EnvironmentVariable variable(name, url);
      const auto error = failureOf<ConnectionError>(*makeTransport(std::nullopt), post(api, "{}"));
      EXPECT_EQ(error.outcome(), Outcome::not_sent);
      EXPECT_TRUE(error.permanent()) << url;
      EXPECT_EQ(error.fault(), ConnectionFault::proxy) << url;
      EXPECT_THAT(error.what(),
                  AllOf(HasSubstr(std::string("invalid proxy in ") + name + ":"),
                        Not(HasSubstr("canary")),
                        Not(HasSubstr("user")),
                        Not(HasSubstr("127.0.0.1"))));
    }
    try {
      makeTransport(url);
      ADD_FAILURE() << url;
    } catch (const InvalidArgumentError& error) {
      EXPECT_EQ(error.param(), "proxy");
      EXPECT_THAT(error.what(), Not(HasSubstr("canary")));
    }
  }
}

TEST_F(CurlProxy, IsTriedOnceWhereItIsNoUrl) {
  const EnvironmentVariable variable("http_proxy", "http://user:canary#b@127.0.0.1:1");
  int attempts = 0;
  ClientOptions options;
  options.api_key = "k";
  options.base_url = server.url();
  options.on_event = [&](const Event& event) {
    attempts += event.kind == EventKind::request ? 1 : 0;
    std::ostringstream line;
    line << event;
    EXPECT_THAT(line.str(), Not(HasSubstr("canary")));
  };
  EXPECT_THROW(Client(options).listCandidates("p"), ConnectionError);
  EXPECT_EQ(attempts, 1);
}

// libcurl ignores a proxy whose user name or password it can't decode.
TEST_F(CurlProxy, IsNotPassedByWhereItsPasswordCanNotBeDecoded) {
  const std::string endpoint = "127.0.0.1:" + std::to_string(proxy.port());
  for (const char* credentials : {"u:canary%00x", "u:canary%0d%0aX:1", "u:%09", "u%0a:p", "%00"}) {
    for (const char* name : {"http_proxy", "all_proxy", "ALL_PROXY"}) {
      const EnvironmentVariable variable(name, "http://" + (credentials + ('@' + endpoint)));
      const auto error =
          failureOf<ConnectionError>(*makeTransport(std::nullopt), post(server.url(), "{}"));
      EXPECT_EQ(error.outcome(), Outcome::not_sent);
      EXPECT_TRUE(error.permanent());
      EXPECT_EQ(error.fault(), ConnectionFault::proxy);
      EXPECT_THAT(error.what(), HasSubstr(std::string("invalid proxy in ") + name + ":"));
    }
    // The environment may change; each request uses its current values.
    ClientOptions options;
    options.api_key = "k";
    options.base_url = server.url();
    NonBlockingClient client{Client(options)};
    const EnvironmentVariable variable("http_proxy", "http://" + (credentials + ('@' + endpoint)));
    EXPECT_THROW(client.listCandidates("p").future().get(), ConnectionError);
  }
  EXPECT_EQ(proxy.connections(), 0u);
  EXPECT_EQ(server.connections(), 0u);
  const EnvironmentVariable variable("http_proxy", "http://u:%23%40%C3%A9%20@" + endpoint);
  EXPECT_EQ(makeTransport(std::nullopt)->send(get(server.url()), {}).body, "by the proxy");
}

TEST_F(CurlProxy, OneThatIsNotUsedDoesNoHarm) {
  const EnvironmentVariable variable("http_proxy", kUnusable[0]);
  const EnvironmentVariable secure("https_proxy", "http://u:%00@127.0.0.1:1");
  {
    const EnvironmentVariable exceptions("no_proxy", "other.example, 127.0.0.1");
    EXPECT_EQ(makeTransport(std::nullopt)->send(get(server.url()), {}).body, "directly");
  }
  const EnvironmentVariable undecodable("http_proxy", "http://u:%00@127.0.0.1:1");
  EXPECT_EQ(makeTransport("")->send(get(server.url()), {}).body, "directly");
  EXPECT_EQ(makeTransport(proxy.url())->send(get(server.url()), {}).body, "by the proxy");
  const EnvironmentVariable exceptions("NO_PROXY", "127.0.0.0/8");
  EXPECT_EQ(makeTransport(std::nullopt)->send(get(server.url()), {}).body, "directly");
  const ClosedPort closed;
  const std::string endpoint = "127.0.0.1:" + std::to_string(closed.port());
  const auto error =
      failureOf<ConnectionError>(*makeTransport(std::nullopt), get("http://" + endpoint));
  EXPECT_EQ(error.fault(), ConnectionFault::other);
  EXPECT_EQ(std::string(error.what()), "connecting to " + endpoint + ": connection refused");
}

TEST_F(CurlProxy, IsNamedWhereItCannotBeReached) {
  const ClosedPort closed;
  const std::string endpoint = "127.0.0.1:" + std::to_string(closed.port());
  for (const char* api : {"http://api.invalid/", "https://api.invalid/"}) {
    for (const char* scheme : {"http://", "https://", "socks5://", "socks5h://", ""}) {
      const auto error = failureOf<ConnectionError>(
          *makeTransport(scheme + ("user:canary@" + endpoint)), post(api, "{}"));
      EXPECT_EQ(error.outcome(), Outcome::not_sent);
      EXPECT_FALSE(error.permanent());
      EXPECT_EQ(error.fault(), ConnectionFault::proxy);
      EXPECT_EQ(std::string(error.what()),
                "connecting to the proxy " + endpoint + ": connection refused")
          << scheme;
    }
    const auto unknown = failureOf<ConnectionError>(
        *makeTransport("http://user:canary@no-such-proxy.invalid:8080"), post(api, "{}"));
    EXPECT_EQ(unknown.fault(), ConnectionFault::proxy);
    EXPECT_FALSE(unknown.permanent());
    EXPECT_STREQ(unknown.what(),
                 "connecting to the proxy no-such-proxy.invalid:8080: could not resolve host");
  }
}

TEST_F(CurlProxy, ASocksProxyThatIsUnknownIsNamed) {
  for (const char* scheme : {"socks4", "socks4a", "socks5", "socks5h"}) {
    for (const std::string& api : {server.url(), std::string("https://api.invalid/")}) {
      const auto error = failureOf<ConnectionError>(
          *makeTransport(scheme + std::string("://me:canary@no-such-proxy.invalid:1081")),
          post(api, "{}"));
      EXPECT_EQ(error.outcome(), Outcome::not_sent);
      EXPECT_EQ(error.fault(), ConnectionFault::proxy) << scheme;
      EXPECT_STREQ(error.what(),
                   "connecting to the proxy no-such-proxy.invalid:1081: could not resolve host");
    }
  }
  // This machine resolves the API's name, not the proxy.
  RawServer socks([](RawConnection& connection) {
    connection.readBytes(3);
    connection.send(std::string("\x05\x00", 2));
    connection.readToEnd();
  });
  const std::string endpoint = "127.0.0.1:" + std::to_string(socks.port());
  for (const char* scheme : {"socks4://", "socks5://"}) {
    const auto error = failureOf<ConnectionError>(*makeTransport(scheme + endpoint),
                                                  post("https://api.invalid/", "{}"));
    EXPECT_EQ(error.outcome(), Outcome::not_sent);
    EXPECT_EQ(error.fault(), ConnectionFault::other);
    EXPECT_FALSE(error.permanent());
    EXPECT_EQ(std::string(error.what()),
              "connecting to api.invalid:443 through the proxy " + endpoint +
                  ": could not resolve host api.invalid");
  }
}

TEST_F(CurlProxy, IsNamedWhereItWantsCredentialsForARequest) {
  RawServer refusing(answering(httpAnswer("407 Proxy Authentication Required", "who are you?")));
  const std::string endpoint = "127.0.0.1:" + std::to_string(refusing.port());
  const auto error = failureOf<ConnectionError>(*makeTransport("http://me:canary@" + endpoint),
                                                post("http://api.invalid/", "{}"));
  EXPECT_EQ(error.outcome(), Outcome::not_sent);
  EXPECT_TRUE(error.permanent());
  EXPECT_EQ(error.fault(), ConnectionFault::proxy);
  EXPECT_EQ(std::string(error.what()),
            "connecting to api.invalid:80 through the proxy " + endpoint +
                ": refused by the proxy with status 407: it requires a valid user name and "
                "password");
  EXPECT_EQ(refusing.requests().size(), 1u);
  // Without a known proxy, it is an ordinary status.
  EXPECT_EQ(makeTransport("")->send(post(refusing.url(), "{}"), {}).status, 407);
}

TEST_F(CurlProxy, IsNamedWhereItStandsBetween) {
  const std::pair<const char*, const char*> rows[] = {
      {"", "waiting for the response from api.invalid:80 through the proxy "},
      {"garbage\r\n\r\n", "reading the response from api.invalid:80 through the proxy "},
      {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
       "reading the response from api.invalid:80 through the proxy "},
      {"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
       "reading the response from api.invalid:80 through the proxy "}};
  for (const auto& [response, text] : rows) {
    RawServer broken([bytes = response](RawConnection& connection) {
      connection.readRequest();
      connection.send(bytes);
    });
    const std::string endpoint = "127.0.0.1:" + std::to_string(broken.port());
    try {
      makeTransport("http://me:canary@" + endpoint)->send(post("http://api.invalid/", "{}"), {});
      ADD_FAILURE() << response;
    } catch (const TransportError& error) {
      EXPECT_EQ(error.outcome(), Outcome::unknown);
      EXPECT_THAT(error.what(), AllOf(HasSubstr(text + endpoint), Not(HasSubstr("canary"))));
    }
  }
}

TEST_F(CurlProxy, IsNamedWhereItRefuses) {
  const struct {
    const char* status;
    bool permanent;
  } rows[] = {{"403 Forbidden", true},
              {"407 Proxy Authentication Required", true},
              {"404 Not Found", true},
              {"301 Moved", true},
              {"429 Too Many Requests", false},
              {"502 Bad Gateway", false},
              {"503 Service Unavailable", false}};
  for (const auto& row : rows) {
    RawServer refusing(answering(httpAnswer(row.status)));
    const std::string endpoint = "127.0.0.1:" + std::to_string(refusing.port());
    const auto error = failureOf<ConnectionError>(*makeTransport("http://me:canary@" + endpoint),
                                                  post("https://api.invalid/", "{}"));
    EXPECT_EQ(error.outcome(), Outcome::not_sent);
    EXPECT_EQ(error.permanent(), row.permanent) << row.status;
    EXPECT_EQ(error.fault(), ConnectionFault::proxy) << row.status;
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("connecting to api.invalid:443 through the proxy " + endpoint +
                                ": refused by the proxy with status " +
                                std::string(row.status).substr(0, 3)),
                      Not(HasSubstr("canary"))));
    EXPECT_EQ(refusing.requests().size(), 1u);
  }
}

TEST_F(CurlProxy, IsNamedWhereItDoesNotRespond) {
  RawServer silent([](RawConnection& connection) {
    connection.readRequest();
    connection.readToEnd();
  });
  const std::string endpoint = "127.0.0.1:" + std::to_string(silent.port());
  HttpRequest request = post("https://api.invalid/", "{}");
  request.connect_timeout = std::chrono::milliseconds{200};
  const auto late =
      failureOf<TimeoutError>(*makeTransport("http://me:canary@" + endpoint), request);
  EXPECT_EQ(late.outcome(), Outcome::not_sent);
  EXPECT_THAT(late.what(),
              AllOf(HasSubstr("connecting to api.invalid:443 through the proxy " + endpoint + ":"),
                    Not(HasSubstr("canary"))));

  RawServer leaving([](RawConnection& connection) { connection.readRequest(); });
  const std::string other = "127.0.0.1:" + std::to_string(leaving.port());
  const auto broken = failureOf<ConnectionError>(*makeTransport("http://me:canary@" + other),
                                                 post("https://api.invalid/", "{}"));
  EXPECT_EQ(broken.fault(), ConnectionFault::proxy);
  EXPECT_THAT(broken.what(),
              AllOf(HasSubstr("through the proxy " + other), Not(HasSubstr("canary"))));
}

TEST_F(CurlProxy, ASocksProxyThatRefusesIsNamed) {
  // RFC 1928: no method is acceptable; RFC 1929: the password is wrong; host unreachable.
  const struct {
    std::string answers[2];
    bool permanent;
  } rows[] = {
      {{std::string("\x05\xff", 2), ""}, true},
      {{std::string("\x05\x02", 2), std::string("\x01\x01", 2)}, true},
      {{std::string("\x05\x00", 2), std::string("\x05\x04\x00\x01\0\0\0\0\0\0", 10)}, false}};
  for (const auto& row : rows) {
    RawServer socks([&](RawConnection& connection) {
      connection.readBytes(3);
      connection.send(row.answers[0]);
      connection.readBytes(3);
      connection.send(row.answers[1]);
      connection.readToEnd();
    });
    const std::string endpoint = "127.0.0.1:" + std::to_string(socks.port());
    const auto error = failureOf<ConnectionError>(*makeTransport("socks5h://me:canary@" + endpoint),
                                                  post("https://api.invalid/", "{}"));
    EXPECT_EQ(error.outcome(), Outcome::not_sent);
    EXPECT_EQ(error.fault(), ConnectionFault::proxy);
    EXPECT_EQ(error.permanent(), row.permanent) << error.what();
    EXPECT_THAT(error.what(), AllOf(HasSubstr("the proxy " + endpoint), Not(HasSubstr("canary"))));
  }
}

TEST_F(CurlProxy, TlsFailuresAreOfTheProxyOrOfTheApi) {
  const CertificateAuthority ca;
  const TemporaryFile ca_file(ca.certificate());
  RawServer secure(answering(httpAnswer("200 OK", "by the proxy")), RawServerTls{ca.issue()});
  const std::string endpoint = "127.0.0.1:" + std::to_string(secure.port());
  for (const char* api : {"http://api.invalid/", "https://api.invalid/"}) {
    const auto error = failureOf<ConnectionError>(*makeTransport("https://me:canary@" + endpoint),
                                                  post(api, "{}"));
    EXPECT_TRUE(error.permanent());
    EXPECT_EQ(error.fault(), ConnectionFault::certificate);
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("TLS with the proxy " + endpoint + ":"), Not(HasSubstr("canary"))));
  }
  // A trusted CA is trusted for a proxy, too.
  EXPECT_EQ(makeTransport("https://" + endpoint, {ca_file.path(), {}, {}, {}})
                ->send(get("http://api.invalid/"), {})
                .body,
            "by the proxy");

  RawServer tunnel([&](RawConnection& connection) {
    connection.readRequest();
    connection.send("HTTP/1.1 200 Connected\r\n\r\n");
    connection.relayTo(secure.port());
  });
  const auto error =
      failureOf<ConnectionError>(*makeTransport(tunnel.url()), post(secure.url(), "{}"));
  EXPECT_EQ(error.fault(), ConnectionFault::certificate);
  EXPECT_THAT(error.what(), HasSubstr("TLS with " + endpoint + ":"));
}

}  // namespace
}  // namespace heymilo
