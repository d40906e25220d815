#pragma once

#include "curl/curl_handle.hpp"
#include "curl/transfer.hpp"

namespace heymilo {

/// Throws the TransportError that a transfer without an answer stands for. Its text has the
/// server's host and port, and what libcurl and the TLS library say; nothing of request or answer.
[[noreturn]] void throwTransportError(const CurlHandle& handle, const Transfer& transfer,
                                      CurlHandle::Result result);

}  // namespace heymilo
