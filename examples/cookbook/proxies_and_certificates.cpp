#include <string>

#include "recipe.hpp"
#include "support/raw_server.hpp"
#include "support/temporary_file.hpp"

namespace {

using heymilo_test::CertificateAuthority;
using heymilo_test::RawServer;
using heymilo_test::RawServerTls;
using heymilo_test::TemporaryFile;

const char kPage[] = R"({"object":"list","data":[],"pagination":{"has_more":false}})";

heymilo_test::RawServer::Script page() {
  return heymilo_test::answering(heymilo_test::httpAnswer("200 OK", kPage));
}

// [proxy]
/// Uses a proxy, whatever http_proxy and https_proxy are. Its password is sent to the proxy only,
/// and is in no error.
heymilo::Client proxiedClient(heymilo::ClientOptions options, const std::string& proxy) {
  options.proxy = proxy;  // "http://user:password@proxy.example:3128"; "" for none at all
  return heymilo::Client(std::move(options));
}
// [/proxy]

TEST(ProxiesAndCertificates, GoesThroughTheProxy) {
  RawServer proxy(page());
  heymilo::ClientOptions options;
  options.api_key = "test-key";
  options.base_url = "http://api.invalid";
  options.allow_insecure_http = true;
  proxiedClient(options, "http://me:secret@127.0.0.1:" + std::to_string(proxy.port()))
      .listCandidates("posting-id");
  ASSERT_EQ(proxy.requests().size(), 1u);
  EXPECT_EQ(proxy.requests()[0].target(),
            "http://api.invalid/api/v2/postings/posting-id/candidates");
}

// [ca]
/// Trusts the company's certificate authority instead of the system's, for a gateway that
/// terminates TLS. Certificate verification can't be switched off.
heymilo::Client clientBehindAGateway(heymilo::ClientOptions options, const std::string& ca_file) {
  options.tls.ca_file = ca_file;  // PEM
  return heymilo::Client(std::move(options));
}
// [/ca]

// [client certificate]
/// Authenticates with a client certificate to a gateway that requires one.
heymilo::Client certifiedClient(heymilo::ClientOptions options, const std::string& certificate,
                                const std::string& key) {
  options.tls.client_cert_file = certificate;  // PEM
  options.tls.client_key_file = key;           // PEM; not needed when it is in the same file
  return heymilo::Client(std::move(options));
}
// [/client certificate]

TEST(ProxiesAndCertificates, TrustsWhomItIsToldTo) {
  const CertificateAuthority ca;
  const TemporaryFile ca_file(ca.certificate());
  RawServerTls tls{ca.issue()};
  tls.client_ca = ca.certificate();
  RawServer server(page(), tls);
  heymilo::ClientOptions options;
  options.api_key = "test-key";
  options.proxy = "";
  options.base_url = "https://127.0.0.1:" + std::to_string(server.port());
  try {
    heymilo::Client(options).listCandidates("posting-id");
    FAIL() << "the system's CAs do not know this one";
  } catch (const heymilo::ConnectionError& error) {
    EXPECT_TRUE(error.permanent());  // so it was not tried again
    EXPECT_EQ(error.outcome(), heymilo::Outcome::not_sent);
  }
  options.tls.ca_file = ca_file.path();
  options.retry.max_retries = 0;
  EXPECT_THROW(clientBehindAGateway(options, ca_file.path()).listCandidates("posting-id"),
               heymilo::ConnectionError);  // it wants a certificate

  const heymilo_test::TlsIdentity identity = ca.issue();
  const TemporaryFile certificate(identity.certificate);
  const TemporaryFile key(identity.key);
  certifiedClient(options, certificate.path(), key.path()).listCandidates("posting-id");
  EXPECT_EQ(server.requests().size(), 1u);
}

}  // namespace
