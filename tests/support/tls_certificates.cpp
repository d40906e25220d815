#include "support/tls_certificates.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <stdexcept>

namespace heymilo_test {

namespace {

void require(bool done, const char* what) {
  if (!done) {
    throw std::runtime_error(std::string("OpenSSL: ") + what);
  }
}

std::shared_ptr<EVP_PKEY> makeKey() {
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
      EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nullptr), &EVP_PKEY_CTX_free);
  EVP_PKEY* key = nullptr;
  require(context && EVP_PKEY_keygen_init(context.get()) == 1 &&
              EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context.get(), NID_X9_62_prime256v1) == 1 &&
              EVP_PKEY_keygen(context.get(), &key) == 1,
          "no key");
  return {key, &EVP_PKEY_free};
}

/// The output of a PEM writer.
template <class Writer>
std::string toPem(Writer write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
  require(bio && write(bio.get()) == 1, "no PEM");
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(length)};
}

std::string toPem(X509* certificate) {
  return toPem([=](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

std::string toPem(EVP_PKEY* key) {
  return toPem([=](BIO* bio) {
    return PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

void addExtension(X509* certificate, int nid, const std::string& value) {
  const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()), &X509_EXTENSION_free);
  require(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "no extension");
}

std::string alternativeNames(const std::vector<std::string>& hosts) {
  std::string names;
  for (const std::string& host : hosts) {
    const bool address = host.find_first_not_of("0123456789.") == std::string::npos;
    names += (names.empty() ? "" : ",") + std::string(address ? "IP:" : "DNS:") + host;
  }
  return names;
}

/// A certificate without extensions, not signed yet.
std::shared_ptr<X509> makeCertificate(const std::string& name, EVP_PKEY* key,
                                      const CertificateRequest& request) {
  static std::atomic<long> serial{1};
  const std::shared_ptr<X509> certificate(X509_new(), &X509_free);
  require(certificate != nullptr, "no certificate");
  X509_set_version(certificate.get(), 2);  // which is v3
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
  const auto from_now = [](std::chrono::hours time) {
    return static_cast<long>(std::chrono::seconds(time).count());
  };
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), from_now(request.begins));
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), from_now(request.ends));
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  const auto* text = reinterpret_cast<const unsigned char*>(name.c_str());
  require(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1,
          "no subject");
  return certificate;
}

void sign(X509* certificate, X509* issuer, EVP_PKEY* key) {
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  require(X509_sign(certificate, key, EVP_sha256()) > 0, "not signed");
}

}  // namespace

CertificateAuthority::CertificateAuthority(const std::string& name)
    : key_(makeKey()), x509_(makeCertificate(name, key_.get(), {})) {
  addExtension(x509_.get(), NID_basic_constraints, "critical,CA:TRUE");
  addExtension(x509_.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  sign(x509_.get(), x509_.get(), key_.get());
  certificate_ = toPem(x509_.get());
}

TlsIdentity CertificateAuthority::issue(const CertificateRequest& request) const {
  const auto key = makeKey();
  const auto certificate = makeCertificate(request.hosts.front(), key.get(), request);
  addExtension(certificate.get(), NID_subject_alt_name, alternativeNames(request.hosts));
  sign(certificate.get(), x509_.get(), key_.get());
  return {toPem(certificate.get()), toPem(key.get())};
}

TlsIdentity selfSigned(const CertificateRequest& request) {
  const auto key = makeKey();
  const auto certificate = makeCertificate(request.hosts.front(), key.get(), request);
  addExtension(certificate.get(), NID_subject_alt_name, alternativeNames(request.hosts));
  sign(certificate.get(), certificate.get(), key.get());
  return {toPem(certificate.get()), toPem(key.get())};
}

// By value: OpenSSL 1.1.1 has no const parameter here.
std::string encryptedKey(const TlsIdentity& identity, std::string passphrase) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> plain(
      BIO_new_mem_buf(identity.key.data(), static_cast<int>(identity.key.size())), &BIO_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(plain.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  require(key != nullptr, "no key");
  return toPem([&](BIO* bio) {
    return PEM_write_bio_PKCS8PrivateKey(bio,
                                         key.get(),
                                         EVP_aes_256_cbc(),
                                         passphrase.data(),
                                         static_cast<int>(passphrase.size()),
                                         nullptr,
                                         nullptr);
  });
}

}  // namespace heymilo_test
