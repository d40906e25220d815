// Replaces raw_tls.cpp if the tests have no OpenSSL.

#include <stdexcept>

#include "support/raw_stream.hpp"

namespace heymilo_test {

std::shared_ptr<ssl_ctx_st> makeServerContext(const RawServerTls&) {
  throw std::runtime_error("a server with TLS needs OpenSSL");
}

std::unique_ptr<RawStream> openTlsStream(Socket, ssl_ctx_st*) { return nullptr; }

}  // namespace heymilo_test
