#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <climits>
#include <stdexcept>

#include "support/raw_stream.hpp"

namespace heymilo_test {

namespace {

class TlsStream final : public RawStream {
 public:
  explicit TlsStream(SSL* ssl) : ssl_(ssl, &SSL_free) {}

  std::size_t read(char* data, std::size_t size) override {
    const int count = SSL_read(ssl_.get(), data, static_cast<int>((std::min)(size, kMost)));
    ERR_clear_error();
    return count > 0 ? static_cast<std::size_t>(count) : 0;
  }

  bool write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto size = static_cast<int>((std::min)(bytes.size(), kMost));
      const int count = SSL_write(ssl_.get(), bytes.data(), size);
      ERR_clear_error();
      if (count <= 0) {
        return false;
      }
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  void sayGoodbye() override {
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }

 private:
  static constexpr std::size_t kMost = INT_MAX;

  const std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
};

void require(bool done, const char* what) {
  if (!done) {
    throw std::runtime_error(std::string("OpenSSL: ") + what);
  }
}

/// Selects the server's only protocol, whatever else is offered.
int chooseProtocol(SSL*, const unsigned char** chosen, unsigned char* length,
                   const unsigned char* offered, unsigned int offered_length, void* protocol) {
  const auto& wanted = *static_cast<const std::string*>(protocol);
  for (unsigned int at = 0; at < offered_length; at += 1U + offered[at]) {
    const std::string_view name(reinterpret_cast<const char*>(offered) + at + 1, offered[at]);
    if (name == wanted) {
      *chosen = offered + at + 1;
      *length = offered[at];
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_NOACK;
}

template <class Object, class Reader, class Deleter>
std::unique_ptr<Object, Deleter> fromPem(const std::string& pem, Reader read, Deleter deleter) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  std::unique_ptr<Object, Deleter> object(read(bio.get(), nullptr, nullptr, nullptr), deleter);
  require(object != nullptr, "no PEM");
  return object;
}

}  // namespace

std::shared_ptr<ssl_ctx_st> makeServerContext(const RawServerTls& tls) {
  const auto protocol = std::make_shared<std::string>(tls.protocol);  // lives with the context
  const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()),
                                         [protocol](SSL_CTX* used) { SSL_CTX_free(used); });
  require(context != nullptr, "no context");
  if (!tls.protocol.empty()) {
    SSL_CTX_set_alpn_select_cb(context.get(), &chooseProtocol, protocol.get());
  }
  const auto certificate = fromPem<X509>(tls.identity.certificate, &PEM_read_bio_X509, &X509_free);
  const auto key = fromPem<EVP_PKEY>(tls.identity.key, &PEM_read_bio_PrivateKey, &EVP_PKEY_free);
  require(SSL_CTX_use_certificate(context.get(), certificate.get()) == 1 &&
              SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1,
          "the identity is not usable");
  if (tls.highest_version != 0 && tls.highest_version < TLS1_2_VERSION) {
    SSL_CTX_set_security_level(context.get(), 0);  // or OpenSSL itself refuses so old a version
  }
  require(SSL_CTX_set_min_proto_version(context.get(), tls.lowest_version) == 1 &&
              SSL_CTX_set_max_proto_version(context.get(), tls.highest_version) == 1,
          "no such version");
  if (!tls.client_ca.empty()) {
    const auto ca = fromPem<X509>(tls.client_ca, &PEM_read_bio_X509, &X509_free);
    require(X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), ca.get()) == 1, "no CA");
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    const unsigned char id[] = {1};
    SSL_CTX_set_session_id_context(context.get(), id, sizeof id);
  }
  return context;
}

std::unique_ptr<RawStream> openTlsStream(Socket socket, ssl_ctx_st* context) {
  SSL* ssl = SSL_new(context);
  require(ssl != nullptr, "no connection");
  auto stream = std::make_unique<TlsStream>(ssl);
  SSL_set_fd(ssl, socket);
  const bool agreed = SSL_accept(ssl) == 1;
  ERR_clear_error();
  return agreed ? std::move(stream) : nullptr;
}

}  // namespace heymilo_test
