#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "support/sockets.hpp"
#include "support/tls_certificates.hpp"

struct ssl_ctx_st;

namespace heymilo_test {

/// How a server speaks TLS.
struct RawServerTls {
  TlsIdentity identity;
  std::string client_ca{};  ///< PEM; clients must have a certificate of this CA
  int lowest_version = 0;   ///< TLS1_2_VERSION and so on; 0: as OpenSSL likes
  int highest_version = 0;
  std::string protocol{};  ///< agreed on by ALPN, such as `h2`; empty: no ALPN
};

/// What all connections of a server that speaks TLS share.
std::shared_ptr<ssl_ctx_st> makeServerContext(const RawServerTls& tls);

/// The bytes of an accepted connection, plain or within TLS. It does not own the socket. Reads and
/// writes block; from another thread, shutdown() of the socket ends them.
class RawStream {
 public:
  virtual ~RawStream() = default;
  /// How many bytes came, up to `size`; 0 where there will be no more.
  virtual std::size_t read(char* data, std::size_t size) = 0;
  /// False where not all could be sent.
  virtual bool write(std::string_view bytes) = 0;
  /// Tells the peer that there is no more to come; what there is to tell apart from FIN.
  virtual void sayGoodbye() = 0;
};

/// `context` may be empty: no TLS. nullptr where TLS could not be agreed on.
std::unique_ptr<RawStream> openStream(Socket socket, ssl_ctx_st* context);
std::unique_ptr<RawStream> openTlsStream(Socket socket, ssl_ctx_st* context);

}  // namespace heymilo_test
