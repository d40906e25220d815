#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

struct evp_pkey_st;
struct x509_st;

/// Certificates for tests, generated for each run: no key is stored and none expires.
namespace heymilo_test {

/// A certificate and its private key, as PEM.
struct TlsIdentity {
  std::string certificate;
  std::string key;

  /// Both, as one text.
  std::string pem() const { return certificate + key; }
};

/// The contents of a certificate.
struct CertificateRequest {
  std::vector<std::string> hosts = {"localhost", "127.0.0.1"};  ///< names and IPv4 addresses
  std::chrono::hours begins{-24};                               ///< from now
  std::chrono::hours ends{24};                                  ///< from now
};

/// Signs certificates that are trusted if its own is.
class CertificateAuthority {
 public:
  explicit CertificateAuthority(const std::string& name = "heymilo test CA");

  const std::string& certificate() const noexcept { return certificate_; }
  TlsIdentity issue(const CertificateRequest& request = {}) const;

 private:
  std::shared_ptr<evp_pkey_st> key_;
  std::shared_ptr<x509_st> x509_;
  std::string certificate_;
};

/// A self-signed certificate.
TlsIdentity selfSigned(const CertificateRequest& request = {});

/// The private key, encrypted with a passphrase.
std::string encryptedKey(const TlsIdentity& identity, std::string passphrase);

}  // namespace heymilo_test
