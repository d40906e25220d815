#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>

#include "curl/curl_transport.hpp"
#include "heymilo/client.hpp"
#include "support/raw_server.hpp"
#include "support/temporary_directory.hpp"
#include "support/temporary_file.hpp"
#include "support/transport_calls.hpp"

namespace heymilo {
namespace {

using heymilo_test::answering;
using heymilo_test::CertificateAuthority;
using heymilo_test::CertificateRequest;
using heymilo_test::failureOf;
using heymilo_test::get;
using heymilo_test::httpAnswer;
using heymilo_test::post;
using heymilo_test::RawConnection;
using heymilo_test::RawServer;
using heymilo_test::RawServerTls;
using heymilo_test::TemporaryFile;
using heymilo_test::TlsIdentity;
using ::testing::AnyOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

class CurlTls : public ::testing::Test {
 protected:
  std::shared_ptr<Transport> makeTransport(TlsOptions tls) const {
    CurlOptions options;
    options.proxy = "";
    options.tls = std::move(tls);
    return makeCurlTransport(options);
  }
  std::shared_ptr<Transport> trusting() const {
    return makeTransport({ca_file.path(), {}, {}, {}});
  }

  /// The error of a POST to a server with that identity. Nothing of the request arrives.
  ConnectionError refusalOf(const RawServerTls& tls, Transport& transport) const {
    RawServer server(answering(httpAnswer("200 OK")), tls);
    const auto error = failureOf<ConnectionError>(transport, post(server.url(), "{}"));
    EXPECT_EQ(error.outcome(), Outcome::not_sent) << error.what();
    EXPECT_THAT(error.what(), HasSubstr("TLS with 127.0.0.1:" + std::to_string(server.port())));
    EXPECT_TRUE(server.waitForScripts());
    EXPECT_TRUE(server.requests().empty());
    return error;
  }

  const CertificateAuthority ca;
  const TemporaryFile ca_file{ca.certificate()};
};

TEST_F(CurlTls, ACertificateOfTheGivenCaIsTrusted) {
  RawServer server(answering(httpAnswer("200 OK", "safe")), RawServerTls{ca.issue()});
  const auto transport = trusting();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(transport->send(post(server.url(), "{}"), {}).body, "safe");
  }
  EXPECT_EQ(transport->send(get(server.urlOf("localhost")), {}).body, "safe");
  EXPECT_EQ(server.connections(), 2u);
}

TEST_F(CurlTls, WithoutItTheSystemsCasCount) {
  const auto error = refusalOf({ca.issue()}, *makeTransport({}));
  EXPECT_TRUE(error.permanent());
  EXPECT_THAT(error.what(), HasSubstr("unable to get local issuer certificate"));
}

TEST_F(CurlTls, ASelfSignedCertificateIsRefused) {
  const auto error = refusalOf({heymilo_test::selfSigned()}, *trusting());
  EXPECT_TRUE(error.permanent());
  EXPECT_THAT(error.what(), ContainsRegex("self.signed certificate"));  // OpenSSL 3 has the hyphen
}

TEST_F(CurlTls, ACertificateOfAnotherCaOfTheSameNameIsRefused) {
  refusalOf({CertificateAuthority().issue()}, *trusting());
}

TEST_F(CurlTls, AnExpiredCertificateIsRefused) {
  CertificateRequest request;
  request.begins = std::chrono::hours(-48);
  request.ends = std::chrono::hours(-1);
  const auto error = refusalOf({ca.issue(request)}, *trusting());
  EXPECT_TRUE(error.permanent());
  EXPECT_THAT(error.what(), HasSubstr("expired"));
}

TEST_F(CurlTls, ACertificateThatIsNotYetValidIsRefused) {
  CertificateRequest request;
  request.begins = std::chrono::hours(1);
  const auto error = refusalOf({ca.issue(request)}, *trusting());
  EXPECT_TRUE(error.permanent());
  EXPECT_THAT(error.what(), HasSubstr("not yet valid"));
}

TEST_F(CurlTls, ACertificateOfAnotherHostIsRefused) {
  CertificateRequest request;
  request.hosts = {"api.example.com"};
  const auto error = refusalOf({ca.issue(request)}, *trusting());
  EXPECT_TRUE(error.permanent());
  EXPECT_THAT(error.what(), HasSubstr("'127.0.0.1'"));
}

TEST_F(CurlTls, WhatIsOlderThanTls12IsRefused) {
  RawServerTls tls{ca.issue()};
  tls.lowest_version = TLS1_VERSION;
  tls.highest_version = TLS1_1_VERSION;
  EXPECT_THAT(refusalOf(tls, *trusting()).what(),
              AnyOf(HasSubstr("protocol version"), HasSubstr("unsupported protocol")));
}

TEST_F(CurlTls, Tls12And13AreSpoken) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    RawServerTls tls{ca.issue()};
    tls.lowest_version = tls.highest_version = version;
    RawServer server(answering(httpAnswer("200 OK", "safe")), tls);
    EXPECT_EQ(trusting()->send(get(server.url()), {}).body, "safe");
  }
}

TEST_F(CurlTls, AServerThatSpeaksNoTls) {
  RawServer server([](RawConnection& connection) {
    connection.readBytes(1);
    connection.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    connection.readToEnd();
  });
  const auto error = failureOf<ConnectionError>(
      *trusting(), post("https://127.0.0.1:" + std::to_string(server.port()), "{}"));
  EXPECT_EQ(error.outcome(), Outcome::not_sent);
  EXPECT_THAT(error.what(), HasSubstr("TLS with"));
}

TEST_F(CurlTls, AServerThatLeavesDuringTheHandshake) {
  for (const bool reset : {false, true}) {
    RawServer server([reset](RawConnection& connection) {
      connection.readBytes(1);
      if (reset) {
        connection.reset();
      }
    });
    const auto error = failureOf<ConnectionError>(
        *trusting(), post("https://127.0.0.1:" + std::to_string(server.port()), "{}"));
    EXPECT_EQ(error.outcome(), Outcome::not_sent);
    EXPECT_FALSE(error.permanent());
  }
}

TEST_F(CurlTls, ACaFileThatIsNoneIsNamedAsTheReason) {
  const TemporaryFile garbage("this is not a certificate");
  for (const std::string& path : {garbage.path(), std::string("/no/such/file")}) {
    const auto error = refusalOf({ca.issue()}, *makeTransport({path, {}, {}, {}}));
    EXPECT_TRUE(error.permanent());
    EXPECT_THAT(error.what(), HasSubstr(path));
  }
}

TEST_F(CurlTls, AClientCertificateIsShown) {
  const CertificateAuthority client_ca("clients");
  const TlsIdentity identity = client_ca.issue();
  const TemporaryFile both(identity.pem());
  const TemporaryFile certificate(identity.certificate);
  const TemporaryFile key(identity.key);
  RawServer server(answering(httpAnswer("200 OK", "known")),
                   RawServerTls{ca.issue(), client_ca.certificate()});
  EXPECT_EQ(makeTransport({ca_file.path(), both.path(), {}, {}})->send(get(server.url()), {}).body,
            "known");
  EXPECT_EQ(makeTransport({ca_file.path(), certificate.path(), key.path(), {}})
                ->send(get(server.url()), {})
                .body,
            "known");
}

TEST_F(CurlTls, AServerThatWantsAClientCertificateAnswersNothingWithoutOne) {
  RawServerTls tls{ca.issue(), CertificateAuthority("clients").certificate()};
  tls.highest_version = TLS1_2_VERSION;
  EXPECT_THAT(refusalOf(tls, *trusting()).what(), HasSubstr("handshake failure"));
  // From TLS 1.3 on, the client is notified only after it has begun to send.
  tls.highest_version = TLS1_3_VERSION;
  RawServer server(answering(httpAnswer("200 OK")), tls);
  failureOf<ConnectionError>(*trusting(), post(server.url(), "{}"));
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(CurlTls, AClientCertificateThatCannotBeReadIsNamedAsTheReason) {
  const TlsIdentity identity = ca.issue();
  const TemporaryFile certificate(identity.certificate);
  const TemporaryFile encrypted(heymilo_test::encryptedKey(identity, "passphrase"));
  const TemporaryFile other_key(ca.issue().key);
  // An encrypted key must not make OpenSSL ask for the passphrase on the terminal.
  for (const std::string& key :
       {encrypted.path(), other_key.path(), std::string("/no/such/file")}) {
    const auto error =
        refusalOf({ca.issue()}, *makeTransport({ca_file.path(), certificate.path(), key, {}}));
    EXPECT_TRUE(error.permanent());
  }
}

TEST_F(CurlTls, AnAnswerThatIsCutShortIsNoAnswer) {
  for (const std::string answer :
       {"",
        "HTTP/1.1 200 OK\r\nX: ",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n"}) {
    RawServer server(
        [&](RawConnection& connection) {
          connection.readRequest();
          connection.send(answer);
          connection.cut();
        },
        RawServerTls{ca.issue()});
    const auto error = failureOf<ConnectionError>(*trusting(), post(server.url(), "{}"));
    EXPECT_EQ(error.outcome(), Outcome::unknown) << error.what();
  }
}

TEST_F(CurlTls, ARequestOnAKeptConnectionThatBreaksIsNotRepeated) {
  for (const bool cut : {false, true}) {
    RawServer server(
        [cut](RawConnection& connection) {
          connection.readRequest();
          connection.send(httpAnswer("200 OK"));
          if (connection.readRequest() && cut) {
            connection.cut();
          }
        },
        RawServerTls{ca.issue()});
    const auto transport = trusting();
    transport->send(get(server.url()), {});
    const auto error = failureOf<ConnectionError>(*transport, get(server.url()));
    EXPECT_EQ(error.outcome(), Outcome::unknown);
    EXPECT_EQ(server.requests().size(), 2u);
  }
}

/// The name by which OpenSSL finds a CA's certificate in a directory.
std::string nameInFolder(const std::string& certificate) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(certificate.data(), static_cast<int>(certificate.size())), &BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> x509(
      PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free);
  char name[16];
  std::snprintf(name, sizeof name, "%08lx.0", X509_subject_name_hash(x509.get()));
  return name;
}

TEST_F(CurlTls, AFolderOfCasIsTrusted) {
  const heymilo_test::TemporaryDirectory folder;
  std::ofstream(folder.file(nameInFolder(ca.certificate()))) << ca.certificate();
  RawServer server(answering(httpAnswer("200 OK", "safe")), RawServerTls{ca.issue()});
  TlsOptions tls;
  tls.ca_dir = folder.path();
  EXPECT_EQ(makeTransport(tls)->send(get(server.url()), {}).body, "safe");
  refusalOf({CertificateAuthority("another").issue()}, *makeTransport(tls));
  const heymilo_test::TemporaryDirectory empty;
  tls.ca_dir = empty.path();
  EXPECT_EQ(refusalOf({ca.issue()}, *makeTransport(tls)).fault(), ConnectionFault::certificate);
  tls.ca_file = ca_file.path();
  EXPECT_EQ(makeTransport(tls)->send(get(server.url()), {}).body, "safe");
}

/// The certificate variables of the environment, for the lifetime of the object.
class TrustEnvironment {
 public:
  TrustEnvironment(const std::string& file, const std::string& folder) {
    ::setenv("SSL_CERT_FILE", file.c_str(), 1);
    ::setenv("SSL_CERT_DIR", folder.c_str(), 1);
  }
  ~TrustEnvironment() {
    ::unsetenv("SSL_CERT_FILE");
    ::unsetenv("SSL_CERT_DIR");
  }
  TrustEnvironment(const TrustEnvironment&) = delete;
  TrustEnvironment& operator=(const TrustEnvironment&) = delete;
};

TEST_F(CurlTls, FromTheEnvironmentWhoIsTrustedIsTakenWhereItIsUnset) {
  const heymilo_test::TemporaryDirectory folder;
  std::ofstream(folder.file(nameInFolder(ca.certificate()))) << ca.certificate();
  const TemporaryFile other_ca(CertificateAuthority("another").certificate());
  RawServer server(answering(httpAnswer(
                       "200 OK", R"({"object":"list","data":[],"pagination":{"has_more":false}})")),
                   RawServerTls{ca.issue()});
  ClientOptions options;
  options.api_key = "k";
  options.proxy = "";
  options.base_url = server.url();
  const auto works = [&options](const TlsOptions& tls) {
    options.tls = tls;
    try {
      Client::fromEnvironment(options).listCandidates("p");
      return true;
    } catch (const ConnectionError& error) {
      EXPECT_EQ(error.fault(), ConnectionFault::certificate);
      return false;
    }
  };
  TlsOptions own;
  own.ca_file = other_ca.path();
  TlsOptions own_folder;
  own_folder.ca_dir = "/";
  EXPECT_FALSE(works({}));
  {
    const TrustEnvironment environment(ca_file.path(), "");
    EXPECT_TRUE(works({}));
    EXPECT_FALSE(works(own));
    EXPECT_FALSE(works(own_folder));
    options.tls = {};  // without the option a client does not read the environment
    EXPECT_THROW(Client(options).listCandidates("p"), ConnectionError);
  }
  {
    const TrustEnvironment environment("", "/no/such/folder:" + folder.path());
    EXPECT_TRUE(works({}));
    EXPECT_FALSE(works(own));
  }
  {
    const TrustEnvironment environment("", "");
    EXPECT_FALSE(works({}));
  }
}

TEST_F(CurlTls, AVariableThatNamesNothingIsNamed) {
  ClientOptions options;
  options.api_key = "k";
  const auto refused = [&options] {
    try {
      Client::fromEnvironment(options);
    } catch (const InvalidArgumentError& error) {
      EXPECT_THAT(error.what(), HasSubstr("/no/such"));
      return error.param();
    }
    return std::string();
  };
  {
    const TrustEnvironment environment("/no/such/file", "");
    EXPECT_EQ(refused(), "SSL_CERT_FILE");
    options.base_url = "http://127.0.0.1:1";  // no TLS, no harm
    EXPECT_EQ(refused(), "");
  }
  options.base_url.clear();
  const TrustEnvironment environment(ca_file.path(), "/no/such:/no/such/folder");
  EXPECT_EQ(refused(), "SSL_CERT_DIR");
}

}  // namespace
}  // namespace heymilo
