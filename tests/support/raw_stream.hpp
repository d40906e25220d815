#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "support/sockets.hpp"
#include "support/tls_certificates.hpp"

struct ssl_ctx_st;

namespace heymilo_test {

/// The TLS settings of a server.
struct RawServerTls {
  TlsIdentity identity;
  std::string client_ca{};  ///< PEM; clients must have a certificate of this CA
  int lowest_version = 0;   ///< TLS1_2_VERSION and so on; 0: as OpenSSL likes
  int highest_version = 0;
  std::string protocol{};  ///< agreed on by ALPN, such as `h2`; empty: no ALPN
};

/// The state shared by all connections of a TLS server.
std::shared_ptr<ssl_ctx_st> makeServerContext(const RawServerTls& tls);

/// The bytes of an accepted connection, plain or within TLS. It does not own the socket. Reads and
/// writes block; shutdown() of the socket, by another thread, ends them.
class RawStream {
 public:
  virtual ~RawStream() = default;
  /// The number of bytes read, up to `size`; 0 at the end.
  virtual std::size_t read(char* data, std::size_t size) = 0;
  /// False if not all could be sent.
  virtual bool write(std::string_view bytes) = 0;
  /// Sends the TLS close_notify, which is independent of FIN.
  virtual void sayGoodbye() = 0;
};

/// `context` may be empty: no TLS. nullptr if the TLS handshake failed.
std::unique_ptr<RawStream> openStream(Socket socket, ssl_ctx_st* context);
std::unique_ptr<RawStream> openTlsStream(Socket socket, ssl_ctx_st* context);

}  // namespace heymilo_test
